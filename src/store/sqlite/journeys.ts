import type {DeliveryState} from '../../domain/delivery.ts'
import type {Connection} from './connection.ts'

const MAY_YET = `SELECT 1 FROM deliveries r INDEXED BY deliveries_by_journey WHERE r.journey = deliveries.seq
  AND r.to_url IS NULL AND r.state NOT IN ('failed', 'cancelled', 'skipped')`

/** Of a first delivery of a journey that is lost: whether its receiver never got it. */
export const NEVER_GOT = `journey IS NULL AND trigger <> 'test' AND NOT EXISTS (${MAY_YET})`

/** Says anew of the first delivery of a journey whether its receiver never got it. See `DeliveryFilter.undelivered`. */
export function settleJourney(connection: Connection, first: number): void {
  connection
    .prepare(`UPDATE deliveries SET undelivered = state IN ('failed', 'cancelled') AND ${NEVER_GOT} WHERE seq = ?`)
    .run(first)
}

/** First deliveries of the journeys that replays in a queue belong to; of as many as `moveDeliveries` would move. */
export function journeysOf(
  connection: Connection,
  webhook: number,
  state: DeliveryState,
  limit: number,
): ReadonlySet<number> {
  const rows = connection
    .prepare(`SELECT journey FROM (SELECT journey FROM deliveries INDEXED BY deliveries_by_state
      WHERE webhook = ? AND state = ? ORDER BY created_at, seq LIMIT ?) WHERE journey IS NOT NULL`)
    .all(webhook, state, limit)
  return new Set(rows.map(({journey}) => journey as number))
}
