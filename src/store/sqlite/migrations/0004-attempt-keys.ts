/** Which secrets signed a request, as a JSON list of fingerprints; null of what was sent before anybody wrote it down. */
export const attemptKeys = 'ALTER TABLE attempts ADD COLUMN signed_with TEXT;'
