import {expect, test} from 'vitest'
import type {Delivery, DeliveryState} from '../../src/domain/delivery.ts'
import type {Event} from '../../src/domain/event.ts'
import type {DeliveryFilterInput} from '../../src/domain/filter-grammar.ts'
import type {JsonText} from '../../src/domain/json.ts'
import type {Webhook} from '../../src/domain/webhook.ts'
import type {Acceptance, Recorded} from '../../src/store/store.ts'
import {randomFrom} from '../domain/random.ts'
import {
  aContext,
  aDelivery,
  aHistoryEntry,
  anAttempt,
  anEvent,
  aWebhook,
  NOON,
  somePolicies,
} from '../harness/factories.ts'
import {aProduct, type Product, refusal} from '../harness/product.ts'

const organization = 'default'
const MINUTE = 60_000

interface Made {
  readonly event: Event
  readonly webhook: Webhook
  readonly delivery: Delivery
  readonly body: {readonly data: {readonly name: string; readonly size: number}}
}

const types = ['node.added', 'node.removed', 'group.created', 'dcim.site.created']
const states: readonly DeliveryState[] = [
  'delivered',
  'delivered',
  'delivered',
  'failed',
  'failed',
  'cancelled',
  'pending',
  'skipped',
  'held',
]
const statuses = [404, 429, 500, 503, null] as const

/** A history in which every filter finds something and misses something. */
async function aHistory({deps: {store}}: Product, count: number): Promise<readonly Made[]> {
  const below = randomFrom(4711)
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T
  await store.contexts.add(aContext({id: 'campus'}), aHistoryEntry())
  await store.contexts.add(aContext({id: 'lab'}), aHistoryEntry())
  const webhooks = ['http://cmdb.example.com/in', 'https://ops.example.com:8443/in', 'http://127.0.0.1:9000/'].map(
    (url, index) => aWebhook({name: `w${index}`, url, active: false, policies: somePolicies({offSwitch: 'hold'})}),
  )
  for (const webhook of webhooks) await store.webhooks.add(webhook, aHistoryEntry())
  const made: Made[] = []
  for (let n = 0; n < count; n++) {
    const webhook = pick(webhooks)
    const body = {data: {name: `db-${below(300)}`, size: below(50)}}
    const event = anEvent({
      type: pick(types),
      contextId: pick([null, 'campus', 'lab']),
      object: pick([
        null,
        {type: 'Node', id: String(below(20)), name: ''},
        {type: 'Cert', id: String(below(20)), name: ''},
      ]),
      data: JSON.stringify(body.data) as JsonText,
      acceptedAt: NOON + n * 10,
    })
    const state = pick(states)
    const status = state === 'failed' ? pick(statuses) : null
    const delivery = aDelivery({
      webhookId: webhook.id,
      eventId: event.id,
      eventType: event.type,
      state,
      reason: state === 'skipped' ? 'condition' : null,
      dueAt: state === 'pending' ? NOON + 1e9 : null,
      trigger: below(40) === 0 ? 'test' : 'event',
      lastStatus: status,
      lastErrorClass: state !== 'failed' ? null : status === null ? 'timeout' : 'status',
      createdAt: NOON + n * 10,
    })
    made.push({event, webhook, delivery, body})
  }
  for (let start = 0; start < made.length; start += 1000) {
    await store.events.accept(made.slice(start, start + 1000).map(acceptanceOf))
    await store.deliveries.record(
      made
        .slice(start, start + 1000)
        .filter(wasTried)
        .map(outcomeOf),
    )
  }
  for (const webhook of webhooks)
    await store.webhooks.replace({...webhook, active: true}, aHistoryEntry(), {was: webhook})
  return made
}

const wasTried = ({delivery: {state}}: Made): boolean => state === 'delivered' || state === 'failed'

/** Its one attempt, which leaves it as it is. */
const outcomeOf = ({delivery}: Made): Recorded => ({
  attempt: anAttempt({
    deliveryId: delivery.id,
    startedAt: delivery.createdAt,
    success: delivery.state === 'delivered',
    status: delivery.lastStatus,
    errorClass: delivery.lastErrorClass,
  }),
  state: delivery.state,
  reason: delivery.reason,
  dueAt: null,
  finishedAt: delivery.finishedAt,
  pause: null,
})

const acceptanceOf = ({event, delivery, body}: Made): Acceptance => ({
  event,
  bodies: [{key: 'b', bytes: Buffer.from(JSON.stringify(body))}],
  deliveries: [{delivery, bodyKey: 'b'}],
  history: [],
})

/** The grammar read naively, over what was made. */
const naive: {readonly [K in keyof DeliveryFilterInput]-?: (made: Made, value: never) => boolean} = {
  state: ({delivery}, states: readonly string[]) => states.includes(delivery.state),
  undelivered: ({delivery: {state, trigger}}) => trigger === 'event' && (state === 'failed' || state === 'cancelled'),
  webhook: ({webhook}, name: string) => webhook.name === name,
  type: ({event: {type}}, patterns: readonly string[]) =>
    patterns.some(pattern => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(type)),
  event: ({event}, id: string) => event.id === id,
  status: ({delivery: {lastStatus}}, texts: readonly string[]) =>
    lastStatus !== null &&
    texts.some(text => (text.endsWith('xx') ? String(lastStatus)[0] === text[0] : String(lastStatus) === text)),
  errorClass: ({delivery}, values: readonly string[]) => values.includes(delivery.lastErrorClass ?? ''),
  trigger: ({delivery}, values: readonly string[]) => values.includes(delivery.trigger),
  replay: () => false,
  context: ({event}, id: string) => event.contextId === id,
  object: ({event: {object}}, text: string) =>
    object !== null && (text.includes(':') ? `${object.type}:${object.id}` === text : object.id === text),
  host: ({webhook}, host: string) => {
    const {hostname, host: withPort} = new URL(webhook.url ?? '')
    return host.includes(':')
      ? withPort === host
      : host.startsWith('*')
        ? hostname.endsWith(host.slice(1))
        : hostname === host
  },
  where: ({body: {data}}, texts: readonly string[]) =>
    texts.every(text => {
      if (text === 'data.name=db-7') return data.name === 'db-7'
      if (text === 'data.size>=40') return data.size >= 40
      return text === 'data.name~db-1*' && data.name.startsWith('db-1')
    }),
  since: ({delivery}, text: string) => delivery.createdAt >= Date.parse(text),
  until: ({delivery}, text: string) => delivery.createdAt < Date.parse(text),
}

const matches = (made: Made, filter: DeliveryFilterInput): boolean =>
  Object.entries(filter).every(([key, value]) => naive[key as keyof typeof naive](made, value as never))

const at = (minutes: number) => new Date(NOON + minutes * MINUTE).toISOString()

const filtersOf = (made: readonly Made[]): readonly DeliveryFilterInput[] => [
  {},
  {state: ['failed']},
  {state: ['failed', 'held']},
  {undelivered: true},
  {webhook: 'w1'},
  {type: ['node.*']},
  {type: ['*.created', 'node.added']},
  {event: made[99]?.event.id},
  {status: ['404']},
  {status: ['404', '5xx']},
  {errorClass: ['timeout']},
  {errorClass: ['timeout', 'status']},
  {trigger: ['test']},
  {context: 'campus'},
  {object: 'Node:7'},
  {object: '7'},
  {host: 'cmdb.example.com'},
  {host: '*.example.com'},
  {host: '127.0.0.1:9000'},
  {where: ['data.name=db-7']},
  {where: ['data.size>=40', 'data.name~db-1*']},
  {since: at(0.5)},
  {until: at(0.5)},
  {since: at(0.2), until: at(0.9)},
]

test('delivery list, replay --dry-run and stats agree on every filter, alone and with others, over 10,000 deliveries, and so does a naive filter', {
  timeout: 240_000,
}, async () => {
  await using product = await aProduct()
  const made = await aHistory(product, 10_000)
  const ofDelivery = new Map(made.map(each => [each.delivery.id, each]))
  const listed = async (filter: object): Promise<readonly string[]> => {
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = await product.ask('delivery.list', {organization, limit: 1000, ...filter, ...(cursor && {cursor})})
      ids.push(...page.items.map(({id}) => id))
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
    return ids
  }
  const preview = (selection: 'all' | 'failed', filter: object) =>
    product.ask('replay.preview', {organization, selection, ...filter})
  const single = filtersOf(made)
  // Of the pairs those that find little: what each finds alone has been seen by then.
  const pairs = single
    .flatMap((a, index) => single.slice(index + 1).map(b => ({...a, ...b})))
    .filter((_, n) => n % 3 === 0)
  const sent = new Set<DeliveryState>(['delivered', 'failed', 'cancelled'])
  let compared = 0
  for (const filter of [...single, ...pairs]) {
    const wanted = made.filter(each => matches(each, filter))
    if (wanted.length > 4000 && compared > 12) continue
    const ids = await listed(filter)
    expect([filter, new Set(ids)]).toEqual([filter, new Set(wanted.map(({delivery}) => delivery.id))])
    expect(ids).toHaveLength(wanted.length)
    const all = await preview('all', filter)
    const again = wanted.filter(({delivery: {state, trigger}}) => sent.has(state) && trigger === 'event')
    expect([filter, all.matched, all.count]).toEqual([filter, wanted.length, again.length])
    const times = again.map(({delivery}) => delivery.createdAt)
    expect(all.oldestAt).toBe(times.length === 0 ? null : new Date(Math.min(...times)).toISOString())
    expect(all.newestAt).toBe(times.length === 0 ? null : new Date(Math.max(...times)).toISOString())
    expect(all.webhooks.reduce((sum, {count}) => sum + count, 0)).toBe(all.count)
    for (const {webhook, count} of all.webhooks) {
      expect(count).toBe(again.filter(each => each.webhook.name === webhook).length)
    }
    if (!('state' in filter) && !('undelivered' in filter)) {
      const lost = await listed({...filter, undelivered: true, state: ['failed']})
      const failed = wanted.filter(({delivery: {state, trigger}}) => state === 'failed' && trigger === 'event')
      expect([filter, lost.length, (await preview('failed', filter)).count]).toEqual([
        filter,
        failed.length,
        failed.length,
      ])
      expect(lost.every(id => ofDelivery.get(id)?.delivery.state === 'failed')).toBe(true)
    }
    if (!('since' in filter) && !('until' in filter)) {
      const {total} = await product.ask('stats.show', {organization, ...filter, since: at(-1)})
      expect([filter, total.attempts]).toEqual([filter, wanted.filter(wasTried).length])
    }
    compared++
  }
  expect(compared).toBeGreaterThan(80)
  console.log(
    `figure filters: ${compared} filters over ${made.length} deliveries: list, dry run, statistics and a naive filter agree`,
  )
})

/** Three events of which one webhook got one, while it was on. */
async function aGap(product: Product) {
  const {ask} = product
  const create = (name: string, platform: string) =>
    ask('webhook.create', {organization, name, platform, url: 'http://127.0.0.1:9000/', eventTypes: ['dcim.site.*']})
  const {webhook} = await create('cmdb', 'netbox')
  const send = async (id: number) =>
    (
      await ask('event.send', {
        organization,
        type: 'dcim.site.created',
        data: {id, name: `s${id}`},
        object: {type: 'dcim.site', id: String(id), name: ''},
      })
    ).event.id
  const got = await send(1)
  await ask('webhook.disable', {organization, webhook: webhook.id})
  const missed = [await send(2), await send(3)]
  return {webhook, got, missed, create}
}

const missing = (product: Product, filter: object = {}) =>
  product.ask('replay.preview', {organization, selection: 'missing', ...filter})

test('--missing finds what a webhook would want and was never sent: it was off, or is newer than the events', async () => {
  await using product = await aProduct()
  const {webhook, create} = await aGap(product)
  expect(await missing(product)).toMatchObject({count: 0, matched: 2, leftOut: {webhookOff: 2}})
  await product.ask('webhook.enable', {organization, webhook: webhook.id})
  expect(await missing(product)).toMatchObject({count: 2, webhooks: [{webhook: 'cmdb', count: 2}]})
  expect(await missing(product, {object: 'dcim.site:3'})).toMatchObject({count: 1})
  expect(await missing(product, {where: ['data.id=2']})).toMatchObject({count: 1})
  expect(await missing(product, {type: ['node.*']})).toMatchObject({count: 0})
  await create('newer', 'netbox')
  expect(await missing(product)).toMatchObject({count: 5})
  expect(await missing(product, {webhook: 'newer'})).toMatchObject({count: 3})
})

test('a failure that is replayed at once is not counted again, and a number that has changed sends nothing', async () => {
  await using product = await aProduct()
  const [first] = (await aHistory(product, 50)).filter(
    ({delivery: {state, trigger}}) => state === 'failed' && trigger === 'event',
  )
  const {count} = await product.ask('replay.preview', {organization, selection: 'failed'})
  await product.ask('delivery.replay', {organization, deliveries: [first?.delivery.id ?? '']})
  const confirm = {organization, selection: 'failed' as const, confirm: count}
  expect(await refusal(product.ask('replay.create', confirm))).toMatchObject({
    code: 'count_changed',
    message: `${count - 1} would be sent again, not ${count}`,
  })
  expect((await product.ask('replay.list', {organization})).items).toEqual([])
  expect(await product.ask('replay.create', {...confirm, confirm: count - 1})).toMatchObject({state: 'running'})
})

test('a replay is in the history once, and its deliveries say which replay made them', async () => {
  await using product = await aProduct()
  await aHistory(product, 60)
  const {count} = await product.ask('replay.preview', {organization, selection: 'failed'})
  const {id} = await product.ask('replay.create', {organization, selection: 'failed', confirm: count})
  const {items} = await product.ask('history.list', {organization, objectType: ['Replay']})
  expect(items).toMatchObject([
    {change: 'created', object: {type: 'Replay', id}, after: {selection: 'failed', total: count}},
  ])
  await product.ask('replay.cancel', {organization, replay: id})
  expect((await product.ask('delivery.list', {organization, replay: id})).items).toEqual([])
})
