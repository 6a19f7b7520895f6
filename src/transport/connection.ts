import {isIP, type Socket} from 'node:net'
import {reached} from '../failpoint.ts'
import type {Connector, Origin, Receive} from './connector.ts'
import type {Phase} from './failure.ts'
import type {Guard} from './guard.ts'
import type {Tunnel} from './tunnel.ts'

/** A connection that is being opened, or was. */
export interface Opening {
  readonly phase: Phase
  /** The address at the other end, or the one that was tried last. */
  readonly remoteAddress: string | null
  /** Ends it at once, also in the middle of a look-up or a connect. */
  cancel(): void
}

type Connected = (error: Error | null, socket: Socket | null) => void

interface ConnectionInput<Way> {
  /** How it is opened: itself, or through a proxy. */
  readonly way: Way
  readonly guard: Guard
  readonly receive: Receive
}

/** @param connected called once, but for a connection that was cancelled, of which it may hear nothing */
export function openConnection(
  origin: Origin,
  input: ConnectionInput<Connector | Tunnel>,
  connected: Connected,
): Opening {
  const {way} = input
  return typeof way === 'function'
    ? dial(origin, {...input, way}, connected)
    : dialThrough(origin, {...input, way}, connected)
}

function dial(origin: Origin, {way, guard, receive}: ConnectionInput<Connector>, connected: Connected): Opening {
  const {target} = origin
  const place = placeOf(origin)
  const literal = isIP(target.hostname) !== 0
  let phase: Phase = literal ? 'connect' : 'lookup'
  let dialled: string | null = null

  function denialOf(address: string): Error | null {
    try {
      guard.check(target, address)
      return null
    } catch (denied) {
      return denied as Error
    }
  }

  // Node calls no look-up for a literal address (finding 6).
  const denied = literal ? denialOf(target.hostname) : null
  if (denied !== null) {
    queueMicrotask(() => connected(denied, null))
    return {phase, remoteAddress: null, cancel() {}}
  }
  const socket = way(place, receive, (error, opened) => {
    if (error !== null) return connected(error, null)
    const deniedAfter = denialOf(opened.remoteAddress ?? '')
    phase = 'exchange'
    reached('send.connected')
    if (deniedAfter === null) return connected(null, opened)
    opened.destroy()
    connected(deniedAfter, null)
  })
  socket.once('lookup', () => {
    phase = 'connect'
  })
  socket.on('connectionAttempt', (address: string) => {
    dialled = address
  })
  if (place.protocol === 'https:') {
    socket.once('connect', () => {
      phase = 'handshake'
    })
  }
  return {
    get phase() {
      return phase
    },
    get remoteAddress() {
      return socket.remoteAddress ?? dialled
    },
    cancel: () => void socket.destroy(),
  }
}

function dialThrough(origin: Origin, {way, receive}: ConnectionInput<Tunnel>, connected: Connected): Opening {
  const stopping = new AbortController()
  let socket: Socket | null = null
  let phase: Phase = 'lookup'
  const told = {
    entered(next: Phase) {
      phase = next
    },
    opening(next: Socket) {
      socket = next
    },
    signal: stopping.signal,
  }
  way
    .open(placeOf(origin), told)
    .then(opened => {
      phase = 'exchange'
      reached('send.connected')
      return opened.on('data', receive)
    })
    .then(
      opened => connected(null, opened),
      error => connected(error, null),
    )
  return {
    get phase() {
      return phase
    },
    get remoteAddress() {
      return socket?.remoteAddress ?? null
    },
    cancel() {
      stopping.abort()
      socket?.destroy()
    },
  }
}

function placeOf({origin}: Origin) {
  const {protocol, host, hostname, port} = new URL(origin)
  return {protocol, host, hostname: hostname.replace(/^\[|\]$/g, ''), port}
}
