import type {DeliveryView} from '../api/deliveries.ts'
import type {Input} from '../api/operations.ts'
import type {DeliveryState} from '../domain/delivery.ts'
import type {Client, WatchConnection} from './client.ts'
import {patient} from './patience.ts'
import {pollMs} from './settle.ts'

export interface AwaitQuestion {
  /** Which deliveries, without a state. */
  readonly filter: Omit<Input<'delivery.list'>, 'state' | 'undelivered' | 'limit' | 'cursor'>
  /** So many must match before it ends. */
  readonly count: number
  readonly timeoutMs: number
}

export interface Awaited {
  /** How many match: all of them, or so many as were looked at because no more were asked for. */
  readonly matching: number
  /** Those that are not over, and those that nothing more happens to until somebody does something. */
  readonly unfinished: readonly DeliveryView[]
  /** Those that are over without success, no replay of them delivered either. */
  readonly undelivered: readonly DeliveryView[]
  readonly timedOut: boolean
  readonly aborted: boolean
}

/** Of what is over or stuck so many are told of. */
const SHOWN = 1000

/**
 * Waits until every delivery of a filter is over, or the time is up; sends them from this process where the client can.
 * One that is held waits for a person: it ends the wait, and is told of as unfinished. A database that is away meanwhile is
 * waited for, within the same time.
 */
export async function awaitDeliveries(
  client: Client,
  question: AwaitQuestion,
  signal: AbortSignal,
  watch?: WatchConnection,
): Promise<Awaited> {
  await client.sender?.start()
  const endsAt = performance.now() + question.timeoutMs
  try {
    return await poll(patient(client, {endsAt, signal, watch}), question, endsAt, signal)
  } finally {
    await client.sender?.stop()
  }
}

async function poll(
  client: Pick<Client, 'call' | 'target'>,
  {filter, count}: AwaitQuestion,
  endsAt: number,
  signal: AbortSignal,
): Promise<Awaited> {
  const list = async (state: DeliveryState[] | undefined, more: object = {}) =>
    (await client.call('delivery.list', {...filter, ...(state && {state}), ...more, limit: SHOWN})).items
  for (;;) {
    const moving = await list(['collecting', 'pending', 'delivering'], {limit: 1})
    const matching = await countUpTo(client, filter, count)
    const isOver = moving.length === 0 && matching >= count
    const leftMs = endsAt - performance.now()
    if (isOver || leftMs <= 0 || signal.aborted) {
      const unfinished = await list(['collecting', 'pending', 'delivering', 'held'])
      const undelivered = await list(undefined, {undelivered: true})
      return {
        matching,
        unfinished,
        undelivered,
        timedOut: !isOver && !signal.aborted,
        aborted: !isOver && signal.aborted,
      }
    }
    await pause(Math.min(leftMs, pollMs[client.target.kind]), signal)
  }
}

/** Pages as long as more are wanted: whoever waits for one needs to know of one. */
async function countUpTo(
  client: Pick<Client, 'call'>,
  filter: AwaitQuestion['filter'],
  wanted: number,
): Promise<number> {
  let found = 0
  let cursor: string | undefined
  do {
    const limit = Math.min(SHOWN, Math.max(1, wanted - found))
    const page = await client.call('delivery.list', {...filter, limit, ...(cursor === undefined ? {} : {cursor})})
    found += page.items.length
    cursor = page.next ?? undefined
  } while (cursor !== undefined && found < wanted)
  return found
}

/** Until the time is over, or the signal aborts. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
