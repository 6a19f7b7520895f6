import process from 'node:process'
import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const MEBIBYTE = 1024 * 1024

export interface Memory {
  /** MiB in use by objects after a collection; what the process holds in all. */
  readonly heap: number
  readonly rss: number
}

/** What is in use once nothing that could be freed is left. */
export async function memoryInUse(): Promise<Memory> {
  // What a finalizer or a closing socket lets go of is free only after the next turns.
  for (let round = 0; round < 3; round++) {
    collect()
    await new Promise(resolve => setImmediate(resolve))
  }
  const {heapUsed, external, rss} = process.memoryUsage()
  return {heap: (heapUsed + external) / MEBIBYTE, rss: rss / MEBIBYTE}
}
