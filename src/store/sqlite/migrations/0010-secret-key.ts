/** Which key the secrets of webhooks are encrypted with; null: they are not. */
export const secretKey = 'ALTER TABLE store_state ADD COLUMN secret_key_id TEXT;'
