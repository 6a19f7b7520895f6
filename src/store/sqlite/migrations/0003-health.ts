/**
 * How each webhook has been doing, beside it and not in its row: a row that changes with every attempt would make every
 * process read all webhooks again. Webhooks that were made before get the policies of today's presets.
 */
export const health = `
CREATE TABLE webhook_health (
  webhook INTEGER PRIMARY KEY,
  failing_since INTEGER,
  failures INTEGER NOT NULL,
  last_success_at INTEGER,
  last_failure_at INTEGER,
  -- Percent of the way to the pause that was told in this run of failures.
  told INTEGER NOT NULL,
  -- Whether somebody was told of trouble, and nobody of its end.
  down INTEGER NOT NULL
) STRICT;

UPDATE webhooks SET policies = json_set(policies, '$.pauseAfterMs',
  CASE WHEN policies ->> '$.retry.kind' = 'until-success' THEN NULL ELSE 432000000 END, '$.ordered', NULL);

-- What a person asked for: few among many, and not kept waiting by them.
CREATE INDEX deliveries_asked ON deliveries (webhook, due_at) WHERE state = 'pending' AND trigger <> 'event';
`
