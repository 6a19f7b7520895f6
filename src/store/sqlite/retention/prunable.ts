/**
 * Whether a delivery is over since before `:before`, and nobody is owed it any more, in SQL over its alias.
 *
 * What failed or was cancelled is owed as long as `delivery list --undelivered` shows its journey: a person may still want
 * it sent again. Unless the webhook is gone, or its content is. A delivery of a test is owed to nobody.
 */
export const isSettled = (d: string): string => `(${d}.finished_at IS NOT NULL AND ${d}.finished_at < :before AND (
  ${d}.state IN ('delivered', 'skipped')
  OR ${d}.state IN ('failed', 'cancelled') AND (
    ${d}.content_gone IS NOT NULL
    OR coalesce((SELECT f.undelivered FROM deliveries f WHERE f.seq = coalesce(${d}.journey, ${d}.seq)), 0) = 0
    OR EXISTS (SELECT 1 FROM webhooks w WHERE w.seq = ${d}.webhook AND w.deleted_at IS NOT NULL))))`

export const IS_SETTLED = isSettled('d')

/** Whether a delivery of event `e`, its own or of a batch, still needs it. `needs` is a condition on `d`. */
export const isNeeded = (needs: string): string => `(EXISTS (SELECT 1 FROM deliveries d INDEXED BY deliveries_by_event
    WHERE d.event = e.seq AND ${needs})
  OR EXISTS (SELECT 1 FROM batch_events b CROSS JOIN deliveries d INDEXED BY deliveries_by_batch
    WHERE b.event = e.seq AND d.batch = b.batch AND d.batch IS NOT NULL AND ${needs}))`

/**
 * The newest row of a table stays: SQLite gives the number of a last row that is gone again, and what the feed and
 * others still know by that number would be something else.
 */
export const isNewest = (table: string, seq: string): string => `${seq} = (SELECT max(seq) FROM ${table})`
