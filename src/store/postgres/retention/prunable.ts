/** The rules of ../../sqlite/retention/prunable.ts, word for word where the two speak the same SQL. `$1` is `before`. */
export const isSettled = (d: string): string => `(${d}.finished_at IS NOT NULL AND ${d}.finished_at < $1 AND (
  ${d}.state IN ('delivered', 'skipped')
  OR ${d}.state IN ('failed', 'cancelled') AND (
    ${d}.content_gone IS NOT NULL
    OR coalesce((SELECT f.undelivered FROM deliveries f WHERE f.seq = coalesce(${d}.journey, ${d}.seq)), 0) = 0
    OR EXISTS (SELECT 1 FROM webhooks w WHERE w.seq = ${d}.webhook AND w.deleted_at IS NOT NULL))))`

export const IS_SETTLED = isSettled('d')

/** Whether a delivery of event `e`, its own or of a batch, still needs it. `needs` is a condition on `d`. */
export const isNeeded = (
  needs: string,
): string => `(EXISTS (SELECT 1 FROM deliveries d WHERE d.event = e.seq AND ${needs})
  OR EXISTS (SELECT 1 FROM batch_events b JOIN deliveries d ON d.batch = b.batch WHERE b.event = e.seq AND ${needs}))`

export const isNewest = (table: string, seq: string): string => `${seq} = (SELECT max(seq) FROM ${table})`
