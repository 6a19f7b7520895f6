/** Replays, what they have still to hand over, and which deliveries were made for them. */
export const replays = `
CREATE TABLE replays (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  organization_id INTEGER NOT NULL,
  selection TEXT NOT NULL,
  filter TEXT NOT NULL,
  to_url TEXT,
  now INTEGER NOT NULL,
  rate REAL,
  state TEXT NOT NULL,
  total INTEGER NOT NULL,
  handed_over INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  -- The process that hands over, by its boot id, and when it said so last.
  driver TEXT,
  driven_at INTEGER
) STRICT;
CREATE INDEX replays_by_time ON replays (organization_id, created_at);
CREATE INDEX replays_running ON replays (state) WHERE state = 'running';

-- Gone once they are handed over. By webhook, the oldest first.
CREATE TABLE replay_items (
  replay INTEGER NOT NULL,
  webhook INTEGER NOT NULL,
  at INTEGER NOT NULL,
  number INTEGER NOT NULL,
  -- The delivery that is repeated; null where there never was one.
  delivery INTEGER,
  -- Of what was never tried: its event.
  event INTEGER,
  PRIMARY KEY (replay, webhook, at, number)
) STRICT, WITHOUT ROWID;

ALTER TABLE deliveries ADD COLUMN replay INTEGER;
CREATE INDEX deliveries_of_replay ON deliveries (replay, state, created_at) WHERE replay IS NOT NULL;
CREATE INDEX deliveries_untried ON deliveries (replay, webhook, due_at)
  WHERE replay IS NOT NULL AND state = 'pending' AND attempts = 0;
`
