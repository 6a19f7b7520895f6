import {decodeSignature} from '../encoding.ts'
import {fault, isFault} from '../fault.ts'
import {oneValue, valuesOf} from '../headers.ts'
import {readKeys, textKey} from '../keys.ts'
import {afterPrefix} from '../lone-signature.ts'
import {defineScheme} from '../scheme.ts'
import {readTimestamp} from '../timestamp.ts'
import type {Claim, Envelope, Fault, Header} from '../types.ts'

const TIMESTAMP = 'X-Slack-Request-Timestamp'
const SIGNATURE = 'X-Slack-Signature'

const keys = (secrets: readonly string[]) => readKeys(secrets, textKey('sha256'))
const preamble = ({timestamp = ''}: Envelope) => `v0:${timestamp}:`

/** Slack: HMAC-SHA-256 of `v0:timestamp:body`. Source: "Verifying requests from Slack", docs.slack.dev. */
export const slack = defineScheme({
  name: 'slack',
  title: `${SIGNATURE}: v0= and hex of HMAC-SHA-256 over v0:timestamp:body`,
  format: {header: SIGNATURE, algorithm: 'sha256', encoding: 'hex', prefix: 'v0='},
  signs: {id: false, timestamp: true},
  several: false,
  verifyingKeys: keys,
  signingKeys: keys,
  envelope(headers) {
    const [timestamp] = valuesOf(headers, TIMESTAMP)
    return timestamp === undefined ? {} : {timestamp}
  },
  preamble,
  claim,
  write: ([signature], {timestamp}) => [
    [TIMESTAMP, `${timestamp}`],
    [SIGNATURE, `v0=${signature!.bytes.toString('hex')}`],
  ],
})

function claim(headers: readonly Header[]): Claim | Fault {
  const written = oneValue(headers, TIMESTAMP)
  if (isFault(written)) return written
  const value = oneValue(headers, SIGNATURE)
  if (isFault(value)) return value
  if (value === '') return fault('empty_signature')
  const text = afterPrefix(value, 'v0=')
  if (isFault(text)) return text
  if (text === '') return fault('empty_signature')
  const timestamp = readTimestamp(written)
  if (typeof timestamp !== 'number') return timestamp
  return {
    timestamp,
    preamble: preamble({timestamp: written}),
    candidates: [decodeSignature('hmac', text, 'hex', 32)],
  }
}
