/**
 * Signatures of webhooks: sign, verify, and say why one does not fit. Needs nothing but node:crypto.
 *
 * @module hookctl/signature
 */

export {type Detected, type Detection, detect} from './detect.ts'
export type {ExplainInput, Explanation, Finding} from './explain/explain.ts'
export type {Mistake} from './explain/mistakes.ts'
export {isFault, SignatureError} from './fault.ts'
export {challengeAnswer, type Handshake, handshakeAnswer} from './handshake.ts'
export {type HeaderInput, toHeaderList} from './headers.ts'
export {describeReason, REASONS} from './reasons.ts'
export {github} from './schemes/github.ts'
export {type HmacOptions, hmac} from './schemes/hmac.ts'
export {type NetboxOptions, netbox} from './schemes/netbox.ts'
export {slack} from './schemes/slack.ts'
export {type StandardOptions, standard, standardV1, standardV1a} from './schemes/standard.ts'
export {stripe} from './schemes/stripe.ts'
export {isSchemeName, SCHEME_NAMES, type SchemeOptions, schemeOf} from './schemes.ts'
export {fingerprint, generateSecret, inspectSecret, publicSecret, type SecretReport} from './secrets.ts'
export {type ExpectedInput, expected, type SignInput, type SignStreamInput, sign, signStream} from './sign.ts'
export type {
  Algorithm,
  Check,
  Encoding,
  Envelope,
  Fault,
  Frame,
  Header,
  Message,
  MessageHead,
  Reason,
  Scheme,
  SchemeName,
  Signer,
  TimestampFormat,
  Verdict,
  VerifyOptions,
} from './types.ts'
export {type VerifyInput, type VerifyStreamInput, verify, verifyStream} from './verify.ts'

import type {ExplainInput, Explanation} from './explain/explain.ts'

/** Why a message does not verify: see `explain` in explain/explain.ts. Loaded when asked for, not with `verify`. */
export const explain = async (input: ExplainInput): Promise<Explanation> =>
  (await import('./explain/explain.ts')).explain(input)
