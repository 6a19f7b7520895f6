/** Of which type the events of a source are, where no platform says it. */
export const sourceEventType = `
ALTER TABLE sources ADD COLUMN event_type TEXT;
`
