import type {Attempt, Delivery} from '../domain/delivery.ts'
import type {Organization} from '../domain/organization.ts'
import {notFoundError, usageError} from '../errors.ts'
import {findDelivery} from './delivery-lists.ts'
import type {Deps} from './deps.ts'

/** A delivery with its attempts, and the one of them that is meant: null where there is none yet. */
export interface Side {
  readonly delivery: Delivery
  readonly attempts: readonly Attempt[]
  readonly attempt: Attempt | null
}

/**
 * What a name stands for: `dlv_…` a delivery with its last attempt, `dlv_…#2` its second one, `att_…` that attempt.
 *
 * @throws usage `bad_reference`; not_found `delivery_not_found`, `attempt_not_found`
 */
export async function resolveSide(deps: Deps, organization: Organization, text: string): Promise<Side> {
  const [, id, number] = /^(dlv_\w+)(?:#([1-9]\d{0,5}))?$/.exec(text) ?? []
  if (id === undefined && !/^att_\w+$/.test(text)) {
    throw usageError('bad_reference', `"${text}" is neither a delivery nor an attempt`, {
      hint: 'write dlv_…, dlv_…#2 for its second attempt, or att_…',
    })
  }
  const deliveryId = id ?? (await deliveryOfAttempt(deps, organization, text))
  const delivery = await findDelivery(deps, organization, deliveryId)
  const attempts = await deps.store.deliveries.attempts(delivery.id)
  if (id !== undefined && number === undefined) return {delivery, attempts, attempt: attempts.at(-1) ?? null}
  const attempt = attempts.find(each => (id === undefined ? each.id === text : each.number === Number(number)))
  if (attempt !== undefined) return {delivery, attempts, attempt}
  throw noAttempt(text, `it has ${attempts.length}: hookctl delivery show ${delivery.id}`)
}

const noAttempt = (text: string, hint: string) =>
  notFoundError('attempt_not_found', `no attempt "${text}"`, {path: 'delivery', hint})

/** Clocks of those who wrote may differ by so much. */
const SLACK_MS = 60_000

/** Attempts have no index by id, which would cost every one of them: their ids begin with their time, as the feed does. */
async function deliveryOfAttempt({store}: Deps, {id: organizationId}: Organization, id: string): Promise<string> {
  const instant = Number.parseInt(id.slice('att_'.length, 'att_'.length + 12), 16)
  const kinds = ['attempt'] as const
  let cursor: string | null = await store.feedAt({organizationId, kinds, instant: Math.max(0, instant - SLACK_MS)})
  for (;;) {
    const page = await store.feed({organizationId, cursor, limit: 1000, kinds})
    for (const item of page.items) {
      if (item.kind !== 'attempt') continue
      if (item.attempt.id === id) return item.delivery.id
      if (item.attempt.startedAt > instant + SLACK_MS) throw noAttempt(id, 'hookctl delivery list')
    }
    if (page.items.length === 0) throw noAttempt(id, 'hookctl delivery list')
    cursor = page.cursor
  }
}
