import type {DeliveryState} from '../../domain/delivery.ts'
import type {Health} from '../../domain/health.ts'
import type {FeedKind} from '../store.ts'
import {type Counted, gatherAttempts} from './attempt-counts.ts'
import {CHANNEL, type Database, type Questions, WEBHOOKS} from './connection.ts'
import {healthWritten} from './health.ts'
import {settleJourneys} from './journeys.ts'
import {columnsOf, runTogether, type Statement} from './statements.ts'

/**
 * What a transaction gathers besides its rows: written at its end, in the same order by everybody, so that two of them
 * wait for each other and never in a circle. Worthless after a rollback.
 */
export interface Transaction extends Questions {
  /** One delivery of this webhook (row number) more (1) or less (-1) in this state. */
  count(organizationId: number, webhook: number, state: DeliveryState, by: number): void
  attempted(counted: Counted): void
  feed(organizationId: number, kind: FeedKind, subject: number): void
  setupChanged(): void
  /** Whether it was said: of that nobody has seen anything so far. */
  readonly hasChangedSetup: boolean
  /** Whether the first delivery of this journey (row number) was got is to be said anew. */
  journeyChanged(first: number): void
  /** From here on nobody else writes: what is read stays true until the commit. */
  alone(): Promise<void>
  /** How webhooks (row numbers) are doing as this transaction leaves them. */
  readonly health: Map<number, Health>
  /** Done last, when nobody else may write: looks again at what may have changed since it was read. */
  last(work: () => Promise<void>): void
}

/** Everybody who writes more than rows of their own holds this until they commit. */
export const WRITE_ALONE = 'SELECT pg_advisory_xact_lock(7146001)'

/**
 * Runs `work` in one transaction. On any failure nothing of it is written.
 *
 * @param alone whether nobody else may write meanwhile: for what reads first and decides by it, or changes rows that
 * others change. What only adds rows does without, and holds the lock only while it counts and numbers them.
 */
export function inTransaction<T>(
  database: Database,
  alone: boolean,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  let setupChanged = false
  const done = database.transaction(
    async questions => {
      const gathered = gather(database, questions, alone)
      const result = await work(gathered.transaction)
      await gathered.transaction.alone()
      setupChanged = await gathered.finish()
      return result
    },
    {
      first: alone ? WRITE_ALONE : '',
      last: () => `SELECT pg_notify('${CHANNEL}', '${setupChanged ? WEBHOOKS : ''}')`,
    },
  )
  return done.finally(() => {
    // Also where it is not known whether the commit was made.
    if (setupChanged) database.sawSetup()
  })
}

type Count = readonly [organizationId: number, webhook: number, state: DeliveryState, by: number]

function gather(database: Database, questions: Questions, isAlone: boolean) {
  let alone = isAlone
  const counts = new Map<string, Count>()
  const feed: (readonly [organizationId: number, kind: FeedKind, subject: number])[] = []
  const attempts = gatherAttempts()
  const lasts: (() => Promise<void>)[] = []
  const journeys = new Set<number>()
  let setupChanged = false
  const transaction: Transaction = {
    ...questions,
    health: new Map(),
    count(organizationId, webhook, state, by) {
      const key = `${organizationId} ${webhook} ${state}`
      counts.set(key, [organizationId, webhook, state, (counts.get(key)?.[3] ?? 0) + by])
    },
    attempted: attempts.add,
    feed(organizationId, kind, subject) {
      feed.push([organizationId, kind, subject])
    },
    setupChanged() {
      setupChanged = true
    },
    get hasChangedSetup() {
      return setupChanged
    },
    journeyChanged(first) {
      journeys.add(first)
    },
    async alone() {
      if (alone) return
      await questions.run(WRITE_ALONE)
      alone = true
    },
    last(work) {
      lasts.push(work)
    },
  }
  return {
    transaction,
    /** Answers whether a webhook was changed. */
    async finish(): Promise<boolean> {
      for (const work of lasts) await work()
      if (journeys.size > 0) await settleJourneys(questions, [...journeys])
      // By itself: a statement changes a row once, and the feed is numbered in the same one.
      if (setupChanged) await questions.run('UPDATE store_state SET webhook_version = webhook_version + 1')
      await runTogether(questions, [
        ...healthWritten([...transaction.health]),
        ...countsWritten([...counts.values()].filter(([, , , by]) => by !== 0)),
        ...(await attempts.written(database, questions)),
        ...feedWritten(feed),
      ])
      return setupChanged
    },
  }
}

function countsWritten(counts: readonly Count[]): readonly Statement[] {
  if (counts.length === 0) return []
  return [
    {
      sql: `INSERT INTO delivery_counts (organization_id, webhook, state, n)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[])
        ON CONFLICT (organization_id, webhook, state) DO UPDATE SET n = delivery_counts.n + excluded.n`,
      values: columnsOf(counts, 4),
    },
  ]
}

function feedWritten(
  rows: readonly (readonly [organizationId: number, kind: FeedKind, subject: number])[],
): readonly Statement[] {
  if (rows.length === 0) return []
  return [
    {
      name: 'last',
      sql: 'UPDATE store_state SET feed_seq = feed_seq + $1 RETURNING feed_seq - $1 AS before',
      values: [rows.length],
    },
    {
      sql: `INSERT INTO feed (organization_id, kind, seq, subject)
        SELECT r.organization_id, r.kind, last.before + r.number, r.subject FROM last,
          unnest($1::bigint[], $2::text[], $3::bigint[]) WITH ORDINALITY AS r (organization_id, kind, subject, number)`,
      values: columnsOf(rows, 3),
    },
  ]
}
