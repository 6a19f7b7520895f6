import type {ReceivedRequest} from '../../receiver/receiver.ts'
import {detect, type Header} from '../../signature/index.ts'
import {type ChosenScheme, detectSchemes, namedScheme, type SchemeFlags} from '../signing/choose-scheme.ts'
import {type Verified, verifiedFrom} from '../signing/verified.ts'
import {verifyMessage} from '../signing/verify-message.ts'

export interface Judge {
  readonly secrets: readonly string[]
  readonly flags: SchemeFlags
  /** Seconds; null accepts any age. */
  readonly tolerance: number | null
}

/** Larger bodies are not searched for mistakes while senders wait: `verify --request FILE --explain` does it. */
const EXPLAINED_BYTES = 1024 * 1024

/** What the receiver thinks of a request; null where there is no secret to check it with. */
export async function judge(request: ReceivedRequest, {secrets, flags, tolerance}: Judge): Promise<Verified | null> {
  if (secrets.length === 0) return null
  const {headers, body, receivedAt} = request
  const choices = schemesFor(flags, headers)
  if (choices.length === 0) return unsigned(headers)
  const question = {secrets, headers, body: bodyOf(body), now: Math.floor(receivedAt / 1000), tolerance}
  const verdicts = await Promise.all(choices.map(chosen => verifyMessage({...question, chosen})))
  const valid = verdicts.find(verdict => verdict.valid)
  if (valid !== undefined || body.length > EXPLAINED_BYTES) return valid ?? verdicts[0]!
  return verifyMessage({...question, chosen: choices[0]!, explain: true})
}

const bodyOf = (body: Uint8Array) => ({
  async *chunks() {
    yield body
  },
  whole: async () => body,
})

function schemesFor(flags: SchemeFlags, headers: readonly Header[]): readonly ChosenScheme[] {
  const named = namedScheme(flags)
  return named === undefined
    ? detectSchemes(headers, flags['signed-url'])
    : [{scheme: named, detected: false, notes: []}]
}

/** With a secret, a request that carries no signature is invalid: a check that is skipped is a check that passes. */
const unsigned = (headers: readonly Header[]): Verified =>
  verifiedFrom(
    {valid: false, reason: 'missing_header', scheme: null, notes: detect(headers).nearMisses},
    {secrets: [], detected: false, notes: []},
  )
