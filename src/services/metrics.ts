import {deliveryStates} from '../domain/delivery.ts'
import type {Organization} from '../domain/organization.ts'
import {admit} from './admit.ts'
import type {Caller, Deps} from './deps.ts'
import {everyOrganization} from './every-organization.ts'
import {DURATIONS_S, type Durations} from './meter.ts'
import {vitalsOf} from './vitals.ts'

/** One number, and of what: names and values of its labels. `suffix` is that of a part of a histogram. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  readonly suffix?: string
}

/** As Prometheus has them: a gauge goes up and down, a counter only up, from 0 at the start of this process. */
export interface Metric {
  readonly name: string
  readonly type: 'gauge' | 'counter' | 'histogram'
  readonly help: string
  readonly samples: readonly Sample[]
}

/**
 * How the store and its organizations are doing, and what this process has done since its start, for a monitoring system
 * that asks again and again. Whoever is bound to one organization learns of that one.
 *
 * @throws as `invoke` where the caller may not read
 */
export async function showMetrics(deps: Deps, caller: Caller): Promise<readonly Metric[]> {
  admit('metrics', {role: 'member', scope: 'read'}, caller)
  const organizations = await organizationsOf(deps, caller)
  const all = await Promise.all(
    organizations.map(async organization => ({organization, ...(await vitalsOf(deps, organization))})),
  )
  const [first] = all
  if (first === undefined) return []
  return [...ofInstance(deps, first, await deps.store.describe()), ...ofOrganizations(all), ...ofThisProcess(deps, all)]
}

async function organizationsOf({store}: Pick<Deps, 'store'>, {organizationId}: Caller): Promise<Organization[]> {
  if (organizationId !== undefined) {
    const own = await store.organizations.byId(organizationId)
    return own === null ? [] : [own]
  }
  return everyOrganization(store)
}

type Vitals = Awaited<ReturnType<typeof vitalsOf>>
type Known = Vitals & {readonly organization: Organization}

const metric = (type: Metric['type'], name: string, help: string, samples: readonly Sample[]): Metric => ({
  name: `hookctl_${name}`,
  type,
  help,
  samples,
})

const one = (value: number | null): Sample[] => (value === null ? [] : [{labels: {}, value}])

const ofInstance = (
  {version}: Deps,
  {worker, diskFreeBytes}: Vitals,
  {bytes}: {readonly bytes: number | null},
): Metric[] => [
  metric('gauge', 'build_info', 'Which version answers.', [{labels: {version}, value: 1}]),
  metric('gauge', 'worker_active', 'Whether deliveries are sent: switched on, and a process does.', [
    {labels: {}, value: worker.state === 'active' ? 1 : 0},
  ]),
  metric('gauge', 'worker_processes', 'Processes that send.', one(worker.owners.length)),
  metric('gauge', 'store_bytes', 'How large the store is.', one(bytes)),
  metric('gauge', 'store_disk_free_bytes', 'What is left on the disk of the store.', one(diskFreeBytes)),
]

function ofOrganizations(all: readonly Known[]): Metric[] {
  const each = (name: string, help: string, value: (known: Known) => number): Metric =>
    metric(
      'gauge',
      name,
      help,
      all.map(known => ({labels: {organization: known.organization.slug}, value: value(known)})),
    )
  const age = (now: number, since: number | null) => (since === null ? 0 : Math.max(0, now - since) / 1000)
  const deliveries = all.flatMap(({organization: {slug}, counts}) =>
    deliveryStates.map(state => ({labels: {organization: slug, state}, value: counts[state]})),
  )
  return [
    each('healthy', 'Whether nothing is wrong: what `hookctl status` says.', ({reasons}) =>
      Number(reasons.length === 0),
    ),
    metric('gauge', 'deliveries', 'Deliveries in the store, by state.', deliveries),
    each('deliveries_undelivered', 'Failed for good and not mended by a replay.', ({counts}) => counts.undelivered),
    each('oldest_unfinished_seconds', 'Age of the oldest delivery that is not over.', ({now, oldest}) =>
      age(now, oldest),
    ),
    each('overdue_seconds', 'How late the delivery is that is overdue the longest.', ({now, overdueSince}) =>
      age(now, overdueSince),
    ),
    each('webhooks', 'Webhooks.', ({webhooks}) => webhooks.length),
    each(
      'webhooks_active',
      'Webhooks that are switched on.',
      ({webhooks}) => webhooks.filter(({active}) => active).length,
    ),
    each('webhooks_paused', 'Webhooks that hookctl has paused.', ({paused}) => paused.length),
    each('webhooks_failing', 'Webhooks of which the last five or more attempts failed.', ({failing}) => failing.length),
  ]
}

function ofThisProcess({meter}: Deps, all: readonly Known[]): Metric[] {
  if (meter === undefined) return []
  const events = all.map(({organization: {id, slug}}) => ({
    labels: {organization: slug},
    value: meter.events.get(id) ?? 0,
  }))
  const refused = all.flatMap(({organization: {id, slug}}) =>
    [...(meter.refusals.get(id) ?? [])].map(([code, value]) => ({labels: {organization: slug, code}, value})),
  )
  const attempts = all.flatMap(({organization: {slug}, webhooks}) =>
    webhooks.flatMap(({id, name}) =>
      [...(meter.results.get(id) ?? [])].map(([result, value]) => ({
        labels: {organization: slug, webhook: name, result},
        value,
      })),
    ),
  )
  const inbound = all.flatMap(({organization: {id, slug}}) =>
    [...(meter.inbound.get(id) ?? [])].flatMap(([source, ended]) =>
      [...ended].map(([result, value]) => ({labels: {organization: slug, source, result}, value})),
    ),
  )
  const durations = all.flatMap(({organization: {id, slug}}) =>
    histogram({organization: slug}, meter.durations.get(id) ?? NONE),
  )
  return [
    metric('counter', 'events_accepted_total', 'Events accepted by this process since it started.', events),
    metric(
      'counter',
      'events_refused_total',
      'Events that this process refused since it started, by the code of the error.',
      refused,
    ),
    metric(
      'counter',
      'inbound_requests_total',
      'Requests to sources since this process started, by how they ended: accepted, or a code.',
      inbound,
    ),
    metric('counter', 'attempts_total', 'Attempts of this process since it started, by how they ended.', attempts),
    metric('histogram', 'attempt_duration_seconds', 'How long these attempts took.', durations),
  ]
}

const NONE: Durations = {bins: DURATIONS_S.map(() => 0), count: 0, seconds: 0}

function histogram(labels: Sample['labels'], {bins, count, seconds}: Durations): Sample[] {
  let below = 0
  const buckets = DURATIONS_S.map((bound, bin) => {
    below += bins[bin]!
    return {suffix: '_bucket', labels: {...labels, le: String(bound)}, value: below}
  })
  return [
    ...buckets,
    {suffix: '_bucket', labels: {...labels, le: '+Inf'}, value: count},
    {suffix: '_sum', labels, value: seconds},
    {suffix: '_count', labels, value: count},
  ]
}
