import type {Attempt, DeliveryTrigger} from '../../domain/delivery.ts'
import {latencyBin} from '../../domain/latency.ts'
import {DAY_MS, DAYS_KEPT_MS, HOUR_MS, HOURS_KEPT_MS} from '../../domain/statistics.ts'
import type {Connection} from './connection.ts'

/** An attempt as it is counted. */
export interface Counted {
  readonly organizationId: number
  /** Row number. */
  readonly webhook: number
  readonly eventType: string
  readonly trigger: DeliveryTrigger
  readonly attempt: Attempt
  /** Whether its delivery was given up with it. */
  readonly isGivenUp: boolean
}

/** The columns of the key in their order, then the counts. */
type Row = [organizationId: number, at: number, ...key: (string | number)[]]

interface Tally {
  readonly row: Row
  n: number
  givenUp: number
}

const KEY = 'organization_id, at, webhook, event_type, trigger, status, error_class, bin'
const ADD = `ON CONFLICT (${KEY}) DO UPDATE SET n = attempt_counts.n + excluded.n, given_up = attempt_counts.given_up + excluded.given_up`

/** Gathers the attempts of a transaction: a row is written once, however many of them are alike. */
export interface AttemptCounts {
  add(counted: Counted): void
  write(connection: Connection): void
}

export function gatherAttempts(): AttemptCounts {
  const tallies = new Map<string, Tally>()
  return {
    add(counted) {
      const row = rowOf(counted)
      const key = row.join('\n')
      const tally = tallies.get(key) ?? {row, n: 0, givenUp: 0}
      tally.n++
      if (counted.isGivenUp) tally.givenUp++
      tallies.set(key, tally)
    },
    write(connection) {
      if (tallies.size === 0) return
      const insert = connection.prepare(`INSERT INTO attempt_counts (${KEY}, n, given_up)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ${ADD}`)
      const newest = new Map<number, number>()
      for (const {row} of tallies.values()) newest.set(row[0], Math.max(row[1], newest.get(row[0]) ?? 0))
      for (const [organizationId, at] of newest) age(connection, organizationId, at)
      for (const {row, n, givenUp} of tallies.values()) insert.run(...row, n, givenUp)
    },
  }
}

function rowOf({organizationId, webhook, eventType, trigger, attempt}: Counted): Row {
  const {startedAt, status, errorClass, durationMs} = attempt
  const bin = status === null ? -1 : latencyBin(durationMs)
  return [
    organizationId,
    startedAt - (startedAt % HOUR_MS),
    webhook,
    eventType,
    trigger,
    status ?? 0,
    errorClass ?? '',
    bin,
  ]
}

/**
 * With the first attempt of a day, hours that are old become days, and days that are old go. Asked with every
 * transaction: a look-up, because a process that runs for months must do it as well as one that ends at once.
 */
function age(connection: Connection, organizationId: number, at: number): void {
  const today = at - (at % DAY_MS)
  const isKnown = connection
    .prepare('SELECT 1 FROM attempt_counts WHERE organization_id = ? AND at >= ? LIMIT 1')
    .get(organizationId, today)
  if (isKnown !== undefined) return
  const hoursOf = `FROM attempt_counts WHERE organization_id = ? AND at < ? AND at % ${DAY_MS} <> 0`
  const old = [organizationId, today - HOURS_KEPT_MS]
  connection
    .prepare(`INSERT INTO attempt_counts (${KEY}, n, given_up)
      SELECT organization_id, at - at % ${DAY_MS}, webhook, event_type, trigger, status, error_class, bin, sum(n), sum(given_up)
      ${hoursOf} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ${ADD}`)
    .run(...old)
  connection.prepare(`DELETE ${hoursOf}`).run(...old)
  connection
    .prepare('DELETE FROM attempt_counts WHERE organization_id = ? AND at < ?')
    .run(organizationId, today - DAYS_KEPT_MS)
}
