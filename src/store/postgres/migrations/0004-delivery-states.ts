/**
 * How a delivery stands moves with every attempt, what it is never does: each in a table of its own, or every attempt would
 * write anew all indexes of what it is. Whoever reads asks a view, `deliveries`, or `standing_deliveries` where how they
 * stand is what chooses: the columns that both tables have are those of the one that is asked first.
 */
export const deliveryStates = `
ALTER TABLE deliveries RENAME TO delivery_records;

CREATE TABLE delivery_states (
  seq BIGINT PRIMARY KEY,
  -- Of the record, and never changed: for the indexes, and for whoever moves deliveries.
  organization_id BIGINT NOT NULL,
  webhook BIGINT NOT NULL,
  trigger TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  journey BIGINT,
  replay BIGINT,
  state TEXT COLLATE "C" NOT NULL,
  reason TEXT,
  due_at BIGINT,
  attempts INTEGER NOT NULL,
  last_status INTEGER,
  last_error_class TEXT COLLATE "C",
  finished_at BIGINT,
  event_count INTEGER NOT NULL,
  undelivered INTEGER NOT NULL DEFAULT 0,
  content_gone TEXT,
  CHECK (state NOT IN ('pending', 'collecting') OR due_at IS NOT NULL)
) WITH (fillfactor = 80);

INSERT INTO delivery_states
SELECT seq, organization_id, webhook, trigger, created_at, journey, replay, state, reason, due_at, attempts, last_status,
  last_error_class, finished_at, event_count, undelivered, content_gone
FROM delivery_records;

DROP INDEX deliveries_due;
DROP INDEX deliveries_asked;
DROP INDEX deliveries_by_state;
DROP INDEX deliveries_collecting;
DROP INDEX deliveries_by_status;
DROP INDEX deliveries_by_error;
DROP INDEX deliveries_by_journey;
DROP INDEX deliveries_undelivered;
DROP INDEX deliveries_of_replay;
DROP INDEX deliveries_untried;
ALTER TABLE delivery_records
  DROP COLUMN state, DROP COLUMN reason, DROP COLUMN due_at, DROP COLUMN attempts, DROP COLUMN last_status,
  DROP COLUMN last_error_class, DROP COLUMN finished_at, DROP COLUMN event_count, DROP COLUMN undelivered,
  DROP COLUMN content_gone;

CREATE INDEX deliveries_due ON delivery_states (webhook, due_at, seq) WHERE state = 'pending';
CREATE INDEX deliveries_asked ON delivery_states (webhook, due_at, seq) WHERE state = 'pending' AND trigger <> 'event';
CREATE INDEX deliveries_by_state ON delivery_states (webhook, state, created_at, seq);
CREATE INDEX deliveries_collecting ON delivery_states (webhook, seq) WHERE state = 'collecting';
CREATE INDEX deliveries_by_status ON delivery_states (organization_id, last_status, created_at, seq)
  WHERE (last_status < 200 OR last_status > 299);
CREATE INDEX deliveries_by_error ON delivery_states (organization_id, last_error_class, created_at, seq)
  WHERE last_error_class IS NOT NULL;
CREATE INDEX deliveries_undelivered ON delivery_states (organization_id, created_at, seq) WHERE undelivered = 1;
CREATE INDEX deliveries_undelivered_by_webhook ON delivery_states (webhook, state, created_at, seq) WHERE undelivered = 1;
CREATE INDEX deliveries_of_replay ON delivery_states (replay, state, created_at) WHERE replay IS NOT NULL;
CREATE INDEX deliveries_untried ON delivery_states (replay, webhook, due_at)
  WHERE replay IS NOT NULL AND state = 'pending' AND attempts = 0;
CREATE INDEX deliveries_by_webhook ON delivery_records (webhook, created_at, seq);
CREATE INDEX deliveries_by_journey ON delivery_records (journey) WHERE journey IS NOT NULL;

CREATE VIEW deliveries AS
SELECT r.*, s.state, s.reason, s.due_at, s.attempts, s.last_status, s.last_error_class, s.finished_at, s.event_count,
  s.undelivered, s.content_gone
FROM delivery_records r LEFT JOIN delivery_states s ON s.seq = r.seq;

CREATE VIEW standing_deliveries AS
SELECT s.*, r.id, r.event, r.event_type, r.replay_of, r.to_url, r.rule, r.body, r.body_bytes, r.batch, r.context_id,
  r.object_type, r.object_id
FROM delivery_states s LEFT JOIN delivery_records r ON r.seq = s.seq;
`
