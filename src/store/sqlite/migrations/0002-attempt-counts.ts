/**
 * Attempts by hour, changed in the same transaction as they: statistics are read from here and never counted. Hours become
 * days and days go (../statistics.ts), so that the table stays small however many attempts there were.
 *
 * What was recorded before is counted once, here. `bin` as in src/domain/latency.ts.
 */
export const attemptCounts = `
CREATE TABLE attempt_counts (
  organization_id INTEGER NOT NULL,
  -- The beginning of the hour, or of the day once it is old.
  at INTEGER NOT NULL,
  webhook INTEGER NOT NULL,
  event_type TEXT NOT NULL,
  trigger TEXT NOT NULL,
  -- 0 where no answer came.
  status INTEGER NOT NULL,
  -- Empty where it was delivered.
  error_class TEXT NOT NULL,
  -- Of the latency; -1 where no answer came.
  bin INTEGER NOT NULL,
  n INTEGER NOT NULL,
  -- Deliveries that were given up with these attempts.
  given_up INTEGER NOT NULL,
  PRIMARY KEY (organization_id, at, webhook, event_type, trigger, status, error_class, bin)
) STRICT, WITHOUT ROWID;

INSERT INTO attempt_counts
SELECT d.organization_id, a.started_at - a.started_at % 3600000 AS at, d.webhook, d.event_type, d.trigger,
  coalesce(a.status, 0), coalesce(a.error_class, ''),
  CASE WHEN a.status IS NULL THEN -1 WHEN a.duration_ms < 1 THEN 0
    ELSE min(80, 1 + CAST(floor(4 * log2(a.duration_ms)) AS INTEGER)) END AS bin,
  count(*), sum(d.state = 'failed' AND a.number = d.attempts)
FROM attempts a JOIN deliveries d ON d.seq = a.delivery
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
`
