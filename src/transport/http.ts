import type {Outcome} from '../domain/delivery.ts'
import type {TargetCertificate} from '../domain/target-certificate.ts'
import {localTargets, type OwnListener, parseTarget, type Target, type TargetPolicy} from '../domain/target-policy.ts'
import {goesThrough, type TargetProxy} from '../domain/target-proxy.ts'
import {cutOffOf} from './cut-off.ts'
import {type Exchanged, exchange} from './exchange.ts'
import {explainDenial, type Failure} from './failure.ts'
import {createGuard, type Resolve, resolveByHost} from './guard.ts'
import type {WireRequest} from './lines.ts'
import {createPools} from './pools.ts'
import {faultInHeaders, type Transport, type TransportRequest} from './request.ts'
import {createTlsSettings} from './tls.ts'

export interface TransportOptions {
  /** Which addresses may be dialled; `local` unless given. */
  readonly policy?: TargetPolicy
  /** What requests go through; nothing unless given. */
  readonly proxy?: TargetProxy | null
  /** What is shown to the targets it names, where they ask for a certificate; none unless given. */
  readonly certificate?: TargetCertificate | null
  /** The host's resolver unless given. */
  readonly resolve?: Resolve
  /** The sockets hookctl itself listens on, asked at each dial: they are never a target (A7). */
  readonly ownListeners?: () => readonly OwnListener[]
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * The one place that talks to receivers: HTTP/1.1, no redirects, nothing inflated, answers read up to 64 KiB
 * and kept up to 16 KiB, one deadline over all of it. Takes no proxy from the environment.
 */
export function createTransport(options: TransportOptions): Transport {
  const {
    policy = localTargets,
    proxy = null,
    certificate = null,
    resolve = resolveByHost,
    ownListeners = () => [],
    now,
  } = options
  const pools = createPools(createGuard({policy, resolve, ownListeners}))
  const tlsSettings = createTlsSettings(certificate)
  const places = createPlaces(proxy)
  const closing = new AbortController()

  async function attempt(request: TransportRequest, began: number): Promise<Exchanged> {
    const place = places(request.url)
    if ('errorClass' in place) return failed(place)
    const fault = faultInHeaders(request.headers)
    if (fault !== null) return failed({errorClass: 'internal', error: `not sent: ${fault}`})
    // Awaited only where a file has to be read: this runs for every delivery.
    const settings = tlsSettings(request.tls, place, request.timeoutMs)
    const tls = settings instanceof Promise ? await settings : settings
    if ('errorClass' in tls) return failed(tls)
    const signals = [closing.signal, ...(request.signal === undefined ? [] : [request.signal])]
    if (signals.some(signal => signal.aborted))
      return failed({errorClass: 'aborted', error: 'stopped before it was sent'})
    const origin = {...place, key: `${place.origin}${tls.key}`, tls: tls.options}
    const input = {
      host: place.host,
      request: onTheWire(place, request),
      deadline: began + request.timeoutMs,
      timeoutMs: request.timeoutMs,
      cutOffs: signals.map(cutOffOf),
    }
    const first = await exchange({...input, lease: pools.take(origin, false)})
    return first.stale ? exchange({...input, lease: pools.take(origin, true)}) : first
  }

  return {
    async send(request) {
      const startedAt = now()
      const began = performance.now()
      const exchanged = await attempt(request, began).catch(error => failed(internal(error)))
      return toOutcome(exchanged, startedAt, Math.round(performance.now() - began))
    },
    async close() {
      closing.abort()
      pools.close()
    },
  }
}

/** Where a URL leads. */
interface Place {
  readonly target: Target
  readonly origin: string
  /** As in the URL, for the `Host` header and sentences: `hooks.example:8443`. */
  readonly host: string
  readonly path: string
  readonly proxy: TargetProxy | null
}

/** Webhooks keep their URL: each is taken apart once. */
function createPlaces(proxy: TargetProxy | null): (url: string) => Place | Failure {
  const known = new Map<string, Place>()
  return url => {
    const place = known.get(url) ?? parsePlace(url, proxy)
    if ('errorClass' in place) return place
    if (known.size >= 1000) known.clear()
    known.set(url, place)
    return place
  }
}

function parsePlace(text: string, proxy: TargetProxy | null): Place | Failure {
  const target = parseTarget(text)
  if (typeof target === 'string') {
    return explainDenial({allowed: false, reason: target, address: null, rule: null}, 'the target')
  }
  const {origin, host, pathname, search} = new URL(text)
  const through = proxy !== null && goesThrough(proxy, target) ? proxy : null
  return {target, origin, host, path: pathname + search, proxy: through}
}

function onTheWire(place: Place, {method, headers, body}: TransportRequest): WireRequest {
  // With TLS the proxy only ever sees the CONNECT before it.
  const forwarder = place.proxy !== null && place.origin.startsWith('http:') ? place.proxy : null
  const path = forwarder === null ? place.path : `${place.origin}${place.path}`
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${place.host}\r\nconnection: keep-alive\r\n`
  for (const [name, value] of headers) head += `${name}: ${value}\r\n`
  if (forwarder?.authorization) head += `proxy-authorization: ${forwarder.authorization}\r\n`
  return {head: `${head}content-length: ${body.byteLength}\r\n\r\n`, body}
}

const failed = (failure: Failure): Exchanged => ({
  failure,
  answer: {status: null, headers: [], body: new Uint8Array(), bytes: 0, truncated: false},
  remoteAddress: null,
  stale: false,
})

const internal = (error: unknown): Failure => ({
  errorClass: 'internal',
  error: `not sent: ${error instanceof Error ? error.message : String(error)}`,
})

const toOutcome = ({failure, answer, remoteAddress}: Exchanged, startedAt: number, durationMs: number): Outcome => ({
  startedAt,
  durationMs,
  status: answer.status,
  errorClass: failure?.errorClass ?? null,
  error: failure?.error ?? null,
  responseHeaders: answer.headers,
  responseBody: answer.body,
  responseBytes: answer.bytes,
  responseTruncated: answer.truncated,
  remoteAddress,
})
