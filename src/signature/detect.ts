import {guessRecipe, lookOf} from './guess.ts'
import {type HeaderInput, toHeaderList, valuesOf} from './headers.ts'
import {github} from './schemes/github.ts'
import type {HmacOptions} from './schemes/hmac.ts'
import {SENDER_NAMES, SENDERS, type SenderName} from './schemes/senders.ts'
import {type SchemeOptions, schemeOf} from './schemes.ts'
import type {Header, Scheme, SchemeName} from './types.ts'

/** A scheme the headers may speak. */
export interface Detected {
  readonly name: SchemeName
  /** Differs from the scheme's defaults: only take it when the sender is known to sign so. */
  readonly options?: SchemeOptions
  readonly scheme: Scheme
  /** A full sentence: what was seen. */
  readonly why: string
  /** A full sentence where the value looks like what no scheme here makes. */
  readonly foreign?: string
}

export interface Detection {
  /** The likeliest first; empty when the headers speak no known scheme. */
  readonly candidates: readonly Detected[]
  /** Headers that look like a signature but are none of ours, each in a full sentence. */
  readonly nearMisses: readonly string[]
  /** How those of no known scheme seem to be made, for `hmac`. Guessed from what a sender wrote: only for the eyes of who knows them. */
  readonly recipes: readonly HmacOptions[]
}

/**
 * Which scheme the headers speak. Never throws.
 *
 * Headers come from whoever sent the message: a receiver that knows its sender names the scheme instead.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import {detect} from 'hookctl/signature'
 *
 * const {candidates} = detect({'X-Hook-Signature': 'ab'.repeat(32)})
 * assert.equal(candidates[0].name, 'netbox')
 * assert.deepEqual(candidates[0].options, {algorithm: 'sha256'})
 * ```
 */
export function detect(input: HeaderInput): Detection {
  const headers = toHeaderList(input)
  const candidates = [
    ...standardIn(headers, 'webhook'),
    ...standardIn(headers, 'svix'),
    ...present(headers, 'stripe', 'Stripe-Signature'),
    ...present(headers, 'slack', 'X-Slack-Signature'),
    ...present(headers, 'github', 'X-Hub-Signature-256'),
    ...SENDER_NAMES.flatMap(name => ofSender(headers, name)),
    ...valuesOf(headers, 'X-Hook-Signature').slice(0, 1).flatMap(hookSignature),
  ]
  const known = new Set(candidates.map(each => each.scheme.format.header.toLowerCase()))
  const others = headers.filter(([name]) => !known.has(name.toLowerCase()) && SIGNATURE.test(canonical(name)))
  return {
    candidates,
    nearMisses: others.map(([name]) => nearMiss(name)),
    recipes: others.filter(([name]) => isForeign(canonical(name))).flatMap(header => guessRecipe(header) ?? []),
  }
}

const candidate = (name: SchemeName, why: string, options?: SchemeOptions): Detected => ({
  name,
  why,
  scheme: schemeOf(name, options),
  ...(options === undefined ? {} : {options}),
})

const present = (headers: readonly Header[], name: SchemeName, header: string): Detected[] =>
  valuesOf(headers, header).length > 0 ? [candidate(name, `There is a ${header} header.`)] : []

/** GitHub's old SHA-1 stands in the header of Jira and Bitbucket: that header is theirs only with their prefix. */
const ofSender = (headers: readonly Header[], name: SenderName): Detected[] => {
  const {header, prefix} = SENDERS[name]
  const isTheirs = name !== 'bitbucket' || valuesOf(headers, header).some(value => value.startsWith(prefix))
  return isTheirs && !isWeak(name) && !isGithubs(name) ? present(headers, name, header) : []
}

/** The same header by the same recipe: GitHub's name does for both. */
const isGithubs = (name: SenderName): boolean => SENDERS[name].header === github.format.header

/** What a header may not choose: who has such a sender names it. */
const isWeak = (name: SenderName): boolean => SENDERS[name].algorithm === 'sha1'

function standardIn(headers: readonly Header[], headerPrefix: 'webhook' | 'svix'): Detected[] {
  const values = valuesOf(headers, `${headerPrefix}-signature`)
  if (values.length === 0) return []
  const entries = values.flatMap(value => value.split(/[ \t]+/))
  const v1 = entries.some(entry => entry.startsWith('v1,'))
  const v1a = entries.some(entry => entry.startsWith('v1a,'))
  const name = v1 === v1a ? 'standard' : v1 ? 'standard-v1' : 'standard-v1a'
  const why = `There is a ${headerPrefix}-signature header.`
  return [headerPrefix === 'svix' ? candidate(name, why, {headerPrefix}) : candidate(name, why)]
}

/** Asana, Clio, Keap, Starling and others send X-Hook-Signature with recipes of their own. */
function hookSignature(value: string): Detected[] {
  const [, prefix = '', digest = ''] = /^((?:sha\d+|v\d)=)?(.*)$/s.exec(value) ?? []
  const look = lookOf(digest)
  if (look === undefined) {
    const seen = candidate('netbox', `There is an X-Hook-Signature header of ${value.length} characters.`)
    if (!/^[A-Za-z0-9+/=]{340,}$/.test(digest)) return [seen]
    const foreign = 'It may be an RSA signature, which no scheme here checks.'
    return [{...seen, why: `${seen.why} ${foreign}`, foreign}]
  }
  const {algorithm, encoding} = look
  const options = {
    ...(algorithm === 'sha512' ? {} : {algorithm}),
    ...(encoding === 'hex' ? {} : {encoding}),
    ...(prefix === '' ? {} : {prefix}),
  }
  const characters = encoding === 'hex' ? 'hex digits' : 'base64 characters'
  const why = `There is an X-Hook-Signature header of ${digest.length} ${characters}: ${algorithm}.`
  return [Object.keys(options).length === 0 ? candidate('netbox', why) : candidate('netbox', why, options)]
}

/** Spelled otherwise on the way: CGI and WSGI write HTTP_X_HOOK_SIGNATURE, frameworks x_hook_signature. */
const canonical = (name: string) =>
  name
    .toLowerCase()
    .replaceAll('_', '-')
    .replace(/^http-/, '')

const SIGNATURE = /signature|hmac|^x-hook-secret$|^x-trello-webhook$/

const OURS: readonly string[] = [
  'webhook-signature',
  'stripe-signature',
  'x-slack-signature',
  'x-hub-signature-256',
  'x-hook-signature',
  ...SENDER_NAMES.filter(name => name !== 'bitbucket' && !isWeak(name)).map(name => SENDERS[name].header.toLowerCase()),
]

/** Names that are ours in another way than the scheme has it. */
const MISTAKEN: Readonly<Record<string, string>> = {
  'x-hub-signature': 'X-Hub-Signature is GitHub’s old SHA-1 header; only X-Hub-Signature-256 is accepted.',
  'x-netbox-signature': 'NetBox never sends X-NetBox-Signature: its header is X-Hook-Signature.',
  'x-hook-secret': 'X-Hook-Secret is a handshake (Asana): the receiver answers with the same header.',
  ...Object.fromEntries(
    SENDER_NAMES.filter(isWeak).map(name => [
      SENDERS[name].header.toLowerCase(),
      `${SENDERS[name].header} is of the scheme ${name}, which is made with SHA-1: it counts only where that scheme is named.`,
    ]),
  ),
}

const isForeign = (plain: string): boolean => !OURS.includes(plain) && !Object.hasOwn(MISTAKEN, plain)

function nearMiss(name: string): string {
  const plain = canonical(name)
  if (OURS.includes(plain)) return `The header ${name} is ${plain} as a gateway spells it: give it by that name.`
  return MISTAKEN[plain] ?? `The header ${name} looks like a signature of a scheme that is not known here.`
}
