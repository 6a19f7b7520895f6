import type {Input, Output} from '../api/operations.ts'
import type {Client} from '../client/client.ts'
import {counted} from './counted.ts'
import {formatBytes} from './sizes.ts'

type Pruned = Output<'store.prune'>['pruned']

const nothing: Pruned = {bodies: 0, deliveries: 0, attempts: 0, events: 0, history: 0, bytes: 0}
/** Between two lines about how far it is. */
const TELL_EVERY_MS = 3000

/** Asks again and again until nothing is left, or until the signal aborts: what is removed by then stays removed. */
export async function pruneAll(
  client: Client,
  question: Input<'store.prune'>,
  stop: AbortSignal,
  notice: (text: string) => void,
): Promise<Pruned> {
  let sum = nothing
  let cursor: string | null = null
  let toldAt = performance.now()
  do {
    const answer: Output<'store.prune'> = await client.call('store.prune', {...question, ...(cursor && {cursor})})
    sum = add(sum, answer.pruned)
    cursor = answer.cursor
    if (performance.now() - toldAt > TELL_EVERY_MS) {
      toldAt = performance.now()
      notice(`so far: ${prunedText(sum)}`)
    }
  } while (cursor !== null && !stop.aborted)
  return sum
}

const add = (a: Pruned, b: Pruned): Pruned =>
  Object.fromEntries(Object.entries(a).map(([key, n]) => [key, n + b[key as keyof Pruned]])) as Pruned

export const total = ({bytes: _, ...counts}: Pruned): number => Object.values(counts).reduce((sum, n) => sum + n, 0)

/** `12 bodies, 3 deliveries with 5 attempts (1.2 MB)`. */
export function prunedText(pruned: Pruned): string {
  const {bodies, deliveries, attempts, events, history, bytes} = pruned
  if (total(pruned) === 0) return 'nothing: nothing is past its time'
  const parts = [
    bodies > 0 && `the content of ${bodies} deliveries and events`,
    deliveries > 0 &&
      `${counted(deliveries, 'delivery', 'deliveries')} with ${counted(attempts, 'attempt', 'attempts')}`,
    events > 0 && counted(events, 'event', 'events'),
    history > 0 && `${counted(history, 'row', 'rows')} of history`,
  ].filter(part => part !== false)
  return `${parts.join(', ')}${bytes > 0 ? ` (${formatBytes(bytes)} of content)` : ''}`
}

export async function compact(client: Client): Promise<{bytes: number; text: string}> {
  const {freedBytes} = await client.call('store.compact', {})
  return {bytes: freedBytes, text: `gave ${formatBytes(freedBytes)} back to the disk`}
}
