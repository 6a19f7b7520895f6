/** Whether the content of a delivery or an event is no longer kept, and why: `pruned` or `expunged`. */
export const contentGone = `
ALTER TABLE deliveries ADD COLUMN content_gone TEXT;
ALTER TABLE events ADD COLUMN content_gone TEXT;
`
