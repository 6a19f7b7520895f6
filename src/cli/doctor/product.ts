import type {Client} from '../../client/client.ts'
import {allPages} from '../../domain/page.ts'
import {HookctlError} from '../../errors.ts'
import {examineClock, examineServerClock} from './clock.ts'
import {examineDeliveries} from './deliveries.ts'
import {type Finding, ok} from './finding.ts'
import {fromError} from './from-error.ts'
import {examineReach, type Reaching} from './reach.ts'
import {examineReplays} from './replays.ts'
import {examineSources} from './sources.ts'
import {describeStore, examineDisk} from './store.ts'
import {examineTargets} from './targets.ts'
import {examineWebhooks} from './webhooks.ts'
import {examineWorker} from './worker.ts'

/** What server or store say of themselves; where they cannot be asked, why. */
export async function examineProduct(
  client: Client,
  organization: string,
  now: number,
  reaching: Reaching | null,
): Promise<readonly Finding[]> {
  const {kind, location} = client.target
  const place = kind === 'http' ? 'server' : 'store'
  try {
    const status = await client.call('status.show', {organization})
    const [webhooks, sources, replays, events, changes] = await Promise.all([
      allPages(request => client.call('webhook.list', {organization, ...request})),
      allPages(request => client.call('source.list', {organization, ...request})),
      client.call('replay.list', {organization, limit: 20}),
      client.call('event.list', {organization, limit: 1}),
      client.call('history.list', {organization, limit: 1}),
    ])
    return [
      ...(kind === 'http' ? [ok('server', `answers at ${location}, version ${status.version}`)] : []),
      ...describeStore(status.store),
      examineWorker(status),
      ...examineWebhooks(webhooks),
      ...examineSources(sources),
      ...examineTargets(status),
      ...(reaching === null ? [] : await examineReach(webhooks, reaching)),
      ...examineDeliveries(status, now),
      ...examineReplays(status, replays.items),
      ...examineDisk(status),
      examineClock([events.items[0]?.acceptedAt, changes.items[0]?.at], now),
      ...(kind === 'http' ? examineServerClock(status.at, now) : []),
    ]
  } catch (error) {
    const isThere = error instanceof HookctlError && error.code === 'organization_not_found'
    return [fromError(isThere ? 'organization' : place, error)]
  }
}
