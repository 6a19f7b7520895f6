import {assertKeyFits} from '../secrecy.ts'
import type {Database, Questions} from './connection.ts'

/** Who keeps secrets, and where. */
export type Keeping = Pick<Database, 'secretKey' | 'location'>

/**
 * Before anything is kept under the key: it may have been changed while the connection was away that says this process is
 * there, and what is sealed with the one of before nobody could open.
 *
 * @throws HookctlError `secret_key_missing`, `secret_key_wrong`, `secret_key_unused`
 */
export async function assertKeyStays(questions: Questions, {secretKey, location}: Keeping): Promise<void> {
  const row = await questions.one('SELECT secret_key_id AS id FROM store_state')
  assertKeyFits((row?.id ?? null) as string | null, secretKey, location)
}
