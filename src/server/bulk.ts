import {mebibyte} from './body.ts'

/** What is smaller is not kept waiting. */
const SMALL = mebibyte / 16

/** So many are begun, however large. */
const LEAST = 2

/** Does the work of a request with so large a body, when it is its turn. */
export type InItsTurn = <T>(bytes: number, work: () => Promise<T>) => Promise<T>

/**
 * Large bodies are worked on so many at a time that together they have up to `most` bytes, in the order in which they
 * came, two at least. A commit takes no more, so nothing is slower; and what has been read of a hundred of them
 * fills the memory and keeps the collector busy (measured: bench/accept.js).
 */
export function largeInTurn(most = mebibyte, small = SMALL): InItsTurn {
  const waiting: {readonly bytes: number; readonly go: () => void}[] = []
  let inWork = 0
  let count = 0

  function admit(): void {
    for (let next = waiting[0]; next !== undefined && mayBegin(next.bytes); next = waiting[0]) {
      waiting.shift()
      inWork += next.bytes
      count += 1
      next.go()
    }
  }

  // While one is written to disk the next is read.
  const mayBegin = (bytes: number): boolean => count < LEAST || inWork + bytes <= most

  async function large<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    await new Promise<void>(go => {
      waiting.push({bytes, go})
      admit()
    })
    try {
      return await work()
    } finally {
      inWork -= bytes
      count -= 1
      admit()
    }
  }

  return (bytes, work) => (bytes < small ? work() : large(bytes, work))
}
