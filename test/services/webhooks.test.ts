import {describe, expect, test} from 'vitest'
import type {Input} from '../../src/api/operations.ts'
import {argumentWord} from '../../src/domain/shell-word.ts'
import {aHistoryEntry, aWebhook, NOON, somePolicies} from '../harness/factories.ts'
import {aCaller, aProduct, type Product, refusal} from '../harness/product.ts'

const organization = 'default'
const HOUR = 3_600_000
const base: Input<'webhook.create'> = {
  organization,
  name: 'ops',
  platform: 'catalyst',
  url: 'https://example.com/in',
  eventTypes: ['node.added', 'cert.*'],
}

describe('creating', () => {
  test('CAT-06, CAT-08: event types keep their order, and a description is not needed', async () => {
    await using product = await aProduct()
    const {webhook, secret} = await product.ask('webhook.create', base)
    expect(webhook).toMatchObject({eventTypes: ['node.added', 'cert.*'], description: '', active: true, secrets: []})
    expect(secret).toBe(null)
  })

  test('an event type that is given twice, also under two names, is kept once, in its first place', async () => {
    await using product = await aProduct()
    const eventTypes = ['site.created', 'rack.*', 'dcim.site.created', 'rack.*']
    const {webhook} = await product.ask('webhook.create', {...base, platform: 'netbox@2.6', eventTypes})
    expect(webhook.eventTypes).toEqual(['dcim.site.created', 'dcim.rack.*'])
    const edited = {organization, webhook: webhook.id, eventTypes: ['rack.*', 'rack.*']}
    expect((await product.ask('webhook.edit', edited)).eventTypes).toEqual(['dcim.rack.*'])
  })

  test('the platform’s policies are resolved and stored, with the version they come from', async () => {
    await using product = await aProduct()
    const {webhook} = await product.ask('webhook.create', {...base, platform: 'netbox@2.6', eventTypes: ['site.*']})
    expect(webhook).toMatchObject({platform: 'netbox@2.6', eventTypes: ['dcim.site.*']})
    expect(webhook.policies).toMatchObject({success: {kind: 'ok'}, retry: {kind: 'manual'}, offSwitch: 'accept'})
  })

  test('a policy that is given takes the place of the platform’s, the others stay', async () => {
    await using product = await aProduct()
    const retry = {kind: 'list' as const, delaysMs: [60_000, 300_000]}
    const {webhook} = await product.ask('webhook.create', {...base, policies: {retry, tls: {verify: false}}})
    expect(webhook.policies).toMatchObject({retry, tls: {verify: false, caFile: null}, success: {kind: '2xx'}})
  })

  test('a policy that the platform has locked is refused by name, unless it is what the platform says', async () => {
    await using product = await aProduct()
    await product.ask('webhook.create', {...base, policies: {batch: null}})
    const policies = {batch: {everyMs: 1000, maxEvents: 5}}
    expect(await refusal(product.ask('webhook.create', {...base, name: 'b', policies}))).toMatchObject({
      kind: 'usage',
      code: 'policy_locked',
      path: 'policies/batch',
    })
  })

  test.each(['.', '..', ' .. '])('a name that is a way to another place in a path, %j, is refused', async name => {
    await using product = await aProduct()
    expect(await refusal(product.ask('webhook.create', {...base, name}))).toMatchObject({
      kind: 'usage',
      code: 'invalid_input',
      path: 'name',
    })
  })

  test('every problem is told in one error, the first one by its path', async () => {
    await using product = await aProduct()
    const headers = [{name: 'Host', value: 'x'}]
    const error = await refusal(
      product.ask('webhook.create', {...base, url: 'http://example.com/', headers, eventTypes: ['nod.added']}),
    )
    expect(error).toMatchObject({kind: 'usage', code: 'https_only', path: 'url'})
    expect(error.message).toMatch(/https:\/\/ only.*"nod.added".*"Host"/)
    expect((await product.ask('webhook.list', {organization})).items).toEqual([])
  })

  const refused: readonly [what: string, input: Partial<Input<'webhook.create'>>, code: string][] = [
    ['no event types', {eventTypes: []}, 'no_event_types'],
    ['an unknown event type', {eventTypes: ['node.aded']}, 'unknown_event_type'],
    ['an unknown platform', {platform: 'netbx'}, 'unknown_platform'],
    ['an unknown version', {platform: 'netbox@1.0'}, 'unknown_platform_version'],
    ['a name that looks like an id', {name: `wh_${'0'.repeat(32)}`}, 'bad_name'],
    ['a name with a line end', {name: 'a\nb'}, 'bad_name'],
    ['a header with a line end', {headers: [{name: 'X-Foo', value: 'a\r\nX-Bar: b'}]}, 'bad_header_value'],
    [
      'an option that the scheme does not have',
      {policies: {signature: {scheme: 'github', header: 'X-A'}}},
      'bad_option',
    ],
    ['a password in the URL', {url: 'https://a:b@example.com/'}, 'userinfo'],
    [
      'a secret its scheme cannot use',
      {policies: {signature: {scheme: 'standard-v1'}}, secret: {value: 'no base64 !'}},
      'bad_secret',
    ],
    ['a secret where nothing is signed', {policies: {signature: null}, secret: {generate: true}}, 'webhook_unsigned'],
  ]
  test.each(refused)('%s is refused', async (_what, input, code) => {
    await using product = await aProduct()
    expect((await refusal(product.ask('webhook.create', {...base, ...input}))).code).toBe(code)
    expect((await product.ask('webhook.list', {organization})).items).toEqual([])
    expect((await product.ask('history.list', {organization})).items).toEqual([])
  })

  test('NBX-18: a name is taken once in its organization', async () => {
    await using product = await aProduct()
    await product.ask('webhook.create', base)
    const again = product.ask('webhook.create', base)
    expect(await refusal(again)).toMatchObject({kind: 'conflict', code: 'webhook_exists'})
  })

  test('NBX-18: NetBox 2.x takes a URL once per set of actions, also at an edit', async () => {
    await using product = await aProduct()
    const site = {...base, platform: 'netbox@2.6', eventTypes: ['dcim.site.created']}
    await product.ask('webhook.create', {...site, name: 'a'})
    const rack = {...site, name: 'b', eventTypes: ['dcim.rack.created']}
    expect(await refusal(product.ask('webhook.create', rack))).toMatchObject({
      kind: 'conflict',
      code: 'duplicate_webhook',
    })
    await product.ask('webhook.create', {...rack, url: 'https://example.com/b'})
    const moved = product.ask('webhook.edit', {organization, webhook: 'b', url: base.url as string})
    expect(await refusal(moved)).toMatchObject({code: 'duplicate_webhook', hint: 'that webhook is "a"'})
    await product.ask('webhook.edit', {organization, webhook: 'a', description: 'itself is no rival'})
  })

  test.each([
    ['netbox', /^[0-9a-f]{64}$/],
    ['standard-v1', /^whsec_[A-Za-z0-9+/]+=*$/],
    ['standard-v1a', /^whsk_/],
  ] as const)('a secret made for %s is told once, as the scheme spells it', async (scheme, spelling) => {
    await using product = await aProduct()
    const made = await product.ask('webhook.create', {
      ...base,
      policies: {signature: {scheme}},
      secret: {generate: true},
    })
    expect(made.secret).toMatch(spelling)
    expect(JSON.stringify(await product.ask('webhook.show', {organization, webhook: 'ops'}))).not.toContain(made.secret)
  })
})

describe('E4: what is shown', () => {
  test('credentials are masked in the webhook and in its history', async () => {
    await using product = await aProduct()
    await product.ask('webhook.create', {
      ...base,
      url: 'https://example.com/in?key=CANARY1&site=CANARY2',
      headers: [
        {name: 'Authorization', value: 'Bearer CANARY3'},
        {name: 'DD-API-KEY', value: 'CANARY4'},
        {name: 'X-Foo', value: 'bar & baz: qux'},
      ],
      secret: {value: 'CANARY5'},
    })
    await product.ask('webhook.rotateSecret', {organization, webhook: 'ops', secret: {value: 'CANARY6'}})
    await product.ask('webhook.delete', {organization, webhook: 'ops'})
    const entries = await product.ask('history.list', {organization})
    expect(entries.items.map(({change}) => change)).toEqual(['deleted', 'changed', 'created'])
    const text = JSON.stringify(entries)
    expect(text).not.toContain('CANARY')
    expect(text).toContain('https://example.com/in?key=***&site=***')
    expect(text).toContain('bar & baz: qux')
  })

  test('a secret has a fingerprint that tells two apart', async () => {
    await using product = await aProduct()
    const {webhook} = await product.ask('webhook.create', {...base, secret: {value: 'first secret'}})
    const after = await product.ask('webhook.rotateSecret', {
      organization,
      webhook: 'ops',
      secret: {value: 'second secret'},
    })
    expect(webhook.secrets[0]?.fingerprint).toMatch(/^[0-9a-f]{8}$/)
    expect(after.webhook.secrets[1]?.fingerprint).toBe(webhook.secrets[0]?.fingerprint)
    expect(after.webhook.secrets[0]?.fingerprint).not.toBe(webhook.secrets[0]?.fingerprint)
  })
})

describe('editing', () => {
  test('CAT-11: the identity stays and what is not given stays', async () => {
    await using product = await aProduct()
    const {webhook} = await product.ask('webhook.create', base)
    product.clock.now += HOUR
    const edited = await product.ask('webhook.edit', {
      organization,
      webhook: 'ops',
      url: 'https://example.com/new',
      name: 'new',
    })
    const updatedAt = new Date(NOON + HOUR).toISOString()
    expect(edited).toEqual({...webhook, url: 'https://example.com/new', name: 'new', updatedAt})
  })

  test('CAT-08: a description is set and cleared, and a URL taken away again', async () => {
    await using product = await aProduct()
    await product.ask('webhook.create', {...base, description: 'first'})
    const edit = (input: object) => product.ask('webhook.edit', {organization, webhook: 'ops', ...input})
    expect(await edit({description: ''})).toMatchObject({description: ''})
    expect(await edit({url: null})).toMatchObject({url: null})
  })

  test('an edit that breaks a rule changes nothing', async () => {
    await using product = await aProduct()
    const {webhook} = await product.ask('webhook.create', base)
    const edit = product.ask('webhook.edit', {organization, webhook: 'ops', name: 'x', url: 'ftp://example.com'})
    expect((await refusal(edit)).code).toBe('bad_scheme')
    expect(await product.ask('webhook.show', {organization, webhook: 'ops'})).toEqual(webhook)
  })

  test('a webhook that is not there is not found, and the near one is named', async () => {
    await using product = await aProduct()
    await product.ask('webhook.create', base)
    expect(await refusal(product.ask('webhook.show', {organization, webhook: 'osp'}))).toMatchObject({
      kind: 'not_found',
      code: 'webhook_not_found',
      hint: 'did you mean "ops"?',
    })
  })
})

const pending = async (product: Product, webhook: string): Promise<number> =>
  (await product.ask('delivery.list', {organization, webhook, state: ['pending']})).items.length

describe('switching and deleting', () => {
  const events = {organization, events: [{type: 'node.added'}, {type: 'node.removed'}]}

  test('PRO-05: what a webhook that holds is owed waits while it is off and is due when it is on', async () => {
    await using product = await aProduct()
    await product.deps.store.webhooks.add(
      aWebhook({name: 'a', policies: somePolicies({offSwitch: 'hold'})}),
      aHistoryEntry(),
    )
    await product.ask('event.sendMany', events)
    expect(await product.ask('webhook.disable', {organization, webhook: 'a'})).toMatchObject({held: 2})
    await product.ask('event.sendMany', events)
    expect(await pending(product, 'a')).toBe(0)
    product.clock.now += HOUR
    expect(await product.ask('webhook.enable', {organization, webhook: 'a'})).toMatchObject({resumed: 4})
    const {items} = await product.ask('delivery.list', {organization, webhook: 'a'})
    expect(new Set(items.map(({state, dueAt}) => `${state} ${dueAt}`))).toEqual(
      new Set([`pending ${new Date(NOON + HOUR).toISOString()}`]),
    )
  })

  test.each(['accept', 'delivery'] as const)('switched off by %s, what is pending stays pending', async offSwitch => {
    await using product = await aProduct()
    await product.deps.store.webhooks.add(aWebhook({name: 'a', policies: somePolicies({offSwitch})}), aHistoryEntry())
    await product.ask('event.sendMany', events)
    expect(await product.ask('webhook.disable', {organization, webhook: 'a'})).toMatchObject({held: 0})
    expect(await pending(product, 'a')).toBe(2)
  })

  test('a pause is lifted by switching on, and what it held is due', async () => {
    await using product = await aProduct()
    await product.deps.store.webhooks.add(aWebhook({name: 'a', paused: {reason: 'gone', at: NOON}}), aHistoryEntry())
    await product.ask('event.sendMany', events)
    const {webhook, resumed} = await product.ask('webhook.enable', {organization, webhook: 'a'})
    expect([webhook.paused, resumed]).toEqual([null, 2])
  })

  test('switching on what is on changes nothing and writes no history', async () => {
    await using product = await aProduct()
    await product.ask('webhook.create', base)
    await product.ask('webhook.enable', {organization, webhook: 'ops'})
    expect((await product.ask('history.list', {organization})).items).toHaveLength(1)
  })

  test('CAT-12: a deleted webhook is owed nothing more, and its deliveries stay readable', async () => {
    await using product = await aProduct()
    const {webhook} = await product.ask('webhook.create', {...base, eventTypes: ['*']})
    const sent = await product.ask('event.send', {organization, type: 'node.added', data: {name: 'a'}})
    expect(await product.ask('webhook.delete', {organization, webhook: 'ops'})).toMatchObject({
      name: 'ops',
      cancelled: 1,
    })
    expect((await product.ask('event.send', {organization, type: 'node.added'})).deliveries).toEqual([])
    const delivery = sent.deliveries[0]?.id as string
    const shown = await product.ask('delivery.show', {organization, delivery})
    expect(shown.delivery).toMatchObject({state: 'cancelled', reason: 'webhook_deleted', webhook: webhook.id})
    expect(shown.body?.content).toContain('node.added')
    const listed = await product.ask('delivery.list', {organization, webhook: webhook.id})
    expect(listed.items.map(({id}) => id)).toEqual([delivery])
  })

  test('CAT-24, CAT-25: creating, changing and deleting a webhook stand in the history with who did it', async () => {
    await using product = await aProduct()
    await product.ask('webhook.create', base)
    await product.ask('webhook.disable', {organization, webhook: 'ops'}, aCaller({actor: {kind: 'token', name: 'ci'}}))
    await product.ask('webhook.delete', {organization, webhook: 'ops'})
    const {items} = await product.ask('history.list', {organization, objectType: ['Webhook']})
    expect(items.map(({change, actor}) => [change, actor.name])).toEqual([
      ['deleted', 'anna'],
      ['changed', 'ci'],
      ['created', 'anna'],
    ])
    expect(items[1]).toMatchObject({before: {active: true}, after: {active: false}})
  })
})

describe('trying out', () => {
  test('an example goes to one webhook only, as a test, and nothing is said to have happened', async () => {
    await using product = await aProduct()
    await product.ask('webhook.create', {...base, eventTypes: ['cert.*']})
    await product.ask('webhook.create', {...base, name: 'other', eventTypes: ['*']})
    const answer = await product.ask('webhook.test', {organization, webhook: 'ops'})
    expect(answer.eventType).toBe('cert.issued')
    const {items} = await product.ask('delivery.list', {organization})
    expect(items).toMatchObject([{id: answer.deliveryId, webhook: 'ops', trigger: 'test', state: 'pending'}])
    expect((await product.ask('event.show', {organization, event: answer.eventId})).event.source).toBe('hookctl')
    expect((await product.ask('history.list', {organization, objectType: ['Certificate']})).items).toEqual([])
  })

  test('a type that the webhook does not get is refused', async () => {
    await using product = await aProduct()
    await product.ask('webhook.create', base)
    const test = (eventType: string) => product.ask('webhook.test', {organization, webhook: 'ops', eventType})
    expect(await refusal(test('node.removed'))).toMatchObject({kind: 'usage', code: 'not_subscribed'})
    expect(await test('cert.renewed')).toMatchObject({eventType: 'cert.renewed'})
  })

  test('a webhook that is off or has no URL is not tried', async () => {
    await using product = await aProduct()
    await product.ask('webhook.create', {...base, active: false})
    const {url: _, ...without} = base
    await product.ask('webhook.create', {...without, name: 'later'})
    const test = (webhook: string) => product.ask('webhook.test', {organization, webhook})
    expect(await refusal(test('ops'))).toMatchObject({
      kind: 'conflict',
      code: 'webhook_inactive',
      hint: 'hookctl webhook enable ops',
    })
    expect(await refusal(test('later'))).toMatchObject({kind: 'conflict', code: 'webhook_unconfigured'})
  })
})

test.each([
  ['ops', 'ops'],
  ['Ops Slack', "'Ops Slack'"],
  ["it's $HOME `id`", "'it'\\''s $HOME `id`'"],
  ['-rf', '-- -rf'],
  ['-r f', "-- '-r f'"],
])('a hint can be pasted into a shell as it is: %s is %s', (name, expected) => {
  expect(argumentWord(name)).toBe(expected)
})

describe('B7: rotating a secret', () => {
  const rotate = (product: Product, graceMs?: number) =>
    product.ask('webhook.rotateSecret', {organization, webhook: 'ops', ...(graceMs === undefined ? {} : {graceMs})})

  test('the new one comes first, the old one stays live for a day', async () => {
    await using product = await aProduct()
    await product.ask('webhook.create', {...base, secret: {value: 'first secret'}})
    const {webhook, secret} = await rotate(product)
    expect(secret).toMatch(/^[0-9a-f]{64}$/)
    expect(webhook.secrets.map(({expiresAt}) => expiresAt)).toEqual([null, new Date(NOON + 24 * HOUR).toISOString()])
  })

  test('a second rotation does not lengthen the life of the first secret', async () => {
    await using product = await aProduct()
    await product.ask('webhook.create', {...base, secret: {value: 'first secret'}})
    await rotate(product, HOUR)
    const {webhook} = await rotate(product, 24 * HOUR)
    expect(webhook.secrets.map(({expiresAt}) => expiresAt)).toEqual([
      null,
      new Date(NOON + 24 * HOUR).toISOString(),
      new Date(NOON + HOUR).toISOString(),
    ])
  })

  test('without grace only the new one is left', async () => {
    await using product = await aProduct()
    await product.ask('webhook.create', {...base, secret: {value: 'first secret'}})
    expect((await rotate(product, 0)).webhook.secrets).toHaveLength(1)
  })

  test('five are live at most, and expired ones do not count', async () => {
    await using product = await aProduct()
    await product.ask('webhook.create', base)
    for (let count = 1; count <= 5; count++) expect((await rotate(product)).webhook.secrets).toHaveLength(count)
    expect(await refusal(rotate(product))).toMatchObject({kind: 'conflict', code: 'too_many_secrets'})
    product.clock.now += 25 * HOUR
    expect((await rotate(product)).webhook.secrets).toHaveLength(2)
  })
})
