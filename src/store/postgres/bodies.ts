import {crc32} from 'node:zlib'
import {unreachableError} from '../../errors.ts'
import type {AnyRow} from '../sqlite/rows.ts'
import type {Questions} from './connection.ts'
import {insertMany} from './insert.ts'

/** Stores bodies; answers their row numbers in the same order. */
export const insertBodies = (questions: Questions, bodies: readonly Uint8Array[]): Promise<readonly number[]> =>
  insertMany(
    questions,
    'bodies',
    ['bytes', 'crc'],
    bodies.map(bytes => [bytes, crc32(bytes)]),
  )

/**
 * The body of a row with `body`, `bytes` and `crc`; null where the row has none.
 *
 * @throws HookctlError `store_corrupt`: one that has changed would be signed and sent as if it were right
 */
export function bodyIn({body, bytes, crc}: AnyRow, location: string): Uint8Array | null {
  if (body === null) return null
  if (bytes instanceof Uint8Array && (crc === null || crc === crc32(bytes))) return bytes
  const what = bytes === null ? 'is lost' : 'is not as it was stored'
  throw unreachableError('store_corrupt', `the store ${location} is damaged: a body ${what}`, {
    hint: 'restore a backup of the database',
  })
}
