/** The few webhooks whose deliveries go out one after the other: looked up at each question for what is due. */
export const ordered = `
CREATE INDEX webhooks_ordered ON webhooks (seq) WHERE policies ->> '$.ordered' IS NOT NULL AND deleted_at IS NULL;
`
