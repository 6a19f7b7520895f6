import type {Delivery} from '../domain/delivery.ts'
import type {Frozen} from '../store/store.ts'
import type {Deps} from './deps.ts'
import {renderEvents, targetOf} from './fan-out.ts'

/** Closed at once: what is left is closed at the next look. */
const MOST = 64
/** More than a batch can hold. */
const MOST_EVENTS = 100_000

export interface Closed {
  readonly closed: number
  /** What could not be rendered, for the log. */
  readonly failures: readonly {readonly delivery: string; readonly error: unknown}[]
}

/**
 * Closes the open batches that are due: their events are rendered into one body, frozen from then on, and sent like
 * every other delivery. A batch that cannot be rendered has failed, reason `render_failed`, and is looked at no more.
 *
 * For the one process that sends. Safe to repeat: what a crash left between closing and freezing is closed again.
 */
export async function closeBatches(deps: Pick<Deps, 'store' | 'now'>): Promise<Closed> {
  const sealed = await deps.store.deliveries.seal(deps.now(), MOST)
  if (sealed.length === 0) return {closed: 0, failures: []}
  const failures: {delivery: string; error: unknown}[] = []
  const frozen: Frozen[] = []
  for (const delivery of sealed) {
    const body = await bodyOf(deps, delivery).catch((error: unknown) => {
      failures.push({delivery: delivery.id, error})
      return null
    })
    frozen.push(body === null ? failed(delivery, deps.now()) : ready(delivery, body, deps.now()))
  }
  await deps.store.deliveries.freeze(frozen)
  return {closed: frozen.length, failures}
}

async function bodyOf({store}: Pick<Deps, 'store'>, {id, webhookId}: Delivery): Promise<Uint8Array> {
  const [webhook] = await store.webhooks.byIds([webhookId])
  if (webhook === undefined) throw new Error(`the webhook ${webhookId} is gone`)
  const target = targetOf(webhook)
  return renderEvents(await store.deliveries.events(id, MOST_EVENTS), target)
}

const ready = ({id}: Delivery, body: Uint8Array, now: number): Frozen => ({
  deliveryId: id,
  body,
  state: 'pending',
  reason: null,
  dueAt: now,
  finishedAt: null,
})

const failed = ({id}: Delivery, now: number): Frozen => ({
  deliveryId: id,
  body: null,
  state: 'failed',
  reason: 'render_failed',
  dueAt: null,
  finishedAt: now,
})
