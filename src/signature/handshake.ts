import {createHmac} from 'node:crypto'
import type {SchemeName} from './types.ts'

/** A handshake is a few hundred bytes. */
const LONGEST = 10_000

/**
 * What a sender wants to hear of an address before it sends anything else there, as JSON; null for a message like any
 * other. Ask only of what is validly signed: the answer to Zoom is made with the secret.
 *
 * Sources: Slack, "url_verification event"; Zoom, "Validate your webhook endpoint".
 *
 * @param secret the one that the message fits
 */
export function handshakeAnswer(scheme: SchemeName, secret: string, body: Uint8Array): Record<string, string> | null {
  if ((scheme !== 'slack' && scheme !== 'zoom') || body.length > LONGEST) return null
  const message = objectIn(body)
  if (scheme === 'slack') {
    const {type, challenge} = message
    return type === 'url_verification' && typeof challenge === 'string' ? {challenge} : null
  }
  const {plainToken} = asObject(message.payload)
  if (message.event !== 'endpoint.url_validation' || typeof plainToken !== 'string') return null
  return {plainToken, encryptedToken: createHmac('sha256', secret).update(plainToken).digest('hex')}
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
