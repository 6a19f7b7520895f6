import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {Input} from '../../src/api/operations.ts'
import {invoke} from '../../src/services/invoke.ts'
import {aHistoryEntry, anAttempt, NOON} from '../harness/factories.ts'
import {type PostgresServer, startPostgres} from '../harness/postgres.ts'
import {aCaller, aProduct, type Product, refusal} from '../harness/product.ts'
import {aFolder} from '../store/folder.ts'

const organization = 'default'
const webhook = 'ops'
const ops: Input<'webhook.create'> = {
  organization,
  name: webhook,
  platform: 'catalyst',
  url: 'https://example.com/in',
  eventTypes: ['*'],
  policies: {signature: {scheme: 'netbox'}},
  secret: {value: 'the first secret'},
}

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres()
}, 60_000)
afterAll(() => server[Symbol.asyncDispose](), 60_000)

/** Two processes over one store, each with the connections of its own. */
interface Both extends AsyncDisposable {
  readonly one: Product
  readonly other: Product
}

async function both(location: string, end: () => PromiseLike<void> = async () => {}): Promise<Both> {
  const one = await aProduct(location)
  const other = location === 'memory:' ? one : await aProduct(location)
  return {
    one,
    other,
    async [Symbol.asyncDispose]() {
      for (const product of new Set([one, other])) await product[Symbol.asyncDispose]()
      await end()
    },
  }
}

async function inFolder(scheme: string): Promise<Both> {
  const folder = await aFolder()
  return both(`${scheme}:${folder.file('store')}`, () => folder[Symbol.asyncDispose]())
}

const backends: readonly (readonly [name: string, open: () => Promise<Both>])[] = [
  ['memory', () => both('memory:')],
  ['sqlite', () => inFolder('sqlite')],
  ['json', () => inFolder('json')],
  ['postgres', async () => both(await server.database())],
]

const codeOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'done',
    (error: {code: string}) => error.code,
  )

describe.each(backends)('at the same moment, on %s', (_, open) => {
  test('B7: a secret that is rotated beside an edit stays rotated, and the edit is kept', async () => {
    await using products = await open()
    const {one, other} = products
    await one.ask('webhook.create', ops)
    const [rotated, edited] = await Promise.all([
      one.ask('webhook.rotateSecret', {organization, webhook, secret: {value: 'the second secret'}, graceMs: 0}),
      other.ask('webhook.edit', {organization, webhook, description: 'on call'}),
    ])
    const stored = await one.deps.store.webhooks.find(1, webhook)
    expect(stored?.secrets.map(({value}) => value)).toEqual(['the second secret'])
    expect(stored?.description).toBe('on call')
    expect([rotated.webhook.id, edited.id]).toEqual([stored?.id, stored?.id])
  })

  test('B7: of two rotations neither secret that was answered is lost', async () => {
    await using products = await open()
    const {one, other} = products
    await one.ask('webhook.create', ops)
    await Promise.all([
      one.ask('webhook.rotateSecret', {organization, webhook, secret: {value: 'the second secret'}}),
      other.ask('webhook.rotateSecret', {organization, webhook, secret: {value: 'the third secret'}}),
    ])
    const stored = await one.deps.store.webhooks.find(1, webhook)
    expect(stored?.secrets.map(({value}) => value).sort()).toEqual([
      'the first secret',
      'the second secret',
      'the third secret',
    ])
  })

  test('a webhook that is switched off beside an edit is off, and each edit of another member is kept', async () => {
    await using products = await open()
    const {one, other} = products
    await one.ask('webhook.create', ops)
    await Promise.all([
      one.ask('webhook.edit', {organization, webhook, description: 'on call'}),
      other.ask('webhook.disable', {organization, webhook}),
      one.ask('webhook.edit', {organization, webhook, eventTypes: ['node.*']}),
      other.ask('webhook.edit', {organization, webhook, policies: {timeoutMs: 1234}}),
    ])
    expect(await one.ask('webhook.show', {organization, webhook})).toMatchObject({
      active: false,
      description: 'on call',
      eventTypes: ['node.*'],
      policies: {timeoutMs: 1234},
    })
  })

  test('what was there before a change stands in its history, also of changes at once', async () => {
    await using products = await open()
    const {one, other} = products
    await one.ask('webhook.create', ops)
    await Promise.all(
      ['a', 'b', 'c', 'd'].map((description, at) =>
        [one, other][at % 2]!.ask('webhook.edit', {organization, webhook, description}),
      ),
    )
    const {items} = await one.ask('history.list', {organization, objectType: ['Webhook']})
    expect(items).toHaveLength(5)
    const chain = items.toReversed().map(({before, after}) => [before, after])
    for (const [index, [before]] of chain.entries()) expect(before).toEqual(index === 0 ? null : chain[index - 1]![1])
  })

  test('a pause that the worker writes beside an edit stays, and so does the edit', async () => {
    await using products = await open()
    const {one, other} = products
    const {webhook: made} = await one.ask('webhook.create', ops)
    const {event} = await one.ask('event.send', {organization, type: 'node.added'})
    const [delivery] = (await one.ask('delivery.list', {organization, event: event.id})).items
    const gone = {state: 'failed', reason: 'gone', dueAt: null, finishedAt: NOON} as const
    const pause = {pause: {reason: 'gone', at: NOON} as const, entry: aHistoryEntry()}
    await Promise.all([
      one.ask('webhook.edit', {organization, webhook, description: 'on call'}),
      other.deps.store.deliveries.record([
        {attempt: anAttempt({deliveryId: delivery!.id, status: 410}), ...gone, pause},
      ]),
      other.ask('webhook.edit', {organization, webhook, eventTypes: ['node.*']}),
    ])
    expect(await one.deps.store.webhooks.find(1, made.id)).toMatchObject({
      paused: {reason: 'gone'},
      description: 'on call',
      eventTypes: ['node.*'],
    })
  })

  test('a member who loses a role beside a change of the address has lost it, and the address is changed', async () => {
    await using products = await open()
    const {one, other} = products
    for (const user of ['ada', 'bob']) await one.ask('member.create', {organization, user, role: 'owner'})
    await Promise.all([
      one.ask('member.edit', {organization, user: 'bob', role: 'member'}),
      other.ask('member.edit', {organization, user: 'bob', email: 'bob@example.com'}),
    ])
    expect(await one.ask('member.show', {organization, user: 'bob'})).toMatchObject({
      role: 'member',
      email: 'bob@example.com',
    })
  })

  test('a context and an organization keep the name and what else is changed', async () => {
    await using products = await open()
    const {one, other} = products
    await one.ask('context.create', {organization, id: 'campus'})
    await Promise.all([
      one.ask('context.edit', {organization, context: 'campus', name: 'Campus Süd'}),
      other.ask('context.edit', {organization, context: 'campus', kind: 'site'}),
      one.ask('org.edit', {organization, name: 'First'}),
      other.ask('org.edit', {organization, name: 'Second'}),
    ])
    expect(await one.ask('context.show', {organization, context: 'campus'})).toMatchObject({
      name: 'Campus Süd',
      kind: 'site',
    })
    const {items} = await one.ask('history.list', {organization, objectType: ['Organization']})
    expect(items[0]?.before).toEqual(items[1]?.after)
  })

  test('of many who register what a platform allows once, one does', async () => {
    await using products = await open()
    const {one, other} = products
    const create = (name: string, at: number) =>
      [one, other][at % 2]!.ask('webhook.create', {
        organization,
        name,
        platform: 'netbox@2.6',
        eventTypes: ['dcim.site.*'],
        url: 'https://example.com/in',
      })
    const codes = await Promise.all(['a', 'b', 'c', 'd'].map((name, at) => codeOf(create(name, at))))
    expect(codes.sort()).toEqual(['done', 'duplicate_webhook', 'duplicate_webhook', 'duplicate_webhook'])
  })

  test('many webhooks that each send elsewhere are all registered', async () => {
    await using products = await open()
    const {one, other} = products
    const names = Array.from({length: 20}, (_, at) => `webhook ${at}`)
    await Promise.all(
      names.map((name, at) =>
        [one, other][at % 2]!.ask('webhook.create', {
          organization,
          name,
          platform: 'netbox@2.6',
          eventTypes: ['dcim.site.*'],
          url: `https://example.com/${at}`,
        }),
      ),
    )
    expect((await one.ask('webhook.list', {organization, limit: 100})).items).toHaveLength(names.length)
  })

  test('a webhook is not scoped to a context that is deleted meanwhile', async () => {
    await using products = await open()
    const {one, other} = products
    await one.ask('context.create', {organization, id: 'campus'})
    const [deleted, created] = await Promise.all([
      codeOf(other.ask('context.delete', {organization, context: 'campus'})),
      codeOf(one.ask('webhook.create', {...ops, contextId: 'campus'})),
    ])
    expect([
      ['done', 'unknown_context'],
      ['context_in_use', 'done'],
    ]).toContainEqual([deleted, created])
  })

  test('NEB-09: of two who switch the worker off one does, and it stands in the history once', async () => {
    await using products = await open()
    const {one, other} = products
    const codes = await Promise.all([one, other].map(each => codeOf(each.ask('worker.disable', {}))))
    expect(codes.sort()).toEqual(['done', 'worker_already_inactive'])
    const {items} = await one.ask('history.list', {organization, objectType: ['Worker']})
    expect(items).toHaveLength(1)
  })

  test('two declarations are both applied, each whole; one whose plan was looked at is not applied to something else', async () => {
    await using products = await open()
    const {one, other} = products
    const of = (description: string) => ({
      contexts: [{id: 'campus', name: description}],
      webhooks: [{name: webhook, platform: 'catalyst', url: 'https://example.com/in', eventTypes: ['*'], description}],
    })
    await one.ask('declaration.apply', {organization, declaration: of('first')})
    const apply = (product: Product, description: string, plan?: string) =>
      product.ask('declaration.apply', {
        organization,
        declaration: of(description),
        ...(plan === undefined ? {} : {plan}),
      })
    await Promise.all([apply(one, 'a'), apply(other, 'b')])
    const is = await one.ask('webhook.show', {organization, webhook})
    expect(await one.ask('context.show', {organization, context: 'campus'})).toMatchObject({name: is.description})

    const plans = await Promise.all(
      ['c', 'd'].map(description => one.ask('declaration.plan', {organization, declaration: of(description)})),
    )
    const codes = await Promise.all([
      codeOf(apply(one, 'c', plans[0]!.digest)),
      codeOf(apply(other, 'd', plans[1]!.digest)),
    ])
    expect(codes.sort()).toEqual(['done', 'plan_changed'])
  })
})

test('what never stops changing is answered as a conflict', async () => {
  await using product = await aProduct()
  await product.ask('webhook.create', ops)
  const {webhooks} = product.deps.store
  let round = 0
  const replace: typeof webhooks.replace = async (...input) => {
    const was = (await webhooks.find(1, webhook))!
    await webhooks.replace({...was, description: `${++round}`}, aHistoryEntry(), {was})
    return webhooks.replace(...input)
  }
  const busy = {...product.deps, store: {...product.deps.store, webhooks: {...webhooks, replace}}}
  const refused = await refusal(invoke(busy, 'webhook.disable', {organization, webhook}, aCaller()))
  expect(refused).toMatchObject({kind: 'conflict', code: 'changed_meanwhile'})
  expect(round).toBe(100)
})
