import type {Queue} from '../store.ts'
import type {Questions} from './connection.ts'

/** From the kept counts: what is counted here is only the events in open batches, which are few. */
export async function queues(questions: Questions, organizationId: number): Promise<readonly Queue[]> {
  const rows = await questions.all(
    `SELECT c.webhook, w.id, c.state, c.n, (SELECT min(created_at) FROM delivery_states d
        WHERE d.webhook = c.webhook AND d.state = c.state) AS at
      FROM delivery_counts c JOIN webhooks w ON w.seq = c.webhook
      WHERE c.organization_id = $1 AND c.n > 0 AND c.state IN ('collecting', 'pending', 'delivering', 'held')
      ORDER BY c.webhook`,
    organizationId,
  )
  const open = new Map(
    (
      await questions.all(
        `SELECT webhook, sum(event_count) AS collecting, min(due_at) AS "closesAt" FROM delivery_states
          WHERE state = 'collecting' AND organization_id = $1 GROUP BY webhook`,
        organizationId,
      )
    ).map(row => [row.webhook, row] as const),
  )
  return [...Map.groupBy(rows, row => row.webhook)].map(([webhook, counted]) => {
    const n = (state: string) => (counted.find(row => row.state === state)?.n as number | undefined) ?? 0
    const batch = open.get(webhook)
    return {
      webhookId: counted[0]?.id as string,
      depth: n('pending') + n('delivering'),
      held: n('held'),
      batches: n('collecting'),
      collecting: Number(batch?.collecting ?? 0),
      closesAt: (batch?.closesAt as number | undefined) ?? null,
      oldestAt: Math.min(...counted.map(row => row.at as number)),
    }
  })
}
