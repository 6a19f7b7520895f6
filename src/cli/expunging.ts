import type {Output} from '../api/operations.ts'
import type {Client} from '../client/client.ts'
import {conflictError, usageError} from '../errors.ts'
import {type DeliveryFilterFlags, deliveryFilterFrom} from './delivery-flags.ts'

type Expunged = Output<'delivery.expunge'>

/** As many as one call takes. */
const AT_ONCE = 1000

/**
 * The ids given, or those of what the filters find and is over.
 *
 * @throws usage `missing_argument` for neither, `conflicting_flags` for both
 */
export async function chosenDeliveries(
  client: Client,
  organization: string,
  ids: readonly string[],
  flags: DeliveryFilterFlags,
): Promise<readonly string[]> {
  const filter = deliveryFilterFrom(flags)
  const isFiltered = Object.values(filter).some(value => value !== undefined)
  if (ids.length > 0 && isFiltered) {
    throw usageError('conflicting_flags', 'ids and filters cannot be given together', {hint: 'give one of both'})
  }
  if (ids.length > 0) return [...new Set(ids)]
  if (!isFiltered) {
    throw usageError('missing_argument', 'which deliveries?', {
      hint: 'give their ids, or the filters of delivery list; --dry-run counts them',
    })
  }
  return found(client, {
    organization,
    ...filter,
    state: filter.state ?? ['delivered', 'failed', 'skipped', 'cancelled'],
  })
}

async function found(client: Client, question: Parameters<typeof client.call<'delivery.list'>>[1]) {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const page: Output<'delivery.list'> = await client.call('delivery.list', {
      ...question,
      limit: AT_ONCE,
      ...(cursor === undefined ? {} : {cursor}),
    })
    ids.push(...page.items.filter(({contentGone}) => contentGone !== 'expunged').map(({id}) => id))
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return ids
}

/** @throws conflict `not_as_confirmed` where there are more or fewer than were expected */
export async function expungeAll(
  client: Client,
  organization: string,
  ids: readonly string[],
  expected: number | undefined,
): Promise<Expunged> {
  if (expected !== undefined && expected !== ids.length) {
    throw conflictError('not_as_confirmed', `there are ${ids.length} deliveries, not ${expected}: nothing was done`, {
      hint: `look again, then --confirm ${ids.length}`,
    })
  }
  const sum: Expunged = {deliveries: [], events: [], eventsKept: []}
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const answer = await client.call('delivery.expunge', {organization, deliveries: ids.slice(at, at + AT_ONCE)})
    sum.deliveries.push(...answer.deliveries)
    sum.events.push(...answer.events)
    sum.eventsKept.push(...answer.eventsKept)
  }
  return sum
}

export function sayExpunged({deliveries, eventsKept}: Expunged): readonly string[] {
  const done = deliveries.length === 1 ? `expunged ${deliveries[0]?.id}` : `expunged ${deliveries.length} deliveries`
  return [done, ...eventsKept.map(id => `the data of event ${id} stays: other deliveries have it`)]
}
