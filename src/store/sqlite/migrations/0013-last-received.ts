/** What came to a source last: the platform is told why it is refused, and those who set up the source are not. */
export const lastReceived = `
ALTER TABLE sources ADD COLUMN accepted_at INTEGER;
ALTER TABLE sources ADD COLUMN refused_at INTEGER;
ALTER TABLE sources ADD COLUMN refusal TEXT;
`
