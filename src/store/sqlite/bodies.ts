import {crc32} from 'node:zlib'
import {unreachableError} from '../../errors.ts'
import type {Connection} from './connection.ts'

/** Stores a body; answers its row number. */
export const insertBody = (connection: Connection, bytes: Uint8Array): number =>
  Number(connection.prepare('INSERT INTO bodies (bytes, crc) VALUES (?, ?)').run(bytes, crc32(bytes)).lastInsertRowid)

/**
 * A body as it was stored; null for no number.
 *
 * @throws HookctlError `store_corrupt`: a body that has changed, or an empty one in the place of one that is lost, would be
 * signed and sent as if it were right
 */
export function readBody(connection: Connection, seq: number | null): Uint8Array | null {
  if (seq === null) return null
  const row = connection.prepare('SELECT bytes, crc FROM bodies WHERE seq = ?').get(seq)
  const bytes = row?.bytes as Uint8Array | undefined
  if (bytes !== undefined && (row?.crc === null || row?.crc === crc32(bytes))) return bytes
  const what = bytes === undefined ? 'is lost' : 'is not as it was stored'
  throw unreachableError('store_corrupt', `the store ${connection.location} is damaged: a body ${what}`, {
    hint: 'keep the file as it is; `hookctl store check` says more, `hookctl store restore FILE` brings a backup back',
  })
}
