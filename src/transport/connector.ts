import type {LookupFunction, Socket} from 'node:net'
import {isIP} from 'node:net'
import type {ConnectionOptions} from 'node:tls'
import {buildConnector} from 'undici'
import type {Target} from '../domain/target-policy.ts'
import type {TargetProxy} from '../domain/target-proxy.ts'
import type {Guard} from './guard.ts'

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

/** undici's own limit on a connect would end before a webhook's timeout does. */
export const socketOptions = {
  allowH2: false,
  timeout: 0,
  autoSelectFamily: true,
  autoSelectFamilyAttemptTimeout: 1000,
} as const

type Connect = ReturnType<typeof buildConnector>

/** What has come in. Whoever wants to keep any of it copies it: the same bytes take what comes next. */
export type Receive = (bytes: Buffer) => void

/** Opens a socket whose bytes go to `receive`, from the moment it is connected. */
export type Connector = (place: Parameters<Connect>[0], receive: Receive, connected: Parameters<Connect>[1]) => Socket

/** So much is read at once, on any of the connections. */
export const READ_BYTES = 64 * 1024

/**
 * Opens sockets to one origin, each behind the guard. TLS sessions are resumed among them.
 *
 * @param room all sockets may be given the same: what is in it has been taken before any of them is read again
 */
export function createConnector({target, tls}: Origin, guard: Guard, room: Buffer): Connector {
  let session: Buffer | undefined

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

  return (place, receive, connected) => {
    // A socket that is read as a stream takes a new piece of memory for whatever comes in, however little it is.
    const onread = {
      buffer: room,
      callback(bytes: number) {
        receive(room.subarray(0, bytes))
        return true
      },
    }
    const options = {...socketOptions, ...tls, lookup, onread, ...(session === undefined ? {} : {session})}
    const connect = buildConnector(options as Parameters<typeof buildConnector>[0])
    const socket = connect(place, connected) as unknown as Socket
    return socket.on('session', (given: Buffer) => {
      session = given
    })
  }
}
