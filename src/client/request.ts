import type {Route} from '../api/routes.ts'
import {usageError} from '../errors.ts'

type Members = Readonly<Record<string, unknown>>

export interface BuiltRequest extends Pick<Route, 'method'> {
  /** Without the leading slash, as ky's `prefix` wants it. */
  readonly path: string
  readonly query: URLSearchParams
  /** JSON text, or null where everything travels in path and query. */
  readonly body: string | null
}

/**
 * An operation's input as the request that carries it. Numbers that JavaScript cannot hold stay as they were written.
 *
 * @throws usage `unaddressable` for a value that cannot stand in a path
 */
export function buildRequest({method, path}: Route, input: Members): BuiltRequest {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(match => match[1] as string)
  const rest = Object.entries(input).filter(([name, value]) => !inPath.includes(name) && value !== undefined)
  const hasQuery = method === 'GET' || method === 'DELETE'
  return {
    method,
    path: path.slice(1).replaceAll(/:(\w+)/g, (_, name: string) => segment(name, input)),
    query: toQuery(hasQuery ? Object.fromEntries(rest) : {}),
    body: hasQuery ? null : JSON.stringify(Object.fromEntries(rest)),
  }
}

/** Members as a query has them: a list is its name many times, what is absent is left out. */
export const toQuery = (members: Members): URLSearchParams =>
  new URLSearchParams(
    Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : pairs(name, value))),
  )

const pairs = (name: string, value: unknown): [string, string][] =>
  (Array.isArray(value) ? value : [value]).map(item => [name, String(item)])

/** A dot segment would be walked away by every URL parser on the way, also percent-encoded. */
function segment(name: string, input: Members): string {
  const text = String(input[name] ?? '')
  if (text !== '' && !/^\.{1,2}$/.test(text) && text.isWellFormed()) return encodeURIComponent(text)
  throw usageError('unaddressable', `${name} is ${JSON.stringify(text)}: that cannot stand in a URL`, {
    path: name,
    hint: 'use its id',
  })
}
