import {schemeOfRecipe} from '../recipe.ts'

/** Slack: HMAC-SHA-256 of `v0:timestamp:body`. Source: "Verifying requests from Slack", docs.slack.dev. */
export const slack = schemeOfRecipe('slack', {
  header: 'X-Slack-Signature',
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: 'v0=',
  signed: 'v0:{timestamp}:{body}',
  timestampHeader: 'X-Slack-Request-Timestamp',
})
