import {createHash} from 'node:crypto'
import {isFault, SignatureError} from './fault.ts'
import {ed25519PrivateKey, publicBytes} from './keys.ts'
import type {Fault, Scheme, SchemeName} from './types.ts'

/** A short name for a secret that may be shown: the first 8 hex digits of its SHA-256. */
export const fingerprint = (secret: string): string =>
  createHash('sha256').update(secret, 'utf8').digest('hex').slice(0, 8)

/**
 * A new secret as the scheme spells it, from 32 random bytes: `whsec_` and base64 for the standard schemes, `whsk_`
 * and seed and public key for v1a, `whsec_` and hex for stripe, plain hex for the others.
 *
 * @param random that many unpredictable bytes: `randomBytes` of node:crypto
 */
export function generateSecret(scheme: SchemeName, random: (bytes: number) => Uint8Array): string {
  const bytes = Buffer.from(random(32))
  if (scheme === 'standard' || scheme === 'standard-v1') return `whsec_${bytes.toString('base64')}`
  if (scheme === 'standard-v1a') return `whsk_${withPublicHalf(bytes).toString('base64')}`
  return scheme === 'stripe' ? `whsec_${bytes.toString('hex')}` : bytes.toString('hex')
}

const withPublicHalf = (seed: Buffer): Buffer => Buffer.concat([seed, publicHalf(`whsk_${seed.toString('base64')}`)])

/** What a receiver gets for a v1a private key: `whpk_…`. Throws SignatureError (`bad_secret`) for any other secret. */
export const publicSecret = (secret: string): string => `whpk_${publicHalf(secret).toString('base64')}`

function publicHalf(secret: string): Buffer {
  const key = ed25519PrivateKey(secret, 0)
  if (isFault(key)) throw new SignatureError(key.fault, `${key.note}`)
  return key.kind === 'ed25519' ? publicBytes(key.publicKey) : Buffer.alloc(0)
}

/** What there is to say about a secret before it is used. */
export interface SecretReport {
  /** Why it cannot be used with the scheme; null when it can. */
  readonly problem: Fault | null
  /** Usable, but probably not as meant: full sentences. */
  readonly notices: readonly string[]
}

const SUSPICIONS: readonly (readonly [RegExp, string])[] = [
  [/[\r\n]$/, 'the secret ends with a line break, and it counts: read it without (printf %s, not echo)'],
  [/^[ \t]|[ \t]$/, 'the secret starts or ends with white space, and it counts'],
  [/^(['"]).*\1$/s, 'the secret stands in quotes, and they count'],
  [/^.{1,15}$/s, 'the secret is shorter than 16 characters: it can be guessed'],
]

/** Whether the secret can be used for that with the scheme, and what looks odd about it. Never throws. */
export function inspectSecret(scheme: Scheme, secret: string, use: 'sign' | 'verify'): SecretReport {
  const keys = use === 'sign' ? scheme.signingKeys([secret]) : scheme.verifyingKeys([secret])
  const notices = SUSPICIONS.filter(([pattern]) => pattern.test(secret)).map(([, sentence]) => sentence)
  // NetBox: models.CharField(max_length=255).
  if (scheme.name === 'netbox' && secret.length > 255) notices.push('NetBox keeps at most 255 characters of a secret')
  return {problem: isFault(keys) ? keys : null, notices}
}
