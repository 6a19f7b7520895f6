import type {Delivery} from '../../domain/delivery.ts'
import {notFoundError} from '../../errors.ts'
import {asStored, inItsPlace, type Standing} from '../as-stored.ts'
import {isLost} from '../journeys.ts'
import type {References} from '../references.ts'
import type {NewDelivery} from '../store.ts'
import {joinBatch, openBatch} from './batches.ts'
import type {Questions} from './connection.ts'
import {HOLDS} from './holding.ts'
import {type Columns, insertMany} from './insert.ts'
import {moveDelivery, placedAll} from './moves.ts'
import {ofUnfinished} from './ordered.ts'
import type {Transaction} from './transaction.ts'

export interface PlacedDelivery {
  readonly delivery: Delivery
  readonly batch?: NewDelivery['batch']
  readonly references: References
}

const RECORD_COLUMNS = {
  id: 'text',
  organization_id: 'bigint',
  webhook: 'bigint',
  event: 'bigint',
  event_type: 'text',
  trigger: 'text',
  replay_of: 'bigint',
  to_url: 'text',
  rule: 'text',
  created_at: 'bigint',
  body: 'bigint',
  body_bytes: 'bigint',
  batch: 'bigint',
  context_id: 'text',
  object_type: 'text',
  object_id: 'text',
  journey: 'bigint',
} satisfies Columns

const STATE_COLUMNS = {
  seq: 'bigint',
  organization_id: 'bigint',
  webhook: 'bigint',
  trigger: 'text',
  created_at: 'bigint',
  journey: 'bigint',
  state: 'text',
  reason: 'text',
  due_at: 'bigint',
  attempts: 'integer',
  last_status: 'integer',
  last_error_class: 'text',
  finished_at: 'bigint',
  event_count: 'integer',
} satisfies Columns

/** Stores deliveries, but for events that join a batch that is open; answers the batch of those, null of the others. */
export async function writeDeliveries(
  transaction: Transaction,
  given: readonly PlacedDelivery[],
): Promise<readonly (string | null)[]> {
  if (given.length === 0) return []
  const webhooks = await webhooksOf(
    transaction,
    given.map(({delivery}) => delivery.webhookId),
  )
  const live = given.map(({delivery, ...rest}) => {
    const webhook = webhooks.get(delivery.webhookId)
    if (webhook === undefined) throw notFoundError('webhook_not_found', `no webhook ${delivery.webhookId}`)
    return {...rest, webhook: webhook.seq, delivery: inItsPlace(asStored(delivery, webhook), webhook)}
  })
  const collects = (each: (typeof live)[number]) => each.delivery.state === 'collecting' && each.batch !== undefined
  await insertAll(
    transaction,
    live.filter(each => !collects(each)),
  )
  const answers: (string | null)[] = []
  for (const each of live) answers.push(collects(each) ? await collect(transaction, each) : null)
  transaction.last(() => followWebhooks(transaction, live))
  return answers
}

/** A webhook that was deleted or switched on since it was looked up has moved what it saw: not what was on its way in. */
async function followWebhooks(transaction: Transaction, live: readonly Live[]): Promise<void> {
  const webhooks = await webhooksOf(
    transaction,
    live.map(({delivery}) => delivery.webhookId),
  )
  const changed = live.flatMap(({delivery: stored}) => {
    const delivery = asStored(stored, webhooks.get(stored.webhookId) as Webhook)
    return delivery === stored ? [] : [{stored, delivery}]
  })
  if (changed.length === 0) return
  const found = await placedAll(
    transaction,
    changed.map(({stored}) => stored.id),
  )
  for (const {stored, delivery} of changed) {
    const is = found.get(stored.id)
    if (is?.state === stored.state) await moveDelivery(transaction, is, delivery)
  }
}

type Live = Omit<PlacedDelivery, 'batch'> & {readonly batch?: NewDelivery['batch']; readonly webhook: number}

async function insertAll(transaction: Transaction, live: readonly Live[]): Promise<readonly number[]> {
  const seqs = await insertMany(transaction, 'delivery_records', RECORD_COLUMNS, live.map(recordRow))
  const states = live.map((each, index) => [seqs[index] as number, ...stateRow(each)])
  await insertMany(transaction, 'delivery_states', STATE_COLUMNS, states)
  for (const [index, {delivery, webhook, references}] of live.entries()) {
    transaction.count(delivery.organizationId, webhook, delivery.state, 1)
    const seq = seqs[index] as number
    if (delivery.state === 'skipped') transaction.feed(delivery.organizationId, 'skipped', seq)
    const {journey} = references
    if (journey !== null || isLost(delivery.state)) transaction.journeyChanged(journey ?? seq)
  }
  return seqs
}

const recordRow = ({delivery, webhook, references}: Live) => [
  delivery.id,
  delivery.organizationId,
  webhook,
  references.event,
  delivery.eventType,
  delivery.trigger,
  references.replayOf,
  delivery.toUrl,
  delivery.rule,
  delivery.createdAt,
  references.body,
  delivery.bodyBytes,
  references.batch,
  references.contextId,
  references.objectType,
  references.objectId,
  references.journey,
]

/** After its row number. */
const stateRow = ({delivery, webhook, references}: Live) => [
  delivery.organizationId,
  webhook,
  delivery.trigger,
  delivery.createdAt,
  references.journey,
  delivery.state,
  delivery.reason,
  delivery.dueAt,
  delivery.attempts,
  delivery.lastStatus,
  delivery.lastErrorClass,
  delivery.finishedAt,
  delivery.eventCount,
]

async function collect(transaction: Transaction, live: Live): Promise<string | null> {
  const {webhook, delivery, references, batch: policy} = live
  if (policy === undefined) return null
  const joined = await joinBatch(transaction, webhook, references.event, delivery.createdAt, policy)
  if (joined !== null) return joined
  const [seq] = await insertAll(transaction, [live])
  await openBatch(transaction, {webhook, event: references.event, seq: seq as number}, policy)
  return null
}

type Webhook = Standing & {readonly seq: number}

async function webhooksOf(questions: Questions, ids: readonly string[]): Promise<ReadonlyMap<string, Webhook>> {
  const rows = await questions.all(
    `SELECT w.id, w.seq, w.deleted_at IS NOT NULL AS "isDeleted", ${HOLDS} AS holds,
      CASE WHEN w.policies::jsonb ->> 'ordered' IS NOT NULL THEN 
        (SELECT max(u.created_at) FROM (${ofUnfinished('w.seq', 'DESC')}) AS u) END AS "latestAt"
      FROM webhooks w WHERE w.id = ANY($1)`,
    [...new Set(ids)],
  )
  return new Map(rows.map(row => [row.id as string, row as unknown as Webhook]))
}
