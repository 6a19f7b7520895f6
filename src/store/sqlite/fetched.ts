import type {Connection} from './connection.ts'
import {type Placed, placed} from './moves.ts'

/**
 * What was answered as due and is not recorded yet. While it is on its way its row is found by number, for the next
 * question and for its outcome: a look-up by id costs half as much as to write what came of it. Numbers are not given
 * again: the newest row is never pruned.
 */
export interface Fetched {
  add(deliveryId: string, delivery: Placed): void
  /** As it was when it was answered: others may have changed it since. */
  find(deliveryId: string): Placed | undefined
  /** Forgets all others. Answers the row numbers of these; also of those that were never answered. */
  keep(deliveryIds: ReadonlySet<string>): ReadonlySet<number>
}

export function createFetched(connection: Connection): Fetched {
  let deliveries = new Map<string, Placed>()
  return {
    add(deliveryId, delivery) {
      deliveries.set(deliveryId, delivery)
    },
    find: deliveryId => deliveries.get(deliveryId),
    keep(deliveryIds) {
      const kept = new Map<string, Placed>()
      const seqs = new Set<number>()
      for (const id of deliveryIds) {
        const delivery = deliveries.get(id) ?? placed({connection}, id)
        if (delivery === null) continue
        kept.set(id, delivery)
        seqs.add(delivery.seq)
      }
      deliveries = kept
      return seqs
    },
  }
}
