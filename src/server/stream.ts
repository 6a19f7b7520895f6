import type {Context} from 'hono'
import {parseInput} from '../api/parse.ts'
import {type StreamItem, type StreamQuestion, streamInput} from '../api/stream.ts'
import type {Caller} from '../services/deps.ts'
import type {Reply} from './answer.ts'
import type {Env} from './door.ts'
import {eventStream} from './event-stream.ts'
import {queryOf} from './input.ts'
import {type Log, silentLog} from './log.ts'

interface StreamSource {
  /** The cursor a stream begins after, once caller and question have been checked: refusals come as a status. */
  begin(question: StreamQuestion, caller: Caller): Promise<string>
  /** From `cursor` on until `signal` aborts; ends quietly then. */
  follow(question: StreamQuestion, caller: Caller, signal: AbortSignal): AsyncIterable<StreamItem>
}

export interface StreamOptions {
  readonly stream: StreamSource
  readonly log?: Log
  /** 15 s unless given. */
  readonly keepAliveMs?: number
}

/** Who a stream is for, and whether they still are somebody. */
export interface StreamReader {
  readonly caller: Caller
  /** @throws HookctlError `token_invalid` once the token was revoked or has expired */
  assertKnown(): Promise<void>
}

/** `GET /v1/stream`: where a client was (`Last-Event-ID`, as browsers and our own client send it) beats where it began. */
export async function streamReply(
  {stream, log = silentLog, keepAliveMs = 15_000}: StreamOptions,
  context: Context<Env>,
  reader: StreamReader,
): Promise<Reply> {
  const {caller} = reader
  const asked = parseInput(streamInput(), queryOf(context.req.raw))
  const {cursor: first, since = null, organization, kinds, follow, ...filter} = asked
  const question = {
    organization,
    kinds,
    follow,
    filter,
    since,
    cursor: context.req.header('last-event-id') || (first ?? null),
  }
  const cursor = await stream.begin(question, caller)
  const stopped = new AbortController()
  const signals = [stopped.signal, context.req.raw.signal, context.env?.stopping]
  const signal = AbortSignal.any(signals.filter(signal => signal !== undefined))
  const body = eventStream({
    cursor,
    items: whileKnown(stream.follow({...question, cursor}, caller, signal), reader),
    stop: () => stopped.abort(),
    isWhole: () => !signal.aborted,
    onBug: err => log.error({err, requestId: context.get('requestId')}, 'bug'),
    keepAliveMs,
  })
  return {type: 'text/event-stream', body}
}

/** A stream may outlive the token that opened it: nothing is told after that has ended. */
async function* whileKnown(items: AsyncIterable<StreamItem>, reader: StreamReader): AsyncGenerator<StreamItem> {
  for await (const item of items) {
    await reader.assertKnown()
    yield item
  }
}
