import type {DatabaseSync} from 'node:sqlite'

/** The id of the key under which the secrets of a store are; null where they are as they are, also in an older schema. */
export const keyIdOf = (database: DatabaseSync): string | null => {
  const row = database.prepare('SELECT * FROM store_state').get()
  return (row?.secret_key_id as string | null | undefined) ?? null
}

export const setKeyId = (database: DatabaseSync, id: string | null): void => {
  database.prepare('UPDATE store_state SET secret_key_id = ?').run(id)
}
