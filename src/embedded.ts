import {randomBytes} from 'node:crypto'
import type {Client} from './client/client.ts'
import {createLocalClient} from './client/local.ts'
import type {Outcome} from './domain/delivery.ts'
import {maskUrl} from './domain/mask.ts'
import type {SuccessRule} from './domain/policy.ts'
import type {Retention} from './domain/retention.ts'
import type {OwnListener} from './domain/target-policy.ts'
import {findTrouble, type Trouble} from './domain/transition.ts'
import {createSender, createSending, type Sending} from './embedded/sending.ts'
import {type Monitoring, monitor, type ServeOptions, type Serving, serve} from './embedded/serving.ts'
import {type InstanceTargets, openTargets, targetsOf} from './embedded/targets.ts'
import {boundYoungSpace} from './server/young-space.ts'
import type {Caller, Deps, Targets} from './services/deps.ts'
import {attemptHint} from './services/hints.ts'
import {createMeter} from './services/meter.ts'
import {type AcceptLimits, createOverload, defaultAcceptLimits} from './services/overload.ts'
import {createUuids} from './services/uuids.ts'
import type {StoreCare} from './store/care.ts'
import type {Copied} from './store/copy/copy.ts'
import {locate, openStore} from './store/open.ts'
import type {Store} from './store/store.ts'
import type {TransportRequest} from './transport/request.ts'
import type {Worker} from './worker/worker.ts'

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

export interface Embedded {
  readonly client: Client
  serve(options: ServeOptions): Promise<Serving>
  /** Answers a monitoring system, and nobody else. */
  monitor(options: ServeOptions): Promise<Monitoring>
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
  const {storePath, targets = openTargets} = options
  const ownListeners: OwnListener[] = []
  const deps = makeDeps(store, options, targetsOf(targets, options.runningServer, ownListeners))
  const worker = (sending: Sending) => createSending(deps, sending)
  const client = createLocalClient(deps, localCaller(options.user), {
    location: storePath ?? maskUrl(options.store),
    sender: createSender(() => worker({logLevel: 'silent'})),
  })
  return {
    client,
    worker,
    serve: given => serve(deps, {...given, storePath, targetsStated: targets.stated}, worker, ownListeners),
    monitor: given => monitor(deps, given, ownListeners),
  }
}

/** Whoever can open the file may do everything with it: as owner. */
const localCaller = (user: string | null): Caller => ({
  actor: {kind: 'user', name: user},
  role: 'owner',
  scopes: ['read', 'ingest', 'admin'],
  via: 'cli',
})
