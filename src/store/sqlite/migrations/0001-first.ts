/**
 * The first schema. Instants are INTEGER ms since the epoch; lists and objects are JSON text.
 *
 * Every list is newest first by (time, seq) and every index ends in its time, followed by the rowid that SQLite adds:
 * a list is then a merge of a few index ranges, each read from its end (../newest.ts). References are row numbers, not
 * ids: ids are 36 bytes, and a delivery would carry three of them into each of its indexes.
 */
export const first = `
CREATE TABLE store_state (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  sending INTEGER NOT NULL,
  -- Goes up with every change of a webhook: what is cached of them in other processes is then stale.
  webhook_version INTEGER NOT NULL,
  -- The last number given in the feed. Not a rowid: one number runs through three kinds of rows.
  feed_seq INTEGER NOT NULL
) STRICT;
INSERT INTO store_state VALUES (1, 1, 1, 0);

CREATE TABLE owner (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  boot_id TEXT NOT NULL,
  pid INTEGER NOT NULL,
  host TEXT NOT NULL,
  since INTEGER NOT NULL,
  heartbeat_at INTEGER NOT NULL
) STRICT;

CREATE TABLE organizations (
  -- AUTOINCREMENT: the number stands in bodies, so that of a deleted organization is never given again.
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  slug TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  deleted_at INTEGER
) STRICT;
CREATE UNIQUE INDEX organizations_by_slug ON organizations (slug) WHERE deleted_at IS NULL;

CREATE TABLE contexts (
  organization_id INTEGER NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE members (
  organization_id INTEGER NOT NULL,
  -- "user" is a word of its own in other databases' SQL.
  user_name TEXT NOT NULL,
  email TEXT,
  role TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (organization_id, user_name)
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  organization_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  user_name TEXT,
  -- SHA-256 of the value, which is kept nowhere.
  digest BLOB NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER,
  UNIQUE (organization_id, name)
) STRICT;

CREATE TABLE webhooks (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  organization_id INTEGER NOT NULL,
  context_id TEXT,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  url TEXT,
  platform TEXT NOT NULL,
  event_types TEXT NOT NULL,
  mode TEXT NOT NULL,
  active INTEGER NOT NULL,
  paused TEXT,
  method TEXT NOT NULL,
  content_type TEXT NOT NULL,
  headers TEXT NOT NULL,
  secrets TEXT NOT NULL,
  policies TEXT NOT NULL,
  settings TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  -- A deleted webhook stays as a row without secrets, headers and URL: its deliveries still refer to it.
  deleted_at INTEGER
) STRICT;
CREATE UNIQUE INDEX webhooks_by_name ON webhooks (organization_id, name) WHERE deleted_at IS NULL;

CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  organization_id INTEGER NOT NULL,
  context_id TEXT,
  context_name TEXT,
  type TEXT NOT NULL,
  occurred_at_micros INTEGER NOT NULL,
  accepted_at INTEGER NOT NULL,
  source TEXT NOT NULL,
  request_id TEXT NOT NULL,
  -- Empty where the event is about no object: ranges over an index do not see NULL.
  object_type TEXT NOT NULL,
  object_id TEXT NOT NULL,
  object_name TEXT NOT NULL,
  idempotency_key TEXT,
  content_digest BLOB,
  hops INTEGER NOT NULL,
  actor TEXT NOT NULL,
  extra TEXT,
  data TEXT NOT NULL,
  before TEXT,
  after TEXT
) STRICT;
CREATE UNIQUE INDEX events_by_key ON events (organization_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX events_by_type ON events (organization_id, object_type, type, accepted_at);
CREATE INDEX events_by_object ON events (organization_id, object_id, accepted_at) WHERE object_id <> '';
CREATE INDEX events_by_request ON events (organization_id, request_id, accepted_at);

CREATE TABLE bodies (
  seq INTEGER PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE deliveries (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  organization_id INTEGER NOT NULL,
  webhook INTEGER NOT NULL,
  event INTEGER NOT NULL,
  event_type TEXT NOT NULL,
  event_count INTEGER NOT NULL,
  trigger TEXT NOT NULL,
  replay_of INTEGER,
  to_url TEXT,
  rule TEXT,
  state TEXT NOT NULL,
  reason TEXT,
  due_at INTEGER,
  attempts INTEGER NOT NULL,
  last_status INTEGER,
  last_error_class TEXT,
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  body INTEGER,
  body_bytes INTEGER,
  -- Of a batch and of its replays: the row number of the delivery whose events these are.
  batch INTEGER,
  -- A pending delivery without a time would never be sent, and nobody told.
  CHECK (state NOT IN ('pending', 'collecting') OR due_at IS NOT NULL)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (webhook, due_at) WHERE state = 'pending';
CREATE INDEX deliveries_by_state ON deliveries (webhook, state, created_at);
CREATE INDEX deliveries_by_type ON deliveries (webhook, event_type, created_at);
CREATE INDEX deliveries_by_event ON deliveries (event, created_at);
CREATE INDEX deliveries_by_batch ON deliveries (batch, created_at) WHERE batch IS NOT NULL;
-- Batches that are not frozen yet, oldest first within a webhook.
CREATE INDEX deliveries_collecting ON deliveries (webhook) WHERE state = 'collecting';
CREATE INDEX deliveries_by_replay ON deliveries (replay_of, created_at) WHERE replay_of IS NOT NULL;
-- Failures only: what went well the first time pays nothing for these two.
CREATE INDEX deliveries_by_status ON deliveries (organization_id, last_status, created_at)
  WHERE (last_status < 200 OR last_status > 299);
CREATE INDEX deliveries_by_error ON deliveries (organization_id, last_error_class, created_at)
  WHERE last_error_class IS NOT NULL;

-- The events of batches, in the order in which they were accepted.
CREATE TABLE batch_events (
  batch INTEGER NOT NULL,
  -- From 0. The first one is also the event of the delivery.
  position INTEGER NOT NULL,
  event INTEGER NOT NULL,
  PRIMARY KEY (batch, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_events_by_event ON batch_events (event);

-- The batch of a webhook that takes the next event. One that is full or about to be frozen is in here no more.
CREATE TABLE open_batches (
  webhook INTEGER PRIMARY KEY,
  delivery INTEGER NOT NULL UNIQUE
) STRICT;

-- Deliveries per state, changed in the same transaction as they: nothing is ever counted for a screen.
CREATE TABLE delivery_counts (
  organization_id INTEGER NOT NULL,
  webhook INTEGER NOT NULL,
  state TEXT NOT NULL,
  n INTEGER NOT NULL CHECK (n >= 0),
  PRIMARY KEY (organization_id, webhook, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  delivery INTEGER NOT NULL,
  number INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  duration_ms REAL NOT NULL,
  success INTEGER NOT NULL,
  status INTEGER,
  error_class TEXT,
  error TEXT,
  url TEXT NOT NULL,
  method TEXT NOT NULL,
  remote_address TEXT,
  response_bytes INTEGER NOT NULL,
  response_truncated INTEGER NOT NULL,
  request_headers TEXT NOT NULL,
  response_headers TEXT NOT NULL,
  response_body BLOB NOT NULL
) STRICT;
CREATE INDEX attempts_by_delivery ON attempts (delivery);

CREATE TABLE history (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  organization_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  change TEXT NOT NULL,
  object_type TEXT NOT NULL,
  object_id TEXT NOT NULL,
  object_name TEXT NOT NULL,
  actor TEXT NOT NULL,
  -- The name in lower case, folded by the program: SQLite folds ASCII only.
  actor_folded TEXT NOT NULL,
  request_id TEXT NOT NULL,
  event_id TEXT,
  context_id TEXT,
  before TEXT,
  after TEXT,
  -- List of the members in which a secret was replaced.
  rotated TEXT
) STRICT;
CREATE INDEX history_by_change ON history (organization_id, object_type, change, at);
CREATE INDEX history_by_object ON history (organization_id, object_id, at);
CREATE INDEX history_by_actor ON history (organization_id, actor_folded, at);

CREATE TABLE tracked_objects (
  -- A row is never changed but replaced: with AUTOINCREMENT its number tells whether an object was written since.
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  organization_id INTEGER NOT NULL,
  platform TEXT NOT NULL,
  type TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  context_id TEXT,
  data TEXT NOT NULL,
  -- Salted digests of the secrets that are masked in data.
  secrets TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX tracked_objects_by_key ON tracked_objects (organization_id, platform, type, id);

-- What tails follow: one number per row in the order of commits. SQLite has one writer, so nothing ever appears behind
-- a number that was already read. Clustered by organization and kind: following one never walks over the others.
CREATE TABLE feed (
  organization_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  seq INTEGER NOT NULL,
  -- Row number of the attempt, the delivery or the history entry.
  subject INTEGER NOT NULL,
  PRIMARY KEY (organization_id, kind, seq)
) STRICT, WITHOUT ROWID;
`
