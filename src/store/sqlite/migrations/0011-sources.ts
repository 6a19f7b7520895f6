import {FROM_ELSEWHERE} from '../../from-elsewhere.ts'

/** Where webhooks of platforms come in, and their events by where they came from. */
export const sources = `
CREATE TABLE sources (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  organization_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  platform TEXT NOT NULL,
  context_id TEXT,
  signature TEXT,
  secrets TEXT NOT NULL,
  active INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (organization_id, name)
) STRICT;
CREATE INDEX events_by_source ON events (organization_id, source, accepted_at) WHERE ${FROM_ELSEWHERE};
`
