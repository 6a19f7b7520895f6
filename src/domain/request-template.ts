import {numberText} from './json.ts'
import {type JsonPath, readJsonPath, valuesAtPath} from './json-path.ts'
import type {Header} from './webhook.ts'

/** What stands in braces in a text that is made from each request: `{header.X-GitHub-Event}`, `{body.data.kind}`. */
export type Taken = {readonly header: string} | {readonly body: JsonPath['names']}

/** What a text is made from. `body` as `parseJson` answers it. */
export interface Telling {
  readonly headers: readonly Header[]
  readonly body: unknown
}

/** As long as such a text may be. */
export const LONGEST_TEMPLATE = 200

// In double quotes a name of the body may hold anything, braces too.
const piece = /\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\}|[^{}]+/gy

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** A text as what is taken, and what stands between; or what is wrong with it. */
export function readPieces(text: string): readonly (string | Taken)[] | {readonly message: string} {
  if (text.length > LONGEST_TEMPLATE) return {message: `it has more than ${LONGEST_TEMPLATE} characters`}
  const pieces: (string | Taken)[] = []
  let end = 0
  for (const [found] of text.matchAll(piece)) {
    end += found.length
    const read = found.startsWith('{') ? readTaken(found) : found
    if (typeof read === 'object' && 'message' in read) return read
    pieces.push(read)
  }
  return end < text.length ? {message: `the brace at "${text.slice(end, end + 40)}" has no other half`} : pieces
}

/** @param braced with its braces */
function readTaken(braced: string): Taken | {readonly message: string} {
  const [, from, rest = ''] = /^\{(header|body)\.(.*)\}$/s.exec(braced) ?? []
  if (from === 'header' && headerName.test(rest)) return {header: rest.toLowerCase()}
  const path = from === 'body' ? readJsonPath(rest) : null
  if (path !== null && 'names' in path && path.end === rest.length && !path.names.includes(null)) {
    return {body: path.names}
  }
  return {message: `"${braced}" is neither {header.NAME} nor {body.PATH}`}
}

/** The text that a request has there, a number as it was written; null where there is none. */
export function textTaken(taken: Taken, {headers, body}: Telling): string | null {
  const value =
    'header' in taken
      ? headers.find(([name]) => name.toLowerCase() === taken.header)?.[1]
      : valuesAtPath(body, taken.body)[0]
  const text = typeof value === 'boolean' ? String(value) : (numberText(value) ?? value)
  return typeof text === 'string' ? text : null
}
