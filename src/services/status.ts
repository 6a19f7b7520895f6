import type {Output, Parsed} from '../api/operations.ts'
import type {Deps, Resolved} from './deps.ts'
import {toInstant, toInstantOrNull} from './instants.ts'
import {refusedSoFar} from './targets.ts'
import {vitalsOf} from './vitals.ts'

/** Worker, backlog and store at a glance. */
export async function showStatus(
  deps: Deps,
  {organization}: Resolved<Parsed<'status.show'>>,
): Promise<Output<'status.show'>> {
  const [vitals, kept, refused] = await Promise.all([
    vitalsOf(deps, organization),
    deps.store.describe(),
    refusedSoFar(deps, organization),
  ])
  const {now, worker, counts, oldest, overdueSince, webhooks, paused, failing, reasons} = vitals
  return {
    version: deps.version,
    at: toInstant(now),
    healthy: reasons.length === 0,
    reasons: [...reasons],
    worker,
    store: {...kept, diskFreeBytes: vitals.diskFreeBytes, warnings: [...vitals.warnings]},
    deliveries: {
      ...counts,
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
      proxy: deps.targets.proxy?.origin ?? null,
      refusedCount: refused.length,
      refused: refused
        .slice(0, 20)
        .map(({id, name, sentence, hint}) => ({webhookId: id, webhook: name, explanation: sentence, hint})),
    },
  }
}
