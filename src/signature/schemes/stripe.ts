import {decodeSignature} from '../encoding.ts'
import {fault, isFault} from '../fault.ts'
import {MAX_SIGNATURES, oneValue, trim, valuesOf} from '../headers.ts'
import {readKeys, textKey} from '../keys.ts'
import {defineScheme} from '../scheme.ts'
import {readTimestamp} from '../timestamp.ts'
import type {Claim, Envelope, Fault, Header} from '../types.ts'

const SIGNATURE = 'Stripe-Signature'

const keys = (secrets: readonly string[]) => readKeys(secrets, textKey('sha256'))
const preamble = ({timestamp = ''}: Envelope) => `${timestamp}.`

/**
 * Stripe: HMAC-SHA-256 of `timestamp.body`; the key is the whole text of the secret, `whsec_` included. Several v1
 * may stand in the header while a secret is rolled; v0 (test mode) is never accepted.
 * Source: "Receive Stripe events in your webhook endpoint", docs.stripe.com.
 */
export const stripe = defineScheme({
  name: 'stripe',
  title: `${SIGNATURE}: t=timestamp,v1= and hex of HMAC-SHA-256 over timestamp.body`,
  format: {header: SIGNATURE, algorithm: 'sha256', encoding: 'hex', prefix: 'v1='},
  signs: {id: false, timestamp: true},
  several: true,
  verifyingKeys: keys,
  signingKeys: keys,
  envelope(headers) {
    const timestamp = valuesOf(headers, SIGNATURE).flatMap(value => fieldsOf(value, 't'))[0]
    return timestamp === undefined ? {} : {timestamp}
  },
  preamble,
  claim,
  write: (signatures, {timestamp}) => [
    [SIGNATURE, [`t=${timestamp}`, ...signatures.map(({bytes}) => `v1=${bytes.toString('hex')}`)].join(',')],
  ],
})

/** The values of one field of the header, in order. */
const fieldsOf = (value: string, field: string): string[] =>
  value
    .split(',')
    .map(trim)
    .filter(item => item.startsWith(`${field}=`))
    .map(item => item.slice(field.length + 1))

function claim(headers: readonly Header[]): Claim | Fault {
  const value = oneValue(headers, SIGNATURE)
  if (isFault(value)) return value
  if (value === '') return fault('empty_signature')
  const times = fieldsOf(value, 't')
  if (times.length > 1) return fault('duplicate_timestamp')
  const signatures = fieldsOf(value, 'v1')
  if (value.split(',').length - times.length > MAX_SIGNATURES) return fault('too_many_signatures')
  if (signatures.length === 0) return fault('no_known_version', 'there is no v1 signature')
  const [written] = times
  if (written === undefined) return fault('bad_timestamp', 'there is no t=, the time of signing')
  const timestamp = readTimestamp(written)
  if (typeof timestamp !== 'number') return timestamp
  return {
    timestamp,
    preamble: preamble({timestamp: written}),
    candidates: signatures.map(text => decodeSignature('hmac', text, 'hex', 32)),
  }
}
