import type {Output} from '../api/operations.ts'
import type {Deps} from './deps.ts'
import {toInstantOrNull} from './instants.ts'
import {retentionOf} from './prune.ts'

/** Where state is kept, how much it is and how far back it goes; from kept counts, so a full store answers as fast. */
export async function showStore(deps: Pick<Deps, 'store' | 'retention'>): Promise<Output<'store.info'>> {
  const {store} = deps
  const {bodies, records, history, historyEnds} = retentionOf(deps)
  const [{backend, location, schema}, extent, counts] = await Promise.all([
    store.describe(),
    store.extent(),
    store.deliveries.counts(null),
  ])
  const {oldestEventAt, newestEventAt, warnings, ...sizes} = extent
  return {
    backend,
    location,
    schema,
    ...sizes,
    warnings: [...warnings],
    deliveries: {...counts, total: Object.values(counts).reduce((sum, n) => sum + n, 0)},
    oldestEventAt: toInstantOrNull(oldestEventAt),
    newestEventAt: toInstantOrNull(newestEventAt),
    retention: {bodiesMs: bodies, recordsMs: records, historyMs: history, historyEnds},
  }
}
