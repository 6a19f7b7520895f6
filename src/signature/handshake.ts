import {createHmac} from 'node:crypto'
import type {SchemeName} from './types.ts'

/** A handshake is a few hundred bytes. */
const LONGEST = 10_000

/** JSON, or a text that is answered as it is. */
export type Handshake = Readonly<Record<string, string>> | string

/**
 * What a sender wants to hear of an address before it sends anything else there; null for a message like any other. Ask
 * only of what is validly signed: the answer to Zoom is made with the secret.
 *
 * Sources: Slack, "url_verification event"; Twitch, "Responding to a challenge request"; Zoom, "Validate your webhook
 * endpoint".
 *
 * @param secret the one that the message fits
 */
export function handshakeAnswer(scheme: SchemeName, secret: string, body: Uint8Array): Handshake | null {
  if (!Object.hasOwn(ANSWERS, scheme) || body.length > LONGEST) return null
  return ANSWERS[scheme as keyof typeof ANSWERS](objectIn(body), secret)
}

/**
 * What a sender wants to hear that asks by a GET whether an address is the right one; null where it asks nothing that is
 * known. Nobody signs that, so nothing is answered that could not be told to anyone.
 *
 * Sources: Dropbox, "Webhooks: the verification request"; Meta, "Webhooks: verification requests", whose token only
 * guards against a typing error: what another app of theirs sends is signed with another secret.
 */
export function challengeAnswer(scheme: SchemeName, query: URLSearchParams): string | null {
  if (scheme === 'dropbox') return query.get('challenge')
  if (scheme === 'meta' && query.get('hub.mode') === 'subscribe') return query.get('hub.challenge')
  return null
}

type Message = Readonly<Record<string, unknown>>

const ANSWERS = {
  slack: ({type, challenge}: Message): Handshake | null =>
    type === 'url_verification' && typeof challenge === 'string' ? {challenge} : null,
  twitch({subscription, challenge}: Message): Handshake | null {
    const isAsked = asObject(subscription).status === 'webhook_callback_verification_pending'
    return isAsked && typeof challenge === 'string' ? challenge : null
  },
  zoom({event, payload}: Message, secret: string): Handshake | null {
    const {plainToken} = asObject(payload)
    if (event !== 'endpoint.url_validation' || typeof plainToken !== 'string') return null
    return {plainToken, encryptedToken: createHmac('sha256', secret).update(plainToken).digest('hex')}
  },
}

function objectIn(body: Uint8Array): Record<string, unknown> {
  try {
    return asObject(JSON.parse(Buffer.from(body).toString()))
  } catch {
    return {}
  }
}

const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
