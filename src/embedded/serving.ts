import {isIP} from 'node:net'
import {serverFilePath} from '../api/server-file.ts'
import type {OwnListener} from '../domain/target-policy.ts'
import type {Log, LogLevel} from '../server/log.ts'
import type {ServeOptions as StartOptions} from '../server/serve.ts'
import type {Deps} from '../services/deps.ts'
import {type RefusedWebhook, refusedEverywhere} from '../services/targets.ts'
import {newToken} from '../services/token-text.ts'
import {withInterfaces} from '../transport/guard.ts'
import type {Worker} from '../worker/worker.ts'
import type {Sending} from './sending.ts'

export interface ServeOptions {
  readonly listen: {readonly host: string; readonly port: number}
  readonly hosts: readonly string[]
  readonly logLevel: LogLevel
}

/** What answers at an address. */
export interface Monitoring {
  readonly url: string
  /** Whether other machines reach it. */
  readonly exposed: boolean
  /** Stops listening and finishes what is in flight. Safe to call again: then at once. */
  stop(graceMs: number): Promise<void>
}

/** What answers there, and sends: stopping finishes and records what is being sent, too. */
export interface Serving extends Monitoring {
  readonly token: string
  /** Webhooks that deliveries will not be sent to, by the target policy of this instance. */
  refused(): Promise<readonly RefusedWebhook[]>
}

/** The addresses by which a server that listens here is called, beside those that every server answers to. */
const addressesOf = (host: string): readonly string[] =>
  withInterfaces([{address: host.replace(/^\[|\]$/g, ''), port: 0}])
    .map(({address}) => address)
    .filter(address => isIP(address) !== 0)
    .map(address => (address.includes(':') ? `[${address}]` : address))

interface ServedStore {
  /** The file of the store, or null where it has none: where the server leaves its address. */
  readonly storePath: string | null
  /** Whether somebody has chosen where deliveries may go; else the server listens on loopback only. */
  readonly targetsStated: boolean
}

/** The whole server, with a worker. @param own where this process listens, told of the address */
export async function serve(
  deps: Deps,
  {listen, hosts, logLevel, storePath, targetsStated}: ServeOptions & ServedStore,
  newWorker: (sending: Sending) => Promise<Worker>,
  own: OwnListener[],
): Promise<Serving> {
  const [{createApp}, {serverAuth}, {fromServices, storedAuth}, {createWebSessions}] = await Promise.all([
    import('../server/app.ts'),
    import('../server/auth.ts'),
    import('../server/from-services.ts'),
    import('../server/web-sessions.ts'),
  ])
  const token = newToken(deps.randomBytes)
  const web = createWebSessions(deps)
  let sending: Worker | null = null
  const services = fromServices({
    ...deps,
    web,
    inFlight: () => sending?.inFlightByWebhook ?? new Map(),
    breakers: () => sending?.breakers ?? new Map(),
    offer: due => sending?.offer(due),
  })
  const server = await listening({listen, hosts, logLevel}, own, {
    app: door => createApp({...services, ...door, auth: serverAuth(token, storedAuth(deps), web), web}),
    file: storePath === null ? null : {path: serverFilePath(storePath), token, version: deps.version},
    targetsStated,
  })
  const worker = await newWorker({logLevel, tellsItsEnd: true})
  sending = worker
  await worker.start()
  return {
    ...server,
    token,
    refused: () => refusedEverywhere(deps),
    async stop(graceMs) {
      await Promise.all([server.stop(Math.min(graceMs, 5000)), worker.stop({graceMs})])
    },
  }
}

/** Answers a monitoring system, with the tokens of the store, beside a worker that has no server. */
export async function monitor(deps: Deps, options: ServeOptions, own: OwnListener[]): Promise<Monitoring> {
  const [{createMonitor}, {fromServices, storedAuth}] = await Promise.all([
    import('../server/monitor.ts'),
    import('../server/from-services.ts'),
  ])
  const {metrics, newUuid} = fromServices(deps)
  return listening(options, own, {
    app: door => createMonitor({...door, metrics, newUuid, auth: storedAuth(deps)}),
    file: null,
    // Nothing that is asked there has this machine ask others.
    targetsStated: true,
  })
}

interface Behind extends Pick<StartOptions, 'file' | 'targetsStated'> {
  app(door: {readonly hosts: readonly string[]; readonly log: Log}): StartOptions['app']
}

async function listening(
  {listen, hosts, logLevel}: ServeOptions,
  own: OwnListener[],
  {app, ...behind}: Behind,
): Promise<Monitoring> {
  const [{createLog}, {isLoopback, startServer}] = await Promise.all([
    import('../server/log.ts'),
    import('../server/serve.ts'),
  ])
  const log = await createLog(logLevel)
  const door = {hosts: [...hosts, ...addressesOf(listen.host)], log}
  const {url, address, port, close} = await startServer({...behind, app: app(door), listen, log})
  own.push({address, port})
  return {url, exposed: !isLoopback(address), stop: close}
}
