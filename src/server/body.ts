import {leftCoding} from '../domain/headers.ts'
import {HookctlError, usageError} from '../errors.ts'
import type {AskedRequest} from './head.ts'
import {Refused} from './refused.ts'

export const mebibyte = 1024 * 1024

/**
 * The bytes of a request's body, counted as they come.
 *
 * @throws Refused 413 beyond `limit` bytes (the connection is closed: the rest is not read), 400 where it breaks off
 */
export async function readBytes(request: AskedRequest, limit: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get('content-length') ?? Number.NaN)
  if (declared > limit) throw tooLarge(limit)
  try {
    return Number.isNaN(declared) ? await collect(request.body, limit) : counted(await request.arrayBuffer(), limit)
  } catch (error) {
    if (error instanceof Refused) throw error
    throw new Refused(400, usageError('body_incomplete', 'the request ended before its body did'))
  }
}

async function collect(body: ReadableStream<Uint8Array> | null, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.length
    if (length > limit) throw tooLarge(limit)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function counted(buffer: ArrayBuffer, limit: number): Uint8Array {
  if (buffer.byteLength > limit) throw tooLarge(limit)
  return new Uint8Array(buffer)
}

const tooLarge = (limit: number): Refused =>
  new Refused(
    413,
    new HookctlError('too_large', 'body_too_large', `a body may have up to ${limit / mebibyte} MiB`, {
      hint: limit === mebibyte ? 'send many events with event.sendMany or as application/x-ndjson' : 'send it in parts',
    }),
    {connection: 'close'},
  )

/** The kind of body a request says it has: null where it has none. */
export type BodyKind = 'json' | 'ndjson' | null

/**
 * What the content type promises. Only JSON is taken: a web page can send a form or plain text without asking first.
 *
 * @throws Refused 415
 */
export function bodyKind(request: AskedRequest): BodyKind {
  refuseCodings(request)
  const type = request.headers.get('content-type')
  if (type === null) {
    if (hasBody(request)) throw notTaken('a body without content-type')
    return null
  }
  const match = /^\s*application\/(json|x-ndjson)\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.exec(type)
  if (match === null) throw notTaken(`content-type ${JSON.stringify(type.slice(0, 60))}`)
  return match[1]?.toLowerCase() === 'json' ? 'json' : 'ndjson'
}

/** Bodies are taken as they are. @throws Refused 415 */
export function refuseCodings(request: AskedRequest): void {
  const encoding = request.headers.get('content-encoding') ?? 'identity'
  if (encoding.toLowerCase() !== 'identity') throw notTaken(`content-encoding ${JSON.stringify(encoding.slice(0, 60))}`)
  const coding = request.headers.get('transfer-encoding') ?? ''
  if (leftCoding(coding) !== null) throw notTaken(`transfer-encoding ${JSON.stringify(coding.slice(0, 60))}`)
}

/** Whether a body comes along. Over a socket (there is a Host) the headers say so: every POST has a stream there, also an empty one. */
export function hasBody(request: AskedRequest): boolean {
  const length = request.headers.get('content-length')
  if (length !== null) return length !== '0'
  if (request.headers.has('transfer-encoding')) return true
  return !request.headers.has('host') && request.body !== null
}

export const notTaken = (what: string): Refused =>
  new Refused(
    415,
    usageError('unsupported_media_type', `${what} is not taken here`, {hint: 'content-type: application/json'}),
  )
