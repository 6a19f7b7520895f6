import {schemeOfRecipe} from '../recipe.ts'

/**
 * Stripe: HMAC-SHA-256 of `timestamp.body`; the key is the whole text of the secret, `whsec_` included. Several v1
 * may stand in the header while a secret is rolled; v0 (test mode) is never accepted.
 * Source: "Receive Stripe events in your webhook endpoint", docs.stripe.com.
 */
export const stripe = schemeOfRecipe('stripe', {
  header: 'Stripe-Signature',
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: 't={timestamp},v1=',
  signed: '{timestamp}.{body}',
  several: true,
})
