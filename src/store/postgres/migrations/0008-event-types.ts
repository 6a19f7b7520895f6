/** Event types that organizations describe themselves. */
export const eventTypes = `
CREATE TABLE event_types (
  organization_id BIGINT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  summary TEXT NOT NULL,
  -- JSON Schema of the data of its events.
  schema TEXT,
  example TEXT,
  on_mismatch TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (organization_id, name)
);
`
