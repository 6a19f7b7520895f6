import {createParser} from 'eventsource-parser'
import {kindOf} from '../api/status.ts'
import {STREAM_END, type StreamItem, type StreamQuestion} from '../api/stream.ts'
import {parseJson} from '../domain/json.ts'
import {type ErrorBody, HookctlError} from '../errors.ts'
import type {WatchConnection} from './client.ts'
import {failureOf, notOurs} from './failure.ts'
import type {Connection} from './http.ts'
import {toQuery} from './request.ts'

export interface StreamSurroundings {
  readonly connection: () => Connection
  /** Looks for the server; true when it is somewhere else than before. */
  readonly moved: () => Promise<boolean>
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
  readonly watch?: WatchConnection
}

/** A server says something at least every 15 s. */
const silentMs = 45_000
const longestWaitMs = 5000

/**
 * Items of the server's stream, over as many connections as it takes. The cursor of the last item taken is where the
 * next connection goes on, so nothing is skipped and nothing comes twice.
 *
 * A first connection that fails rejects; after that only a refusal does (bad cursor, token revoked). Ends on `signal`,
 * and where the question does not follow, once the server says that this was all.
 */
export async function* followStream(
  {connection, moved, wait = pause, watch = () => {}}: StreamSurroundings,
  question: StreamQuestion,
  signal: AbortSignal,
): AsyncGenerator<StreamItem, void> {
  let {cursor} = question
  let failures = 0
  let wasConnected = false
  let isLost = false
  while (!signal.aborted) {
    try {
      for await (const message of messages(connection(), {...question, cursor}, signal)) {
        if (message === 'begun') {
          if (isLost) watch('restored')
          isLost = false
          continue
        }
        wasConnected = true
        failures = 0
        if (message === 'end') return
        cursor = message.cursor
        if (message.item !== null) yield message.item
      }
    } catch (error) {
      if (signal.aborted) return
      const isElsewhere = await moved().catch(() => false)
      if (!isElsewhere && !(wasConnected && isPassing(error, failures))) throw error
      if (wasConnected && !isLost) watch('lost')
      isLost = wasConnected
    }
    if (signal.aborted) return
    await wait(Math.min(longestWaitMs, 100 * 2 ** failures++), signal)
  }
}

/**
 * Whether the same question may well be answered later. A server that was started anew may listen before it has said
 * which token it takes now: a few refusals are waited out.
 */
const isPassing = (error: unknown, failures: number): boolean =>
  error instanceof HookctlError &&
  (['unreachable', 'overloaded', 'timeout'].includes(error.kind) || (error.code === 'token_invalid' && failures < 6))

type Message = 'begun' | 'end' | {readonly cursor: string; readonly item: StreamItem | null}

/** What one connection says until it ends. */
async function* messages(
  {address, http}: Connection,
  {organization, kinds, cursor, follow = true, since, filter = {}}: StreamQuestion,
  signal: AbortSignal,
): AsyncGenerator<Message, void> {
  const gone = new AbortController()
  const ended = AbortSignal.any([signal, gone.signal])
  try {
    const response = await http('v1/stream', {
      searchParams: toQuery({
        ...filter,
        organization,
        kinds: kinds.join(','),
        ...(!follow && {follow: 'false'}),
        ...(cursor !== null ? {cursor} : since != null && {since}),
      }),
      headers: {accept: 'text/event-stream'},
      retry: 0,
      signal: ended,
    })
    if (!/^text\/event-stream\b/.test(response.headers.get('content-type') ?? '')) throw notOurs(response, address.url)
    yield 'begun'
    yield* read(response.body as ReadableStream<Uint8Array>)
  } catch (error) {
    throw failureOf(error, address.url)
  } finally {
    gone.abort()
  }
}

async function* read(body: ReadableStream<Uint8Array>): AsyncGenerator<Message, void> {
  const found: Message[] = []
  const parser = createParser({
    onId: cursor => void found.push({cursor, item: null}),
    onEvent: ({event, data}) => void found.push(messageOf(event, data)),
  })
  const text = new TextDecoder()
  const reader = body.getReader()
  for (;;) {
    const {done, value} = await notSilent(reader.read())
    if (done) return
    parser.feed(text.decode(value, {stream: true}))
    yield* found.splice(0)
  }
}

function messageOf(event: string | undefined, data: string): Message {
  if (event === STREAM_END) return 'end'
  const item = parseJson(data) as StreamItem | (ErrorBody & {readonly status: number})
  if (event !== 'error') return {cursor: (item as StreamItem).cursor, item: item as StreamItem}
  const {status, code, message, ...details} = item as ErrorBody & {readonly status: number}
  throw new HookctlError(kindOf(status) ?? 'internal', code, message, details)
}

/** A connection whose other end has vanished without a word is given up. */
async function notSilent<T>(chunk: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new HookctlError('timeout', 'server_silent', 'the server has gone silent')),
      silentMs,
    )
  })
  try {
    return await Promise.race([chunk, silence])
  } finally {
    clearTimeout(timer)
  }
}

/** Ends early, and quietly, when the signal aborts. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, {once: true})
  })
