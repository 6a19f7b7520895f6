import type {WebhookFilter} from '../domain/filters.ts'
import type {Page, PageRequest} from '../domain/page.ts'
import type {Webhook} from '../domain/webhook.ts'
import {checkLimit, fromCursor, toCursor} from './sqlite/cursor.ts'

/** A webhook with the number of its row. */
export interface Listed {
  readonly seq: number
  readonly webhook: Webhook
}

/** Webhooks are few and all in memory for the fan-out: their lists are made from there. */
export function pageOf(all: readonly Listed[], filter: WebhookFilter, {limit, cursor}: PageRequest): Page<Webhook> {
  checkLimit(limit)
  const [time, before] =
    cursor === undefined ? [] : fromCursor<[number, number]>('webhooks', cursor, ['number', 'number'])
  const rest = all.filter(
    ({seq, webhook}) =>
      matches(webhook, filter) &&
      (time === undefined ||
        before === undefined ||
        webhook.createdAt < time ||
        (webhook.createdAt === time && seq < before)),
  )
  const shown = rest.slice(0, limit)
  const last = shown.at(-1)
  const next =
    rest.length > limit && last !== undefined ? toCursor('webhooks', [last.webhook.createdAt, last.seq]) : null
  return {items: shown.map(({webhook}) => webhook), next}
}

function matches({active, platform, name, description, url}: Webhook, filter: WebhookFilter): boolean {
  const text = filter.text?.toLowerCase()
  return (
    (filter.active === undefined || active === filter.active) &&
    (filter.platform === undefined || platform.split('@')[0] === filter.platform) &&
    (text === undefined || [name, description, url ?? ''].some(field => field.toLowerCase().includes(text)))
  )
}
