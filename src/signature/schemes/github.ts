import {readKeys, textKey} from '../keys.ts'
import {bodyClaim} from '../lone-signature.ts'
import {defineScheme} from '../scheme.ts'

const format = {header: 'X-Hub-Signature-256', algorithm: 'sha256', encoding: 'hex', prefix: 'sha256='} as const
const keys = (secrets: readonly string[]) => readKeys(secrets, textKey('sha256'))

/**
 * GitHub: HMAC-SHA-256 of the body. The older X-Hub-Signature (SHA-1) is never accepted.
 * Source: "Validating webhook deliveries", docs.github.com.
 */
export const github = defineScheme({
  name: 'github',
  title: 'X-Hub-Signature-256: sha256= and hex of HMAC-SHA-256 over the body',
  format,
  signs: {id: false, timestamp: false},
  several: false,
  verifyingKeys: keys,
  signingKeys: keys,
  envelope: () => ({}),
  preamble: () => '',
  claim: headers => bodyClaim(headers, format),
  write: ([signature]) => [[format.header, `${format.prefix}${signature!.bytes.toString('hex')}`]],
})
