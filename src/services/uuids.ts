import {randomFillSync} from 'node:crypto'
import {type UUID, V7Generator} from 'uuidv7'

/** Asked for by the library eight at a time, random numbers cost more than all the rest of an id. */
const POOL = 1024

/**
 * Makes UUIDs of version 7, each greater than the one before: what has them in an index is written at its end, and not
 * all over it.
 */
export function createUuids(): () => UUID {
  const pool = new Uint32Array(POOL)
  let used = POOL
  const generator = new V7Generator({
    nextUint32() {
      if (used === POOL) {
        randomFillSync(pool)
        used = 0
      }
      return pool[used++] as number
    },
  })
  return () => generator.generate()
}
