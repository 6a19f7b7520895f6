import {OVERDUE_MS, type Pace, pace, type Replay} from '../domain/replay.ts'
import type {Webhook} from '../domain/webhook.ts'
import {HookctlError} from '../errors.ts'
import type {Body, HandOver, NewDelivery, ReplayItem} from '../store/store.ts'
import type {Deps} from './deps.ts'
import {firingsOf, newDelivery, render, targetOf, withSettings} from './fan-out.ts'
import {renderAnew} from './replay.ts'
import {whySilent} from './replay-select.ts'

/** A driver not heard of for so long is gone. */
const SILENT_MS = 15_000

export interface Driver {
  /**
   * Makes the deliveries that fall due next of every replay that is running, a webhook at a time, each part in a
   * transaction of its own.
   *
   * @param inFlight requests under way, by webhook
   */
  advance(inFlight: ReadonlyMap<string, number>): Promise<void>
}

/** Works off replays from this process. One process at a time drives a replay; the pace is kept in memory. */
export function createDriver(deps: Deps, bootId: string): Driver {
  const nextAt = new Map<string, number>()
  return {
    async advance(inFlight) {
      const now = deps.now()
      const driven = await deps.store.replays.drive(bootId, now, now - SILENT_MS)
      if (driven.length === 0) nextAt.clear()
      for (const replay of driven) {
        for (const queue of await deps.store.replays.queues(replay.id, now - OVERDUE_MS)) {
          const key = `${replay.id} ${queue.webhookId}`
          const overdue = Math.max(0, queue.overdue - (inFlight.get(queue.webhookId) ?? 0))
          const {ratePerSecond} = replay
          const next = pace({...queue, ratePerSecond, nextAt: nextAt.get(key) ?? 0, now, overdue})
          nextAt.set(key, next.nextAt)
          if (next.dueAt.length > 0)
            await handOver(deps, {replay, webhookId: queue.webhookId, bootId, dueAt: next.dueAt})
        }
      }
    },
  }
}

interface Part extends Pick<Pace, 'dueAt'> {
  readonly replay: Replay
  readonly webhookId: string
  readonly bootId: string
}

async function handOver(deps: Deps, {replay, webhookId, bootId, dueAt}: Part): Promise<void> {
  const items = await deps.store.replays.items(replay.id, webhookId, dueAt.length)
  const [webhook] = await deps.store.webhooks.byIds([webhookId])
  const isSilent = webhook === undefined || whySilent(webhook, replay) !== null
  const part = {replayId: replay.id, bootId, webhookId, now: deps.now()}
  const nothing = {again: [], fresh: [], bodies: [], refused: items.map(({number}) => number)}
  await deps.store.replays.handOver(
    isSilent ? {...part, ...nothing} : {...part, ...(await prepare(deps, replay, webhook, items, dueAt))},
  )
}

async function prepare(
  deps: Deps,
  replay: Replay,
  webhook: Webhook,
  items: readonly ReplayItem[],
  dueAt: readonly number[],
): Promise<Pick<HandOver, 'again' | 'fresh' | 'bodies' | 'refused'>> {
  const again: HandOver['again'][number][] = []
  const fresh: HandOver['fresh'][number][] = []
  const bodies: Body[] = []
  const refused: number[] = []
  for (const [index, item] of items.entries()) {
    const {number, eventId} = item
    const at = dueAt[index] as number
    if (eventId === null) {
      again.push({number, id: deps.newId('dlv'), dueAt: at})
      continue
    }
    const made = await renderItem(deps, {replay, webhook, item, dueAt: at})
    if (made.length === 0) refused.push(number)
    else fresh.push({number, deliveries: made.map(({delivery, body}) => ({delivery, bodyKey: body.key}))})
    bodies.push(...made.map(({body}) => body))
  }
  return {again, fresh, bodies, refused}
}

interface Rendered extends Pick<NewDelivery, 'delivery'> {
  readonly body: Body
}

interface Rendering {
  readonly replay: Replay
  readonly webhook: Webhook
  readonly item: ReplayItem
  readonly dueAt: number
}

/** Nothing where it cannot be rendered any more: its event is gone, or no rule of the webhook fires. */
async function renderItem(deps: Deps, rendering: Rendering): Promise<readonly Rendered[]> {
  try {
    return await (rendering.replay.selection === 'missing' ? renderMissing : renderSkipped)(deps, rendering)
  } catch (error) {
    if (error instanceof HookctlError && ['render_failed', 'event_gone'].includes(error.code)) return []
    throw error
  }
}

/** As it would be made today: one delivery for each rule that fires. */
async function renderMissing(deps: Deps, {replay, webhook, item, dueAt}: Rendering): Promise<readonly Rendered[]> {
  const event = await deps.store.events.find(replay.organizationId, item.eventId ?? '')
  if (event === null) return []
  const target = targetOf(webhook)
  const firings = firingsOf(event, target).filter(({declined}) => declined === null)
  return firings.map(({rule, settings}, index) => {
    const {bytes} = render(event, withSettings(target, settings))
    const body = {key: `${item.number} ${index}`, bytes}
    const {delivery} = newDelivery(deps, event, webhook, {state: 'pending', body, trigger: 'replay', rule})
    return {delivery: {...delivery, dueAt, toUrl: replay.toUrl}, body}
  })
}

/** What was made once and not rendered then. */
async function renderSkipped(deps: Deps, {replay, webhook, item, dueAt}: Rendering): Promise<readonly Rendered[]> {
  const original = await deps.store.deliveries.find(replay.organizationId, item.deliveryId ?? '')
  const event = await deps.store.events.find(replay.organizationId, item.eventId ?? '')
  if (original === null || event === null) return []
  const {bytes} = await renderAnew(deps, original, webhook)
  const body = {key: `${item.number}`, bytes}
  const start = {state: 'pending', body, trigger: 'replay', rule: original.rule} as const
  const {delivery} = newDelivery(deps, event, webhook, start)
  return [{delivery: {...delivery, dueAt, toUrl: replay.toUrl, eventCount: original.eventCount}, body}]
}
