import type {AttemptCount, LatencyCount, StatisticsFilter, StatisticsKey} from '../../domain/statistics.ts'
import {wants} from '../../domain/subscription.ts'
import type {StatisticsStore} from '../store.ts'
import type {Database} from './connection.ts'
import {type Condition, condition, oneOf, statusBetween} from './newest.ts'

const columns: Record<StatisticsKey, string> = {
  webhook: '(SELECT id FROM webhooks WHERE seq = c.webhook)',
  event: 'event_type',
  class: "nullif(error_class, '')",
  status: 'nullif(status, 0)',
}

/** From the kept counts: walks the hours and days asked for, whatever the number of attempts in them. */
export const statistics = (database: Database): StatisticsStore => ({
  async attempts(organizationId, {filter, by, stretchMs}) {
    const {where, values} = numbered(await conditionsOf(database, organizationId, filter))
    const key = columns[by]
    const counts = await database.all(
      `SELECT ${key} AS key, at - at % $${values.length + 1} AS at, sum(n)::bigint AS attempts,
        sum(CASE WHEN error_class = '' THEN n ELSE 0 END)::bigint AS delivered, sum(given_up)::bigint AS "givenUp"
        FROM attempt_counts c WHERE ${where} GROUP BY 1, 2 ORDER BY 1 NULLS FIRST, 2`,
      ...values,
      stretchMs,
    )
    const latencies = await database.all(
      `SELECT ${key} AS key, bin, sum(n)::bigint AS answers
        FROM attempt_counts c WHERE ${where} AND bin >= 0 GROUP BY 1, 2 ORDER BY 1 NULLS FIRST, 2`,
      ...values,
    )
    return {
      counts: counts as unknown as readonly AttemptCount[],
      latencies: latencies as unknown as readonly LatencyCount[],
    }
  },
})

async function conditionsOf(
  database: Database,
  organizationId: number,
  filter: StatisticsFilter,
): Promise<readonly Condition[]> {
  const {since, until, webhookId, triggers, statuses, errorClasses, eventTypes} = filter
  return [
    condition('organization_id = ? AND at >= ? AND at < ?', organizationId, since, until),
    ...(webhookId === undefined ? [] : [condition('webhook = (SELECT seq FROM webhooks WHERE id = ?)', webhookId)]),
    ...oneOf('event_type', eventTypes && (await typesLike(database, organizationId, filter, eventTypes))),
    ...oneOf('trigger', triggers),
    ...oneOf('error_class', errorClasses),
    ...statusBetween('status', statuses),
  ]
}

function numbered(conditions: readonly Condition[]) {
  let count = 0
  return {
    where: conditions.map(({sql}) => sql.replaceAll('?', () => `$${++count}`)).join(' AND '),
    values: conditions.flatMap(({values}) => values),
  }
}

/** The types there are, matched by the one matcher of patterns. */
async function typesLike(
  database: Database,
  organizationId: number,
  {since, until}: StatisticsFilter,
  eventTypes: readonly string[],
): Promise<readonly string[]> {
  const rows = await database.all(
    'SELECT DISTINCT event_type AS type FROM attempt_counts WHERE organization_id = $1 AND at >= $2 AND at < $3',
    ...[organizationId, since, until],
  )
  return rows.map(row => row.type as string).filter(type => wants({eventTypes}, type))
}
