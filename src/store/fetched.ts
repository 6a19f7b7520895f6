/**
 * What was answered as due and is not recorded yet. While it is on its way its row is found by number, for the next
 * question and for its outcome: a look-up by id costs half as much as to write what came of it. Numbers are not given
 * again: the newest row is never pruned.
 */
export interface Fetched<Row extends {readonly seq: number}> {
  add(deliveryId: string, delivery: Row): void
  /** As it was when it was answered: others may have changed it since. */
  find(deliveryId: string): Row | undefined
  /** Forgets all others. Answers those of which it has not heard. */
  keep(deliveryIds: ReadonlySet<string>): readonly string[]
  /** Row numbers of all it knows. */
  seqs(): readonly number[]
}

export function createFetched<Row extends {readonly seq: number}>(): Fetched<Row> {
  let deliveries = new Map<string, Row>()
  return {
    add(deliveryId, delivery) {
      deliveries.set(deliveryId, delivery)
    },
    find: deliveryId => deliveries.get(deliveryId),
    keep(deliveryIds) {
      const kept = new Map<string, Row>()
      const unknown: string[] = []
      for (const id of deliveryIds) {
        const delivery = deliveries.get(id)
        if (delivery === undefined) unknown.push(id)
        else kept.set(id, delivery)
      }
      deliveries = kept
      return unknown
    },
    seqs: () => Array.from(deliveries.values(), ({seq}) => seq),
  }
}
