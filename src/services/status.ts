import type {Output, Parsed} from '../api/operations.ts'
import {isFailing, untried} from '../domain/health.ts'
import type {Deps, Resolved} from './deps.ts'
import {toInstantOrNull} from './instants.ts'
import {refusedSoFar} from './targets.ts'
import {showWorker} from './worker.ts'

/** Worker, backlog and store at a glance. Counts are kept by the store, so this costs the same on a full one. */
export async function showStatus(
  deps: Deps,
  {organization}: Resolved<Parsed<'status.show'>>,
): Promise<Output<'status.show'>> {
  const {store, version} = deps
  const [worker, {backend, location, schema, bytes}, counts, oldest, webhooks, refused] = await Promise.all([
    showWorker(deps),
    store.describe(),
    store.deliveries.counts(organization.id),
    store.deliveries.oldestUnfinished(),
    store.webhooks.all(organization.id),
    refusedSoFar(deps, organization),
  ])
  const health = await store.webhooks.health(webhooks.map(({id}) => id))
  const failing = webhooks.filter(({id}) => isFailing(health.get(id) ?? untried))
  return {
    version,
    worker,
    store: {backend, location, schema, bytes},
    deliveries: {
      ...counts,
      unfinished: counts.collecting + counts.pending + counts.delivering + counts.held,
      oldestUnfinishedAt: toInstantOrNull(oldest),
    },
    webhooks: {
      total: webhooks.length,
      active: webhooks.filter(webhook => webhook.active).length,
      paused: webhooks.filter(webhook => webhook.paused !== null).length,
      failing: failing.length,
    },
    targets: {
      policy: deps.targets.policy.reach,
      refusedCount: refused.length,
      refused: refused
        .slice(0, 20)
        .map(({id, name, sentence, hint}) => ({webhookId: id, webhook: name, explanation: sentence, hint})),
    },
  }
}
