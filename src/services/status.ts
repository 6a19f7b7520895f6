import type {Output, Parsed} from '../api/operations.ts'
import {isFailing, untried} from '../domain/health.ts'
import type {Organization} from '../domain/organization.ts'
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
  const [worker, {backend, location, schema, bytes}, counts, oldest, webhooks, refused, lost] = await Promise.all([
    showWorker(deps),
    store.describe(),
    store.deliveries.counts(organization.id),
    store.deliveries.oldestUnfinished(),
    store.webhooks.all(organization.id),
    refusedSoFar(deps, organization),
    countLost(deps, organization),
  ])
  const health = await store.webhooks.health(webhooks.map(({id}) => id))
  const failing = webhooks.filter(({id}) => isFailing(health.get(id) ?? untried))
  return {
    version,
    worker,
    store: {backend, location, schema, bytes},
    deliveries: {
      ...counts,
      undelivered: lost,
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

/**
 * Deliveries that failed for good and that nothing sent again in their place has mended, of webhooks that are still
 * there: what somebody may want to do something about.
 */
async function countLost({store}: Pick<Deps, 'store'>, {id}: Organization): Promise<number> {
  const webhooks = await store.webhooks.all(id)
  const counts = await Promise.all(
    webhooks.map(webhook => store.deliveries.count(id, {webhookId: webhook.id, states: ['failed'], undelivered: true})),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}
