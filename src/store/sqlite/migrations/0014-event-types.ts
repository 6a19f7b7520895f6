/** Event types that organizations describe themselves. */
export const eventTypes = `
CREATE TABLE event_types (
  organization_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  summary TEXT NOT NULL,
  -- JSON Schema of the data of its events.
  schema TEXT,
  example TEXT,
  on_mismatch TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (organization_id, name)
) STRICT, WITHOUT ROWID;
`
