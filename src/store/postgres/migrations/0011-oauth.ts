/** What a token is asked for with that deliveries of a webhook carry. */
export const oauth = `
ALTER TABLE webhooks ADD COLUMN oauth TEXT;
`
