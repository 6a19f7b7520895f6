import type {IncomingMessage, RequestOptions} from 'node:http'
import {hopByHopHeaders} from '../domain/headers.ts'
import {usageError} from '../errors.ts'
import {type Answer, textAnswer} from './answer.ts'
import type {Header, RawRequest} from './raw-http.ts'

export interface ForwardOptions {
  /** http or https. With a path of its own it is used as it is; without one it takes over path and query. */
  readonly url: URL
  /** From the dial to the last byte of the answer. Default 30 s. */
  readonly timeoutMs?: number
  /** Of the target's answer. Default 32 MiB. */
  readonly maxAnswerBytes?: number
}

/** Where two listeners forward to each other, a request ends after this many rounds. */
const MAX_HOPS = 3
const HOPS = 'hookctl-hops'

const HOP_BY_HOP: ReadonlySet<string> = new Set(hopByHopHeaders)

/**
 * The URL to forward to.
 *
 * @throws usage `invalid_forward_url`
 */
export function forwardTarget(text: string): URL {
  const url = /^https?:\/\/[^/?#\\]/i.test(text) && URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined) return url
  throw usageError('invalid_forward_url', `cannot forward to "${text}": it is no http or https URL`, {
    hint: 'like --forward http://127.0.0.1:3000/hooks',
  })
}

/**
 * Sends the request on and gives the target's answer: status, headers and body as they are. The body's bytes and all
 * headers but those of the connection stay, in their order. Never rejects: a target that cannot be reached or breaks off
 * is a 502, one that takes too long a 504, so that the sender's retry works as if it had called the target.
 */
export async function forwardRequest(request: RawRequest, options: ForwardOptions): Promise<Answer> {
  const hops = hopsOf(request.headers)
  if (hops >= MAX_HOPS) return failed(508, 'forwarded in a circle')
  const {url, timeoutMs = 30_000} = options
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    return await exchange(request, {...options, hops, deadline})
  } catch (error) {
    if (deadline.aborted) return failed(504, `${url.host} did not answer within ${timeoutMs} ms`)
    const {code, message} = error as NodeJS.ErrnoException
    return failed(502, `cannot forward to ${url.host}: ${code ?? message}`)
  }
}

const failed = (status: number, why: string): Answer => ({...textAnswer(status, why), note: why})

interface Exchange extends ForwardOptions {
  readonly hops: number
  readonly deadline: AbortSignal
}

async function exchange(
  request: RawRequest,
  {url, hops, deadline, maxAnswerBytes = 33_554_432}: Exchange,
): Promise<Answer> {
  const {request: dial} = url.protocol === 'https:' ? await import('node:https') : await import('node:http')
  const options: RequestOptions = {
    method: request.method,
    path: pathFor(url, request.target),
    headers: headersFor(request, url, hops).flat(),
    signal: deadline,
    agent: false,
  }
  const answered = Promise.withResolvers<IncomingMessage>()
  const outgoing = dial(new URL(url.origin), options)
  outgoing.once('response', answered.resolve)
  outgoing.on('error', answered.reject)
  outgoing.once('upgrade', (_, socket) => {
    socket.destroy()
    answered.reject(new Error('it wants another protocol'))
  })
  outgoing.end(request.body)
  const incoming = await answered.promise
  return {status: incoming.statusCode!, headers: answerHeaders(incoming), body: await collect(incoming, maxAnswerBytes)}
}

async function collect(incoming: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new Error(`its answer is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function pathFor(url: URL, target: string): string {
  const own = url.pathname !== '/' || url.search !== ''
  const asked = target.startsWith('/') ? target : '/'
  if (!own) return asked
  const query = asked.includes('?') && url.search === '' ? asked.slice(asked.indexOf('?')) : url.search
  return `${url.pathname}${query}`
}

const connectionOnly = (headers: readonly Header[]): ((header: Header) => boolean) => {
  const named = headers.filter(([name]) => name.toLowerCase() === 'connection').flatMap(([, value]) => value.split(','))
  const dropped = new Set(named.map(name => name.trim().toLowerCase()).filter(name => name !== 'close'))
  return ([name]) => HOP_BY_HOP.has(name.toLowerCase()) || dropped.has(name.toLowerCase())
}

function headersFor({headers, body}: RawRequest, url: URL, hops: number): Header[] {
  const dropped = connectionOnly(headers)
  const kept = headers.filter(header => !dropped(header) && !/^(?:host|hookctl-hops)$/i.test(header[0]))
  const hadLength = headers.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name))
  const length: Header[] = hadLength || body.length > 0 ? [['Content-Length', String(body.length)]] : []
  return [['Host', url.host], ...withCredentials(kept, url), [HOPS, String(hops + 1)], ...length]
}

/** Credentials in the URL are for the target; node:http ignores them when headers come as a list. */
function withCredentials(headers: readonly Header[], {username, password}: URL): readonly Header[] {
  if (username === '' && password === '') return headers
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const others = headers.filter(([name]) => name.toLowerCase() !== 'authorization')
  return [...others, ['Authorization', `Basic ${Buffer.from(text).toString('base64')}`]]
}

function answerHeaders({rawHeaders, statusCode, req}: IncomingMessage & {req?: {method?: string}}): Header[] {
  const all = Array.from(
    {length: rawHeaders.length / 2},
    (_, at): Header => [rawHeaders[2 * at]!, rawHeaders[2 * at + 1]!],
  )
  const dropped = connectionOnly(all)
  // Without a body of its own, the length it names is all there is to know of the body that was left out.
  const bodiless = req?.method === 'HEAD' || statusCode === 304
  return all.filter(header => (bodiless && /^content-length$/i.test(header[0])) || !dropped(header))
}

function hopsOf(headers: readonly Header[]): number {
  const value = headers.find(([name]) => name.toLowerCase() === HOPS)?.[1] ?? '0'
  return /^\d{1,3}$/.test(value) ? Number(value) : MAX_HOPS
}
