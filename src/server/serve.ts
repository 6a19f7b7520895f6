import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import {type AddressInfo, isIP} from 'node:net'
import {getRequestListener} from '@hono/node-server'
import {beganOf, type ServerFile} from '../api/server-file.ts'
import {conflictError, notAllowedError, unreachableError, usageError} from '../errors.ts'
import {answer} from './answer.ts'
import {answerBrokenRequests} from './broken-request.ts'
import type {App} from './door.ts'
import {type Log, silentLog} from './log.ts'
import {bugAnswer, errorAnswer, Refused} from './refused.ts'
import {checkServerFile, removeServerFile, writeServerFile} from './server-file.ts'
import {aFewEachTurn} from './turns.ts'

/** Times in milliseconds. */
interface Limits {
  readonly headersMs: number
  readonly requestMs: number
  readonly idleMs: number
  readonly connections: number
  readonly headerBytes: number
}

const defaultLimits: Limits = {
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 5000,
  connections: 512,
  headerBytes: 16 * 1024,
}

export interface ServeOptions {
  readonly app: Pick<App, 'fetch'>
  /** An address of this machine, and a port or 0 for any free one. */
  readonly listen: {readonly host: string; readonly port: number}
  /** Whether that address may be one that other machines reach: only where it is said what deliveries may reach. */
  readonly targetsStated?: boolean
  /** Where to leave the address and token for this user's commands, or null: nowhere. */
  readonly file: {readonly path: string; readonly token: string; readonly version: string} | null
  readonly log?: Log
  readonly limits?: Partial<Limits>
}

export interface RunningServer {
  /** Where this machine reaches it: on 127.0.0.1 where it listens on every address. */
  readonly url: string
  /** As it was bound. */
  readonly address: string
  readonly port: number
  /** Takes no more connections, ends streams, finishes requests; cuts what is left after `graceMs`. Safe to call again. */
  close(graceMs: number): Promise<void>
}

/**
 * Puts the app behind a socket of this machine.
 *
 * @throws usage `bad_listen`, `targets_not_stated`, conflict `port_taken` or `server_running`, not_allowed `port_not_allowed`
 */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const {listen, file: place, log = silentLog, targetsStated = false} = options
  const host = listenAddress(listen.host, targetsStated)
  if (place !== null) checkServerFile(place.path)
  const stopping = new AbortController()
  const server = createHttpServer(options, stopping.signal)
  const port = await listening(server, host, listen.port)
  const url = urlOf(everywhere.get(host) ?? host, port)
  const file = place && {
    url,
    token: place.token,
    pid: process.pid,
    startedAt: new Date().toISOString(),
    version: place.version,
    began: beganOf(process.pid),
  }
  try {
    if (place && file) writeServerFile(place.path, file)
  } catch (error) {
    server.close()
    throw error
  }
  log.info({url}, 'listening')
  let closed: Promise<void> | undefined
  const close = async (graceMs: number) => {
    stopping.abort()
    await drained(server, graceMs)
    if (place && file) removeServerFile(place.path, file as ServerFile)
    log.info({url}, 'closed')
  }
  return {
    url,
    address: host,
    port,
    close: graceMs => {
      closed ??= close(graceMs)
      return closed
    },
  }
}

/** Addresses that stand for every address of this machine, and the one by which it reaches itself then. */
const everywhere: ReadonlyMap<string, string> = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
])

const urlOf = (address: string, port: number): string =>
  `http://${address.includes(':') ? `[${address}]` : address}:${port}`

/** A name could mean another address at the next start: only addresses, and `localhost`. */
function listenAddress(host: string, targetsStated: boolean): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  const address = bare === 'localhost' ? '127.0.0.1' : bare
  if (isIP(address) === 0 || address.includes('%')) {
    throw usageError('bad_listen', `hookctl listens on addresses of this machine, not on ${JSON.stringify(host)}`, {
      hint: 'write it like 127.0.0.1:8700, [::1]:8700 or, for every address, 0.0.0.0:8700',
      path: 'listen',
    })
  }
  if (!isLoopback(address) && !targetsStated) throw notStated(host)
  return address
}

/** Whether only this machine reaches the address. */
export const isLoopback = (address: string): boolean => address === '::1' || /^127(?:\.\d{1,3}){3}$/.test(address)

/** Who reaches the server could have it ask whatever its machine reaches: that must have been somebody's choice. */
const notStated = (host: string): Error =>
  usageError(
    'targets_not_stated',
    `other machines could reach ${JSON.stringify(host)}, and it has not been said where deliveries may go`,
    {
      hint: 'state it, then start again: `hookctl config set targets.policy public` (receivers on the internet only; private ones by targets.allow), or `hookctl config set targets.policy local` (also private and loopback addresses); or listen on 127.0.0.1',
      path: 'listen',
    },
  )

function createHttpServer({app, log = silentLog, limits}: ServeOptions, stopping: AbortSignal): Server {
  const {headersMs, requestMs, idleMs, connections, headerBytes} = {...defaultLimits, ...limits}
  const respond = requestListener(app, stopping, log)
  const server = createServer({
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: idleMs,
    maxHeaderSize: headerBytes,
    // The default looks every 30 s, which would make 10 s up to 40.
    connectionsCheckingInterval: Math.min(1000, headersMs),
    // Ours names the problem.
    requireHostHeader: false,
  })
  server.maxConnections = connections
  const begin = aFewEachTurn()
  server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) =>
    begin(() => void respond(incoming, outgoing)),
  )
  answerBrokenRequests(server)
  lastAnswers(server, stopping)
  return server
}

/**
 * The app as a listener of node:http. Its `Response` spares the platform's (a third of a small request's time), but
 * comes in place of the global one: it is taken, and the globals are put back as they were.
 */
function requestListener({fetch}: Pick<App, 'fetch'>, stopping: AbortSignal, log: Log) {
  const globals = (['Request', 'Response'] as const).map(
    name => [name, Object.getOwnPropertyDescriptor(globalThis, name) as PropertyDescriptor] as const,
  )
  const listener = getRequestListener((request, env) => fetch(request, {...env, stopping, Response: Light}), {
    errorHandler: error => unanswered(error, log),
  })
  const Light = globalThis.Response
  for (const [name, descriptor] of globals) Object.defineProperty(globalThis, name, descriptor)
  return listener
}

/** Once the server stops, every answer is the last one of its connection: a kept-alive one would hold it open. */
function lastAnswers(server: Server, stopping: AbortSignal): void {
  const underWay = new Set<ServerResponse>()
  const last = (outgoing: ServerResponse) => {
    if (!outgoing.headersSent) outgoing.setHeader('connection', 'close')
  }
  server.prependListener('request', (_incoming: IncomingMessage, outgoing: ServerResponse) => {
    if (stopping.aborted) last(outgoing)
    underWay.add(outgoing)
    outgoing.once('close', () => underWay.delete(outgoing))
  })
  stopping.addEventListener('abort', () => underWay.forEach(last))
}

/** What no route has seen: a request that cannot be put into a URL, or a bug outside the app. */
function unanswered(error: unknown, log: Log): Response {
  const isRequest = error instanceof Error && error.name === 'RequestError'
  if (!isRequest) log.error({err: error}, 'bug')
  return answer((isRequest && errorAnswer(badTarget)) || bugAnswer('-'))
}

const badTarget = new Refused(
  400,
  usageError('bad_request', 'the request has no Host, or a target that is no URL', {
    hint: 'send one Host header and a path',
  }),
)

async function listening(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(listenError(error, host, port)))
    server.listen({host, port}, resolve)
  })
  return (server.address() as AddressInfo).port
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return conflictError('port_taken', `port ${port} on ${host} is taken by another program`, {
      hint: 'choose another one with --listen HOST:PORT, port 0 for any free one',
    })
  }
  if (error.code === 'EACCES') {
    return notAllowedError('port_not_allowed', `this user may not listen on port ${port}`, {
      hint: 'use a port from 1024 on',
    })
  }
  return unreachableError('cannot_listen', `cannot listen on ${host} port ${port}: ${error.code ?? error.message}`, {
    cause: error,
  })
}

async function drained(server: Server, graceMs: number): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), graceMs)
  await new Promise<void>(resolve => server.close(() => resolve()))
  clearTimeout(timer)
}
