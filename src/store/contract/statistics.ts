import type {Statistics, StatisticsFilter, StatisticsKey} from '../../domain/statistics.ts'

interface StatisticsQuestion {
  readonly filter: StatisticsFilter
  readonly by: StatisticsKey
  /** How long a stretch of time is: whole hours, or whole days where it begins before the hours that are kept. */
  readonly stretchMs: number
}

export interface StatisticsStore {
  /**
   * Attempts that began in the time asked for, by key and stretch of time. Kept as outcomes are recorded, in their
   * transaction, and never counted: costs what there are of webhooks, types and outcomes in these hours, however many
   * attempts. Whatever becomes of the deliveries, the counts stay: by the hour for 14 days, then by the day for 400; they
   * age with the first attempt of a day (UTC). A deleted webhook keeps its id, a deleted organization has none.
   */
  attempts(organizationId: number, question: StatisticsQuestion): Promise<Statistics>
}
