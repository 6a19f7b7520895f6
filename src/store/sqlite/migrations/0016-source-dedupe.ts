/** How the id of an event is made that its sender repeats. */
export const sourceDedupe = `
ALTER TABLE sources ADD COLUMN dedupe_by TEXT;
`
