import {statSync} from 'node:fs'
import {userInfo} from 'node:os'
import {runningServerOf, type ServerFile} from '../api/server-file.ts'
import type {Client} from '../client/client.ts'
import type {Embedded, EmbeddedOptions} from '../embedded.ts'
import {notFoundError, usageError} from '../errors.ts'
import {instanceRetention} from './retention.ts'
import {instanceSecretKey} from './secret-key.ts'
import {describeOrigin, naming, type Settings} from './settings.ts'
import type {Surroundings} from './surroundings.ts'

/** The file of a store, where it is one. */
export const storePath = (store: string): string | undefined => /^(?:sqlite|json):(?!:memory:)(.+)$/.exec(store)?.[1]

/** The server that owns this store now; undefined when none wrote its address or the one that did is gone. */
export function runningServer(store: string): ServerFile | undefined {
  const file = storePath(store)
  if (file === undefined) return undefined
  try {
    return runningServerOf(file) ?? undefined
  } catch {
    // Not ours to read: the local way works.
    return undefined
  }
}

/**
 * What becomes of a store that is not there although somebody named its place: made by what writes into it; refused, as
 * the name may be mistyped; or, by what asks nothing of it, an empty one in memory is as good.
 */
export type WhenAbsent = 'make' | 'refuse' | 'pretend'

/**
 * The product: the server that is configured, else the one running on this store, else the store itself in this
 * process. A token goes only to the server it was stored with (settings.ts), or to the one that wrote it.
 *
 * @throws not_found `store_not_found`
 */
export async function openClient(
  settings: Settings,
  surroundings: Surroundings,
  version: string,
  {absent, tell}: {readonly absent: WhenAbsent; readonly tell?: (warning: string) => void},
): Promise<Client> {
  const store = settings.text('store')
  if (store === undefined) throw usageError('no_store', 'no store is configured', {hint: 'give --store'})
  const server = settings.read('server')
  const running = runningServer(store)
  if (server.value !== undefined) {
    const url = String(server.value)
    const own = running !== undefined && new URL(running.url).href === new URL(url).href ? running.token : undefined
    return openServer(url, settings.tokenFor(server) ?? own)
  }
  if (running !== undefined) return openServer(running.url, running.token, store)
  const place = absent === 'make' || !isMissing(settings) ? store : instead(store, absent)
  return (await openEmbedded(settings, surroundings, version, {store: place, tell})).client
}

/** The usual place is nobody's mistake: whichever command comes first makes it. */
function isMissing(settings: Settings): boolean {
  const {value, origin} = settings.read('store')
  const file = origin.kind === 'default' ? undefined : storePath(String(value))
  if (file === undefined) return false
  try {
    return statSync(file, {throwIfNoEntry: false}) === undefined
  } catch {
    // What else there is to say of it the store says when it is opened.
    return false
  }
}

function instead(store: string, absent: 'refuse' | 'pretend'): string {
  if (absent === 'pretend') return 'memory:'
  throw notFoundError('store_not_found', `there is no store at ${storePath(store)}`, {
    hint: 'correct the place, or make one there: hookctl webhook create',
  })
}

async function openServer(url: string, token: string | undefined, store?: string): Promise<Client> {
  const {createHttpClient} = await import('../client/http.ts')
  // A server that was started anew has another token and maybe another port: its file says so.
  const rediscover = store === undefined ? {} : {rediscover: async () => runningServer(store) ?? null}
  return createHttpClient({url, token: token ?? '', ...rediscover})
}

/** The product in this process. */
async function openEmbedded(
  settings: Settings,
  surroundings: Surroundings,
  version: string,
  {busy = false, store = settings.text('store'), tell}: Partial<Pick<EmbeddedOptions, 'busy' | 'store' | 'tell'>> = {},
): Promise<Embedded> {
  if (store === undefined) throw usageError('no_store', 'no store is configured', {hint: 'give --store'})
  const [{checkStore, openEmbedded: open}, {instanceTargets}, {acceptLimits}] = await Promise.all([
    import('../embedded.ts'),
    import('./targets.ts'),
    import('./limits.ts'),
  ])
  naming(describeOrigin(settings.read('store').origin), () => checkStore(store))
  return open({
    store,
    storePath: storePath(store) ?? null,
    version,
    user: userName(surroundings),
    busy,
    tell,
    targets: instanceTargets(settings),
    retention: instanceRetention(settings),
    secureDelete: settings.isOn('retention.secureDelete'),
    limits: acceptLimits(settings),
    secretKey: instanceSecretKey(settings),
    runningServer: () => runningServer(store)?.url ?? null,
  })
}

/** A database that starts together with its servers is there by then, and so is the address of one that moves. */
const WAIT_FOR_DATABASE_MS = 30_000

/**
 * The same for commands that are a server or a worker themselves. A database that does not answer yet is waited for, and the
 * wait is told; whatever else is wrong ends it at once.
 */
export async function openBusy(
  settings: Settings,
  surroundings: Surroundings,
  version: string,
  {signal, notice}: {readonly signal: AbortSignal; readonly notice: (text: string) => void},
): Promise<Embedded> {
  const open = () => openEmbedded(settings, surroundings, version, {busy: true})
  if (storePath(settings.text('store') ?? '') !== undefined) return open()
  const {patiently} = await import('../client/patience.ts')
  return patiently(open, {
    endsAt: performance.now() + WAIT_FOR_DATABASE_MS,
    signal,
    watch: state =>
      notice(
        state === 'restored'
          ? 'the database answers'
          : `the database does not answer yet; waiting for it, ${WAIT_FOR_DATABASE_MS / 1000} s at most`,
      ),
  })
}

/** Who is at the keyboard, for history: `LOGNAME`, or what the system calls this user. */
function userName({env}: Surroundings): string | null {
  const named = env.LOGNAME ?? env.USER
  if (named !== undefined && named !== '') return named
  try {
    return userInfo().username
  } catch {
    // A container may run under an id that no user has.
    return null
  }
}
