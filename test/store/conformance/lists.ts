import {expect, it} from 'vitest'
import {type Delivery, deliveryStates} from '../../../src/domain/delivery.ts'
import type {Event} from '../../../src/domain/event.ts'
import type {DeliveryFilter, EventFilter, HistoryFilter} from '../../../src/domain/filters.ts'
import type {HistoryEntry} from '../../../src/domain/history.ts'
import type {Page, PageRequest} from '../../../src/domain/page.ts'
import {wants} from '../../../src/domain/subscription.ts'
import {type Comparison, readComparison} from '../../../src/domain/where.ts'
import type {Store} from '../../../src/store/store.ts'
import {aDelivery, aHistoryEntry, anAttempt, anEvent, anOrganization, NOON} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import {anAcceptance, bytesOf, failure, type Open, off, withWebhook} from './setting.ts'

type List<T> = (request: PageRequest) => Promise<Page<T>>

/** All pages of a list, each of `limit`. */
async function walk<T>(list: List<T>, limit: number): Promise<readonly T[]> {
  const found: T[] = []
  let cursor: string | undefined
  do {
    const page: Page<T> = await list({limit, cursor})
    expect(page.items.length).toBeLessThanOrEqual(limit)
    found.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return found
}

const is = <T>(wanted: T | undefined, value: T | undefined) => wanted === undefined || wanted === value
const isIn = <T>(list: readonly T[] | undefined, value: T) => list === undefined || list.includes(value)
const isTyped = (patterns: readonly string[] | undefined, type: string) =>
  patterns === undefined || wants({eventTypes: patterns}, type)
const isWithin = ({since, until}: {since?: number | undefined; until?: number | undefined}, at: number) =>
  (since === undefined || at >= since) && (until === undefined || at < until)

/** What a filter looks at beside the delivery itself. */
interface About {
  readonly event: Event
  readonly body: Readonly<Record<string, unknown>>
  readonly url: string
  /** Of the journey, without the first one. */
  readonly later: readonly Delivery[]
}

const isOver = ({state}: Delivery) => ['failed', 'cancelled', 'skipped'].includes(state)

const isUndelivered = (d: Delivery, {later}: About) =>
  d.replayOf === null &&
  d.trigger !== 'test' &&
  (d.state === 'failed' || d.state === 'cancelled') &&
  later.every(each => each.toUrl !== null || isOver(each))

/** `n>2` and `name=node-3` of the bodies made here. */
const says = ({body}: About, {text}: Comparison) =>
  text === 'n>2' ? (body.n as number) > 2 : `name=${body.name}` === text

/** The filter, read naively: what a list must agree with. */
const takesDelivery = (filter: DeliveryFilter, d: Delivery, about: About): boolean =>
  (filter.undelivered !== true || isUndelivered(d, about)) &&
  is<string | null>(filter.contextId, about.event.contextId) &&
  is(filter.object?.id, about.event.object?.id) &&
  is(filter.object?.type, about.event.object?.type) &&
  (filter.host === undefined || new URL(d.toUrl ?? about.url).hostname.endsWith(filter.host.replace('*', ''))) &&
  (filter.where ?? []).every(comparison => says(about, comparison)) &&
  isIn(filter.states, d.state) &&
  is(filter.webhookId, d.webhookId) &&
  is(filter.eventId, d.eventId) &&
  is<string | null>(filter.replayOf, d.replayOf) &&
  isIn(filter.triggers, d.trigger) &&
  isIn<string | null>(filter.errorClasses, d.lastErrorClass) &&
  isTyped(filter.eventTypes, d.eventType) &&
  (filter.statuses === undefined ||
    filter.statuses.some(([from, to]) => d.lastStatus !== null && d.lastStatus >= from && d.lastStatus <= to)) &&
  isWithin(filter, d.createdAt)

const takesEvent = (filter: EventFilter, e: Event): boolean =>
  isTyped(filter.types, e.type) &&
  is(filter.objectType, e.object?.type) &&
  is(filter.objectId, e.object?.id) &&
  is(filter.requestId, e.requestId) &&
  is(filter.source, e.source) &&
  isWithin(filter, e.acceptedAt)

const takesEntry = (filter: HistoryFilter, h: HistoryEntry): boolean =>
  isIn(filter.objectTypes, h.object.type) &&
  is(filter.objectId, h.object.id) &&
  isIn(filter.changes, h.change) &&
  (filter.actor === undefined || (h.actor.name ?? '').toLowerCase().includes(filter.actor.toLowerCase())) &&
  isWithin(filter, h.at)

const types = ['node.added', 'node.removed', 'nodes.added', 'dcim.site.created', 'dcim.site.deleted']
const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T

/** Enough of everything for every filter to find some and to miss some; written in another order than they happened. */
async function withDeliveries(
  store: Store,
): Promise<{readonly all: readonly Delivery[]; about(delivery: Delivery): About}> {
  await store.organizations.add(anOrganization(), null)
  const webhooks = [
    await withWebhook(store, {...off, url: 'http://hooks.example.com/a'}),
    await withWebhook(store, {...off, url: 'https://Other.example.org:8443/b'}),
    await withWebhook(store, {...off, organizationId: 2}),
  ]
  const made: Delivery[] = []
  const events = new Map<string, Pick<About, 'event' | 'body'>>()
  for (let n = 0; n < 240; n++) {
    const body = {n: n % 5, name: `node-${n % 7}`}
    const event = anEvent({
      type: pick(types, n * 7),
      organizationId: pick([1, 1, 2], n),
      contextId: pick([null, 'campus', 'lab', 'campus'], n >> 1),
      object: pick(
        [
          {type: 'Node', id: '7', name: ''},
          {type: 'Cert', id: '7', name: ''},
          {type: 'Node', id: 'a:b', name: ''},
          null,
        ],
        n >> 2,
      ),
    })
    events.set(event.id, {event, body})
    const webhook = pick(webhooks, n % 3 === 2 ? 2 : (n >> 2) & 1)
    const state = pick(deliveryStates, n * 5 + (n >> 3))
    const bodies = [{key: 'b', bytes: bytesOf(JSON.stringify(body))}]
    const acceptance = {
      ...anAcceptance(
        webhook,
        {state, createdAt: NOON + ((n * 37) % 60) * 10, trigger: pick(['event', 'event', 'test'] as const, n)},
        event,
      ),
      bodies,
    }
    await store.events.accept([acceptance])
    made.push(acceptance.deliveries[0]?.delivery as Delivery)
    if (n % 4 === 0) made.push(...(await replayed(store, pick(made, n >> 1), n)))
  }
  const found = await Promise.all(made.map(one => store.deliveries.find(one.organizationId, one.id)))
  const all = found.filter(one => one !== null)
  const later = new Map<string, readonly Delivery[]>()
  const after = ({id}: Delivery): readonly Delivery[] =>
    all.filter(one => one.replayOf === id).flatMap(one => [one, ...after(one)])
  for (const one of all) later.set(one.id, after(one))
  return {
    all,
    about: one => ({
      ...(events.get(one.eventId) as Pick<About, 'event' | 'body'>),
      url: webhooks.find(({id}) => id === one.webhookId)?.url ?? '',
      later: later.get(one.id) ?? [],
    }),
  }
}

async function replayed(store: Store, of: Delivery, n: number): Promise<readonly Delivery[]> {
  const toUrl = n % 12 === 0 ? 'http://127.0.0.1:9/elsewhere' : null
  const changes = {trigger: 'replay', replayOf: of.id, createdAt: of.createdAt, eventType: of.eventType, toUrl} as const
  const {organizationId, webhookId, eventId} = of
  const delivery = aDelivery({organizationId, webhookId, eventId, ...changes})
  await store.deliveries.add([{delivery, bodyKey: null, bodyOf: of.id}], [])
  const statuses = [404, 500, 503, 204, 302, null]
  const status = pick(statuses, of.createdAt / 10)
  const errorClass = status === null ? 'timeout' : status === 204 ? null : 'status'
  const end = status === 204 ? 'delivered' : status === 302 ? 'pending' : 'failed'
  const over = end === 'pending' ? {} : ({state: end, dueAt: null, finishedAt: NOON} as const)
  await store.deliveries.record([
    failure(delivery, {attempt: anAttempt({deliveryId: delivery.id, status, errorClass}), ...over}),
  ])
  return [delivery]
}

const comparison = (text: string) => readComparison(text) as Comparison

function deliveryFilters(all: readonly Delivery[]): readonly DeliveryFilter[] {
  const some = all[20] as Delivery
  const replay = all.find(one => one.replayOf !== null) as Delivery
  const one: readonly DeliveryFilter[] = [
    {},
    {states: ['failed']},
    {states: ['pending', 'held', 'delivered']},
    {states: []},
    {webhookId: some.webhookId},
    {eventId: some.eventId},
    {replayOf: replay.replayOf ?? ''},
    {eventTypes: ['node.added']},
    {eventTypes: ['node.*']},
    {eventTypes: ['*.created', 'nodes.added']},
    {eventTypes: ['nothing']},
    {eventTypes: ['*']},
    {triggers: ['replay']},
    {triggers: ['test', 'event']},
    {statuses: [[404, 404]]},
    {
      statuses: [
        [500, 599],
        [404, 404],
        [400, 499],
      ],
    },
    {
      statuses: [
        [200, 299],
        [404, 404],
      ],
    },
    {statuses: [[100, 599]]},
    {errorClasses: ['timeout']},
    {errorClasses: ['status', 'timeout', 'status']},
    {undelivered: true},
    {contextId: 'campus'},
    {contextId: 'nowhere'},
    {object: {id: '7'}},
    {object: {type: 'Node', id: '7'}},
    {object: {id: 'a:b'}},
    {host: 'hooks.example.com'},
    {host: '*.example.org'},
    {host: '127.0.0.1'},
    {where: [comparison('n>2')]},
    {where: [comparison('n>2'), comparison('name=node-3')]},
    {since: NOON + 300},
    {until: NOON + 300},
    {since: NOON + 100, until: NOON + 110},
    {since: NOON + 110, until: NOON + 110},
  ]
  const pairs = one.flatMap((a, index) => one.slice(index + 1).map(b => ({...a, ...b})))
  const nothing = [{webhookId: 'wh_nobody'}, {eventId: 'evt_nobody'}, {replayOf: 'dlv_nobody'}]
  return [
    ...one,
    ...pairs,
    ...nothing,
    {eventTypes: ['node.*'], states: ['failed', 'pending'], webhookId: some.webhookId},
  ]
}

/** Newest first: by time; what was written later first where times are equal. */
const newestFirst = <T>(time: (one: T) => number, all: readonly T[]): readonly T[] =>
  all
    .map((one, index) => ({one, index}))
    .sort((a, b) => time(b.one) - time(a.one) || b.index - a.index)
    .map(({one}) => one)

export function lists(open: Open): void {
  // Hundreds of questions, each of which PostgreSQL plans anew.
  it('lists and counts deliveries newest first, agreeing with a naive filter on every pair of filters, page by page', async () => {
    await using opened = await open()
    const {store} = opened
    const made = await withDeliveries(store)
    const all = newestFirst(one => one.createdAt, made.all)
    const ids = all.map(({id}) => id)
    for (const [index, filter] of deliveryFilters(all).entries()) {
      const expected = all.filter(one => one.organizationId === 1 && takesDelivery(filter, one, made.about(one)))
      const limit = index === 0 ? 1 : pick([7, 1000, 50, 13], index)
      const found = await walk(request => store.deliveries.list(1, filter, request), limit)
      expect([filter, found.map(({id}) => id)]).toEqual([filter, expected.map(({id}) => id)])
      expect(found).toEqual(expected)
      expect(await store.deliveries.count(1, filter)).toBe(expected.length)
      const matching = new Set(await store.deliveries.matching(1, filter, ids))
      expect([filter, ids.filter(id => matching.has(id))]).toEqual([filter, expected.map(({id}) => id)])
    }
  }, 60_000)

  it('lists events newest first, agreeing with a naive filter', async () => {
    await using opened = await open()
    const {store} = opened
    const made = Array.from({length: 120}, (_, n) =>
      anEvent({
        type: pick(types, n * 3),
        acceptedAt: NOON + ((n * 17) % 40) * 10,
        requestId: `request ${n % 9}`,
        source: pick(['api', 'cli', 'inbound:netbox', 'billing'], n >> 1),
        object: n % 5 === 0 ? null : {type: pick(['Node', 'Tag', 'dcim.site'], n), id: String(n % 4), name: ''},
        organizationId: n % 11 === 0 ? 2 : 1,
      }),
    )
    for (const event of made) await store.events.accept([{event, bodies: [], deliveries: [], history: []}])
    const all = newestFirst(one => one.acceptedAt, made)
    const one: readonly EventFilter[] = [
      {},
      {types: ['node.*']},
      {types: ['nodes.added', '*.created']},
      {types: ['nothing']},
      {types: ['*']},
      {objectType: 'Node'},
      {objectType: 'dcim.site'},
      {objectId: '3'},
      {objectId: 'nobody'},
      {requestId: 'request 4'},
      {source: 'api'},
      {source: 'inbound:netbox'},
      {since: NOON + 200},
      {until: NOON + 200},
      {since: NOON + 50, until: NOON + 60},
    ]
    for (const filter of one.flatMap(a => one.map(b => ({...a, ...b})))) {
      const expected = all.filter(event => event.organizationId === 1 && takesEvent(filter, event))
      const found = await walk(request => store.events.list(1, filter, request), 9)
      expect([filter, found]).toEqual([filter, expected])
    }
  })

  it('lists history newest first, agreeing with a naive filter', async () => {
    await using opened = await open()
    const {store} = opened
    const made = Array.from({length: 120}, (_, n) =>
      aHistoryEntry({
        at: NOON + ((n * 17) % 40) * 10,
        change: pick(['created', 'changed', 'deleted'] as const, n * 5 + (n >> 4)),
        object: {type: pick(['Node', 'Tag', 'Webhook'], n), id: String(n % 4), name: 'x'},
        actor: {kind: 'user', name: pick(['Anna', 'JÜRGEN', 'joanna', null, '100%_'], n)},
        organizationId: n % 11 === 0 ? 2 : 1,
      }),
    )
    await store.history.add(made)
    const all = newestFirst(one => one.at, made)
    const one: readonly HistoryFilter[] = [
      {},
      {objectTypes: ['Node']},
      {objectTypes: ['Node', 'Tag'], changes: ['created', 'changed']},
      {objectTypes: []},
      {objectTypes: ['a name\0']},
      {objectId: '2'},
      {changes: ['deleted']},
      {changes: ['created', 'created']},
      {actor: 'ANNA'},
      {actor: 'jürgen'},
      {actor: '%'},
      {actor: ''},
      {since: NOON + 200},
      {until: NOON + 200},
    ]
    for (const filter of one.flatMap(a => one.map(b => ({...a, ...b})))) {
      const expected = all.filter(entry => entry.organizationId === 1 && takesEntry(filter, entry))
      const found = await walk(request => store.history.list(1, filter, request), 9)
      expect([filter, found]).toEqual([filter, expected])
    }
  })

  it('finds a history entry in its organization only', async () => {
    await using opened = await open()
    const entry = aHistoryEntry({actor: {kind: 'system', name: null}})
    await opened.store.history.add([entry])
    expect(await opened.store.history.find(1, entry.id)).toEqual(entry)
    expect(await opened.store.history.find(2, entry.id)).toBeNull()
    expect(await opened.store.history.find(1, 'hst_nobody')).toBeNull()
  })

  it('does not show a row twice nor lose one when others are written between two pages', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const before = Array.from({length: 30}, () => anAcceptance(webhook))
    await store.events.accept(before)
    const ids = before.flatMap(({deliveries}) => deliveries.map(({delivery}) => delivery.id)).reverse()
    const first = await store.deliveries.list(1, {}, {limit: 10})
    await store.events.accept(Array.from({length: 15}, () => anAcceptance(webhook, {createdAt: NOON + 1})))
    const second = await store.deliveries.list(1, {}, {limit: 20, cursor: first.next ?? ''})
    expect([...first.items, ...second.items].map(({id}) => id)).toEqual(ids)
    expect(second.next).toBeNull()
  })

  it('refuses a cursor that is not of this list, and a limit out of bounds', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    await withWebhook(store)
    await store.events.accept([anAcceptance(webhook), anAcceptance(webhook)])
    await store.history.add([aHistoryEntry(), aHistoryEntry()])
    await store.organizations.add(anOrganization(), null)
    const all: Record<string, (request: PageRequest) => Promise<Page<unknown>>> = {
      deliveries: request => store.deliveries.list(1, {}, request),
      events: request => store.events.list(1, {}, request),
      history: request => store.history.list(1, {}, request),
      webhooks: request => store.webhooks.list(1, {}, request),
      organizations: request => store.organizations.list(request),
    }
    const cursors = await Promise.all(Object.values(all).map(async list => (await list({limit: 1})).next ?? ''))
    for (const [index, list] of Object.values(all).entries()) {
      const foreign = cursors.filter((_, other) => other !== index)
      const own = cursors[index] ?? ''
      for (const cursor of [
        '',
        ' ',
        'null',
        'W10',
        `${own}=`,
        `${own} `,
        own.slice(0, -2),
        await store.feedEnd(),
        ...foreign,
      ]) {
        const refused = await refusal(list({limit: 1, cursor}))
        expect(refused).toMatchObject({kind: 'usage', code: 'bad_cursor', path: 'cursor'})
      }
      expect((await list({limit: 1, cursor: own})).items).toHaveLength(1)
      for (const limit of [0, -1, 1001, 1.5, Number.NaN]) {
        expect(await refusal(list({limit}))).toMatchObject({kind: 'usage', code: 'bad_limit'})
      }
    }
  })
}
