import type {DeliveryView} from '../api/deliveries.ts'
import type {Input} from '../api/operations.ts'
import type {Client} from '../client/client.ts'
import {HookctlError} from '../errors.ts'

async function detailed(client: Client, organization: string, delivery: DeliveryView): Promise<DeliveryView> {
  try {
    const {delivery: current, ...rest} = await client.call('delivery.show', {organization, delivery: delivery.id})
    return {...current, ...rest}
  } catch (error) {
    // Removed since the page was read: what the page says of it is all there is.
    if (error instanceof HookctlError && error.code === 'delivery_not_found') return delivery
    throw error
  }
}

interface Exporting {
  readonly details: boolean
  /** Ends it after the delivery that is being read. */
  readonly signal: AbortSignal
}

/** At once: a page of plain ones is small, of detailed ones each is asked for by itself. */
const PAGE = 1000

/** Every delivery of a filter, newest first, as `delivery.list` answers it; with what `delivery.show` knows besides. */
export async function* exportDeliveries(
  client: Client,
  filter: Omit<Input<'delivery.list'>, 'limit' | 'cursor'>,
  {details, signal}: Exporting,
): AsyncIterable<DeliveryView> {
  const {organization} = filter
  let cursor: string | undefined
  do {
    const page = await client.call('delivery.list', {...filter, limit: PAGE, ...(cursor && {cursor})})
    for (const delivery of page.items) {
      if (signal.aborted) return
      yield details ? await detailed(client, organization, delivery) : delivery
    }
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
}
