import type {Output} from '../api/operations.ts'
import type {Client, WatchConnection} from '../client/client.ts'
import {type Settled, settle} from '../client/settle.ts'
import {counted} from './counted.ts'
import type {ManyEvents} from './event-flags.ts'
import {EXIT, type ExitCode} from './exit-codes.ts'
import {formatRelative} from './shown-time.ts'

type Worker = Output<'worker.status'>

type Sent = Output<'event.send'>
type Many = Output<'event.sendMany'>

/** Enough for one call; it could take more. */
const perCall = 1000
const mostPerCall = 10_000

/** Sends any number of events, so many at a time, in their order. */
export async function sendMany(
  client: Client,
  organization: string,
  {events, placed}: ManyEvents,
  coalesce = false,
): Promise<Many> {
  const total = {accepted: 0, duplicates: 0, deliveries: 0, eventIds: [] as string[], warnings: [] as string[]}
  // What is to become one event has to be in one call: then as many go as a call can take.
  const most = coalesce ? mostPerCall : perCall
  for (let start = 0; start < events.length; start += most) {
    const input = {organization, events: events.slice(start, start + most), coalesce}
    const part = await client.call('event.sendMany', input).catch(error => {
      throw placed(error, start)
    })
    total.accepted += part.accepted
    total.duplicates += part.duplicates
    total.deliveries += part.deliveries
    total.eventIds.push(...part.eventIds)
    total.warnings.push(...warningsIn(part))
  }
  return total
}

/** None of a server that is older than they are. */
export const warningsIn = ({warnings}: {readonly warnings?: readonly string[]}): readonly string[] => warnings ?? []

/** How it went, as far as this command waited for it. */
export interface SentSettled extends Settled {
  /** Waited until nothing more happens, because it was asked to. */
  readonly waited: boolean
  /** Who makes what is still to be made; null where nothing is, or nobody looked. */
  readonly worker: Worker | null
}

export interface WaitFlags {
  readonly wait?: boolean | undefined
  readonly timeout: number
}

/** With a server that sends, nothing to wait for unless asked; without one, the first attempts are made here. */
export async function settleSent(
  client: Client,
  organization: string,
  {event, deliveries: sent}: Sent,
  {wait = false, timeout}: WaitFlags,
  watch?: WatchConnection,
): Promise<SentSettled> {
  const deliveryIds = sent.map(({id}) => id)
  if (deliveryIds.length === 0 || !(wait || client.sender)) {
    return {deliveries: [], timedOut: false, waited: wait, worker: null}
  }
  const until = wait ? 'finished' : 'tried'
  // Where sending is off nobody makes a first attempt: asked to wait, somebody may still switch it on.
  const timeoutMs = wait || (await client.call('worker.status', {})).enabled ? timeout : 0
  const settled = await settle(client, {organization, eventId: event.id, deliveryIds, until, timeoutMs}, watch)
  const isOpen = settled.deliveries.some(({state}) => state === 'pending' || state === 'delivering')
  return {...settled, waited: wait, worker: isOpen ? await client.call('worker.status', {}) : null}
}

/** Sends what is due from this process where no server does, up to the time given; says what is left. */
export async function drainHere(client: Client, organization: string, timeoutMs: number): Promise<readonly string[]> {
  const {sender} = client
  if (sender === null) return []
  await sender.start()
  try {
    await Promise.race([sender.drained(), new Promise(resolve => setTimeout(resolve, timeoutMs).unref())])
  } finally {
    await sender.stop()
  }
  const {deliveries, worker} = await client.call('status.show', {organization})
  return deliveries.unfinished === 0
    ? []
    : [`${counted(deliveries.unfinished, 'delivery is', 'deliveries are')} unfinished: ${whoSends(worker)}`]
}

export const sayMany = ({accepted, deliveries, duplicates}: Many): string => {
  const known = duplicates > 0 ? `, ${duplicates} known already` : ''
  return `accepted ${counted(accepted, 'event', 'events')}, ${counted(deliveries, 'delivery', 'deliveries')}${known}`
}

export interface Said {
  readonly sentence: string
  readonly notices: readonly string[]
  readonly next: readonly string[]
  readonly exitCode: ExitCode | undefined
}

/** What happened, in words: who was told, what failed, when a retry is due and who makes it. */
export function saySent(sent: Sent, settled: SentSettled, now: number): Said {
  const {event, duplicate} = sent
  const skipped = sent.deliveries.filter(({state}) => state === 'skipped')
  const undelivered = settled.deliveries.filter(({state}) => state !== 'delivered' && state !== 'skipped')
  const notices = [
    ...skipped.map(({webhook, reason}) => `${webhook}: skipped (${reason})`),
    ...undelivered.map(delivery => sayUndelivered(delivery, settled.worker, now)),
  ]
  return {
    sentence: `accepted ${event.type} (${event.id})${duplicate ? ' before, with the same key' : ''}${sayWhoWasTold(sent, settled)}`,
    notices,
    next: nextSteps(sent, skipped),
    exitCode: settled.waited ? waitedCode(settled.timedOut, undelivered.length) : undefined,
  }
}

function nextSteps({event, deliveries}: Sent, skipped: Sent['deliveries']): readonly string[] {
  const [first] = skipped
  if (deliveries.length === 0) return [`hookctl event why ${event.id}`]
  return [
    `hookctl event show ${event.id}`,
    ...(first === undefined ? [] : [`hookctl event why ${event.id} ${first.webhookId}`]),
  ]
}

function sayWhoWasTold({deliveries}: Sent, settled: Settled): string {
  if (deliveries.length === 0) return '; no webhook wants it'
  const wanted = deliveries.filter(({state}) => state !== 'skipped').length
  if (settled.deliveries.length === 0) return `; ${counted(wanted, 'delivery', 'deliveries')} on the way`
  return `, delivered to ${settled.deliveries.filter(({state}) => state === 'delivered').length} of ${wanted}`
}

const waitedCode = (timedOut: boolean, undelivered: number): ExitCode | undefined => {
  if (timedOut) return EXIT.timeout
  return undelivered > 0 ? EXIT.answerNo : undefined
}

function sayUndelivered(delivery: Settled['deliveries'][number], worker: Worker | null, now: number): string {
  const {webhook, state, attemptCount, lastStatus, lastErrorClass, dueAt, reason, hint} = delivery
  const why = lastStatus ?? lastErrorClass ?? reason ?? 'not tried yet'
  if (state === 'collecting') return sayCollected(delivery, now)
  if (state !== 'pending' || dueAt === null) return `${webhook}: ${state} (${why})${hint === null ? '' : `; ${hint}`}`
  const attempt = attemptCount === 0 ? 'first' : 'next'
  const due = Date.parse(dueAt) <= now ? 'now' : formatRelative(Date.parse(dueAt), now)
  return `${webhook}: not delivered (${why}); the ${attempt} attempt is due ${due}: ${whoSends(worker)}`
}

function sayCollected({webhook, dueAt, eventCount}: Settled['deliveries'][number], now: number): string {
  const due = formatRelative(Date.parse(dueAt ?? ''), now)
  const what = counted(eventCount, 'event', 'events')
  return `${webhook}: collected; its batch (${what} so far) is closed ${due}, or at once by hookctl webhook flush ${webhook}`
}

/** Who makes the attempts that are still to come: said only of what was looked at. */
function whoSends(worker: Worker | null): string {
  if (worker?.enabled === false) return 'sending is switched off, hookctl worker enable'
  if (worker?.owner) return `process ${worker.owner.pid} on ${worker.owner.host} makes it`
  return 'hookctl serve, or hookctl worker run, makes it'
}
