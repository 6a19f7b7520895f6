import {schemeOfRecipe} from '../recipe.ts'

/**
 * GitHub: HMAC-SHA-256 of the body. The older X-Hub-Signature (SHA-1) is never accepted.
 * Source: "Validating webhook deliveries", docs.github.com.
 */
export const github = schemeOfRecipe('github', {
  header: 'X-Hub-Signature-256',
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: 'sha256=',
  signed: '{body}',
})
