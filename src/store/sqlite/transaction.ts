import type {DeliveryState} from '../../domain/delivery.ts'
import type {FeedKind} from '../store.ts'
import {type Counted, gatherAttempts} from './attempt-counts.ts'
import type {Connection} from './connection.ts'

/**
 * What a transaction gathers besides its rows: written once at its end, however many deliveries changed. Handed to
 * every write; worthless after a rollback.
 */
export interface Transaction {
  readonly connection: Connection
  /** One delivery of this webhook (row number) more (1) or less (-1) in this state. */
  count(organizationId: number, webhook: number, state: DeliveryState, by: number): void
  attempted(counted: Counted): void
  feed(organizationId: number, kind: FeedKind, subject: number): void
  setupChanged(): void
  /** Whether it was said: of that nobody has seen anything so far. */
  readonly hasChangedSetup: boolean
}

interface Gathered extends Transaction {
  finish(): void
}

/** Runs `work` in one transaction. On any failure nothing of it is written. */
export function inTransaction<T>(connection: Connection, work: (transaction: Transaction) => T): T {
  connection.begin()
  try {
    // Only now: while it waited for its turn another process may have put a restored backup in the place of this file.
    connection.assertSameFile()
    const transaction = gather(connection)
    const result = work(transaction)
    transaction.finish()
    connection.commit()
    return result
  } catch (error) {
    connection.rollback()
    throw error
  }
}

/** Runs many questions as one: all see the same state, and the file is locked once for all of them. */
export function inSnapshot<T>(connection: Connection, ask: () => T): T {
  connection.prepare('BEGIN').run()
  try {
    return ask()
  } finally {
    // A file that cannot be read may have ended it already.
    if (connection.database.isTransaction) connection.prepare('COMMIT').run()
  }
}

function gather(connection: Connection): Gathered {
  const counts = new Map<string, [organizationId: number, webhook: number, state: DeliveryState, by: number]>()
  const feed: [organizationId: number, kind: FeedKind, subject: number][] = []
  const attempts = gatherAttempts()
  let setupChanged = false
  return {
    connection,
    count(organizationId, webhook, state, by) {
      const key = `${organizationId} ${webhook} ${state}`
      const known = counts.get(key)
      if (known === undefined) counts.set(key, [organizationId, webhook, state, by])
      else known[3] += by
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
    finish() {
      for (const change of counts.values()) if (change[3] !== 0) writeCount(connection, change)
      attempts.write(connection)
      if (feed.length > 0) writeFeed(connection, feed)
      if (setupChanged) connection.prepare('UPDATE store_state SET webhook_version = webhook_version + 1').run()
    },
  }
}

function writeCount(connection: Connection, [organizationId, webhook, state, by]: [number, number, string, number]) {
  const update = connection.prepare(
    'UPDATE delivery_counts SET n = n + ? WHERE organization_id = ? AND webhook = ? AND state = ?',
  )
  if (Number(update.run(by, organizationId, webhook, state).changes) > 0) return
  connection.prepare('INSERT INTO delivery_counts VALUES (?, ?, ?, ?)').run(organizationId, webhook, state, by)
}

function writeFeed(connection: Connection, rows: readonly [number, string, number][]) {
  const last = connection
    .prepare('UPDATE store_state SET feed_seq = feed_seq + ? RETURNING feed_seq')
    .get(rows.length) as {feed_seq: number}
  const insert = connection.prepare('INSERT INTO feed (organization_id, kind, seq, subject) VALUES (?, ?, ?, ?)')
  let seq = last.feed_seq - rows.length
  for (const [organizationId, kind, subject] of rows) insert.run(organizationId, kind, ++seq, subject)
}
