import {createFetched} from '../fetched.ts'
import {keyOrNull} from '../secrecy.ts'
import type {Acceptance, Accepted, Recorded, Store, StoreDescription, StoreExtent, WebhookHealth} from '../store.ts'
import {acceptCalls} from './accept.ts'
import {changes} from './changes.ts'
import {connect, type Database} from './connection.ts'
import {contexts} from './contexts.ts'
import {deliveries} from './deliveries.ts'
import {eventTypes} from './event-types.ts'
import {events} from './events.ts'
import {feedAt, feedEnd, readFeed} from './feed.ts'
import {history} from './history.ts'
import {assertKeyStays} from './key.ts'
import {members} from './members.ts'
import {assertFits, migrate, schemaOf} from './migrate.ts'
import type {Claimed} from './moves.ts'
import {objects} from './objects.ts'
import {organizations} from './organizations.ts'
import {record} from './record.ts'
import {replays} from './replays.ts'
import {retention} from './retention/retention.ts'
import {sources} from './sources.ts'
import {statistics} from './statistics.ts'
import {tokens} from './tokens.ts'
import type {Transaction} from './transaction.ts'
import {webhooks} from './webhooks.ts'
import {worker} from './worker.ts'
import {createWriter} from './writer.ts'

/** Writes while nobody else does: one transaction, shared with what else waits for one. */
export type Alone = <T>(work: (transaction: Transaction) => Promise<T>) => Promise<T>

export interface PostgresQuestion {
  readonly url: string
  /** Ms since the epoch: when the first organization of a new store was made. */
  readonly now: () => number
  /** As `secretKeyOf` takes it; null: secrets are stored as they are. */
  readonly secretKey?: string | null
}

interface Records {
  readonly outcomes: readonly Recorded[]
  readonly owner: string | null
}

/**
 * The store in a PostgreSQL database, 14 or newer, made where it is empty: for any number of servers and workers.
 *
 * @throws HookctlError `store_unreachable`, `store_denied`, `store_tls`, `store_newer`, `store_foreign`,
 * `store_unsupported`, `store_schema_missing`; usage where a parameter of the URL is wrong
 */
export async function openPostgresStore({url, now, secretKey = null}: PostgresQuestion): Promise<Store> {
  const key = keyOrNull(secretKey)
  const database = connect(url, key)
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  try {
    await assertFits(database)
    await migrate(database, now())
    // From here on the store is in use, and its key stays.
    await database.listen(tell)
    await agreeOnKey(database)
  } catch (error) {
    await database.close()
    throw error
  }
  return assemble(database, listeners)
}

function assemble(database: Database, listeners: Set<() => void>): Store {
  const written = () =>
    queueMicrotask(() => {
      for (const listener of listeners) listener()
    })
  const anything = createWriter<(transaction: Transaction) => Promise<unknown>>(
    database,
    {
      alone: () => true,
      most: 32,
      rows: () => 1,
      async all(transaction, works) {
        const results: unknown[] = []
        for (const work of works) results.push(await work(transaction))
        return results
      },
    },
    written,
  )
  const accepting = createWriter<readonly Acceptance[]>(
    database,
    {
      // What joins an open batch changes a row of others.
      alone: calls =>
        calls.some(call => call.some(({deliveries: each}) => each.some(({batch}) => batch !== undefined))),
      most: 1024,
      rows: call => call.length,
      all: acceptCalls,
    },
    written,
  )
  const fetched = createFetched<Claimed>()
  const recording = createWriter<Records>(
    database,
    {
      alone: () => false,
      most: 1024,
      rows: ({outcomes}) => outcomes.length,
      async all(transaction, works) {
        const results: (readonly WebhookHealth[])[] = []
        for (const {outcomes, owner} of works) results.push(await record(transaction, fetched, outcomes, owner))
        return results
      },
    },
    written,
  )
  const alone: Alone = work => anything.write(work)
  let closing: Promise<void> | null = null
  return asked(database, {
    organizations: organizations(database, alone),
    contexts: contexts(database, alone),
    members: members(database, alone),
    tokens: tokens(database, alone),
    webhooks: webhooks(database, alone),
    sources: sources(database, alone),
    eventTypes: eventTypes(database, alone),
    changes: changes(database, alone),
    events: events(database, acceptances => accepting.write<readonly Accepted[]>(acceptances)),
    deliveries: deliveries(database, alone, fetched, (outcomes, owner) =>
      recording.write<readonly WebhookHealth[]>({outcomes, owner: owner ?? null}),
    ),
    replays: replays(database, alone),
    history: history(database, alone),
    objects: objects(database, alone),
    statistics: statistics(database),
    worker: worker(database, alone),
    retention: retention(database, alone),
    describe: () => describe(database),
    extent: () => extentOf(database),
    // Of the disk of the server nothing is known here.
    room: async () => null,
    feed: question => readFeed(database, question),
    feedEnd: () => feedEnd(database),
    feedAt: question => feedAt(database, question),
    onWrite(listener) {
      const own = () => listener()
      listeners.add(own)
      return () => listeners.delete(own)
    },
    close() {
      closing ??= (async () => {
        await Promise.all([anything.end(), accepting.end(), recording.end()])
        listeners.clear()
        await database.close()
      })()
      return closing
    },
  })
}

type AnyMethod = (...question: never[]) => unknown

/** The same store, refusing after `close`. */
function asked(database: Database, store: Store): Store {
  const guard =
    (method: AnyMethod) =>
    async (...question: never[]) => {
      database.assertOpen()
      return await method(...question)
    }
  const guarded = (part: object) =>
    Object.fromEntries(
      Object.entries(part).map(([name, value]) => [
        name,
        typeof value === 'function' ? guard(value as AnyMethod) : value,
      ]),
    )
  const {onWrite, close, ...rest} = store
  const parts = Object.entries(rest).map(([name, value]) => [
    name,
    typeof value === 'function' ? guard(value as AnyMethod) : guarded(value),
  ])
  return {...Object.fromEntries(parts), onWrite, close}
}

const describe = async (database: Database): Promise<StoreDescription> => ({
  backend: 'postgres',
  location: database.location,
  schema: await schemaOf(database),
  bytes: await sizeOf(database),
})

async function sizeOf(database: Database): Promise<number | null> {
  const row = await database.one('SELECT pg_database_size(current_database())::bigint AS bytes')
  return (row?.bytes as number | undefined) ?? null
}

async function extentOf(database: Database): Promise<StoreExtent> {
  const event = async (direction: 'ASC' | 'DESC') =>
    ((await database.one(`SELECT accepted_at AS at FROM events ORDER BY seq ${direction} LIMIT 1`))?.at as
      | number
      | undefined) ?? null
  return {
    fileBytes: await sizeOf(database),
    logBytes: null,
    freeBytes: null,
    diskFreeBytes: null,
    oldestEventAt: await event('ASC'),
    newestEventAt: await event('DESC'),
    warnings: [],
  }
}

/** A store without webhooks has nothing to encrypt yet: it takes the key that is set. */
async function agreeOnKey(database: Database): Promise<void> {
  const {secretKey: key} = database
  if (key !== null) {
    await database.run(
      `UPDATE store_state SET secret_key_id = $1 WHERE secret_key_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM webhooks) AND NOT EXISTS (SELECT 1 FROM sources)`,
      key.id,
    )
  }
  await assertKeyStays(database, database)
}
