import type {Output, Parsed} from '../api/operations.ts'
import {isOpen} from '../domain/breaker.ts'
import type {Webhook} from '../domain/webhook.ts'
import type {Queue} from '../store/store.ts'
import type {Deps, Resolved} from './deps.ts'
import {toInstantOrNull} from './instants.ts'

type QueueView = Output<'worker.queues'>['queues'][number]
type DomainView = Output<'worker.queues'>['domains'][number]

const nothing: Omit<Queue, 'webhookId'> = {
  depth: 0,
  held: 0,
  batches: 0,
  collecting: 0,
  closesAt: null,
  oldestAt: null,
}

/**
 * What waits, per webhook and per domain. A domain is the context that webhooks are scoped to: a customer, a site, a
 * tenant; webhooks of the whole organization stand together. Each webhook has a queue of its own, so no domain waits for
 * another (NEB-07). From kept counts: costs the same however long the queues are.
 */
export async function showQueues(
  deps: Deps,
  {organization, domain}: Resolved<Parsed<'worker.queues'>>,
): Promise<Output<'worker.queues'>> {
  const [webhooks, waiting] = await Promise.all([
    deps.store.webhooks.all(organization.id),
    deps.store.deliveries.queues(organization.id),
  ])
  const byWebhook = new Map(waiting.map(queue => [queue.webhookId, queue]))
  const inFlight = deps.inFlight?.() ?? null
  const queues = webhooks
    .filter(({contextId}) => domain === undefined || contextId === domain)
    .map(webhook => queueView(webhook, byWebhook.get(webhook.id) ?? nothing, inFlight, restsUntil(deps, webhook.id)))
    .toSorted(oldestFirst)
  return {domains: domainsOf(queues), queues}
}

function queueView(
  {id, name, contextId, url, active, paused}: Webhook,
  {depth, held, batches, collecting, closesAt, oldestAt}: Omit<Queue, 'webhookId'>,
  inFlight: ReadonlyMap<string, number> | null,
  until: number | null,
): QueueView {
  const going = until === null ? 'active' : 'resting'
  return {
    webhookId: id,
    webhook: name,
    domain: contextId,
    host: url === null ? null : (URL.parse(url)?.host ?? null),
    state: paused === null ? (active ? going : 'inactive') : 'paused',
    restsUntil: toInstantOrNull(until),
    depth,
    inFlight: inFlight === null ? null : (inFlight.get(id) ?? 0),
    held,
    batches,
    collecting,
    closesAt: toInstantOrNull(closesAt),
    oldestAt: toInstantOrNull(oldestAt),
  }
}

/** When one delivery tries a webhook that failed too often; null where everything goes, or another process sends. */
export function restsUntil({breakers, now}: Pick<Deps, 'breakers' | 'now'>, webhookId: string): number | null {
  const breaker = breakers?.().get(webhookId)
  return breaker !== undefined && isOpen(breaker, now()) ? breaker.openUntil : null
}

type Waiting = Pick<QueueView, 'oldestAt'>

const since = ({oldestAt}: Waiting): number => (oldestAt === null ? Number.MAX_VALUE : Date.parse(oldestAt))

/** Where nothing waits comes last. */
const oldestFirst = (a: Waiting, b: Waiting): number => since(a) - since(b)

const domainsOf = (queues: readonly QueueView[]): DomainView[] =>
  [...Map.groupBy(queues, ({domain}) => domain)].map(([domain, own]) => {
    const sum = (key: 'depth' | 'held' | 'collecting') => own.reduce((total, queue) => total + queue[key], 0)
    const flying = own.map(({inFlight}) => inFlight).filter(count => count !== null)
    return {
      domain,
      webhooks: own.length,
      depth: sum('depth'),
      inFlight: flying.length === 0 ? null : flying.reduce((total, count) => total + count),
      held: sum('held'),
      collecting: sum('collecting'),
      oldestAt: own[0]?.oldestAt ?? null,
    }
  })
