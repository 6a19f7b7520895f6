import type {LookupFunction, Socket} from 'node:net'
import {isIP} from 'node:net'
import type {ConnectionOptions} from 'node:tls'
import {buildConnector, Client} from 'undici'
import type {Target} from '../domain/target-policy.ts'
import type {TargetProxy} from '../domain/target-proxy.ts'
import {reached} from '../failpoint.ts'
import type {Phase} from './failure.ts'
import type {Guard} from './guard.ts'
import type {Tunnel} from './tunnel.ts'

/** Where requests go that may share connections. */
export interface Origin {
  /** `https://host:port`. */
  readonly origin: string
  readonly target: Target
  /** Origin and TLS settings: what is equal here shares connections. */
  readonly key: string
  readonly tls: Pick<ConnectionOptions, 'rejectUnauthorized' | 'ca' | 'cert' | 'key'>
  /** Null: it is dialled itself. */
  readonly proxy: TargetProxy | null
}

/** One connection at a time to one origin; opens a new one when the last was closed. */
export interface Line {
  readonly client: Client
  readonly phase: Phase
  /** The address at the other end, or the one that was tried last. */
  readonly remoteAddress: string | null
  /** Whether the request now under way had to open a connection. */
  readonly opened: boolean
  /** To be called before each request, with what is to be called should far more come in than an answer is read. */
  begin(flooded: () => void): void
  /** Ends it at once, also in the middle of a look-up or a connect. */
  kill(): void
}

/**
 * So much comes in from one request to the next, then the connection is destroyed (A12): an answer as long as we read,
 * with all that stands around it and that no parser tells of (hints, chunk sizes and their extensions, empty lines).
 */
export const MOST_RECEIVED = 192 * 1024

/** Every answer is bounded by the transport's own deadline; undici's timers only ever watch the gaps. */
const clientOptions = {
  headersTimeout: 0,
  bodyTimeout: 0,
  maxHeaderSize: 16 * 1024,
  keepAliveTimeout: 4000,
  keepAliveMaxTimeout: 60_000,
  pipelining: 1,
  allowH2: false,
} as const

/** undici's own limit on a connect would end before a webhook's timeout does. */
export const socketOptions = {
  allowH2: false,
  timeout: 0,
  autoSelectFamily: true,
  autoSelectFamilyAttemptTimeout: 1000,
} as const

export type Connector = ReturnType<typeof buildConnector>
type ConnectCallback = (error: Error | null, socket: Socket | null) => void

/** Opens sockets to one origin, each behind the guard. TLS sessions are resumed among them. */
export function createConnector({target, tls}: Origin, guard: Guard): Connector {
  // A name is vetted in the very look-up the socket uses, so nothing can change between check and dial (A2).
  const lookup: LookupFunction = (_hostname, options, callback) => {
    guard.admit(target).then(
      addresses => {
        const found = addresses.map(address => ({address, family: isIP(address)}))
        if (options.all) callback(null, found)
        else callback(null, found[0]!.address, found[0]!.family)
      },
      (error: Error) => callback(error as NodeJS.ErrnoException, ''),
    )
  }
  return buildConnector({...socketOptions, ...tls, lookup} as Parameters<typeof buildConnector>[0])
}

/** @param way opens its connections: itself, or through a proxy */
export function openLine({origin, target}: Origin, way: Connector | Tunnel, guard: Guard): Line {
  let socket: Socket | null = null
  let cancel = () => {}
  let phase: Phase = 'exchange'
  let opened = false
  let dialled: string | null = null
  let flooded = () => {}
  let before = 0
  const literal = isIP(target.hostname) !== 0

  function connect(options: Parameters<Connector>[0], callback: ConnectCallback): void {
    opened = true
    dialled = null
    if (typeof way === 'function') dial(way, options, callback)
    else void dialThrough(way, options).then(found => callback(null, found), callback as (error: Error) => void)
  }

  function dial(connector: Connector, options: Parameters<Connector>[0], callback: ConnectCallback): void {
    phase = literal ? 'connect' : 'lookup'
    // Node calls no look-up for a literal address (finding 6).
    const denied = literal ? denialOf(target.hostname) : null
    if (denied !== null) {
      queueMicrotask(() => callback(denied, null))
      return
    }
    socket = connector(options, (error, connected) => {
      if (error !== null) return callback(error, null)
      const deniedAfter = denialOf(connected.remoteAddress ?? '')
      phase = 'exchange'
      reached('send.connected')
      if (deniedAfter !== null) {
        connected.destroy()
        return callback(deniedAfter, null)
      }
      bound(connected)
      callback(null, connected)
    }) as unknown as Socket
    watch(socket, options.protocol === 'https:')
  }

  async function dialThrough(tunnel: Tunnel, options: Parameters<Connector>[0]): Promise<Socket> {
    const stopping = new AbortController()
    cancel = () => stopping.abort()
    phase = 'lookup'
    const connected = await tunnel.open(options, {
      entered(next) {
        phase = next
      },
      opening(next) {
        socket = next
      },
      signal: stopping.signal,
    })
    phase = 'exchange'
    reached('send.connected')
    bound(connected)
    return connected
  }

  function watch(opening: Socket, secure: boolean): void {
    opening.once('lookup', () => {
      phase = 'connect'
    })
    opening.on('connectionAttempt', (address: string) => {
      dialled = address
    })
    if (!secure) return
    opening.once('connect', () => {
      phase = 'handshake'
    })
  }

  /** Also while it is idle: nothing else watches what comes in then. */
  function bound(connected: Socket): void {
    before = 0
    connected.on('readable', () => {
      if (connected.bytesRead - before <= MOST_RECEIVED) return
      connected.destroy()
      flooded()
    })
  }

  function denialOf(address: string): Error | null {
    try {
      guard.check(target, address)
      return null
    } catch (denied) {
      return denied as Error
    }
  }

  const client = new Client(origin, {...clientOptions, connect: connect as unknown as Connector})
  return {
    client,
    get phase() {
      return phase
    },
    get remoteAddress() {
      return socket?.remoteAddress ?? dialled
    },
    get opened() {
      return opened
    },
    begin(onFlood) {
      opened = false
      flooded = onFlood
      before = socket?.bytesRead ?? 0
    },
    kill() {
      client.destroy().catch(() => {})
      cancel()
      socket?.destroy()
    },
  }
}
