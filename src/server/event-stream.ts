import {statusOf} from '../api/status.ts'
import {STREAM_END, type StreamItem} from '../api/stream.ts'
import {HookctlError, toErrorBody} from '../errors.ts'

export interface EventStreamSource {
  /** Where the first item comes after: told at once, so that a client that loses the connection early misses nothing. */
  readonly cursor: string
  readonly items: AsyncIterable<StreamItem>
  /** Ends `items`; called when the client is gone. */
  readonly stop: () => void
  /** Whether items that have ended are all there are, and were not just stopped. */
  readonly isWhole: () => boolean
  readonly onBug: (error: unknown) => void
  readonly keepAliveMs: number
}

/**
 * Items as server-sent events: `id` is the cursor after the item, `event` its kind, `data` its JSON. A comment every
 * `keepAliveMs` keeps proxies and watchful clients content. An error is told as the event `error` and ends it.
 *
 * Asks for the next item only when the reader has taken the last one: a slow reader costs one item of memory.
 */
export function eventStream(source: EventStreamSource): ReadableStream<Uint8Array> {
  const frames = framesOf(source)
  const bytes = new TextEncoder()
  return new ReadableStream(
    {
      async pull(controller) {
        const {done, value} = await frames.next()
        if (done) controller.close()
        else controller.enqueue(bytes.encode(value))
      },
      async cancel() {
        source.stop()
        await frames.return()
      },
    },
    {highWaterMark: 0},
  )
}

async function* framesOf({
  cursor,
  items,
  keepAliveMs,
  isWhole,
  onBug,
}: EventStreamSource): AsyncGenerator<string, void> {
  yield `id: ${cursor}\n\n`
  const iterator = items[Symbol.asyncIterator]()
  try {
    let next = iterator.next()
    for (;;) {
      const result = await within(next, keepAliveMs)
      if (result === null) {
        yield ':\n\n'
        continue
      }
      if (result.done) {
        if (isWhole()) yield `event: ${STREAM_END}\ndata: {}\n\n`
        return
      }
      yield frame(result.value.kind, result.value.cursor, result.value)
      next = iterator.next()
    }
  } catch (error) {
    if (!(error instanceof HookctlError)) onBug(error)
    yield errorFrame(error)
  } finally {
    await iterator.return?.()
  }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>(resolve => {
    timer = setTimeout(() => resolve(null), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

const frame = (event: string, id: string, data: object): string =>
  `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`

function errorFrame(error: unknown): string {
  const known = error instanceof HookctlError ? error : bug
  return `event: error\ndata: ${JSON.stringify({status: statusOf(known), ...toErrorBody(known)})}\n\n`
}

const bug = new HookctlError('internal', 'internal', 'hookctl failed: this is a bug in the server', {
  hint: 'its log has the details',
})
