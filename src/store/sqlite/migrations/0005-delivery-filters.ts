/**
 * What deliveries are filtered by stands on their own rows, each with an index that ends in the time.
 *
 * A journey is a delivery with all that was sent again in its place: `journey` names the first one, and is null on it.
 * `undelivered` stands on the first one alone: it is over without success and no other of its journey was delivered, or
 * is on its way, to the same receiver.
 */
export const deliveryFilters = `
ALTER TABLE deliveries ADD COLUMN context_id TEXT;
ALTER TABLE deliveries ADD COLUMN object_type TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN object_id TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN journey INTEGER;
ALTER TABLE deliveries ADD COLUMN undelivered INTEGER NOT NULL DEFAULT 0;

UPDATE deliveries SET context_id = e.context_id, object_type = e.object_type, object_id = e.object_id
  FROM events e WHERE e.seq = deliveries.event;
WITH RECURSIVE journeys (seq, first) AS (
  SELECT seq, replay_of FROM deliveries WHERE replay_of IN (SELECT seq FROM deliveries WHERE replay_of IS NULL)
  UNION ALL
  SELECT d.seq, j.first FROM deliveries d JOIN journeys j ON d.replay_of = j.seq
)
UPDATE deliveries SET journey = j.first FROM journeys j WHERE j.seq = deliveries.seq;
CREATE INDEX deliveries_by_journey ON deliveries (journey, state) WHERE journey IS NOT NULL;
UPDATE deliveries SET undelivered = 1
  WHERE journey IS NULL AND trigger <> 'test' AND state IN ('failed', 'cancelled')
    AND NOT EXISTS (SELECT 1 FROM deliveries r WHERE r.journey = deliveries.seq AND r.to_url IS NULL
      AND r.state NOT IN ('failed', 'cancelled', 'skipped'));

CREATE INDEX deliveries_by_context ON deliveries (organization_id, context_id, created_at)
  WHERE context_id IS NOT NULL;
CREATE INDEX deliveries_by_object ON deliveries (organization_id, object_id, created_at) WHERE object_id <> '';
CREATE INDEX deliveries_by_target ON deliveries (organization_id, to_url) WHERE to_url IS NOT NULL;
CREATE INDEX deliveries_undelivered ON deliveries (webhook, state, created_at) WHERE undelivered = 1;
`
