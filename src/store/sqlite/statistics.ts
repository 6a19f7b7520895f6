import type {AttemptCount, LatencyCount, StatisticsFilter, StatisticsKey} from '../../domain/statistics.ts'
import {wants} from '../../domain/subscription.ts'
import type {StatisticsStore} from '../store.ts'
import type {Connection, Value} from './connection.ts'
import {type Condition, oneOf, statusBetween} from './newest.ts'
import type {Direct} from './questions.ts'

const columns: Record<StatisticsKey, string> = {
  webhook: '(SELECT id FROM webhooks WHERE seq = c.webhook)',
  event: 'event_type',
  class: "nullif(error_class, '')",
  status: 'nullif(status, 0)',
}

/** From the kept counts: walks the hours and days asked for, whatever the number of attempts in them. */
export function statistics(connection: Connection): Direct<StatisticsStore> {
  return {
    attempts(organizationId, {filter, by, stretchMs}) {
      const {where, values} = whereOf(connection, organizationId, filter)
      const key = columns[by]
      const counts = connection
        .prepare(`SELECT ${key} AS key, at - at % ? AS at, sum(n) AS attempts,
          sum(CASE WHEN error_class = '' THEN n ELSE 0 END) AS delivered, sum(given_up) AS givenUp
          FROM attempt_counts c WHERE ${where} GROUP BY 1, 2 ORDER BY 1, 2`)
        .all(stretchMs, ...values)
      const latencies = connection
        .prepare(`SELECT ${key} AS key, bin, sum(n) AS answers
          FROM attempt_counts c WHERE ${where} AND bin >= 0 GROUP BY 1, 2 ORDER BY 1, 2`)
        .all(...values)
      return {
        counts: counts.map(row => ({...row}) as unknown as AttemptCount),
        latencies: latencies.map(row => ({...row}) as unknown as LatencyCount),
      }
    },
  }
}

function whereOf(connection: Connection, organizationId: number, filter: StatisticsFilter) {
  const {since, until, webhookId, triggers, statuses, errorClasses, eventTypes} = filter
  const conditions: readonly Condition[] = [
    {column: 'at', sql: 'organization_id = ? AND at >= ? AND at < ?', values: [organizationId, since, until]},
    ...(webhookId === undefined
      ? []
      : [{column: 'webhook', sql: 'webhook = (SELECT seq FROM webhooks WHERE id = ?)', values: [webhookId]}]),
    ...oneOf('event_type', eventTypes && typesLike(connection, organizationId, filter, eventTypes)),
    ...oneOf('trigger', triggers),
    ...oneOf('error_class', errorClasses),
    ...statusBetween('status', statuses),
  ]
  return {
    where: conditions.map(({sql}) => sql).join(' AND '),
    values: conditions.flatMap<Value>(condition => condition.values),
  }
}

/** The types there are, matched by the one matcher of patterns. */
function typesLike(
  connection: Connection,
  organizationId: number,
  {since, until}: StatisticsFilter,
  eventTypes: readonly string[],
): readonly string[] {
  return connection
    .prepare('SELECT DISTINCT event_type AS type FROM attempt_counts WHERE organization_id = ? AND at >= ? AND at < ?')
    .all(organizationId, since, until)
    .map(row => row.type as string)
    .filter(type => wants({eventTypes}, type))
}
