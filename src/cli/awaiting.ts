import type {DeliveryView} from '../api/deliveries.ts'
import {type Awaited, awaitDeliveries} from '../client/await-deliveries.ts'
import type {Client, WatchConnection} from '../client/client.ts'
import {counted} from './counted.ts'
import {type DeliveryFilterFlags, deliveryFilterFrom} from './delivery-flags.ts'
import {EXIT, type ExitCode} from './exit-codes.ts'

interface WaitFlags extends DeliveryFilterFlags {
  readonly count: number
  readonly timeout: number
}

/** What a `delivery wait` answers with. */
export interface Waited extends Awaited {
  readonly delivered: boolean
}

/** Waits for the deliveries that flags choose. */
export async function awaitChosen(
  client: Client,
  organization: string,
  {count, timeout, ...flags}: WaitFlags,
  signal: AbortSignal,
  watch?: WatchConnection,
): Promise<Waited> {
  const {state: _, undelivered: __, ...filter} = deliveryFilterFrom(flags)
  const question = {filter: {organization, ...filter}, count, timeoutMs: timeout}
  const awaited = await awaitDeliveries(client, question, signal, watch)
  const {unfinished, undelivered, timedOut, aborted} = awaited
  return {delivered: !timedOut && !aborted && unfinished.length === 0 && undelivered.length === 0, ...awaited}
}

/** The sentence, and what did not arrive line by line, with what to do about it. */
export const sayWaited = (waited: Waited, count: number): {sentence: string; lines: readonly string[]} => ({
  sentence: sentenceOf(waited, count),
  lines: [...waited.undelivered, ...waited.unfinished].map(lineOf),
})

function lineOf({id, webhook, eventType, state, lastStatus, lastErrorClass, reason, hint}: DeliveryView): string {
  const why = lastStatus ?? lastErrorClass ?? reason ?? 'not tried yet'
  return `${id} ${webhook} ${eventType}: ${state} (${why})${hint === null ? '' : `; ${hint}`}`
}

function sentenceOf({delivered, unfinished, undelivered, timedOut, matching}: Waited, count: number): string {
  if (delivered) return 'everything is delivered'
  if (matching < count) return `${timedOut ? 'the time was up: ' : ''}${matching} of ${count} are there`
  const parts = [
    ...(unfinished.length > 0 ? [counted(unfinished.length, 'is unfinished', 'are unfinished')] : []),
    ...(undelivered.length > 0 ? [counted(undelivered.length, 'is undelivered', 'are undelivered')] : []),
  ]
  return `${timedOut ? 'the time was up: ' : ''}${parts.join(', ')}`
}

/** Of what did not arrive; undefined where all did. */
export const waitedCode = ({delivered, timedOut}: Waited): ExitCode | undefined =>
  delivered ? undefined : timedOut ? EXIT.timeout : EXIT.answerNo
