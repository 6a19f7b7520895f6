import {randomBytes, randomUUID} from 'node:crypto'
import {isIP} from 'node:net'
import {hostname} from 'node:os'
import {serverFilePath} from './api/server-file.ts'
import type {Client, Sender} from './client/client.ts'
import {createLocalClient} from './client/local.ts'
import type {Outcome} from './domain/delivery.ts'
import {maskUrl} from './domain/mask.ts'
import type {SuccessRule} from './domain/policy.ts'
import type {Retention} from './domain/retention.ts'
import type {TargetCertificate} from './domain/target-certificate.ts'
import {localTargets, type OwnListener, type TargetPolicy} from './domain/target-policy.ts'
import type {TargetProxy} from './domain/target-proxy.ts'
import {findTrouble, type Trouble} from './domain/transition.ts'
import type {LogLevel} from './server/log.ts'
import {boundYoungSpace} from './server/young-space.ts'
import type {Caller, Deps, Targets} from './services/deps.ts'
import {attemptHint} from './services/hints.ts'
import {createMeter} from './services/meter.ts'
import {type AcceptLimits, createOverload, defaultAcceptLimits} from './services/overload.ts'
import {type RefusedWebhook, refusedEverywhere} from './services/targets.ts'
import {newToken} from './services/token-text.ts'
import {createUuids} from './services/uuids.ts'
import type {StoreCare} from './store/care.ts'
import type {Copied} from './store/copy/copy.ts'
import {locate, openStore} from './store/open.ts'
import type {Store} from './store/store.ts'
import {resolveByHost, withInterfaces} from './transport/guard.ts'
import type {TransportRequest} from './transport/request.ts'
import type {Worker, WorkerOptions} from './worker/worker.ts'

/** Puts the rooms together in one process. What a command may not need is loaded when it is asked for. */

export interface EmbeddedOptions {
  /** As `openStore` takes it. */
  readonly store: string
  /** The file of the store, or null where it has none: where a server leaves its address. */
  readonly storePath: string | null
  readonly version: string
  /** The user of the operating system, for history; null where it has no name. */
  readonly user: string | null
  /** Told at the end what whoever wrote into the store should know of it. */
  readonly tell?: ((warning: string) => void) | undefined
  /** Whether this process goes on serving or sending, as `openStore` takes it. */
  readonly busy?: boolean
  /** Where it may send; local unless given. */
  readonly targets?: InstanceTargets
  /** How long what is over is kept; as usual unless given. */
  readonly retention?: Retention
  /** Under which secrets are kept in the store; null: as they are. */
  readonly secretKey?: string | null
  /** Overwrites in the file what is removed. */
  readonly secureDelete?: boolean
  /** When nothing more is accepted; what is not given has its usual value. */
  readonly limits?: Partial<AcceptLimits>
  /** URL of the server of this store in another process, asked whenever something is dialled: never a target. */
  readonly runningServer?: () => string | null
}

/** The target policy of this instance. Of whoever runs it alone: nothing that comes in over the API reaches it. */
export interface InstanceTargets {
  readonly policy: TargetPolicy
  readonly proxy: TargetProxy | null
  readonly certificate: TargetCertificate | null
  /** Whether somebody has chosen it; else the server listens on loopback only. */
  readonly stated: boolean
}

export interface ServeOptions {
  readonly listen: {readonly host: string; readonly port: number}
  readonly hosts: readonly string[]
  readonly logLevel: LogLevel
}

export interface Serving {
  readonly url: string
  readonly token: string
  /** Whether other machines reach it. */
  readonly exposed: boolean
  /** Webhooks that deliveries will not be sent to, by the target policy of this instance. */
  refused(): Promise<readonly RefusedWebhook[]>
  /** Stops listening, finishes what is in flight, records it. Safe to call again: then at once. */
  stop(graceMs: number): Promise<void>
}

interface Sending extends Pick<WorkerOptions, 'tellsItsEnd'> {
  readonly logLevel: LogLevel
}

export interface Embedded {
  readonly client: Client
  serve(options: ServeOptions): Promise<Serving>
  /** A worker in this process, not yet started. */
  worker(options: Sending): Promise<Worker>
}

const newUuid = createUuids()

const makeDeps = (store: Store, {version, retention, limits}: EmbeddedOptions, targets: Targets): Deps => ({
  ...(retention && {retention}),
  store,
  meter: createMeter(),
  overload: createOverload({store, now: Date.now}, {...defaultAcceptLimits, ...limits}),
  now: Date.now,
  newId: prefix => `${prefix}_${newUuid().toHex()}`,
  newUuid: () => newUuid().toString(),
  randomBytes,
  version,
  targets,
})

const openTargets: InstanceTargets = {policy: localTargets, proxy: null, certificate: null, stated: false}

function targetsOf({targets = openTargets, runningServer}: EmbeddedOptions, own: readonly OwnListener[]): Targets {
  const {policy, proxy, certificate} = targets
  // Where every ordinary address may be dialled a look-up would cost time and say nothing.
  const isOpen = policy.reach === 'local' && policy.deny.length === 0
  return {
    policy,
    proxy,
    certificate,
    resolve: isOpen ? null : resolveByHost,
    ownListeners: () => {
      const url = runningServer?.() ?? null
      return withInterfaces(url === null ? own : [...own, listenerAt(url)])
    },
  }
}

/** The addresses by which a server that listens here is called, beside those that every server answers to. */
const addressesOf = (host: string): readonly string[] =>
  withInterfaces([{address: host.replace(/^\[|\]$/g, ''), port: 0}])
    .map(({address}) => address)
    .filter(address => isIP(address) !== 0)
    .map(address => (address.includes(':') ? `[${address}]` : address))

function listenerAt(url: string): OwnListener {
  const {hostname: address, port} = new URL(url)
  return {address: address.replace(/^\[|\]$/g, ''), port: Number(port || 80)}
}

interface Exchanged {
  readonly outcome: Outcome
  readonly trouble: (Trouble & {readonly hint: string | null}) | null
}

/** One request as this instance sends, without a store: what a receiver makes of it can be tried on its own. */
export async function exchangeOnce(
  request: TransportRequest,
  {policy, proxy, certificate}: Omit<InstanceTargets, 'stated'>,
  success: SuccessRule,
): Promise<Exchanged> {
  const {createTransport} = await import('./transport/http.ts')
  const transport = createTransport({now: Date.now, policy, proxy, certificate})
  try {
    const outcome = await transport.send(request)
    const trouble = findTrouble(outcome, success)
    if (trouble === null) return {outcome, trouble}
    // There is no webhook that could be paused.
    const hint = trouble.errorClass === 'gone' ? null : attemptHint({...outcome, ...trouble, success: false})
    return {outcome, trouble: {...trouble, hint}}
  } finally {
    await transport.close()
  }
}

/** @throws usage `unknown_store`, `bad_store` for a text that no store can be at */
export const checkStore = (location: string): void => void locate(location)

/** What is done with the file of a store, whether somebody has it open or not. */
export const careForStore = async (location: string): Promise<StoreCare> =>
  (await import('./store/care.ts')).careFor(location)

/** Everything of one store, copied into an empty one. */
export const migrateStore = async (from: string, to: string): Promise<Copied> =>
  (await import('./store/copy/copy.ts')).migrateStore(from, to, Date.now())

/** The product in this process over its own store. The store is open until the client is closed. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const store = await openStore(options.store, {
    now: Date.now,
    busy: options.busy ?? false,
    secureDelete: options.secureDelete ?? false,
    secretKey: options.secretKey ?? null,
    tell: options.tell,
  })
  // What waits to be recorded in a database lives longer: with more room a tenth of the work is saved (measured), as it is
  // gone before it would be copied.
  if (options.busy && !store.worker.isShared) boundYoungSpace()
  const ownListeners: OwnListener[] = []
  const deps = makeDeps(store, options, targetsOf(options, ownListeners))
  const worker = (sending: Sending) => createSending(deps, sending)
  const client = createLocalClient(deps, localCaller(options.user), {
    location: options.storePath ?? maskUrl(options.store),
    sender: createSender(() => worker({logLevel: 'silent'})),
  })
  return {client, worker, serve: given => serve(deps, options, given, worker, ownListeners)}
}

/** Whoever can open the file may do everything with it: as owner. */
const localCaller = (user: string | null): Caller => ({
  actor: {kind: 'user', name: user},
  role: 'owner',
  scopes: ['read', 'ingest', 'admin'],
  via: 'cli',
})

async function createSending(deps: Deps, {logLevel, tellsItsEnd = false}: Sending): Promise<Worker> {
  const [{createWorker}, {createTransport}, {createLog}] = await Promise.all([
    import('./worker/worker.ts'),
    import('./transport/http.ts'),
    import('./server/log.ts'),
  ])
  const {policy, proxy, certificate, ownListeners} = deps.targets
  return createWorker({
    ...deps,
    transport: createTransport({now: deps.now, policy, proxy, certificate, ownListeners}),
    random: Math.random,
    bootId: randomUUID(),
    host: hostname(),
    pid: process.pid,
    tellsItsEnd,
    log: await createLog(logLevel),
  })
}

/** Sends while a command waits: started and stopped any number of times, a new worker each. */
function createSender(newWorker: () => Promise<Worker>): Sender {
  let worker: Worker | null = null
  return {
    async start() {
      worker ??= await newWorker()
      await worker.start()
      return worker.state === 'active'
    },
    async drained() {
      await worker?.drained()
    },
    async stop() {
      const stopping = worker
      worker = null
      await stopping?.stop({graceMs: 30_000})
    },
  }
}

async function serve(
  deps: Deps,
  {storePath, version, targets = openTargets}: EmbeddedOptions,
  {listen, hosts, logLevel}: ServeOptions,
  newWorker: (sending: Sending) => Promise<Worker>,
  ownListeners: OwnListener[],
): Promise<Serving> {
  const [
    {createApp},
    {serverAuth},
    {fromServices, storedAuth},
    {createLog},
    {isLoopback, startServer},
    {createWebSessions},
  ] = await Promise.all([
    import('./server/app.ts'),
    import('./server/auth.ts'),
    import('./server/from-services.ts'),
    import('./server/log.ts'),
    import('./server/serve.ts'),
    import('./server/web-sessions.ts'),
  ])
  const log = await createLog(logLevel)
  const token = newToken(deps.randomBytes)
  const web = createWebSessions(deps)
  let sending: Worker | null = null
  const app = createApp({
    ...fromServices({
      ...deps,
      web,
      inFlight: () => sending?.inFlightByWebhook ?? new Map(),
      breakers: () => sending?.breakers ?? new Map(),
      offer: due => sending?.offer(due),
    }),
    auth: serverAuth(token, storedAuth(deps), web),
    web,
    hosts: [...hosts, ...addressesOf(listen.host)],
    log,
  })
  const file = storePath === null ? null : {path: serverFilePath(storePath), token, version}
  const server = await startServer({app, listen, file, log, targetsStated: targets.stated})
  ownListeners.push({address: server.address, port: server.port})
  const worker = await newWorker({logLevel, tellsItsEnd: true})
  sending = worker
  await worker.start()
  return {
    url: server.url,
    token,
    exposed: !isLoopback(server.address),
    refused: () => refusedEverywhere(deps),
    async stop(graceMs) {
      await Promise.all([server.close(Math.min(graceMs, 5000)), worker.stop({graceMs})])
    },
  }
}
