import type {Delivery} from '../../domain/delivery.ts'
import {FROM_DELIVERIES} from '../sqlite/delivery-row.ts'
import type {AnyRow} from '../sqlite/rows.ts'

/** A delivery with the ids of what it refers to; add `WHERE` on `d`. */
export const SELECT_DELIVERY = `SELECT d.*, w.id AS webhook_id, e.id AS event_id, e.hops AS hops, r.id AS replay_of_id
  ${FROM_DELIVERIES}`

const as = (value: AnyRow[string] | undefined): never => value as never

export const toDelivery = (row: AnyRow): Delivery => ({
  id: as(row.id),
  organizationId: as(row.organization_id),
  webhookId: as(row.webhook_id),
  eventId: as(row.event_id),
  eventType: as(row.event_type),
  eventCount: as(row.event_count),
  trigger: as(row.trigger),
  replayOf: as(row.replay_of_id),
  toUrl: as(row.to_url),
  rule: as(row.rule),
  state: as(row.state),
  reason: as(row.reason),
  dueAt: as(row.due_at),
  attempts: as(row.attempts),
  lastStatus: as(row.last_status),
  lastErrorClass: as(row.last_error_class),
  createdAt: as(row.created_at),
  finishedAt: as(row.finished_at),
  bodyBytes: as(row.body_bytes),
  ...(row.content_gone === null ? {} : {contentGone: as(row.content_gone)}),
})
