import {fault} from './fault.ts'
import type {Fault, Header} from './types.ts'

/**
 * Headers in any shape a server hands them out: pairs, a flat list (`request.rawHeaders`), an object
 * (`request.headersDistinct`), or a `Headers`. Prefer the first three: `Headers` and `request.headers` join a
 * repeated header into one value, so that the repetition can no longer be named.
 */
export type HeaderInput =
  | readonly Header[]
  | readonly string[]
  | Iterable<Header>
  | {readonly [name: string]: string | readonly string[] | undefined}

/** A header with more is refused before any work is done on it. */
export const MAX_SIGNATURES = 20

const isIterable = (input: object): input is Iterable<unknown> => Symbol.iterator in input

/** The headers as pairs in wire order. */
export function toHeaderList(input: HeaderInput): Header[] {
  if (!isIterable(input)) {
    return Object.entries(input).flatMap(([name, value]) => [value ?? []].flat().map(each => [name, each] as const))
  }
  const list = [...input]
  if (typeof list[0] !== 'string') return list as Header[]
  return Array.from({length: Math.floor(list.length / 2)}, (_, at) => [`${list[2 * at]}`, `${list[2 * at + 1]}`])
}

const isBlank = (char: string | undefined) => char === ' ' || char === '\t'

/** Without the spaces and tabs around it: the only white space HTTP strips (RFC 9110, 5.5). */
export function trim(value: string): string {
  let start = 0
  let end = value.length
  while (start < end && isBlank(value[start])) start += 1
  while (end > start && isBlank(value[end - 1])) end -= 1
  return value.slice(start, end)
}

/** Every value of the header, trimmed, in wire order. */
export function valuesOf(headers: readonly Header[], name: string): string[] {
  const wanted = name.toLowerCase()
  return headers.filter(([each]) => each.toLowerCase() === wanted).map(([, value]) => trim(value))
}

/** The header's one value. Absent and repeated are faults: a check that is skipped is a check that passes. */
export function oneValue(headers: readonly Header[], name: string): string | Fault {
  const values = valuesOf(headers, name)
  if (values.length > 1) return fault('duplicate_header', `${name} stands ${values.length} times`)
  return values[0] ?? fault('missing_header', `there is no ${name} header`)
}
