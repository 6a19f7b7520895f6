import {parseAddress} from '../domain/address.ts'
import {maskUrl} from '../domain/mask.ts'
import {denialHint, denialSentence, type TargetDenial} from '../domain/target-denial.ts'
import {
  judgeName,
  judgeTarget,
  knownAddresses,
  type OwnListener,
  parseTarget,
  type Target,
  type TargetPolicy,
  type Tier,
  tierOf,
} from '../domain/target-policy.ts'
import {goesThrough, type TargetProxy} from '../domain/target-proxy.ts'
import {checkUrl, type UrlVerdict} from '../domain/url.ts'
import {unreachableError, usageError} from '../errors.ts'
import type {Column} from './output/column.ts'

/** One address a target leads to, and what the policy says of it alone. */
export interface CheckedAddress {
  readonly address: string
  readonly tier: Tier
  readonly allowed: boolean
  readonly reason: TargetDenial['reason'] | null
  readonly rule: string | null
}

/** What `target check` answers. */
export interface CheckedTarget {
  /** As it would be stored, credentials masked; null for a text that is not a URL to send to. */
  readonly url: string | null
  readonly hostname: string | null
  readonly port: number | null
  readonly policy: TargetPolicy['reach']
  /** The proxy it is reached through, or null. */
  readonly proxy: string | null
  readonly allowed: boolean
  /** Why not, or null. */
  readonly reason: TargetDenial['reason'] | null
  /** The allow or deny rule that decided, or null. */
  readonly rule: string | null
  readonly explanation: string
  readonly hint: string | null
  readonly addresses: readonly CheckedAddress[]
}

export const checkedColumns: readonly Column<CheckedTarget>[] = [
  {key: 'verdict', kind: 'state', value: ({allowed}) => (allowed ? 'allowed' : 'refused')},
  {key: 'url', title: 'URL'},
  {key: 'policy'},
  {key: 'proxy', value: ({proxy}) => proxy ?? 'none, it is dialled itself'},
  {key: 'reason'},
  {key: 'rule'},
  {key: 'explanation'},
  {key: 'hint'},
]

export const addressColumns: readonly Column<CheckedAddress>[] = [
  {key: 'address', whole: true},
  {key: 'tier'},
  {key: 'verdict', kind: 'state', value: ({allowed}) => (allowed ? 'allowed' : 'refused')},
  {key: 'reason'},
  {key: 'rule'},
]

/** What names lead to: as given by hand, else asked of the host's resolver. */
export type NamedAddresses = ReadonlyMap<string, readonly string[]>

/** `HOST=ADDR[,ADDR]`; without an address the name does not exist. @throws usage `bad_resolve` */
export function parseAddresses(texts: readonly string[]): NamedAddresses {
  return new Map(texts.map(parseEntry))
}

function parseEntry(text: string): readonly [string, readonly string[]] {
  const [, host = '', list] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  const refuse = (what: string) =>
    usageError('bad_resolve', `--resolve: ${what}: ${JSON.stringify(text)}`, {
      hint: 'write it like --resolve n8n=172.18.0.5 or --resolve dual.example=93.184.215.14,2606:2800::1',
    })
  if (list === undefined) throw refuse('no name with its addresses')
  const target = parseTarget(`http://${host}/`)
  if (typeof target === 'string' || target.port !== 80) throw refuse('not a name')
  if (knownAddresses(target.hostname) !== null) throw refuse('nobody looks this up, it is an address itself')
  const addresses = list === '' ? [] : list.split(',')
  if (!addresses.every(address => parseAddress(address) !== null)) throw refuse('not an address')
  return [target.hostname, addresses]
}

interface Question {
  readonly policy: TargetPolicy
  readonly proxy: TargetProxy | null
  readonly addresses: NamedAddresses
  readonly own: readonly OwnListener[]
}

/**
 * What the policy says of a URL, by the way a delivery goes: shape, name, addresses, tiers, rules. Looks names up that
 * were not given by hand, and dials nothing.
 *
 * @throws unreachable `lookup_failed` where the resolver does not answer
 */
export async function checkTarget(text: string, question: Question): Promise<CheckedTarget> {
  const shape = checkUrl(text)
  const target = parseTarget(text)
  if (!shape.ok || typeof target === 'string') return misshapen(shape as UrlVerdict & {ok: false}, question)
  const {policy, own} = question
  const proxy = question.proxy !== null && goesThrough(question.proxy, target) ? question.proxy.origin : null
  const given = knownAddresses(target.hostname) ?? question.addresses.get(target.hostname)
  const addresses = given ?? (await lookUp(target.hostname, proxy !== null))
  const verdict =
    proxy !== null && addresses.length === 0
      ? (judgeName(policy, target) ?? unknownHere)
      : judgeTarget(policy, target, addresses, own)
  return {
    url: maskUrl(shape.canonical),
    ...target,
    policy: policy.reach,
    proxy,
    allowed: verdict.allowed,
    reason: verdict.allowed ? null : verdict.reason,
    rule: verdict.rule,
    explanation: verdict.allowed ? admission(verdict, target) : denialSentence(verdict, shape.url.host),
    hint: verdict.allowed ? null : denialHint(verdict, target),
    addresses: addresses.map(address => checkAddress(address, target, question)),
  }
}

/** Where the proxy asks its own resolver a name may well lead nowhere here. */
const unknownHere = {allowed: true, tiers: [], rule: null} as const

const misshapen = ({code, message, hint}: UrlVerdict & {ok: false}, {policy}: Question): CheckedTarget => ({
  url: null,
  hostname: null,
  port: null,
  policy: policy.reach,
  proxy: null,
  allowed: false,
  reason: code,
  rule: null,
  explanation: message,
  hint,
  addresses: [],
})

function checkAddress(address: string, target: Target, {policy, own}: Question): CheckedAddress {
  const verdict = judgeTarget(policy, target, [address], own)
  const reason = verdict.allowed ? null : verdict.reason
  return {address, tier: tierOf(address), allowed: verdict.allowed, reason, rule: verdict.rule}
}

function admission({tiers, rule}: {tiers: readonly Tier[]; rule: string | null}, {hostname}: Target): string {
  if (tiers.length === 0) return `${hostname} is not known here, so where it leads is for the proxy to say`
  const why = rule === null ? 'the policy lets them be dialled' : `the rule ${rule} lets it be dialled`
  return `${hostname} leads to ${tiers.join(' and ')} addresses, and ${why}`
}

/** @param besides somebody else looks it up: what is not known here is no failure */
async function lookUp(hostname: string, besides: boolean): Promise<readonly string[]> {
  const {lookup} = await import('node:dns/promises')
  try {
    return (await lookup(hostname, {all: true})).map(({address}) => address)
  } catch (error) {
    const {code = 'no answer'} = error as NodeJS.ErrnoException
    if (code === 'ENOTFOUND' || besides) return []
    throw unreachableError('lookup_failed', `the name ${hostname} cannot be looked up (${code})`, {
      hint: `say what it leads to: --resolve ${hostname}=ADDRESS`,
      cause: error,
    })
  }
}
