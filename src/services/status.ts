import type {Output, Parsed} from '../api/operations.ts'
import {isFailing, untried} from '../domain/health.ts'
import type {Deps, Resolved} from './deps.ts'
import {toInstant, toInstantOrNull} from './instants.ts'
import {refusedSoFar} from './targets.ts'
import {reasonsOf} from './unhealthy.ts'
import {showWorker} from './worker.ts'

/** Worker, backlog and store at a glance. Counts are kept by the store, so this costs the same on a full one. */
export async function showStatus(
  deps: Deps,
  {organization}: Resolved<Parsed<'status.show'>>,
): Promise<Output<'status.show'>> {
  const {store, version} = deps
  const refusal = (await deps.overload?.()) ?? null
  const now = deps.now()
  const [worker, kept, {diskFreeBytes, warnings}, counts, oldest, overdueSince, webhooks, refused, undelivered] =
    await Promise.all([
      showWorker(deps),
      store.describe(),
      store.extent(),
      store.deliveries.counts(organization.id),
      store.deliveries.oldestUnfinished(organization.id),
      store.deliveries.overdueSince(organization.id, now),
      store.webhooks.all(organization.id),
      refusedSoFar(deps, organization),
      store.deliveries.lost(organization.id),
    ])
  const health = await store.webhooks.health(webhooks.map(({id}) => id))
  const paused = webhooks.filter(webhook => webhook.paused !== null)
  const failing = webhooks.map(webhook => ({...webhook, ...(health.get(webhook.id) ?? untried)})).filter(isFailing)
  const waiting = counts.collecting + counts.pending + counts.delivering
  const reasons = reasonsOf({now, worker, waiting, overdueSince, paused, failing, diskFreeBytes, refusal})
  return {
    version,
    at: toInstant(now),
    healthy: reasons.length === 0,
    reasons: [...reasons],
    worker,
    store: {...kept, diskFreeBytes, warnings: [...warnings]},
    deliveries: {
      ...counts,
      undelivered,
      unfinished: waiting + counts.held,
      oldestUnfinishedAt: toInstantOrNull(oldest),
      overdueSince: toInstantOrNull(overdueSince),
    },
    webhooks: {
      total: webhooks.length,
      active: webhooks.filter(webhook => webhook.active).length,
      paused: paused.length,
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
