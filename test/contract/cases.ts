import {expect} from 'vitest'
import type {Input, OperationName, Output} from '../../src/api/operations.ts'
import type {Client} from '../../src/client/client.ts'
import {parseJson} from '../../src/domain/json.ts'
import {HookctlError} from '../../src/errors.ts'
import {declarationCases} from './declaration-cases.ts'
import {eventTypeCases} from './event-type-cases.ts'
import {organizationCases} from './organization-cases.ts'
import {sourceCases} from './source-cases.ts'

/** What was asked and what came back, as text: one transcript per way, all the same. */
export interface Asked {
  readonly name: string
  readonly answer?: string
  readonly error?: object
}

/** Asks and keeps. `fails` wants the refusal with this code. */
export interface Asking {
  readonly ask: <Name extends OperationName>(name: Name, input: Input<Name>) => Promise<Output<Name>>
  readonly fails: <Name extends OperationName>(name: Name, input: unknown, code: string) => Promise<void>
}

export function asking(client: Client, transcript: Asked[]): Asking {
  return {
    async ask(name, input) {
      const answer = await client.call(name, input)
      transcript.push({name, answer: JSON.stringify(answer)})
      return answer
    },
    async fails(name, input, code) {
      const error: unknown = await client.call(name, input as never).catch((thrown: unknown) => thrown)
      if (!(error instanceof HookctlError)) throw new Error(`${name} was not refused`, {cause: error})
      transcript.push({name, error: {...error, message: error.message}})
      expect([name, error.code]).toEqual([name, code])
    },
  }
}

const organization = 'default'
const secret = 'correct horse battery staple'
const raw = (text: string): unknown => (JSON as unknown as {rawJSON(text: string): unknown}).rawJSON(text)

const aWebhook = ({ask}: Asking, more: Partial<Input<'webhook.create'>> = {}) =>
  ask('webhook.create', {
    organization,
    name: 'to/the receiver é',
    platform: 'catalyst',
    url: 'https://example.com/hook',
    eventTypes: ['*'],
    secret: {value: secret},
    ...more,
  })

const aNode = {organization, type: 'node.added', object: {type: 'Node', id: '7', name: 'db-1'}} as const

async function anObject({ask}: Asking) {
  const key = {platform: 'netbox', type: 'ipam.prefix', id: '10.0.0.0/24 é'}
  await ask('object.apply', {organization, objects: [{...key, data: {vlan: 7}}]})
  return key
}

/** Of one delivery, and not yet begun. */
async function aReplay(asking: Asking): Promise<string> {
  const delivery = await aDelivery(asking)
  const {id} = await asking.ask('replay.create', {
    organization,
    selection: 'named',
    deliveries: [delivery],
    now: true,
    confirm: 1,
  })
  return id
}

const unknownOrganization = {organization: 'nobody'}
const missing = {organization, webhook: 'no such'}

/** At least one right and one wrong question for every operation: a missing one does not compile. */
export const cases: {readonly [Name in OperationName]: (asking: Asking) => Promise<void>} = {
  ...organizationCases,
  ...declarationCases,
  ...sourceCases,
  ...eventTypeCases,
  async 'webhook.create'(asking) {
    const {webhook, secret: shown} = await aWebhook(asking)
    expect([webhook.name, webhook.active, shown]).toEqual(['to/the receiver é', true, null])
    const made = await aWebhook(asking, {name: 'generated', secret: {generate: true}})
    expect(made.secret).toEqual(expect.any(String))
    await asking.fails('webhook.create', {...aNode, name: 'x'}, 'invalid_input')
    await asking.fails(
      'webhook.create',
      {organization, name: 'to/the receiver é', platform: 'catalyst', url: 'https://example.com/', eventTypes: ['*']},
      'webhook_exists',
    )
    await asking.fails(
      'webhook.create',
      {organization, name: 'p', platform: 'nope', eventTypes: ['*']},
      'unknown_platform',
    )
    await asking.fails(
      'webhook.create',
      {organization, name: 'x', platform: 'catalyst', headers: [{name: 1, value: 'CANARY'}]},
      'invalid_input',
    )
    await asking.fails(
      'webhook.create',
      {...unknownOrganization, name: 'x', platform: 'catalyst'},
      'organization_not_found',
    )
  },
  async 'webhook.list'(asking) {
    for (const name of ['a', 'b', 'c']) await aWebhook(asking, {name})
    const first = await asking.ask('webhook.list', {
      organization,
      limit: 2,
      active: true,
      platform: 'catalyst',
      text: 'example',
    })
    expect(first.items.map(({name}) => name)).toEqual(['c', 'b'])
    const rest = await asking.ask('webhook.list', {organization, limit: 2, active: true, cursor: first.next as string})
    expect([rest.items.map(({name}) => name), rest.next]).toEqual([['a'], null])
    await asking.fails('webhook.list', {organization, limit: 0}, 'invalid_input')
    await asking.fails('webhook.list', {organization, limit: 1.5}, 'invalid_input')
    await asking.fails('webhook.list', {organization, cursor: 'nope'}, 'bad_cursor')
    await asking.fails('webhook.list', {organization, active: 'maybe'}, 'invalid_input')
    await asking.fails('webhook.list', {organization, nope: 'x'}, 'invalid_input')
    await asking.fails('webhook.list', unknownOrganization, 'organization_not_found')
    await asking.fails('webhook.list', {organization: ''}, 'invalid_input')
    await asking.fails('webhook.list', {}, 'invalid_input')
  },
  async 'webhook.show'(asking) {
    const {webhook} = await aWebhook(asking)
    expect(await asking.ask('webhook.show', {organization, webhook: webhook.id})).toEqual(webhook)
    expect(await asking.ask('webhook.show', {organization, webhook: webhook.name})).toEqual(webhook)
    await asking.fails('webhook.show', missing, 'webhook_not_found')
    await asking.fails('webhook.show', {organization, webhook: ''}, 'invalid_input')
    await asking.fails('webhook.show', {organization}, 'invalid_input')
    await asking.fails('webhook.show', {organization, webhook: 'x'.repeat(201)}, 'invalid_input')
  },
  async 'webhook.edit'(asking) {
    const {webhook} = await aWebhook(asking)
    const edited = await asking.ask('webhook.edit', {
      organization,
      webhook: webhook.id,
      description: 'new',
      headers: [{name: 'x-a', value: 'b'}],
    })
    expect(edited).toMatchObject({description: 'new', headers: [{name: 'x-a', value: 'b'}]})
    const oauth = {tokenUrl: 'https://example.com/token', clientId: 'é', clientSecret: 'CANARY'}
    expect(await asking.ask('webhook.edit', {organization, webhook: webhook.id, oauth})).toMatchObject({
      oauth: {tokenUrl: oauth.tokenUrl, clientId: 'é', secretFingerprint: expect.stringMatching(/^[0-9a-f]{8}$/)},
    })
    await asking.fails('webhook.edit', {organization, webhook: webhook.id, oauth: {grant: 'x'}}, 'invalid_input')
    await asking.fails('webhook.edit', {...missing, description: 'x'}, 'webhook_not_found')
    await asking.fails('webhook.edit', {organization, webhook: webhook.id, mode: 'instnt'}, 'invalid_input')
  },
  async 'webhook.delete'(asking) {
    const {webhook} = await aWebhook(asking)
    await asking.ask('event.send', aNode)
    expect(await asking.ask('webhook.delete', {organization, webhook: webhook.name})).toEqual({
      id: webhook.id,
      name: webhook.name,
      cancelled: 1,
    })
    await asking.fails('webhook.delete', {organization, webhook: webhook.id}, 'webhook_not_found')
  },
  async 'webhook.enable'(asking) {
    const {webhook} = await aWebhook(asking, {active: false})
    expect(await asking.ask('webhook.enable', {organization, webhook: webhook.id})).toMatchObject({
      webhook: {active: true},
      resumed: 0,
    })
    await asking.fails('webhook.enable', missing, 'webhook_not_found')
  },
  async 'webhook.disable'(asking) {
    const {webhook} = await aWebhook(asking)
    expect(await asking.ask('webhook.disable', {organization, webhook: webhook.id})).toMatchObject({
      webhook: {active: false},
    })
    await asking.fails('webhook.disable', missing, 'webhook_not_found')
  },
  async 'webhook.flush'(asking) {
    const {webhook} = await aWebhook(asking, {platform: 'procustodibus', eventTypes: ['alerts']})
    const {deliveries} = await asking.ask('event.send', {organization, type: 'alerts', data: {danger: 7}})
    expect(await asking.ask('webhook.flush', {organization, webhook: webhook.id})).toEqual({
      webhookId: webhook.id,
      webhook: webhook.name,
      deliveries: deliveries.map(({id}) => id),
      events: 1,
      held: false,
    })
    await asking.fails('webhook.flush', missing, 'webhook_not_found')
  },
  async 'webhook.test'(asking) {
    const {webhook} = await aWebhook(asking)
    const tested = await asking.ask('webhook.test', {organization, webhook: webhook.id, eventType: 'node.added'})
    expect(tested.eventType).toBe('node.added')
    await asking.fails('webhook.test', missing, 'webhook_not_found')
    await asking.fails('webhook.test', {organization, webhook: webhook.id, eventType: 1}, 'invalid_input')
  },
  async 'webhook.rotateSecret'(asking) {
    const {webhook} = await aWebhook(asking)
    const rotated = await asking.ask('webhook.rotateSecret', {organization, webhook: webhook.id})
    expect(rotated.secret).toEqual(expect.any(String))
    await asking.ask('webhook.rotateSecret', {
      organization,
      webhook: webhook.id,
      secret: {value: 'another'},
      graceMs: 0,
    })
    await asking.fails('webhook.rotateSecret', {organization, webhook: webhook.id, graceMs: -1}, 'invalid_input')
    await asking.fails('webhook.rotateSecret', missing, 'webhook_not_found')
  },
  async 'webhook.verify'(asking) {
    const {webhook} = await aWebhook(asking)
    const body = Buffer.from('{"a":1}').toString('base64')
    const signed = await asking.ask('webhook.sign', {organization, webhook: webhook.id, body})
    const question = {organization, webhook: webhook.id, body, headers: signed.headers}
    expect((await asking.ask('webhook.verify', question)).valid).toBe(true)
    const other = {...question, body: Buffer.from('{"a":1}\n').toString('base64'), explain: true}
    expect(await asking.ask('webhook.verify', other)).toMatchObject({valid: false})
    await asking.fails('webhook.verify', {...question, body: 'no base64!'}, 'invalid_input')
    await asking.fails('webhook.verify', {...missing, body, headers: []}, 'webhook_not_found')
  },
  async 'webhook.sign'(asking) {
    const {webhook} = await aWebhook(asking)
    const body = Buffer.from('x').toString('base64')
    const {headers} = await asking.ask('webhook.sign', {organization, webhook: webhook.id, body, at: 1_700_000_000})
    expect(headers.length).toBeGreaterThan(0)
    await asking.fails('webhook.sign', {...missing, body}, 'webhook_not_found')
    await asking.fails('webhook.sign', {organization, webhook: webhook.id}, 'invalid_input')
  },
  async 'event.send'(asking) {
    await aWebhook(asking)
    const data = {
      one: raw('1.0'),
      long: raw('12345678901234567890'),
      tiny: raw('1e-400'),
      text: '\u2028é🦊',
      vlans: parseJson('{"name":"all","20":{"b":1,"0":2},"10":1.0}'),
      __proto__: null,
    }
    const sent = await asking.ask('event.send', {...aNode, data, before: null, after: [1, 2], idempotencyKey: 'k'})
    expect(sent).toMatchObject({duplicate: false, deliveries: [{state: 'pending'}]})
    expect(JSON.stringify(sent.event.data)).toContain('"one":1.0,"long":12345678901234567890,"tiny":1e-400')
    expect(JSON.stringify(sent.event.data)).toContain('"vlans":{"name":"all","20":{"b":1,"0":2},"10":1.0}')
    const again = await asking.ask('event.send', {...aNode, data, before: null, after: [1, 2], idempotencyKey: 'k'})
    expect(again).toMatchObject({duplicate: true, event: {id: sent.event.id}})
    await asking.fails('event.send', {...aNode, data: 2, idempotencyKey: 'k'}, 'idempotency_conflict')
    await asking.fails('event.send', {organization, type: ''}, 'invalid_input')
    await asking.fails('event.send', {...aNode, dat: 1}, 'invalid_input')
    await asking.fails('event.send', {...aNode, occurredAt: 'yesterday'}, 'invalid_input')
    let deep: unknown = 1
    for (let level = 0; level < 129; level++) deep = [deep]
    await asking.fails('event.send', {...aNode, data: deep}, 'too_deep')
    await asking.fails('event.send', {...aNode, ...unknownOrganization}, 'organization_not_found')
  },
  async 'event.sendMany'(asking) {
    await aWebhook(asking)
    const events = [{type: 'node.added', data: {n: raw('1.50')}}, {type: 'node.removed'}]
    expect(await asking.ask('event.sendMany', {organization, events})).toMatchObject({
      accepted: 2,
      duplicates: 0,
      deliveries: 2,
    })
    await asking.fails('event.sendMany', {organization, events: []}, 'invalid_input')
    await asking.fails('event.sendMany', {organization, events: [{type: 'node.added'}, {type: 1}]}, 'invalid_input')
  },
  async 'event.list'(asking) {
    for (const type of ['node.added', 'node.removed', 'node.added']) await asking.ask('event.send', {...aNode, type})
    const added = await asking.ask('event.list', {organization, type: ['node.added'], limit: 1})
    expect(added.items).toHaveLength(1)
    const rest = await asking.ask('event.list', {organization, type: ['node.added'], cursor: added.next as string})
    expect(rest.items).toHaveLength(1)
    const both = await asking.ask('event.list', {
      organization,
      type: ['node.added', 'node.removed'],
      since: '2026-07-03T14:00:00+02:00',
    })
    expect(both.items).toHaveLength(3)
    await asking.fails('event.list', {organization, since: 'nope'}, 'invalid_input')
    await asking.fails('event.list', {organization, limit: 1001}, 'invalid_input')
  },
  async 'event.show'(asking) {
    const {event} = await asking.ask('event.send', {...aNode, data: raw('-0.0')})
    expect((await asking.ask('event.show', {organization, event: event.id})).event).toEqual(event)
    await asking.fails('event.show', {organization, event: 'evt_0'}, 'event_not_found')
  },
  async 'event.types'(asking) {
    const all = await asking.ask('event.types', {})
    expect(all.items.length).toBeGreaterThan(10)
    const one = await asking.ask('event.types', {platform: 'catalyst', example: 'node.added'})
    expect(one.items).toMatchObject([
      {platform: expect.stringMatching(/^catalyst/), name: 'node.added', example: {type: 'node.added'}},
    ])
    await asking.fails('event.types', {platform: 'nope'}, 'unknown_platform')
  },
  async 'delivery.list'(asking) {
    await aWebhook(asking)
    await asking.ask('event.send', aNode)
    await asking.ask('event.send', aNode)
    const found = await asking.ask('delivery.list', {
      organization,
      state: ['pending', 'failed'],
      type: ['node.*'],
      trigger: 'event',
    })
    expect(found.items).toHaveLength(2)
    expect((await asking.ask('delivery.list', {organization, status: '4xx'})).items).toEqual([])
    await asking.fails('delivery.list', {organization, state: ['nope']}, 'invalid_input')
    await asking.fails('delivery.list', {organization, status: '9xx'}, 'bad_status')
    const narrowed = {undelivered: false, object: 'Node:7', host: 'example.com', where: ['event=node.added', 'data!=x']}
    expect((await asking.ask('delivery.list', {organization, ...narrowed})).items).toHaveLength(2)
    expect((await asking.ask('delivery.list', {organization, undelivered: true})).items).toEqual([])
    await asking.fails('delivery.list', {organization, webhook: 'no such'}, 'webhook_not_found')
    await asking.fails('delivery.list', {organization, context: 'no such'}, 'context_not_found')
    await asking.fails('delivery.list', {organization, object: 'Node:'}, 'bad_object')
    await asking.fails('delivery.list', {organization, host: 'http://a'}, 'bad_host')
    await asking.fails('delivery.list', {organization, where: ['data.name']}, 'bad_comparison')
  },
  async 'delivery.show'(asking) {
    const delivery = await aDelivery(asking)
    const shown = await asking.ask('delivery.show', {organization, delivery})
    expect(shown).toMatchObject({delivery: {id: delivery}, body: {encoding: 'utf8'}, attempts: []})
    await asking.fails('delivery.show', {organization, delivery: 'dlv_0'}, 'delivery_not_found')
  },
  async 'delivery.replay'(asking) {
    const delivery = await aDelivery(asking)
    await asking.fails('delivery.replay', {organization, deliveries: [delivery]}, 'delivery_not_over')
    await asking.ask('delivery.cancel', {organization, delivery})
    const {deliveries} = await asking.ask('delivery.replay', {
      organization,
      deliveries: [delivery],
      toUrl: 'https://example.org/',
    })
    expect(deliveries).toMatchObject([{replayOf: delivery, trigger: 'replay', toUrl: 'https://example.org/'}])
    await asking.fails('delivery.replay', {organization, deliveries: []}, 'invalid_input')
    await asking.fails('delivery.replay', {organization, deliveries: ['dlv_0']}, 'delivery_not_found')
  },
  async 'delivery.diff'(asking) {
    const [one, two] = [await aDelivery(asking), (await asking.ask('event.send', aNode)).deliveries[0]?.id as string]
    const {differences} = await asking.ask('delivery.diff', {organization, delivery: one, with: two})
    expect(differences).toMatchObject([{part: 'body', name: 'data.n'}])
    await asking.fails('delivery.diff', {organization, delivery: one}, 'nothing_to_compare')
    await asking.fails('delivery.diff', {organization, delivery: `${one}#1`, with: two}, 'attempt_not_found')
    await asking.fails('delivery.diff', {organization, delivery: 'x', with: two}, 'bad_reference')
  },
  async 'replay.preview'(asking) {
    const delivery = await aDelivery(asking)
    expect(await asking.ask('replay.preview', {organization, selection: 'all'})).toMatchObject({
      count: 0,
      matched: 1,
      leftOut: {notOver: 1},
    })
    await asking.ask('delivery.cancel', {organization, delivery})
    const all = await asking.ask('replay.preview', {organization, selection: 'all', type: ['node.*']})
    expect(all).toMatchObject({count: 1, webhooks: [{count: 1}]})
    expect(await asking.ask('replay.preview', {organization, selection: 'missing'})).toMatchObject({count: 0})
    await asking.fails('replay.preview', {organization, selection: 'named'}, 'invalid_input')
    await asking.fails('replay.preview', {organization, selection: 'failed', state: ['failed']}, 'filter_not_taken')
    await asking.fails('replay.preview', {organization, selection: 'missing', status: '4xx'}, 'filter_not_taken')
    await asking.fails('replay.preview', {organization, selection: 'all', where: ['x']}, 'bad_comparison')
    await asking.fails('replay.preview', {organization, selection: 'all', toUrl: 'nonsense'}, 'bad_scheme')
  },
  async 'replay.create'(asking) {
    const delivery = await aDelivery(asking)
    const failed = {organization, selection: 'failed', confirm: 0} as const
    expect(await asking.ask('replay.create', failed)).toMatchObject({state: 'done', total: 0})
    await asking.fails('replay.create', {...failed, confirm: 1}, 'count_changed')
    await asking.fails('replay.create', {organization, selection: 'failed'}, 'invalid_input')
    await asking.fails('replay.create', {...failed, ratePerSecond: 0}, 'invalid_input')
    const named = {
      organization,
      selection: 'named' as const,
      deliveries: [delivery],
      confirm: 1,
    } satisfies Input<'replay.create'>
    await asking.fails('replay.create', named, 'delivery_not_over')
    await asking.fails('replay.create', {...named, webhook: 'x'}, 'filter_not_taken')
    expect(await asking.ask('replay.create', {...named, now: true, ratePerSecond: null})).toMatchObject({
      state: 'running',
      total: 1,
      waiting: 1,
      ratePerSecond: null,
    })
  },
  async 'replay.list'(asking) {
    const one = await aReplay(asking)
    const {id: two} = await asking.ask('replay.create', {organization, selection: 'all', confirm: 0})
    const {items, next} = await asking.ask('replay.list', {organization, limit: 1})
    expect([items.map(({id}) => id), next !== null]).toEqual([[two], true])
    const rest = await asking.ask('replay.list', {organization, limit: 1, cursor: next ?? ''})
    expect([rest.items.map(({id}) => id), rest.next]).toEqual([[one], null])
    await asking.fails('replay.list', {organization, limit: 0}, 'invalid_input')
    await asking.fails('replay.list', unknownOrganization, 'organization_not_found')
  },
  async 'replay.show'(asking) {
    const replay = await aReplay(asking)
    expect(await asking.ask('replay.show', {organization, replay})).toMatchObject({id: replay, waiting: 1, untried: 0})
    await asking.fails('replay.show', {organization, replay: 'rpl_0'}, 'replay_not_found')
  },
  async 'replay.pause'(asking) {
    const replay = await aReplay(asking)
    expect(await asking.ask('replay.pause', {organization, replay})).toMatchObject({state: 'paused', waiting: 1})
    expect(await asking.ask('replay.pause', {organization, replay})).toMatchObject({state: 'paused'})
    await asking.fails('replay.pause', {organization, replay: 'rpl_0'}, 'replay_not_found')
  },
  async 'replay.resume'(asking) {
    const replay = await aReplay(asking)
    await asking.ask('replay.pause', {organization, replay})
    expect(await asking.ask('replay.resume', {organization, replay})).toMatchObject({state: 'running'})
    await asking.ask('replay.cancel', {organization, replay})
    await asking.fails('replay.resume', {organization, replay}, 'replay_over')
  },
  async 'replay.cancel'(asking) {
    const replay = await aReplay(asking)
    expect(await asking.ask('replay.cancel', {organization, replay})).toMatchObject({state: 'cancelled', waiting: 0})
    await asking.fails('replay.cancel', {organization, replay}, 'replay_over')
    await asking.fails('replay.cancel', {organization, replay: 'rpl_0'}, 'replay_not_found')
  },
  async 'delivery.cancel'(asking) {
    const delivery = await aDelivery(asking)
    expect(await asking.ask('delivery.cancel', {organization, delivery})).toMatchObject({state: 'cancelled'})
    await asking.fails('delivery.cancel', {organization, delivery}, 'delivery_over')
    await asking.fails('delivery.cancel', {organization, delivery: 'dlv_0'}, 'delivery_not_found')
  },
  async 'activity.list'(asking) {
    await asking.ask('event.send', aNode)
    expect((await asking.ask('activity.list', {organization})).items).toMatchObject([
      {message: expect.stringContaining('db-1')},
    ])
    await asking.ask('activity.list', {organization, all: true, limit: 1})
    await asking.fails('activity.list', {organization, all: 'perhaps'}, 'invalid_input')
  },
  async 'history.list'(asking) {
    await aWebhook(asking)
    await asking.ask('event.send', aNode)
    expect(
      (
        await asking.ask('history.list', {
          organization,
          change: ['created'],
          objectType: ['Webhook', 'Node'],
          limit: 10,
        })
      ).items,
    ).toHaveLength(2)
    expect((await asking.ask('history.list', {organization, actor: 'ADMIN'})).items.length).toBeGreaterThan(0)
    await asking.fails('history.list', {organization, change: ['destroyed']}, 'invalid_input')
  },
  async 'history.show'(asking) {
    await aWebhook(asking)
    const {items} = await asking.ask('history.list', {organization})
    const entry = items[0]
    expect(await asking.ask('history.show', {organization, entry: entry?.id as string})).toEqual(entry)
    await asking.fails('history.show', {organization, entry: 'hst_0'}, 'history_not_found')
  },
  async 'object.apply'(asking) {
    const site = {platform: 'netbox', type: 'site', id: 54, data: {name: 'ams1', height: raw('1.0')}}
    const {items, ...counts} = await asking.ask('object.apply', {organization, objects: [site]})
    expect(counts).toEqual({created: 1, changed: 0, deleted: 0, unchanged: 0, events: 1, deliveries: 0})
    expect(items).toMatchObject([{type: 'dcim.site', id: '54', name: 'ams1', change: 'created'}])
    expect(await asking.ask('object.apply', {organization, objects: [site]})).toMatchObject({unchanged: 1, events: 0})
    await asking.fails('object.apply', {organization, objects: [{...site, type: 'no type'}]}, 'unknown_object_type')
    await asking.fails('object.apply', {organization, objects: [{...site, id: ''}]}, 'missing_object_id')
    await asking.fails('object.apply', {organization, objects: [{...site, data: undefined}]}, 'missing_data')
    await asking.fails('object.apply', {organization, objects: [{...site, source: 'hookctl'}]}, 'reserved_source')
    await asking.fails('object.apply', {organization, objects: []}, 'invalid_input')
  },
  async 'object.list'(asking) {
    await anObject(asking)
    const {items} = await asking.ask('object.list', {organization, platform: 'netbox@2.6', type: 'prefix', text: '0/2'})
    expect(items).toMatchObject([{platform: 'netbox', type: 'ipam.prefix', id: '10.0.0.0/24 é', data: {vlan: 7}}])
    expect(await asking.ask('object.list', {organization, limit: 1, text: 'none'})).toEqual({items: [], next: null})
    await asking.fails('object.list', {organization, platform: 'nope'}, 'unknown_platform')
  },
  async 'object.show'(asking) {
    const key = await anObject(asking)
    expect(await asking.ask('object.show', {organization, ...key})).toMatchObject({id: key.id, data: {vlan: 7}})
    await asking.fails('object.show', {organization, ...key, id: '1'}, 'object_not_found')
  },
  async 'object.delete'(asking) {
    const key = await anObject(asking)
    expect(await asking.ask('object.delete', {organization, ...key})).toMatchObject({deleted: 1, events: 1})
    await asking.fails('object.delete', {organization, ...key}, 'object_not_found')
  },
  async 'web.code'({ask, fails}) {
    expect(await ask('web.code', {})).toEqual({code: 'a-code', expiresAt: '2026-07-03T12:01:00.000Z'})
    await fails('web.code', {nope: 1}, 'invalid_input')
  },
  async 'web.rights'({ask, fails}) {
    const rights = {name: 'admin', role: 'owner', organization: null, refused: []}
    expect(await ask('web.rights', {})).toMatchObject(rights)
    await fails('web.rights', {nope: 1}, 'invalid_input')
  },
  async 'worker.status'(asking) {
    expect(await asking.ask('worker.status', {})).toEqual({state: 'activating', enabled: true, owner: null, owners: []})
    await asking.fails('worker.status', {nope: 1}, 'invalid_input')
  },
  async 'worker.enable'(asking) {
    await asking.fails('worker.enable', {}, 'worker_already_active')
    await asking.ask('worker.disable', {})
    expect(await asking.ask('worker.enable', {})).toMatchObject({enabled: true})
  },
  async 'worker.disable'(asking) {
    expect(await asking.ask('worker.disable', {})).toMatchObject({state: 'inactive', enabled: false})
    await asking.fails('worker.disable', {}, 'worker_already_inactive')
  },
  async 'worker.queues'(asking) {
    await aWebhook(asking)
    await asking.ask('event.send', aNode)
    const {domains, queues} = await asking.ask('worker.queues', {organization})
    expect(domains).toMatchObject([{domain: null, webhooks: 1, depth: 1}])
    expect(queues).toMatchObject([{domain: null, host: 'example.com', state: 'active', depth: 1, held: 0}])
    await asking.fails('worker.queues', unknownOrganization, 'organization_not_found')
  },
  async 'store.prune'(asking) {
    const nothing = {bodies: 0, deliveries: 0, attempts: 0, events: 0, history: 0, bytes: 0}
    expect(await asking.ask('store.prune', {})).toEqual({pruned: nothing, cursor: null})
    await asking.ask('event.send', aNode)
    const would = await asking.ask('store.prune', {kinds: ['bodies'], olderThanMs: 0, dryRun: true})
    expect(would).toMatchObject({pruned: {deliveries: 0}, cursor: null})
    await asking.fails('store.prune', {kinds: ['everything']}, 'invalid_input')
    await asking.fails('store.prune', {olderThanMs: -1}, 'invalid_input')
    await asking.fails('store.prune', {cursor: 'nope'}, 'bad_cursor')
  },
  async 'store.compact'(asking) {
    expect(await asking.ask('store.compact', {})).toEqual({freedBytes: 0, fileBytes: null})
    await asking.fails('store.compact', {nope: 1}, 'invalid_input')
  },
  async 'delivery.expunge'(asking) {
    const delivery = await aDelivery(asking)
    await asking.fails('delivery.expunge', {organization, deliveries: [delivery]}, 'delivery_not_over')
    await asking.ask('delivery.cancel', {organization, delivery})
    const answer = await asking.ask('delivery.expunge', {organization, deliveries: [delivery]})
    expect(answer).toMatchObject({deliveries: [{id: delivery, contentGone: 'expunged'}], eventsKept: []})
    expect(await asking.ask('delivery.show', {organization, delivery})).toMatchObject({body: null})
    await asking.fails('delivery.replay', {organization, deliveries: [delivery]}, 'content_gone')
    await asking.fails('delivery.expunge', {organization, deliveries: ['dlv_0']}, 'delivery_not_found')
    await asking.fails('delivery.expunge', {organization, deliveries: []}, 'invalid_input')
  },
  async 'store.info'(asking) {
    expect(await asking.ask('store.info', {})).toMatchObject({
      backend: 'memory',
      fileBytes: null,
      deliveries: {total: 0},
      oldestEventAt: null,
    })
    await asking.fails('store.info', {nope: 1}, 'invalid_input')
  },
  async 'status.show'(asking) {
    await aDelivery(asking)
    expect(await asking.ask('status.show', {organization})).toMatchObject({
      version: '1.2.3',
      deliveries: {unfinished: 1},
      webhooks: {total: 1},
    })
    await asking.fails('status.show', unknownOrganization, 'organization_not_found')
  },
  async 'stats.show'(asking) {
    await aDelivery(asking)
    expect(await asking.ask('stats.show', {organization})).toMatchObject({
      ...{by: 'webhook', stretchMs: 3_600_000, groups: [], groupCount: 0},
      ...{since: '2026-07-02T12:00:00.000Z', until: '2026-07-03T13:00:00.000Z'},
      total: {attempts: 0, successRate: null, latencyMs: null},
    })
    await asking.ask('stats.show', {organization, by: 'class', type: ['node.*'], status: '5xx', limit: 1})
    await asking.fails('stats.show', {organization, by: 'colour'}, 'invalid_input')
    await asking.fails('stats.show', {organization, status: '600'}, 'bad_status')
    await asking.ask('stats.show', {organization, state: ['failed'], where: ['data.name=a']})
    await asking.fails('stats.show', {organization, type: ['no de']}, 'bad_event_type')
    await asking.fails('stats.show', {organization, webhook: 'nobody'}, 'webhook_not_found')
    await asking.fails('stats.show', unknownOrganization, 'organization_not_found')
  },
  async 'platform.list'(asking) {
    expect((await asking.ask('platform.list', {})).items.map(({name}) => name)).toContain('catalyst')
    await asking.fails('platform.list', {nope: 'x'}, 'invalid_input')
  },
  async 'platform.render'(asking) {
    const body = Buffer.from('[{"trigger": "x"}]').toString('base64')
    await asking.fails('platform.render', {body}, 'bad_body')
    const rendered = await asking.ask('event.render', {...aNode, platform: 'catalyst'})
    const again = await asking.ask('platform.render', {body: rendered.body})
    expect(again).toMatchObject({platform: 'catalyst@1', body: rendered.body, events: [{type: 'node.added'}]})
  },
  async 'event.render'(asking) {
    const {body, ...rendered} = await asking.ask('event.render', {...aNode, platform: 'catalyst'})
    expect(rendered).toMatchObject({platform: 'catalyst@1', eventType: 'node.added', contentType: 'application/json'})
    expect(Buffer.from(body, 'base64').toString()).toContain('"event":"node.added"')
    await asking.fails('event.render', {...aNode, platform: 'netbox'}, 'unknown_event_type')
  },
  async 'event.why'(asking) {
    const {organization: _, ...describe} = aNode
    const {webhook} = await aWebhook(asking)
    const told = await asking.ask('event.why', {organization, describe, webhook: webhook.id})
    expect(told.items).toMatchObject([{webhookId: webhook.id, wanted: true}])
    const {event} = await asking.ask('event.send', aNode)
    const {items} = await asking.ask('event.why', {organization, event: event.id})
    expect(items).toMatchObject([{deliveries: [{eventId: event.id}]}])
    await asking.fails('event.why', {organization, event: 'evt_0'}, 'event_not_found')
    await asking.fails('event.why', missing, 'invalid_input')
  },
  async 'event.import'(asking) {
    const {body} = await asking.ask('event.render', {...aNode, data: {n: raw('1.0')}, platform: 'catalyst'})
    const imported = await asking.ask('event.import', {organization, body})
    expect(imported).toMatchObject({platform: 'catalyst@1', accepted: 1})
    const shown = await asking.ask('event.show', {organization, event: imported.eventIds[0] as string})
    expect(shown.event).toMatchObject({type: 'node.added', source: expect.any(String)})
    expect(Buffer.from(body, 'base64').toString()).toContain('{"n":1.0}')
    await asking.fails('event.import', {organization, body, platform: 'nope'}, 'unknown_platform')
  },
  async 'platform.show'(asking) {
    expect(await asking.ask('platform.show', {platform: 'netbox@2.6'})).toMatchObject({name: 'netbox', version: '2.6'})
    await asking.fails('platform.show', {platform: 'nope'}, 'unknown_platform')
    await asking.fails('platform.show', {platform: 'netbox@0'}, 'unknown_platform_version')
  },
}

async function aDelivery(asking: Asking): Promise<string> {
  await aWebhook(asking)
  const {deliveries} = await asking.ask('event.send', {...aNode, data: {n: raw('1.0')}})
  return deliveries[0]?.id as string
}
