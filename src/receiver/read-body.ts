import type {IncomingMessage} from 'node:http'

/** Why a request was not taken in; the words are stable. */
export type Refusal = 'body_too_large' | 'overloaded' | 'incomplete_request' | 'malformed_request' | 'coded_body'

/** What all bodies that are being read or wait for their answer may take together. */
export interface MemoryBudget {
  take(bytes: number): boolean
  give(bytes: number): void
}

export function memoryBudget(limitBytes: number): MemoryBudget {
  let taken = 0
  return {
    take(bytes) {
      if (taken + bytes > limitBytes) return false
      taken += bytes
      return true
    },
    give(bytes) {
      taken -= bytes
    },
  }
}

/** A sender that overshoots by less gets to read its 413 instead of a reset connection. */
const DRAINED_BYTES = 64 * 1024 * 1024

/**
 * The exact bytes of the body, or why not. Counted while they come, whatever Content-Length says; what is over the
 * limit is read a little further and thrown away. Never rejects. The bytes of a whole body stay taken from the budget:
 * who has done with it gives them back.
 */
export async function readBody(
  request: IncomingMessage,
  {maxBytes, budget}: {readonly maxBytes: number; readonly budget: MemoryBudget},
): Promise<Buffer | Refusal> {
  const chunks: Buffer[] = []
  let kept = 0
  let seen = 0
  let refusal: Refusal | undefined
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      seen += chunk.length
      if (refusal === undefined && seen > maxBytes) refusal = 'body_too_large'
      else if (refusal === undefined && !budget.take(chunk.length)) refusal = 'overloaded'
      if (refusal === undefined) {
        kept += chunk.length
        chunks.push(chunk)
        continue
      }
      chunks.length = 0
      if (seen > maxBytes + DRAINED_BYTES) break
    }
  } catch {
    refusal ??= 'incomplete_request'
  }
  if (refusal === undefined) return Buffer.concat(chunks)
  budget.give(kept)
  return refusal
}
