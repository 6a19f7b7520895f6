/** CRC-32 of a body: SQLite does not notice a changed byte inside of a value. Null of bodies that are older than this. */
export const bodyChecks = 'ALTER TABLE bodies ADD COLUMN crc INTEGER;'
