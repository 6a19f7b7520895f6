import type {Attempt, DeliveryTrigger} from '../../domain/delivery.ts'
import {latencyBin} from '../../domain/latency.ts'
import {DAY_MS, DAYS_KEPT_MS, HOUR_MS, HOURS_KEPT_MS} from '../../domain/statistics.ts'
import type {Database, Questions} from './connection.ts'
import {columnsOf, type Statement} from './statements.ts'

/** As ../sqlite/attempt-counts.ts, in one statement for all. */

export interface Counted {
  readonly organizationId: number
  readonly webhook: number
  readonly eventType: string
  readonly trigger: DeliveryTrigger
  readonly attempt: Attempt
  readonly isGivenUp: boolean
}

type Row = readonly [organizationId: number, at: number, ...key: (string | number)[]]

interface Tally {
  readonly row: Row
  n: number
  givenUp: number
}

const KEY = 'organization_id, at, webhook, event_type, trigger, status, error_class, bin'
const ADD = `ON CONFLICT (${KEY}) DO UPDATE SET n = attempt_counts.n + excluded.n, given_up = attempt_counts.given_up + excluded.given_up`

export function gatherAttempts() {
  const tallies = new Map<string, Tally>()
  return {
    add(counted: Counted): void {
      const row = rowOf(counted)
      const key = row.join('\n')
      const tally = tallies.get(key) ?? {row, n: 0, givenUp: 0}
      tally.n++
      if (counted.isGivenUp) tally.givenUp++
      tallies.set(key, tally)
    },

    async written(database: Database, questions: Questions): Promise<readonly Statement[]> {
      if (tallies.size === 0) return []
      const newest = new Map<number, number>()
      for (const {row} of tallies.values()) newest.set(row[0], Math.max(row[1], newest.get(row[0]) ?? 0))
      for (const [organizationId, at] of newest) await age(database, questions, organizationId, at)
      const rows = [...tallies.values()].map(({row, n, givenUp}) => [...row, n, givenUp])
      return [
        {
          sql: `INSERT INTO attempt_counts (${KEY}, n, given_up)
            SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::int[], $7::text[],
              $8::int[], $9::bigint[], $10::bigint[]) ${ADD}`,
          values: columnsOf(rows, 10),
        },
      ]
    },
  }
}

function rowOf({organizationId, webhook, eventType, trigger, attempt}: Counted): Row {
  const {startedAt, status, errorClass, durationMs} = attempt
  const bin = status === null ? -1 : latencyBin(durationMs)
  const hour = startedAt - (startedAt % HOUR_MS)
  return [organizationId, hour, webhook, eventType, trigger, status ?? 0, errorClass ?? '', bin]
}

/** Of each organization the last day of which there are counts: then there is nothing to age. */
const agedOn = new WeakMap<Database, Map<number, number>>()

async function age(database: Database, questions: Questions, organizationId: number, at: number): Promise<void> {
  const today = at - (at % DAY_MS)
  const days = agedOn.get(database) ?? new Map<number, number>()
  agedOn.set(database, days)
  if (days.get(organizationId) === today) return
  const known = await questions.one(
    'SELECT 1 AS known FROM attempt_counts WHERE organization_id = $1 AND at >= $2 LIMIT 1',
    organizationId,
    today,
  )
  if (known !== undefined) {
    days.set(organizationId, today)
    return
  }
  const hoursOf = `FROM attempt_counts WHERE organization_id = $1 AND at < $2 AND at % ${DAY_MS} <> 0`
  const old = [organizationId, today - HOURS_KEPT_MS]
  await questions.run(
    `INSERT INTO attempt_counts (${KEY}, n, given_up)
      SELECT organization_id, at - at % ${DAY_MS}, webhook, event_type, trigger, status, error_class, bin, sum(n), sum(given_up)
      ${hoursOf} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ${ADD}`,
    ...old,
  )
  await questions.run(`DELETE ${hoursOf}`, ...old)
  await questions.run(
    'DELETE FROM attempt_counts WHERE organization_id = $1 AND at < $2',
    organizationId,
    today - DAYS_KEPT_MS,
  )
}
