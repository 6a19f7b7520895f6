import type {DeliveryView} from '../api/deliveries.ts'
import type {Input} from '../api/operations.ts'
import type {Client} from '../client/client.ts'

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
      if (!details) yield delivery
      else {
        const {delivery: current, ...rest} = await client.call('delivery.show', {organization, delivery: delivery.id})
        yield {...current, ...rest}
      }
    }
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
}
