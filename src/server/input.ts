import {plainNumbers, queryValues} from '../api/numbers.ts'
import type {Operation} from '../api/operation.ts'
import {mayHoldRaw} from '../domain/json.ts'
import {usageError} from '../errors.ts'
import {bodyKind, hasBody, mebibyte, notTaken, readBytes} from './body.ts'
import type {AskedRequest} from './head.ts'
import {decodeText, readJson} from './json-text.ts'
import {Refused} from './refused.ts'

export type Members = Readonly<Record<string, unknown>>

/** An input that has come, and what it says, read when it is asked for. */
interface Input {
  /** Of its body. */
  readonly bytes: number
  readonly members: () => Members
}

/** Whether an operation's input travels in the query or in the body, besides what stands in the path. */
const hasQuery = ({method}: Pick<Operation, 'method'>): boolean => method === 'GET' || method === 'DELETE'

export const bodyLimit = ({bulk}: Pick<Operation, 'bulk'>): number => (bulk ? 16 : 1) * mebibyte

/**
 * The input of an operation as the request carries it: path, then query or body. Not yet checked against the schema;
 * nothing of a request is left out, so what is unknown is refused there.
 */
export async function readInput(operation: Operation, request: AskedRequest, params: Members): Promise<Input> {
  const query = queryOf(request)
  if (!hasQuery(operation)) {
    const body = await readBody(operation, request, query)
    return {bytes: body.length, members: () => joined(params, membersOf(operation, body), 'body')}
  }
  if (hasBody(request)) {
    throw new Refused(400, usageError('unexpected_body', `a ${operation.method} has no body`, {hint: 'use the query'}))
  }
  return {bytes: 0, members: () => joined(params, queryValues(query, operation.input), 'query')}
}

const nothing = new Uint8Array()

async function readBody(operation: Operation, request: AskedRequest, query: Members): Promise<Uint8Array> {
  const [name] = Object.keys(query)
  if (name !== undefined) throw misplaced(name, 'the body, not in the query')
  const kind = bodyKind(request)
  if (kind === null) return nothing
  if (kind === 'ndjson') throw notTaken('newline-delimited JSON')
  return readBytes(request, bodyLimit(operation))
}

function membersOf(operation: Operation, bytes: Uint8Array): Members {
  if (bytes.length === 0) return {}
  const text = decodeText(bytes)
  const read = readJson(text, 'the body')
  const value = mayHoldRaw(text) ? plainNumbers(read, operation.input) : read
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members
  throw usageError('invalid_input', 'the body is not a JSON object', {hint: 'see /openapi.json'})
}

/** Own members only, whatever they are called: a name given twice is a list. */
export function queryOf(request: AskedRequest): Members {
  if (!request.url.includes('?')) return {}
  const values = new Map<string, string[]>()
  for (const [name, value] of new URL(request.url).searchParams) values.set(name, [...(values.get(name) ?? []), value])
  return Object.fromEntries([...values].map(([name, list]) => [name, list.length === 1 ? list[0] : list]))
}

function joined(params: Members, members: Members, where: 'body' | 'query'): Members {
  const twice = Object.keys(params).find(name => Object.hasOwn(members, name))
  if (twice !== undefined) throw misplaced(twice, `the path, not in the ${where}`)
  return {...members, ...params}
}

const misplaced = (name: string, place: string) =>
  usageError('misplaced_member', `${JSON.stringify(name.slice(0, 100))} belongs in ${place}`, {
    path: name.slice(0, 100),
  })
