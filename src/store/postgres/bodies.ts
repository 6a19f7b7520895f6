import {crc32} from 'node:zlib'
import {unreachableError} from '../../errors.ts'
import type {AnyRow} from '../sqlite/rows.ts'
import type {Body} from '../store.ts'
import type {Questions} from './connection.ts'

/** Stores bodies; answers their row numbers in the same order. They go over as one value, to be cut where each ends. */
export async function insertBodies(questions: Questions, bodies: readonly Uint8Array[]): Promise<readonly number[]> {
  if (bodies.length === 0) return []
  const rows = await questions.all(
    `INSERT INTO bodies (bytes, crc) SELECT substring($1::bytea FROM p.at FOR p.length), p.crc
      FROM unnest($2::int[], $3::int[], $4::bigint[]) AS p (at, length, crc) RETURNING seq`,
    Buffer.concat(bodies),
    startsOf(bodies),
    bodies.map(({length}) => length),
    bodies.map(bytes => crc32(bytes)),
  )
  return rows.map(({seq}) => seq as number)
}

/** Row numbers by key, for each list of bodies. */
export async function writeBodies(
  questions: Questions,
  lists: readonly (readonly Body[])[],
): Promise<readonly ReadonlyMap<string, number>[]> {
  const seqs = await insertBodies(
    questions,
    lists.flat().map(({bytes}) => bytes),
  )
  let at = 0
  return lists.map(bodies => new Map(bodies.map(({key}) => [key, seqs[at++] as number])))
}

/** Where each begins, counted from 1. */
function startsOf(bodies: readonly Uint8Array[]): number[] {
  let at = 1
  return bodies.map(({length}) => {
    at += length
    return at - length
  })
}

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
