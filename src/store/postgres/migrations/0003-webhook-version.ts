/** Goes up with every change of a webhook: what was compared with them as they were before is compared again. */
export const webhookVersion = 'ALTER TABLE store_state ADD COLUMN webhook_version BIGINT NOT NULL DEFAULT 0;'
