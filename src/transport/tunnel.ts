import {isIPv6, type Socket} from 'node:net'
import {buildConnector, Client} from 'undici'
import type {Target} from '../domain/target-policy.ts'
import type {TargetProxy} from '../domain/target-proxy.ts'
import {type Origin, socketOptions} from './connector.ts'
import {explainFailure, LookupFailed, type Phase, ProxyFailed} from './failure.ts'
import type {Guard} from './guard.ts'

type Connect = ReturnType<typeof buildConnector>
type ConnectOptions = Parameters<Connect>[0]

/** What is told of a connection while it is opened. */
interface Opening {
  entered(phase: Phase): void
  /** To be destroyed should the line be killed meanwhile. */
  opening(socket: Socket): void
  readonly signal: AbortSignal
}

/** Opens connections to one origin through a proxy. */
export interface Tunnel {
  /**
   * A connection that requests to the target are sent on: to the target itself where TLS is spoken (CONNECT, RFC 9110
   * 9.3.6), else to the proxy, which wants the whole URL in each request (RFC 9112 3.2.2).
   *
   * @throws TargetDenied, ProxyFailed, and what goes wrong in the TLS handshake with the target
   */
  open(options: ConnectOptions, opening: Opening): Promise<Socket>
}

/** TLS sessions with the target, and with the proxy, are resumed among its connections. */
export function createTunnel({target, tls}: Origin, proxy: TargetProxy, guard: Guard): Tunnel {
  const toProxy = buildConnector(socketOptions)
  const toTarget = buildConnector({...socketOptions, ...tls} as Parameters<typeof buildConnector>[0])
  const {hostname, host, port, protocol} = new URL(proxy.origin)
  const place = {hostname: hostname.replace(/^\[|\]$/g, ''), host, port, protocol}

  return {
    async open(options, opening) {
      await guard.admitThrough(target)
      opening.signal.throwIfAborted()
      opening.entered('proxy')
      if (options.protocol !== 'https:') return forwarded(opening)
      const httpSocket = await tunnelled(opening)
      opening.entered('handshake')
      return connected(toTarget, {...options, httpSocket}, opening)
    },
  }

  async function forwarded(opening: Opening): Promise<Socket> {
    try {
      return await connected(toProxy, place, opening)
    } catch (error) {
      throw failed(error, protocol === 'https:' ? 'handshake' : 'connect')
    }
  }

  async function tunnelled(opening: Opening): Promise<Socket> {
    let phase: Phase = protocol === 'https:' ? 'handshake' : 'connect'
    const client = new Client(proxy.origin, {
      maxHeaderSize: 16 * 1024,
      headersTimeout: 0,
      connect(_options, callback) {
        connected(toProxy, place, opening).then(
          socket => {
            phase = 'exchange'
            callback(null, socket)
          },
          error => callback(error, null),
        )
      },
    })
    const answer = await client
      .connect({path: authorityOf(target), headers: headersFor(proxy, target), signal: opening.signal})
      .catch(error => {
        throw failed(error, phase)
      })
    if (answer.statusCode >= 200 && answer.statusCode <= 299) return answer.socket as Socket
    answer.socket.on('error', () => {}).destroy()
    throw refused(answer.statusCode)
  }

  function failed(error: unknown, phase: Phase): ProxyFailed {
    const code = String((error as {code?: unknown}).code)
    const met = /^(?:ENOTFOUND|EAI_)/.test(code) ? new LookupFailed(error) : error
    return new ProxyFailed(explainFailure(met, {host: `the proxy ${proxy.host}`, phase, status: null}), error)
  }

  function refused(status: number): ProxyFailed {
    const error = `the proxy ${proxy.host} gave no connection to ${authorityOf(target)}: it answered ${status}`
    return new ProxyFailed({errorClass: 'refused', error})
  }
}

const authorityOf = ({hostname, port}: Target): string => `${isIPv6(hostname) ? `[${hostname}]` : hostname}:${port}`

const headersFor = ({authorization}: TargetProxy, target: Target): Record<string, string> => ({
  host: authorityOf(target),
  ...(authorization === null ? {} : {'proxy-authorization': authorization}),
})

function connected(connector: Connect, options: ConnectOptions, opening: Opening): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connector(options, (error, opened) => (error === null ? resolve(opened) : reject(error)))
    opening.opening(socket as unknown as Socket)
  })
}
