import {usageError} from '../../errors.ts'

/** What a cursor remembers: plain numbers and texts. */
type Key = readonly (string | number)[]

/** An opaque place in a list. `list` names the list, so that a cursor of one is not taken by another. */
export const toCursor = (list: string, key: Key): string =>
  Buffer.from(JSON.stringify([list, ...key])).toString('base64url')

/**
 * What `toCursor` was given.
 *
 * @param kinds of each part, in order; a number must be a whole one, not negative
 * @throws usage `bad_cursor`
 */
export function fromCursor<K extends Key>(list: string, cursor: string, kinds: readonly ('number' | 'string')[]): K {
  const [foundList, ...key] = parse(cursor)
  const isRight =
    foundList === list &&
    key.length === kinds.length &&
    key.every((part, index) => typeof part === kinds[index] && (typeof part === 'string' || isPlace(part)))
  // Encoded again, because base64 and JSON have several spellings of one thing and a cursor has one.
  if (!isRight || toCursor(list, key as unknown as K) !== cursor) throw badCursor(cursor)
  return key as unknown as K
}

const isPlace = (part: unknown): boolean => Number.isSafeInteger(part) && (part as number) >= 0

function parse(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}

export const badCursor = (cursor: string) =>
  usageError('bad_cursor', `not a cursor of this list: "${cursor.slice(0, 80)}"`, {
    path: 'cursor',
    hint: 'take "next" of the page before, with the same filters, or begin again without a cursor',
  })

/** @throws usage `bad_limit` unless 1 to 1000 */
export function checkLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return limit
  throw usageError('bad_limit', `a limit is 1 to 1000, not ${limit}`, {path: 'limit'})
}
