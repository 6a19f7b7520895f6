import {usageError} from '../errors.ts'
import {
  type AddressBytes,
  innerAddress,
  isIn,
  type Network,
  parseAddress,
  parseNetwork,
  sameHostAddress,
} from './address.ts'
import {checkUrl, type UrlFault} from './url.ts'

/** Where a URL points, as the URL parser understands it: never its text. */
export interface Target {
  /** Canonical: lower case, punycode, IPv4 in dotted form, IPv6 without brackets. */
  readonly hostname: string
  readonly port: number
}

/** The target of a webhook's URL, or what is wrong with the URL. */
export function parseTarget(text: string): Target | UrlFault {
  const verdict = checkUrl(text)
  if (!verdict.ok) return verdict.code
  const {hostname, port, protocol} = verdict.url
  return {hostname: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (protocol === 'https:' ? 443 : 80)}
}

/** How near to us an address is. `special` is everything that is not an ordinary receiver anywhere. */
export type Tier = 'public' | 'private' | 'loopback' | 'metadata' | 'special'

/** Names targets, for those that are let through, refused, or dialled in another way. */
export type TargetRule =
  | {readonly kind: 'network'; readonly text: string; readonly network: Network}
  /** `*.` at the front of the name stands for one or more labels; a null port for every port. */
  | {readonly kind: 'host'; readonly text: string; readonly name: string; readonly port: number | null}

/** Which addresses may be dialled. */
export interface TargetPolicy {
  /** `public`: public addresses only. `local`: private and loopback ones as well. */
  readonly reach: 'local' | 'public'
  readonly allow: readonly TargetRule[]
  readonly deny: readonly TargetRule[]
}

/** The default listener is loopback, and who may use it owns a shell on this host already. */
export const localTargets: TargetPolicy = {reach: 'local', allow: [], deny: []}

/** Why a target may not be dialled. Stable: scripts read it. */
type DenialReason = UrlFault | 'no_address' | 'self' | 'rule' | Exclude<Tier, 'public'>

export type TargetVerdict =
  | {readonly allowed: true; readonly tiers: readonly Tier[]; readonly rule: string | null}
  | {
      readonly allowed: false
      readonly reason: DenialReason
      readonly address: string | null
      readonly rule: string | null
    }

/** A socket that hookctl listens on itself; `0.0.0.0` and `::` stand for every address of this host that is given with them. */
export interface OwnListener {
  readonly address: string
  readonly port: number
}

const networks = (...texts: readonly string[]): readonly Network[] => texts.map(text => parseNetwork(text)!)

// The first tier that holds the address. Sources: the IANA special-purpose registries; metadata services of AWS, GCP,
// Azure (168.63.129.16) and Alibaba (100.100.100.200).
const tiers: readonly (readonly [Tier, readonly Network[]])[] = [
  [
    'metadata',
    networks('169.254.0.0/16', '168.63.129.16', '100.100.100.200', 'fe80::/10', 'fd00:ec2::254', 'fd20:ce::254'),
  ],
  ['loopback', networks('127.0.0.0/8', '::1')],
  ['private', networks('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fec0::/10')],
  [
    'special',
    networks(
      ...['0.0.0.0/8', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '198.18.0.0/15', '198.51.100.0/24'],
      ...['203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
    ),
  ],
  ['public', networks('0.0.0.0/0', '2000::/3')],
]

/** The tier of an address in its usual spelling; what cannot be read is `special`, and so never dialled. */
export function tierOf(address: string): Tier {
  const bytes = parseAddress(address)
  return bytes === null ? 'special' : tierOfBytes(innerAddress(bytes))
}

const tierOfBytes = (bytes: AddressBytes): Tier =>
  tiers.find(([, members]) => members.some(network => isIn(bytes, network)))?.[0] ?? 'special'

/** `localhost` and the names under it, which are this host by RFC 6761 and never asked of a resolver. */
export const isLocalName = (hostname: string): boolean => /^([\w-]+\.)*localhost\.?$/i.test(hostname)

/** The addresses of a hostname that no resolver is asked for: of an address itself, and of this host; else null. */
export function knownAddresses(hostname: string): readonly string[] | null {
  if (parseAddress(hostname) !== null) return [hostname]
  return isLocalName(hostname) ? ['127.0.0.1', '::1'] : null
}

/**
 * Whether a target may be dialled at these addresses, and by which rule.
 *
 * In this order, for each address: own listener → deny list → metadata and special → allow list → tier. One refused
 * address refuses the target: of a mixed answer the client might dial either (A4).
 *
 * @param addresses all that the name resolved to, or the one literal
 */
export function judgeTarget(
  policy: TargetPolicy,
  target: Target,
  addresses: readonly string[],
  own: readonly OwnListener[] = [],
): TargetVerdict {
  if (addresses.length === 0) return {allowed: false, reason: 'no_address', address: null, rule: null}
  const verdicts = addresses.map(address => judgeAddress(policy, target, address, own))
  const denied = verdicts.find(verdict => !verdict.allowed)
  if (denied !== undefined) return denied
  return {
    allowed: true,
    tiers: [...new Set(addresses.map(tierOf))],
    rule: verdicts.find(verdict => verdict.rule !== null)?.rule ?? null,
  }
}

function judgeAddress(
  policy: TargetPolicy,
  target: Target,
  address: string,
  own: readonly OwnListener[],
): TargetVerdict {
  const tier = tierOf(address)
  const deny = (reason: DenialReason, rule: string | null = null): TargetVerdict => ({
    allowed: false,
    reason,
    address,
    rule,
  })
  if (own.some(listener => isOwn(listener, target, address))) return deny('self')
  const refusing = policy.deny.find(rule => applies(rule, target, address))
  if (refusing !== undefined) return deny('rule', refusing.text)
  const allowing = policy.allow.find(rule => applies(rule, target, address))
  if (tier === 'metadata' || tier === 'special') {
    // A range or a name never opens these; parseTargetPolicy lets an exact address in only with a second switch.
    return allowing !== undefined && isExact(allowing) ? allow(tier, allowing.text) : deny(tier)
  }
  if (allowing !== undefined) return allow(tier, allowing.text)
  return tier === 'public' || policy.reach === 'local' ? allow(tier, null) : deny(tier)
}

/** What is said against a name by itself, where nobody here knows its addresses: a deny rule for it, or null. */
export function judgeName(policy: TargetPolicy, target: Target): Extract<TargetVerdict, {allowed: false}> | null {
  const refusing = policy.deny.find(rule => applies(rule, target, target.hostname))
  return refusing === undefined ? null : {allowed: false, reason: 'rule', address: null, rule: refusing.text}
}

const allow = (tier: Tier, rule: string | null): TargetVerdict => ({allowed: true, tiers: [tier], rule})

function isOwn(listener: OwnListener, target: Target, address: string): boolean {
  if (listener.port !== target.port) return false
  const [ours, theirs] = [parseAddress(listener.address), parseAddress(address)]
  if (ours === null || theirs === null) return false
  // A listener on every address is met on every loopback address, whatever the interfaces are.
  if (ours.every(byte => byte === 0)) return tierOf(address) === 'loopback'
  return sameHostAddress(ours).join() === sameHostAddress(theirs).join()
}

function applies(rule: TargetRule, target: Target, address: string): boolean {
  if (rule.kind === 'host') return (rule.port === null || rule.port === target.port) && isNamed(rule.name, target)
  const bytes = parseAddress(address)
  return bytes !== null && (isIn(innerAddress(bytes), rule.network) || isIn(bytes, rule.network))
}

function isNamed(name: string, {hostname}: Target): boolean {
  const plain = hostname.replace(/\.$/, '').toLowerCase()
  return name.startsWith('*.') ? plain.endsWith(name.slice(1)) && plain.length >= name.length : plain === name
}

const isExact = (rule: TargetRule): boolean =>
  rule.kind === 'network' && rule.network.bits === rule.network.bytes.length * 8

export interface TargetPolicyInput {
  readonly reach: 'local' | 'public'
  readonly allow?: readonly string[]
  readonly deny?: readonly string[]
  /** Lets an exact metadata or special address stand in `allow`. */
  readonly allowMetadata?: boolean
}

/**
 * A policy from its configuration: networks (`10.0.0.0/8`), addresses, hosts (`host:*.svc.cluster.local:8080`).
 *
 * @throws HookctlError `bad_target_rule`, or `metadata_rule` for an exact metadata or special address without
 *   `allowMetadata`
 */
export function parseTargetPolicy(input: TargetPolicyInput): TargetPolicy {
  const allowed = (input.allow ?? []).map(parseRule)
  for (const rule of allowed) {
    if (isExact(rule) && !input.allowMetadata) refuseMetadata(rule)
  }
  return {reach: input.reach, allow: allowed, deny: (input.deny ?? []).map(parseRule)}
}

function refuseMetadata(rule: TargetRule): void {
  const tier = rule.kind === 'network' ? tierOfBytes(innerAddress(rule.network.bytes)) : 'public'
  if (tier !== 'metadata' && tier !== 'special') return
  throw usageError('metadata_rule', `the target rule ${rule.text} would open a ${tier} address`, {
    hint: 'leave it out, or set targets.allowMetadata to true if you are sure',
  })
}

/** Whether one of these rules is about what a URL says: its name, or the address that stands in it. */
export const namesTarget = (rules: readonly TargetRule[], target: Target): boolean =>
  rules.some(rule => applies(rule, target, target.hostname))

/** @throws HookctlError `bad_target_rule` */
export function parseRule(text: string): TargetRule {
  const host = /^host:(?<name>(\*\.)?[\w-]+(\.[\w-]+)*)\.?(:(?<port>\d{1,5}))?$/i.exec(text)
  if (host !== null) {
    const port = host.groups!.port
    return {
      kind: 'host',
      text,
      name: host.groups!.name!.toLowerCase(),
      port: port === undefined ? null : Number(port),
    }
  }
  const network = parseNetwork(text)
  if (network !== null) return {kind: 'network', text, network}
  throw usageError('bad_target_rule', `${text} is no target rule`, {
    hint: 'a network (10.0.0.0/8), an address (192.168.1.10), or a host (host:n8n:5678, host:*.corp.example)',
  })
}
