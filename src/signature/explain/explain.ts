import {bytesOf} from '../digest.ts'
import {SCHEME_NAMES, schemeOf} from '../schemes.ts'
import type {Reason, Scheme, SchemeName, Verdict} from '../types.ts'
import {prepared, type VerifyInput} from '../verify.ts'
import {type Advice, MISTAKES, type Mistake} from './mistakes.ts'
import {fewestMistakes, type Hit, type Search} from './search.ts'

/** What `verify` was given, with the scheme. */
export interface ExplainInput extends VerifyInput {
  readonly scheme: SchemeName | Scheme
  /** Secrets that were valid before: only tried, never accepted. */
  readonly previousSecrets?: readonly string[]
}

export interface Finding extends Advice {
  readonly mistake: Mistake
  /** False for a guess; true when the signature fits once the mistake is undone. */
  readonly proven: boolean
  /** What else has to be undone before it fits. */
  readonly together: readonly Mistake[]
}

export interface Explanation {
  readonly verdict: Verdict
  /** Likeliest first; empty when the message is valid or nothing that is known fits. */
  readonly findings: readonly Finding[]
}

/**
 * Why a message does not verify: tries a fixed list of mistakes, alone and then two at a time, and names those under
 * which the signature fits. It only explains: nothing it finds is ever accepted. Never throws on what a sender
 * controls; never gives a secret or a digest away. Throws SignatureError as `verify` does.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import {explain, sign} from 'hookctl/signature'
 *
 * const headers = sign({scheme: 'netbox', secret: 's3cret', body: '{"a":1}'})
 * const {verdict, findings} = await explain({scheme: 'netbox', secret: 's3cret', headers, body: '{"a":1}\n'})
 * assert.equal(verdict.reason, 'mismatch')
 * assert.equal(findings[0].mistake, 'body_newline_added')
 * ```
 */
export function explain(input: ExplainInput): Explanation {
  const {headers, secrets, options, schemes} = prepared(input)
  const scheme = schemes[0] as Scheme
  const {previousSecrets = []} = input
  const body = bytesOf(input.body)
  const verdict = scheme.verify(secrets, headers, body, options)
  // Unusable, as the verdict says.
  if (![...secrets, ...previousSecrets].every(secret => typeof secret === 'string')) return {verdict, findings: []}
  const search: Search = {scheme, secrets, previousSecrets, headers, body}
  if (verdict.reason === 'ok') return {verdict, findings: []}
  // Without the URL nothing that is signed is known.
  if (verdict.reason === 'missing_url') return {verdict, findings: []}
  if (verdict.valid) return {verdict, findings: findingsOf({mistakes: ['uppercase_hex']}, scheme)}
  return {verdict, findings: inOtherScheme(search) ?? searched(search, verdict)}
}

/** The message as it is, read by a scheme it was not meant for. */
function inOtherScheme({scheme, secrets, headers, body}: Search): Finding[] | undefined {
  const fits = (other: Scheme) => other.verify(secrets, headers, body, {now: 0, tolerance: null}).valid
  if (fits(scheme)) return undefined
  if (scheme.name.startsWith('standard') && fits(schemeOf(scheme.name, {headerPrefix: 'svix'}))) {
    return findingsOf({mistakes: ['svix_headers']}, scheme)
  }
  // From the end: of the standard schemes, one that takes a single version says more than the one that takes both, and
  // GitHub's is better known than Meta's, which is the same.
  const other = SCHEME_NAMES.toReversed().find(name => name !== scheme.name && name !== 'hmac' && fits(schemeOf(name)))
  if (other === undefined) return undefined
  const finding = {...MISTAKES.wrong_scheme, sentence: `The message verifies in the scheme ${other}.`}
  return [{...finding, mistake: 'wrong_scheme', proven: true, together: []}]
}

function searched(search: Search, verdict: Verdict): Finding[] {
  const hits = fewestMistakes(search).map(hit => withReason(hit, verdict.reason, search))
  if (hits.length > 0) return withoutRepeats(hits.flatMap(hit => findingsOf(hit, search.scheme)))
  if (search.body.length > 0) return []
  return [{...MISTAKES.empty_body_received, mistake: 'empty_body_received', proven: false, together: []}]
}

/** What the verdict's own reason adds to a signature that would fit. */
const BY_REASON: {readonly [reason in Reason]?: Mistake} = {
  timestamp_too_old: 'timestamp_too_old',
  timestamp_in_future: 'timestamp_in_future',
  bad_timestamp: 'timestamp_format',
  duplicate_header: 'header_repeated',
  duplicate_timestamp: 'header_repeated',
}

function withReason(hit: Hit, reason: Reason, {scheme, headers}: Search): Hit {
  const isMilliseconds = /^\d{13}$/.test(scheme.envelope(headers).timestamp ?? '')
  const named = reason === 'bad_timestamp' && isMilliseconds ? 'timestamp_in_milliseconds' : BY_REASON[reason]
  if (named !== undefined && !hit.mistakes.includes(named)) return {...hit, mistakes: [named, ...hit.mistakes]}
  return hit.mistakes.length > 0 ? hit : {...hit, mistakes: ['signature_spelling']}
}

const findingsOf = (hit: Hit, scheme: Scheme): Finding[] =>
  hit.mistakes.map(mistake => ({
    mistake,
    ...MISTAKES[mistake],
    ...(mistake === 'wrong_algorithm' ? {sentence: otherAlgorithm(hit, scheme)} : {}),
    ...(SAYS_WHAT.has(mistake) ? signedOtherwise(mistake, hit) : {}),
    proven: true,
    together: hit.mistakes.filter(each => each !== mistake),
  }))

const SAYS_WHAT: ReadonlySet<Mistake> = new Set(['timestamp_signed', 'wrong_base_string', 'other_url'])

const signedOtherwise = (mistake: Mistake, {signed}: Hit): Partial<Finding> =>
  signed === undefined ? {} : {sentence: `${MISTAKES[mistake].sentence} It is ${signed}.`}

const otherAlgorithm = ({algorithm}: Hit, {format}: Scheme): string =>
  `The digest was made with ${algorithm}; this check expects ${format.algorithm}.`

const withoutRepeats = (findings: readonly Finding[]): Finding[] =>
  findings.filter(({mistake}, at) => findings.findIndex(each => each.mistake === mistake) === at)
