import type {DeliveryView} from '../api/deliveries.ts'
import {allPages} from '../domain/page.ts'
import type {Client, WatchConnection} from './client.ts'
import {patient} from './patience.ts'

export interface SettleQuestion {
  readonly organization: string
  /** Deliveries of one event; those of other events are not looked at. */
  readonly eventId: string
  readonly deliveryIds: readonly string[]
  /** `tried`: attempted at least once, or over. `finished`: nothing more will happen by itself. */
  readonly until: 'tried' | 'finished'
  readonly timeoutMs: number
}

export interface Settled {
  readonly deliveries: readonly DeliveryView[]
  readonly timedOut: boolean
}

/** How often the state is asked for: often where it is a function call, seldom where it is a request. */
export const pollMs = {local: 20, http: 150}

/**
 * Waits until the deliveries are where the caller wants them, or the time is up; sends them from this process where
 * the client can. Answers their last state either way. A database that is away meanwhile is waited for, within the same time.
 */
export async function settle(client: Client, question: SettleQuestion, watch?: WatchConnection): Promise<Settled> {
  await client.sender?.start()
  let settled: Settled
  try {
    settled = await poll(client, question, watch)
  } finally {
    await client.sender?.stop()
  }
  if (!settled.timedOut || client.sender === null) return settled
  // What was in flight when the time was up has been waited for: where it arrived, nothing is late.
  const {deliveries} = await look(client, question)
  return {deliveries, timedOut: deliveries.some(({state}) => state !== 'delivered')}
}

async function poll(client: Client, question: SettleQuestion, watch?: WatchConnection): Promise<Settled> {
  const endsAt = performance.now() + question.timeoutMs
  const asked = patient(client, {endsAt, watch})
  for (;;) {
    const settled = await look(asked, question)
    const leftMs = endsAt - performance.now()
    if (!settled.timedOut || leftMs <= 0) return settled
    await new Promise(resolve => setTimeout(resolve, Math.min(leftMs, pollMs[client.target.kind])))
  }
}

/** How it is now; out of time is what has not settled. */
async function look(client: Pick<Client, 'call'>, question: SettleQuestion): Promise<Settled> {
  const wanted = new Set(question.deliveryIds)
  const deliveries = (await deliveriesOf(client, question)).filter(delivery => wanted.has(delivery.id))
  return {deliveries, timedOut: !deliveries.every(delivery => isSettled(delivery, question.until))}
}

const deliveriesOf = (client: Pick<Client, 'call'>, {organization, eventId}: SettleQuestion): Promise<DeliveryView[]> =>
  allPages(request => client.call('delivery.list', {organization, event: eventId, ...request}))

/** A held delivery waits for a person: nothing more happens to it by itself. An open batch is not tried before it is closed. */
function isSettled(delivery: DeliveryView, until: SettleQuestion['until']): boolean {
  if (delivery.state === 'collecting') return until === 'tried'
  if (delivery.state !== 'pending' && delivery.state !== 'delivering') return true
  return until === 'tried' && delivery.attemptCount > 0
}
