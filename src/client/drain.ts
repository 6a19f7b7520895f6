import type {Output} from '../api/operations.ts'
import {allPages} from '../domain/page.ts'
import {conflictError} from '../errors.ts'
import {pause} from './await-deliveries.ts'
import type {Client, WatchConnection} from './client.ts'
import {patient} from './patience.ts'
import {pollMs} from './settle.ts'

export interface DrainQuestion {
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly watch?: WatchConnection
}

export interface Drained extends Output<'worker.status'> {
  /** Nothing was due any more, and sending is off. Else it is on as it was. */
  readonly drained: boolean
  /** What is not over: planned for later, held, in open batches, or due still. */
  readonly unfinished: number
}

type Asking = Pick<Client, 'call' | 'target'>

/**
 * Waits until nothing of any organization is due or on its way, then switches sending off; sends from this process where
 * the client can. When the time is up first, sending stays on. A database that is away meanwhile is waited for, within the
 * same time.
 *
 * @throws conflict `worker_already_inactive`, `nobody_sends`
 */
export async function drain(client: Client, {timeoutMs, signal, watch}: DrainQuestion): Promise<Drained> {
  const endsAt = performance.now() + timeoutMs
  const asking = patient(client, {endsAt, signal, watch})
  const {enabled} = await asking.call('worker.status', {})
  if (!enabled) {
    throw conflictError('worker_already_inactive', 'sending is off already: nothing that is due would be sent', {
      hint: 'hookctl worker enable',
    })
  }
  await client.sender?.start()
  try {
    const {owners} = await asking.call('worker.status', {})
    if (owners.length === 0) {
      throw conflictError('nobody_sends', 'no process sends: what is due would stay due', {hint: 'hookctl worker run'})
    }
    const drained = await until(asking, async () => (await ofAll(asking, dueOf)) === 0, endsAt, signal)
    if (drained) {
      await client.call('worker.disable', {})
      // What came in between the look and the switch.
      await until(asking, async () => (await ofAll(asking, inFlightOf)) === 0, endsAt, signal)
    }
    return {...(await asking.call('worker.status', {})), drained, unfinished: await ofAll(asking, unfinishedOf)}
  } finally {
    await client.sender?.stop()
  }
}

/** Whether it came so before the time was up. */
async function until(
  {target}: Asking,
  isSo: () => Promise<boolean>,
  endsAt: number,
  signal: AbortSignal,
): Promise<boolean> {
  for (;;) {
    if (await isSo()) return true
    const leftMs = endsAt - performance.now()
    if (leftMs <= 0 || signal.aborted) return false
    await pause(Math.min(leftMs, pollMs[target.kind]), signal)
  }
}

/** What is on its way counts as due until it is recorded. */
const dueOf: OfOne = async (client, organization) => {
  const {deliveries} = await client.call('status.show', {organization})
  return deliveries.delivering + (deliveries.overdueSince === null ? 0 : 1)
}

const inFlightOf: OfOne = async (client, organization) => {
  const {deliveries} = await client.call('status.show', {organization})
  const {domains} = await client.call('worker.queues', {organization})
  return deliveries.delivering + domains.reduce((sum, {inFlight}) => sum + (inFlight ?? 0), 0)
}

const unfinishedOf: OfOne = async (client, organization) =>
  (await client.call('status.show', {organization})).deliveries.unfinished

type OfOne = (client: Asking, organization: string) => Promise<number>

/** Of all organizations together: the worker is of all. */
async function ofAll(client: Asking, count: OfOne): Promise<number> {
  let sum = 0
  for (const organization of await slugs(client)) sum += await count(client, organization)
  return sum
}

async function slugs(client: Asking): Promise<string[]> {
  const organizations = await allPages(request => client.call('org.list', request))
  return organizations.map(({slug}) => slug)
}
