import type {Connection} from './connection.ts'

// The index holds the few that are ordered: one look-up in what is mostly empty, and no policies are parsed.
const ORDERED = `webhooks o INDEXED BY webhooks_ordered WHERE o.policies ->> '$.ordered' IS NOT NULL AND o.deleted_at IS NULL`

/** Whether a row `w` of webhooks sends its deliveries one after the other. */
export const IS_ORDERED = `EXISTS (SELECT 1 FROM ${ORDERED} AND o.seq = w.seq)`

/** When the last delivery of an event was made that is not over yet, of a row `w` of webhooks. Two look-ups. */
export const LATEST_AT = `(SELECT max(created_at) FROM (${['pending', 'held']
  .map(
    state => `SELECT * FROM (SELECT created_at FROM deliveries INDEXED BY deliveries_by_state
      WHERE webhook = w.seq AND state = '${state}' AND trigger = 'event' ORDER BY created_at DESC LIMIT 1)`,
  )
  .join(' UNION ALL ')}))`

/** Row numbers of those that do. */
export const ORDERED_WEBHOOKS = `SELECT o.seq FROM ${ORDERED}`

/** Mostly none: asked once, not per webhook. */
export function orderedWebhooks(connection: Connection): ReadonlySet<number> {
  const rows = connection.prepare(ORDERED_WEBHOOKS).all()
  return new Set(rows.map(({seq}) => seq as number))
}
