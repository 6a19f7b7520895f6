import {isFailing, untried} from '../domain/health.ts'
import type {Organization} from '../domain/organization.ts'
import type {Deps} from './deps.ts'
import {reasonsOf} from './unhealthy.ts'
import {showWorker} from './worker.ts'

/**
 * How one organization and what all of them share are doing. Counts are kept by the store, so this costs the same on a full
 * one, and no name is looked up.
 */
export async function vitalsOf(deps: Deps, organization: Organization) {
  const {store} = deps
  const refusal = (await deps.overload?.()) ?? null
  const now = deps.now()
  const [worker, extent, counts, oldest, overdueSince, webhooks, undelivered] = await Promise.all([
    showWorker(deps),
    store.extent(),
    store.deliveries.counts(organization.id),
    store.deliveries.oldestUnfinished(organization.id),
    store.deliveries.overdueSince(organization.id, now),
    store.webhooks.all(organization.id),
    store.deliveries.lost(organization.id),
  ])
  const health = await store.webhooks.health(webhooks.map(({id}) => id))
  const paused = webhooks.filter(webhook => webhook.paused !== null)
  const failing = webhooks.map(webhook => ({...webhook, ...(health.get(webhook.id) ?? untried)})).filter(isFailing)
  const waiting = counts.collecting + counts.pending + counts.delivering
  const {diskFreeBytes} = extent
  const reasons = reasonsOf({now, worker, waiting, overdueSince, paused, failing, diskFreeBytes, refusal})
  return {
    now,
    worker,
    ...extent,
    counts: {...counts, undelivered, unfinished: waiting + counts.held},
    /** When the oldest that is not over was made, and when the one that is overdue the longest was due; null: none. */
    oldest,
    overdueSince,
    webhooks,
    paused,
    failing,
    /** Why it is not well, worst first. */
    reasons,
  }
}
