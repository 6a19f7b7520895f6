import type {Queue} from '../store.ts'
import type {Connection} from './connection.ts'

interface Counted {
  readonly webhook: number
  readonly id: string
  readonly state: string
  readonly n: number
}

const WAITING = ['collecting', 'pending', 'delivering', 'held']

/** From the kept counts: what is counted here is only the events in open batches, which are few. */
export function queues(connection: Connection, organizationId: number): readonly Queue[] {
  const rows = connection
    .prepare(`SELECT c.webhook, w.id, c.state, c.n FROM delivery_counts c JOIN webhooks w ON w.seq = c.webhook
      WHERE c.organization_id = ? AND c.n > 0 AND c.state IN (SELECT value FROM json_each(?)) ORDER BY c.webhook`)
    .all(organizationId, JSON.stringify(WAITING)) as unknown as readonly Counted[]
  const byWebhook = Map.groupBy(rows, row => row.webhook)
  return [...byWebhook].map(([webhook, counted]) => queueOf(connection, webhook, counted))
}

function queueOf(connection: Connection, webhook: number, counted: readonly Counted[]): Queue {
  const n = (state: string) => counted.find(row => row.state === state)?.n ?? 0
  const oldest = connection.prepare(`SELECT min(created_at) AS at FROM deliveries INDEXED BY deliveries_by_state
    WHERE webhook = ? AND state = ?`)
  const times = counted.map(({state}) => oldest.get(webhook, state)?.at as number)
  return {
    webhookId: counted[0]?.id as string,
    depth: n('pending') + n('delivering'),
    held: n('held'),
    batches: n('collecting'),
    ...(n('collecting') === 0 ? {collecting: 0, closesAt: null} : open(connection, webhook)),
    oldestAt: Math.min(...times),
  }
}

function open(connection: Connection, webhook: number) {
  const row = connection
    .prepare(`SELECT sum(event_count) AS collecting, min(due_at) AS closesAt
      FROM deliveries INDEXED BY deliveries_collecting WHERE state = 'collecting' AND webhook = ?`)
    .get(webhook)
  return row as {collecting: number; closesAt: number}
}
