import type {EventInput} from '../api/events.ts'
import type {Output} from '../api/operations.ts'
import type {Client} from '../client/client.ts'
import {type Settled, settle} from '../client/settle.ts'
import {EXIT, type ExitCode} from './exit-codes.ts'
import {formatRelative} from './time.ts'

type Sent = Output<'event.send'>
type Many = Output<'event.sendMany'>

/** One call takes so many events at most. */
const perCall = 1000

/** Sends any number of events, so many at a time, in their order. */
export async function sendMany(client: Client, organization: string, events: readonly EventInput[]): Promise<Many> {
  const total = {accepted: 0, duplicates: 0, deliveries: 0, eventIds: [] as string[]}
  for (let start = 0; start < events.length; start += perCall) {
    const part = await client.call('event.sendMany', {organization, events: events.slice(start, start + perCall)})
    total.accepted += part.accepted
    total.duplicates += part.duplicates
    total.deliveries += part.deliveries
    total.eventIds.push(...part.eventIds)
  }
  return total
}

/** With a server that sends, nothing to wait for unless asked; without one, the first attempts are made here. */
export async function settleSent(
  client: Client,
  organization: string,
  sent: Sent,
  {wait, timeout}: {readonly wait?: boolean | undefined; readonly timeout: number},
): Promise<Settled & {readonly waited: boolean; readonly local: boolean}> {
  const local = client.sender !== null
  const deliveryIds = sent.deliveries.map(({id}) => id)
  if (deliveryIds.length === 0 || (!wait && !local)) return {deliveries: [], timedOut: false, waited: false, local}
  const until = wait ? 'finished' : 'tried'
  const settled = await settle(client, {organization, eventId: sent.event.id, deliveryIds, until, timeoutMs: timeout})
  return {...settled, waited: wait === true, local}
}

export interface Said {
  readonly sentence: string
  readonly notices: readonly string[]
  readonly next: readonly string[]
  readonly exitCode: ExitCode | undefined
}

/** What happened, in words: who was told, what failed, when a retry is due and who makes it. */
export function saySent(
  sent: Sent,
  settled: Settled & {readonly waited: boolean; readonly local: boolean},
  now: number,
): Said {
  const {deliveries} = settled
  const delivered = deliveries.filter(({state}) => state === 'delivered').length
  const undelivered = deliveries.filter(({state}) => state !== 'delivered' && state !== 'skipped')
  const skipped = sent.deliveries.filter(({state}) => state === 'skipped')
  const counted =
    deliveries.length > 0 ? `, delivered to ${delivered} of ${sent.deliveries.length - skipped.length}` : ''
  const wanted = sent.deliveries.length === 0 ? '; no webhook wants it' : counted
  const notices = [
    ...skipped.map(({webhook, reason}) => `${webhook}: skipped (${reason})`),
    ...undelivered.map(delivery => sayUndelivered(delivery, settled.local, now)),
  ]
  return {
    sentence: `accepted ${sent.event.type} (${sent.event.id})${sent.duplicate ? ' before, with the same key' : ''}${wanted}`,
    notices,
    next: sent.deliveries.length === 0 ? ['hookctl webhook list'] : [`hookctl event show ${sent.event.id}`],
    exitCode: settled.waited ? waitedCode(settled.timedOut, undelivered.length) : undefined,
  }
}

const waitedCode = (timedOut: boolean, undelivered: number): ExitCode | undefined => {
  if (timedOut) return EXIT.timeout
  return undelivered > 0 ? EXIT.answerNo : undefined
}

function sayUndelivered(delivery: Settled['deliveries'][number], local: boolean, now: number): string {
  const {webhook, state, lastStatus, lastErrorClass, dueAt, reason} = delivery
  const why = lastStatus ?? lastErrorClass ?? reason ?? 'not tried yet'
  if (state !== 'pending' || dueAt === null) return `${webhook}: ${state} (${why})`
  const due = formatRelative(Date.parse(dueAt), now)
  const who = local ? 'hookctl serve, or hookctl worker run, makes it' : 'the server makes it'
  return `${webhook}: not delivered (${why}); the next attempt is due ${due}: ${who}`
}
