import {connect as connectTcp, isIP, type Socket} from 'node:net'
import type {WebhookView} from '../../api/webhooks.ts'
import {argumentWord} from '../../domain/shell-word.ts'
import type {OwnListener, TargetPolicy} from '../../domain/target-policy.ts'
import type {TargetProxy} from '../../domain/target-proxy.ts'
import {readSmallFile} from '../small-file.ts'
import {checkTarget} from '../target-check.ts'
import {type Finding, failed, ok, warning} from './finding.ts'
import {fromError} from './from-error.ts'

export interface Reaching {
  readonly policy: TargetPolicy
  readonly proxy: TargetProxy | null
  readonly own: readonly OwnListener[]
  readonly timeoutMs: number
}

/** One place that webhooks send to: they share its fate. */
interface Place {
  readonly url: string
  readonly webhooks: readonly WebhookView[]
}

/** So many places are tried, so many of them at once: an examination ends, also of a thousand webhooks. */
const MOST_PLACES = 50
const AT_ONCE = 8

/**
 * Whether somebody takes connections where webhooks send to: name looked up, address judged by the target policy, then one
 * connection, with TLS where the URL says so, and nothing sent over it. What the policy forbids is not dialled.
 */
export async function examineReach(webhooks: readonly WebhookView[], reaching: Reaching): Promise<readonly Finding[]> {
  const places = placesOf(webhooks)
  const waiting = places.slice(0, MOST_PLACES)
  const findings: Finding[] = []
  const lane = async () => {
    for (let place = waiting.shift(); place !== undefined; place = waiting.shift()) {
      findings.push(await examinePlace(place, reaching))
    }
  }
  await Promise.all(Array.from({length: AT_ONCE}, lane))
  const left = places.length - MOST_PLACES
  const more = left > 0 ? [warning('reach', `${left} more places were not tried`, 'hookctl webhook test NAME')] : []
  return [...findings.toSorted((a, b) => a.detail.localeCompare(b.detail)), ...more]
}

/** By origin, and by how the certificate is looked at. */
function placesOf(webhooks: readonly WebhookView[]): readonly Place[] {
  const sending = webhooks.filter(({active, paused, url}) => active && paused === null && url !== null)
  const places = Map.groupBy(sending, ({url, policies: {tls}}) =>
    JSON.stringify([URL.parse(url ?? '')?.origin ?? url, tls.verify, tls.caFile]),
  )
  return [...places.values()].map(own => ({url: own[0]?.url ?? '', webhooks: own}))
}

async function examinePlace({url, webhooks}: Place, {policy, proxy, own, timeoutMs}: Reaching): Promise<Finding> {
  const [first] = webhooks
  const who = `${webhooks
    .slice(0, 3)
    .map(({name}) => name)
    .join(', ')}${webhooks.length > 3 ? ` and ${webhooks.length - 3} more` : ''}`
  const fix = `hookctl webhook test ${argumentWord(first?.name ?? '')}`
  try {
    const target = await checkTarget(url, {policy, proxy, own, addresses: new Map()})
    if (!target.allowed) return warning('reach', `${who}: not dialled: ${target.explanation}`, target.hint ?? fix)
    const host = `${target.hostname}:${target.port}`
    if (target.proxy !== null) return await dialProxy(`${who}: ${host}`, target.proxy, timeoutMs)
    const address = target.addresses[0]?.address
    if (address === undefined) return failed('reach', `${who}: there is no host ${target.hostname}`, fix)
    const place = {host: target.hostname ?? '', address, port: target.port ?? 0, isTls: url.startsWith('https:')}
    const problem = await dial(place, first?.policies.tls ?? {verify: true, caFile: null}, timeoutMs)
    if (problem === null) return ok('reach', `${who}: ${host} takes connections at ${address}`)
    return failed('reach', `${who}: ${host} takes none at ${address}: ${problem}`, fix)
  } catch (error) {
    return fromError('reach', error, fix)
  }
}

/** What is behind a proxy only a delivery can tell; the proxy itself has to be there. */
async function dialProxy(whose: string, proxy: string, timeoutMs: number): Promise<Finding> {
  const {hostname, port, protocol} = new URL(proxy)
  const address = hostname.replace(/^\[|\]$/g, '')
  const dialled = {host: hostname, address, port: Number(port) || (protocol === 'https:' ? 443 : 80), isTls: false}
  const problem = await dial(dialled, {verify: true, caFile: null}, timeoutMs)
  if (problem === null) return ok('reach', `${whose} is reached through ${proxy}, which takes connections`)
  return failed(
    'reach',
    `${whose} is reached through ${proxy}, which takes none: ${problem}`,
    'hookctl config get targets.proxy',
  )
}

interface Dialled {
  readonly host: string
  readonly address: string
  readonly port: number
  readonly isTls: boolean
}

/** Null once there is a connection, else what was in the way. */
async function dial(place: Dialled, tls: WebhookView['policies']['tls'], timeoutMs: number): Promise<string | null> {
  const ca = tls.caFile === null ? null : readCa(tls.caFile)
  if (ca === 'unreadable') return `the CA file ${tls.caFile} cannot be read`
  const socket = await open(place, tls.verify, ca)
  const {promise, resolve} = Promise.withResolvers<string | null>()
  socket.setTimeout(timeoutMs, () => resolve(`nobody answers within ${timeoutMs / 1000} s`))
  socket.once(place.isTls ? 'secureConnect' : 'connect', () => resolve(null))
  socket.once('error', error => resolve((error as NodeJS.ErrnoException).code ?? error.message))
  return promise.finally(() => socket.destroy())
}

function readCa(file: string): Buffer | 'unreadable' {
  try {
    return Buffer.from(readSmallFile(file))
  } catch {
    return 'unreadable'
  }
}

/** The address that was judged is the one that is dialled: a name is not looked up again. */
async function open({host, address, port, isTls}: Dialled, verify: boolean, ca: Buffer | null): Promise<Socket> {
  if (!isTls) return connectTcp({host: address, port})
  const {connect} = await import('node:tls')
  const name = isIP(host.replace(/^\[|\]$/g, '')) === 0 ? {servername: host} : {}
  return connect({host: address, port, rejectUnauthorized: verify, ...name, ...(ca === null ? {} : {ca})})
}
