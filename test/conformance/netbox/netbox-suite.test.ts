import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {describe, expect, test} from 'vitest'
import {anInstallation} from '../../harness/installation.ts'
import {answers} from '../../harness/receiver.ts'
import {aSetting, type Row, type Setting} from '../../harness/setting.ts'
import {bodiesOf, bodyOf, changeOf, hmac, netbox, REQUEST_ID, refused, report} from './site.ts'

/** What NetBox's and Nautobot's own test suites assert, asked of hookctl. */

const tags = (...names: string[]) => names.map(name => ({name, slug: name.toLowerCase()}))
const sites = netbox('4.6', '--event', 'dcim.site.*')

/** Reports many changes in one request, one after the other. */
async function reportMany(setting: Setting, events: readonly object[], ...flags: string[]): Promise<Row> {
  const stdin = events.map(event => JSON.stringify(event)).join('\n')
  const result = await setting.hookctl(['event', 'send', '--ndjson', '-', '--json', ...flags], {stdin})
  expect(result, result.stderr).toMatchObject({exitCode: 0})
  return result.json<Row>()
}

const siteOf = (change: string, id: number, more: object = {}) => ({
  type: `dcim.site.${change}`,
  object: {type: 'dcim.site', id: String(id)},
  requestId: REQUEST_ID,
  data: {id, name: `Site ${id}`},
  ...more,
})

test('T01: a created object is one delivery with the action data, the tags and the snapshot after it', async () => {
  await using setting = await aSetting()
  const rule = {name: 'r', eventTypes: ['created'], actionData: {foo: 1}}
  await setting.webhook('sites', ...netbox('4.6', '--rules', JSON.stringify([rule])))
  const data = {id: 54, name: 'Site 1', tags: tags('Foo', 'Bar')}
  await report(setting, 'created', {data, after: {name: 'Site 1', tags: ['Bar', 'Foo']}})
  expect(bodiesOf(setting)).toEqual([
    expect.objectContaining({
      event: 'created',
      object_type: 'dcim.site',
      data: {...data, foo: 1},
      snapshots: {prechange: null, postchange: {name: 'Site 1', tags: ['Bar', 'Foo']}},
    }),
  ])
})

test('T02: three created at once are three deliveries, in their order', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...sites)
  await reportMany(
    setting,
    [1, 2, 3].map(id => siteOf('created', id)),
  )
  expect((await setting.rows('delivery', 'list')).length).toBe(3)
  const events = (await setting.rows('event', 'list')).toReversed()
  expect(events.map(({data}) => data.id)).toEqual([1, 2, 3])
  expect(
    bodiesOf(setting)
      .map(({data}) => data.id)
      .sort(),
  ).toEqual([1, 2, 3])
})

test.each(['one', 'many'])('T03: an update of %s carries the states before and after', async many => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...sites)
  const [before, after] = [
    {name: 'Site 1', tags: ['Bar', 'Foo']},
    {name: 'Site X', tags: ['Baz']},
  ]
  const ids = many === 'one' ? [1] : [1, 2, 3]
  await reportMany(
    setting,
    ids.map(id => siteOf('updated', id, {before, after})),
  )
  expect(bodiesOf(setting).map(({snapshots}) => snapshots)).toEqual(
    ids.map(() => ({prechange: before, postchange: after})),
  )
})

test.each(['one', 'many'])('T04: a deletion of %s carries the state before, and the id in the data', async many => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...sites)
  const before = {name: 'Site 1', tags: ['Bar', 'Foo']}
  const ids = many === 'one' ? [1] : [1, 2, 3]
  await reportMany(
    setting,
    ids.map(id => siteOf('deleted', id, {before})),
  )
  const bodies = bodiesOf(setting)
  expect(bodies.map(({data}) => data.id).sort()).toEqual(ids)
  for (const {snapshots} of bodies) expect(snapshots).toEqual({prechange: before, postchange: null})
})

test('T05: content type as configured, the signature of the body, and a header of its own', async () => {
  await using setting = await aSetting()
  const flags = [...sites, '--content-type', 'application/x-foo+json', '--header', 'X-Foo: Bar', '--secret-file', '-']
  const create = ['webhook', 'create', '--name', 'signed', '--url', setting.url(), ...flags]
  expect(await setting.hookctl(create, {stdin: 'LOOKATMEIMASECRETSTRING'})).toMatchObject({exitCode: 0})
  await report(setting, 'created')
  const [request] = setting.receiver.requests
  expect(request!.header('content-type')).toBe('application/x-foo+json')
  expect(request!.header('x-foo')).toBe('Bar')
  expect(request!.header('x-hook-signature')).toBe(hmac('LOOKATMEIMASECRETSTRING', request!.body))
})

test('T06: a body says what, when it happened, who, the request and the context; a retry says the same', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...sites, '--action-data', '{"foo": 1}', '--retry', '20ms')
  setting.receiver.next(answers.status(500))
  const request = {id: REQUEST_ID, method: 'POST', path: '/api/dcim/sites/', user: 'admin'}
  const extra = JSON.stringify({request, context: {foo: 123}})
  await report(setting, 'created', {flags: ['--at', '2026-07-03T12:00:00.123456Z', '--extra', extra]})
  const [first, retry] = setting.receiver.requests
  expect(bodyOf(first!)).toMatchObject({
    event: 'created',
    timestamp: '2026-07-03T12:00:00.123456+00:00',
    object_type: 'dcim.site',
    username: 'admin',
    request_id: REQUEST_ID,
    data: {name: 'Köln-2', foo: 1},
    request,
    context: {foo: 123},
  })
  expect(retry!.body.equals(first!.body)).toBe(true)
})

test('T07: a job that no request began is told all the same, with its user', async () => {
  await using setting = await aSetting()
  await setting.webhook('jobs', ...netbox('4.6', '--event', 'core.datasource.job_ended'))
  await setting.json('event', 'send', 'core.datasource.job_ended', '--data', '{"id": 1}', '--actor', 'admin', '--wait')
  const [body] = bodiesOf(setting)
  expect(body).toMatchObject({event: 'job_ended', username: 'admin', data: {id: 1}})
  expect(body).not.toHaveProperty('request')
})

test('NBX-27: a job that failed is told as one that ended, a plugin’s event under its own name', async () => {
  await using setting = await aSetting()
  const rules = [{name: 'r', eventTypes: ['job_failed', 'my_plugin.thing_happened']}]
  await setting.webhook('jobs', ...netbox('4.6', '--rules', JSON.stringify(rules)))
  const send = (type: string, data: object) =>
    setting.json('event', 'send', type, '--data', JSON.stringify(data), '--wait')
  await send('extras.script.job_failed', {id: 1, status: {value: 'failed'}})
  await send('dcim.site.my_plugin.thing_happened', {id: 2})
  expect(bodiesOf(setting)).toMatchObject([
    {event: 'job_ended', object_type: 'extras.script'},
    {event: 'my_plugin.thing_happened', object_type: 'dcim.site'},
  ])
})

describe('coalescing', () => {
  test('T08: of two changes of an object in one request the latest data are told, of the object as first named', async () => {
    await using setting = await aSetting()
    await setting.webhook('sites', ...sites)
    const [first, second] = [
      siteOf('updated', 1, {before: {n: 0}, after: {n: 1}}),
      siteOf('updated', 1, {data: {id: 1, name: 'latest'}, before: {n: 1}, after: {n: 2}}),
    ]
    const result = await reportMany(setting, [first, siteOf('updated', 2), second], '--coalesce')
    expect(result).toMatchObject({accepted: 2, deliveries: 2})
    expect(result.eventIds[2]).toBe(result.eventIds[0])
    const told = bodiesOf(setting).find(({data}) => data.id === 1)
    expect(told).toMatchObject({data: {name: 'latest'}, snapshots: {prechange: {n: 0}, postchange: {n: 2}}})
  })

  test('T08: changes are of one object however its type is spelled, and where only the data name it', async () => {
    await using setting = await aSetting()
    await setting.webhook('sites', ...sites)
    const change = (type: string, more: object = {}) => ({type, requestId: REQUEST_ID, data: {id: 5, type}, ...more})
    const object = {type: 'dcim.site', id: '5'}
    const given = [change('site.created', {object}), change('dcim.site.updated'), change('site.object_updated')]
    expect(await reportMany(setting, given, '--coalesce')).toMatchObject({accepted: 1, deliveries: 1})
    expect(bodiesOf(setting)).toMatchObject([{event: 'created', data: {type: 'site.object_updated'}}])
  })

  test('T09: updated, then deleted: deleted, with the data of before the deletion and nothing after', async () => {
    await using setting = await aSetting()
    await setting.webhook('sites', ...sites)
    await reportMany(
      setting,
      [siteOf('updated', 1, {before: {n: 0}, after: {n: 1}}), siteOf('deleted', 1, {before: {n: 1}})],
      '--coalesce',
    )
    expect(bodiesOf(setting)).toMatchObject([
      {event: 'deleted', data: {id: 1, name: 'Site 1'}, snapshots: {prechange: {n: 0}, postchange: null}},
    ])
  })

  test.each([
    [['created', 'updated'], ['created']],
    [['updated', 'updated'], ['updated']],
    [['updated', 'deleted'], ['deleted']],
    [['created', 'updated', 'deleted'], ['deleted']],
  ])('T10: %j is told as %j', async (changes, expected) => {
    await using setting = await aSetting()
    await setting.webhook('sites', ...sites)
    await reportMany(
      setting,
      changes.map(change => siteOf(change, 1)),
      '--coalesce',
    )
    expect(bodiesOf(setting).map(({event}) => event)).toEqual(expected)
  })
})

test.each([
  ['actionData', '"text"'],
  ['conditions', '{"AND": 5}'],
  ['rules', '{"name": "no list"}'],
  ['rules', '[5, {"objectTypes": 7, "eventTypes": "x", "conditions": [], "actionData": "y"}, {}]'],
  ['bodyTemplate', '"{{ unclosed"'],
  ['bodyStyle', '[]'],
])('T11: a webhook stored with %s of %s keeps no other from its events', async (name, value) => {
  await using setting = await aSetting()
  await setting.webhook('broken', ...sites, '--url', setting.url('/broken'))
  await setting.webhook('sound', ...sites, '--url', setting.url('/sound'))
  const store = new DatabaseSync(path.join(setting.home.path, 'state/hookctl/hookctl.db'))
  store.prepare(`UPDATE webhooks SET settings = ? WHERE name = 'broken'`).run(`{"${name}": ${value}}`)
  store.exec('UPDATE store_state SET webhook_version = webhook_version + 1')
  store.close()
  const {deliveries} = await report(setting, 'created')
  expect(deliveries.find((each: Row) => each.webhook === 'sound')).toMatchObject({state: 'delivered'})
})

test('T12: a change of an object that has no id yet is refused, and nothing is queued', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...sites)
  const words = ['event', 'send', 'dcim.site.created', '--data', '{"name": "x"}', '--object-type', 'dcim.site']
  expect(await refused(setting, ...words)).toMatchObject({code: 'incomplete_object'})
  expect(await setting.rows('event', 'list')).toEqual([])
})

describe('header lines', () => {
  async function headersFor(lines: string, data: object = {}): Promise<readonly (readonly [string, string])[]> {
    await using setting = await aSetting()
    await setting.webhook('sites', ...sites, '--header-lines', lines)
    await report(setting, 'created', {data})
    return setting.receiver.requests[0]!.headers.filter(([name]) => name.startsWith('X-') && !name.startsWith('X-Hook'))
  }

  test('T13: two lines are two headers; only the first colon splits', async () => {
    expect(await headersFor('X-Foo: Bar\nX-Url: http://a:80/{{ event }}')).toEqual([
      ['X-Foo', 'Bar'],
      ['X-Url', 'http://a:80/created'],
    ])
  })
  test('T13: a loop over several lines makes a header a turn', async () => {
    const lines = '{% for tag in data.tags %}\nX-Tag-{{ tag.slug }}: {{ tag.name }}\n{% endfor %}\nX-End: 1'
    expect(await headersFor(lines, {tags: tags('A', 'B')})).toEqual([
      ['X-Tag-a', 'A'],
      ['X-Tag-b', 'B'],
      ['X-End', '1'],
    ])
  })
  test('T13: blank lines are skipped', async () => {
    expect(await headersFor('\n  \nX-Foo: Bar\n\n\r\nX-Two: 2\n\n')).toEqual([
      ['X-Foo', 'Bar'],
      ['X-Two', '2'],
    ])
  })
  test('T13: a line without a colon is skipped', async () => {
    expect(await headersFor('X-Foo: Bar\nno header at all\nX-Two: 2')).toEqual([
      ['X-Foo', 'Bar'],
      ['X-Two', '2'],
    ])
  })
  test('T13: header_safe takes line ends out of a value; without it nothing is sent, and the attempt says why', async () => {
    const data = {name: 'a\r\nX-Evil: 1\u0000b'}
    expect(await headersFor('X-Name: {{ data.name | header_safe }}', data)).toEqual([['X-Name', 'aX-Evil: 1b']])
    await using setting = await aSetting()
    await setting.webhook('sites', ...sites, '--header-lines', 'X-Name: {{ data.name }}')
    const {deliveries} = await report(setting, 'created', {data})
    expect(setting.receiver.requests).toHaveLength(0)
    const {attempts} = await setting.json('delivery', 'show', deliveries[0].id)
    expect(attempts).toMatchObject([{success: false, error: expect.stringContaining('header_safe')}])
  })
})

describe('T14: the URL of a webhook', () => {
  test.each([
    'http://localhost/',
    'http://my_host:9000/x',
    'https://example.com/hook?a=b',
    'HTTPS://Example.com/',
    'http://[::1]:8000/',
    'https://example.com/{{ data.slug }}',
    '{{ data.custom_fields.url }}',
    'https://{{ data.host }}/x?n={{ data.name|urlencode }}',
    '{% if event == "created" %}https://a.example/{% else %}https://b.example/{% endif %}',
    'https://example.com/{# note #}',
    "https://example.com/{{ data.name | default('x') | lower }}",
  ])('%s is taken', async url => {
    await using setting = await aSetting()
    await setting.webhook('x', ...sites, '--url', url)
  })

  test.each([
    'ftp://example.com/',
    'javascript:alert(1)',
    'example.com/hook',
    'http://',
    'http:///hook',
    'http://[::1/',
    'http://example.com:99999/',
    'ftp://example.com/{{ data.slug }}',
    'https://example.com/{{ data.slug',
    'https://example.com/{% if a %}x',
    'https://example.com/{{ data.slug }}}}',
    'https://example.com/{{ }}',
    'https://example.com/{{ data.slug|frobnicate }}',
    'https://example.com/{% include "x" %}',
    "https://example.com/{{ ''.__class__ }}{{ x() }}",
  ])('%s is refused with one error', async url => {
    await using setting = await aSetting()
    const error = await refused(setting, 'webhook', 'create', '--name', 'x', '--url', url, ...sites)
    expect(error.code).toMatch(/^bad_(?:url|scheme|url_template)$/)
    expect(error.message).not.toContain(';')
  })
})

test('T15: action data are an object or null, and nothing else', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...sites, '--action-data', '{"a": {"b": [1]}}')
  await setting.json('webhook', 'edit', 'sites', '--action-data', 'null')
  for (const value of ['"text"', '5', '[1]', 'true']) {
    expect(await refused(setting, 'webhook', 'edit', 'sites', '--action-data', value)).toMatchObject({
      code: 'bad_setting',
    })
    const rules = `[{"name": "r", "actionData": ${value}}]`
    expect(await refused(setting, 'webhook', 'edit', 'sites', '--rules', rules)).toMatchObject({code: 'bad_setting'})
  }
})

test.each(['12345678901234567890', '-9007199254740993', '1e999'])(
  'NBX-26 T16: %s is no number that settings could keep, and is refused instead of sent and compared with as another',
  async number => {
    await using setting = await aSetting()
    await setting.webhook('sites', ...sites, '--action-data', '{"n": 9007199254740991, "f": 1.50}')
    for (const [flag, value] of [
      ['--action-data', `{"a": [{"n": ${number}}]}`],
      ['--conditions', `{"attr": "n", "value": ${number}}`],
      ['--rules', `[{"name": "r", "actionData": {"n": ${number}}}]`],
    ] as const) {
      const error = await refused(setting, 'webhook', 'edit', 'sites', flag, value)
      expect(error).toMatchObject({code: 'bad_number', hint: 'write it as a text, in quotes'})
    }
  },
)

test('T16: conditions decide at the command line; broken ones are refused by name', async () => {
  await using setting = await aSetting()
  await setting.webhook(
    'sites',
    ...sites,
    '--conditions',
    '{"attr": "status.value", "value": ["planned", "staging"], "op": "in"}',
  )
  await report(setting, 'created', {data: {status: {value: 'active'}}})
  await report(setting, 'updated', {data: {status: {value: 'staging'}}})
  expect(bodiesOf(setting)).toMatchObject([{event: 'updated'}])
  for (const [conditions, code] of [
    ['{"foo": "status.value", "value": "active"}', 'unknown_condition_key'],
    ['{"AND": []}', 'bad_conditions'],
    ['{}', 'bad_conditions'],
    ['{"attr": "x", "op": "gt", "value": "foo"}', 'bad_condition_value'],
    ['{"attr": "x", "op": "blah", "value": 1}', 'bad_condition_op'],
    ['{"attr": "status", "op": "changed"}', 'bad_condition_op'],
  ] as const) {
    expect(await refused(setting, 'webhook', 'edit', 'sites', '--conditions', conditions)).toMatchObject({code})
    expect(
      await refused(setting, 'webhook', 'edit', 'sites', '--rules', `[{"name":"r","conditions":${conditions}}]`),
    ).toMatchObject({code})
  }
})

test('T18: a webhook needs little more than a name and a URL; its own address takes no POST', async () => {
  await using receiver = await aSetting()
  await using product = await anInstallation()
  const create = {
    organization: 'default',
    name: 'Webhook 4',
    url: receiver.url(),
    platform: 'netbox',
    eventTypes: ['*'],
  }
  const {webhook} = await product.admin.ask('webhook.create', create)
  expect(webhook).toMatchObject({name: 'Webhook 4', method: 'POST', contentType: 'application/json', description: ''})
  const edited = await product.admin.ask('webhook.edit', {
    organization: 'default',
    webhook: webhook.id,
    description: 'new',
    policies: {tls: {verify: false}},
  })
  expect(edited).toMatchObject({id: webhook.id, description: 'new', policies: {tls: {verify: false}}})
  const {status} = await product.fetch(`/v1/organizations/default/webhooks/${webhook.id}`, {
    method: 'POST',
    token: product.admin.token,
    body: '{}',
  })
  expect(status).toBe(405)
})

test('T19: webhooks are found by name, description and URL', async () => {
  await using setting = await aSetting()
  await setting.webhook('Webhook 1', ...sites, '--url', setting.url('/one'), '--description', 'foobar1')
  await setting.webhook('Webhook 2', ...sites, '--url', setting.url('/two'))
  for (const [search, expected] of [
    ['HOOK 1', ['Webhook 1']],
    ['foobar', ['Webhook 1']],
    ['/two', ['Webhook 2']],
    ['webhook', ['Webhook 2', 'Webhook 1']],
    ['nothing', []],
  ] as const) {
    expect((await setting.rows('webhook', 'list', '--search', search)).map(({name}) => name)).toEqual(expected)
  }
})

test('T20: what webhook show says in JSON makes the same webhook again, and many are edited in one go by a shell', async () => {
  await using setting = await aSetting()
  await using product = await anInstallation()
  const given = {
    name: 'sites',
    description: 'all of them',
    url: `${setting.receiver.url}/in`,
    platform: 'netbox@4.6',
    eventTypes: ['dcim.site.*', 'dcim.device.created'],
    method: 'PUT',
    contentType: 'application/vnd.sites+json',
    headers: [{name: 'X-Site', value: 'all'}],
    policies: {retry: {kind: 'list', delaysMs: [60_000, 300_000]}, timeoutMs: 5000, tls: {verify: false, caFile: null}},
    settings: {conditions: {attr: 'status.value', value: 'active'}},
    active: false,
  }
  const {webhook} = await product.admin.ask('webhook.create', {organization: 'default', ...given} as never)
  const {id, organization, platform, paused, secrets, health, createdAt, updatedAt, ...rest} = webhook as Row
  expect({platform, ...rest}).toMatchObject(given)
  await product.admin.ask('webhook.delete', {organization: 'default', webhook: id})
  const again = await product.admin.ask('webhook.create', {organization: 'default', platform, ...rest} as never)
  const {id: _, secrets: __, createdAt: ___, updatedAt: ____, health: _____, ...same} = again.webhook as Row
  expect(same).toEqual({organization, platform, paused, ...rest})
  expect([id === again.webhook.id, secrets, createdAt <= updatedAt]).toEqual([false, [], true])

  for (const name of ['a', 'b', 'c'])
    await setting.webhook(name, '--platform', 'netbox@4.6', '--event', `dcim.${name}.created`)
  const {stdout} = await setting.hookctl(['webhook', 'list', '--quiet'])
  for (const each of stdout.trim().split('\n')) await setting.json('webhook', 'edit', each, '--method', 'PATCH')
  const {data} = await setting.json('webhook', 'list')
  expect(data.map((row: Row) => row.method)).toEqual(['PATCH', 'PATCH', 'PATCH'])
})

test('T23: of events of which one is refused, none is sent', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...sites)
  for (const change of ['created', 'updated', 'deleted']) {
    const lines = [siteOf(change, 1), siteOf(change, 2, {occurredAt: 'never'})].map(event => JSON.stringify(event))
    expect(await setting.hookctl(['event', 'send', '--ndjson', '-'], {stdin: lines.join('\n')})).toMatchObject({
      exitCode: 2,
    })
  }
  expect(await setting.rows('event', 'list')).toEqual([])
  expect(setting.receiver.requests).toHaveLength(0)
})

test('T24: a webhook with a shorter time of its own fails first, and the record says so', async () => {
  await using setting = await aSetting()
  await setting.webhook('patient', ...sites, '--url', setting.url('/patient'))
  await setting.webhook('short', ...sites, '--url', setting.url('/short'), '--request-timeout', '1s')
  setting.receiver.otherwise(answers.status(200, {delayMs: 1500}))
  const {deliveries} = await report(setting, 'created')
  const states = deliveries.map(({webhook, state, lastErrorClass}: Row) => [webhook, state, lastErrorClass])
  expect(states.sort()).toEqual([
    ['patient', 'delivered', null],
    ['short', 'failed', 'timeout'],
  ])
})

test.each(['null', '"text"', '5', '[1]'])(
  'T25: an event whose data are %s fires only where nothing is asked of them',
  async data => {
    await using setting = await aSetting()
    const rules = [
      {name: 'plain'},
      {name: 'null', conditions: {attr: 'x', value: null}},
      {name: 'negated', conditions: {attr: 'x', value: 1, negate: true}},
    ]
    await setting.webhook('sites', ...netbox('4.7', '--rules', JSON.stringify(rules)))
    const {id} = await setting.json(
      'event',
      'send',
      'dcim.site.created',
      '--data',
      data,
      '--object-type',
      'dcim.site',
      '--object-id',
      '1',
      '--wait',
    )
    expect(setting.receiver.requests).toHaveLength(1)
    expect(await setting.rows('delivery', 'list', '--event-id', id)).toMatchObject([
      {rule: 'plain', state: 'delivered'},
    ])
  },
)

test('T25: changed and unchanged compare the snapshots', async () => {
  await using setting = await aSetting()
  const rules = [
    {name: 'changed', conditions: {attr: 'status', op: 'changed'}},
    {name: 'unchanged', conditions: {attr: 'status', op: 'unchanged'}},
    {name: 'was planned', conditions: {attr: 'snapshots.prechange.status', value: 'planned'}},
  ]
  await setting.webhook('sites', ...netbox('4.7', '--rules', JSON.stringify(rules)))
  const firedBy = async (before: object, after: object) => {
    const {deliveries} = await report(setting, 'updated', {before, after})
    return deliveries.map(({rule}: Row) => rule).sort()
  }
  expect(await firedBy({status: 'planned'}, {status: 'active'})).toEqual(['changed', 'was planned'])
  expect(await firedBy({status: 'active'}, {status: 'active'})).toEqual(['unchanged'])
})

test('T26: a rule or a webhook that cannot render keeps no other from firing', async () => {
  await using setting = await aSetting()
  await setting.webhook('broken', ...sites, '--url', setting.url('/broken'), '--body-template', '{{ nothing.child }}')
  await setting.webhook('sound', ...sites, '--url', setting.url('/sound'))
  const {deliveries} = await report(setting, 'created')
  const states = deliveries.map(({webhook, state, reason}: Row) => [webhook, state, reason])
  expect(states.sort()).toEqual([
    ['broken', 'failed', 'render_failed'],
    ['sound', 'delivered', null],
  ])
})

test('T27: what no rule wants is never rendered', async () => {
  await using setting = await aSetting()
  const rules = [
    {name: 'devices', objectTypes: ['dcim.device']},
    {name: 'never', conditions: {or: []}},
  ]
  await setting.webhook(
    'sites',
    ...netbox('4.6', '--rules', JSON.stringify(rules), '--body-template', '{{ nothing.child }}'),
  )
  const {id} = await report(setting, 'created')
  expect(await setting.rows('delivery', 'list', '--event-id', id)).toMatchObject([
    {state: 'skipped', reason: 'condition', bodyBytes: null},
  ])
})

test('T28: a job is told to the rules on its event and its object type only', async () => {
  await using setting = await aSetting()
  const rules = [
    {name: 'started', objectTypes: ['core.datasource'], eventTypes: ['job_started']},
    {name: 'completed', objectTypes: ['core.datasource'], eventTypes: ['job_completed']},
    {name: 'failed', objectTypes: ['core.datasource'], eventTypes: ['job_failed']},
    {name: 'scripts', objectTypes: ['extras.script'], eventTypes: ['job_started', 'job_ended']},
  ]
  await setting.webhook('jobs', ...netbox('4.6', '--rules', JSON.stringify(rules)))
  const firedBy = async (type: string, data: object) => {
    const {deliveries} = await setting.json('event', 'send', type, '--data', JSON.stringify(data), '--wait')
    return deliveries.map(({rule}: Row) => rule)
  }
  expect(await firedBy('core.datasource.job_started', {id: 1})).toEqual(['started'])
  expect(await firedBy('core.datasource.job_ended', {id: 1, status: {value: 'completed'}})).toEqual(['completed'])
  expect(await firedBy('core.datasource.job_ended', {id: 1, status: 'failed'})).toEqual(['failed'])
  expect(await firedBy('extras.script.job_ended', {id: 1})).toEqual(['scripts'])
})

test('T29: of objects that one request changes together, each is told in its final state', async () => {
  await using setting = await aSetting()
  await setting.webhook('interfaces', ...netbox('4.6', '--event', 'dcim.interface.updated'))
  const one = (id: number, peers: number[]) => ({
    type: 'dcim.interface.updated',
    object: {type: 'dcim.interface', id: String(id)},
    requestId: REQUEST_ID,
    data: {id, link_peers: peers.map(peer => ({id: peer}))},
  })
  await reportMany(setting, [one(1, []), one(2, [1]), one(1, [2])], '--coalesce')
  const peers = bodiesOf(setting).map(({data}) => [data.id, data.link_peers[0].id])
  expect(peers.sort()).toEqual([
    [1, 2],
    [2, 1],
  ])
})

test('T30: an object with what is no text is sent all the same', async () => {
  await using setting = await aSetting()
  await setting.webhook('images', ...netbox('4.6', '--event', 'extras.imageattachment.created'))
  const data = {id: 1, image: 'http://netbox/media/a.png', bytes: 'iVBORw0KGgo=\u0000', half: '\ud800', big: 1e300}
  await setting.json('event', 'send', 'extras.imageattachment.created', '--data', JSON.stringify(data), '--wait')
  expect(bodiesOf(setting)).toMatchObject([{data}])
})

test('T31: what others add to an event is under context', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...sites)
  await report(setting, 'created', {flags: ['--extra', '{"context": {"plugin": {"foo": 123}}}']})
  expect(bodiesOf(setting)).toMatchObject([{context: {plugin: {foo: 123}}}])
})

test('N01: a redirect is recorded and not followed', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...sites)
  setting.receiver.next(answers.status(302, {headers: {Location: setting.url('/elsewhere')}}))
  const {deliveries} = await report(setting, 'created')
  expect(setting.receiver.requests).toHaveLength(1)
  expect(deliveries).toMatchObject([{state: 'failed', lastStatus: 302}])
})

test('N02: snapshots with differences, as Nautobot has them, are sent as they were given', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...sites)
  const snapshots = {prechange: {a: 1}, postchange: {a: 2}, differences: {removed: {a: 1}, added: {a: 2}}}
  await report(setting, 'updated', {flags: ['--extra', JSON.stringify({snapshots})]})
  expect(bodiesOf(setting)).toMatchObject([{snapshots}])
})

test('N03: with the style utf8 the body keeps its characters', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...sites, '--body-style', 'utf8')
  await report(setting, 'created', {data: {name: 'Zürich–Köln 🚀'}})
  expect(setting.receiver.requests[0]!.body.toString('utf8')).toContain('"name": "Zürich–Köln 🚀"')
})

test('N04: where only public targets are allowed, a template cannot lead to a loopback address', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...sites, '--url', '{{ data.url }}')
  const data = {url: setting.url()}
  const env = {HOOKCTL_TARGETS_POLICY: 'public'}
  const denied = await setting.hookctl([...changeOf('created', {data}), '--wait', '--json'], {env})
  expect(denied.json<Row>().deliveries).toMatchObject([{state: 'failed', lastErrorClass: 'target_denied'}])
  expect(setting.receiver.requests).toHaveLength(0)
  await report(setting, 'created', {data})
  expect(setting.receiver.requests).toHaveLength(1)
})

test('N05: what a body template gives is what is sent; a change of tags is an update', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...sites, '--body-template', '{"message": "{{ event }}"}')
  await report(setting, 'updated', {before: {tags: []}, after: {tags: ['Foo']}})
  expect(setting.receiver.requests[0]!.body.toString()).toBe('{"message": "updated"}')
  await reportMany(setting, [siteOf('created', 1), siteOf('updated', 1)], '--coalesce')
  expect(setting.receiver.requests[1]!.body.toString()).toBe('{"message": "created"}')
  expect(setting.receiver.requests).toHaveLength(2)
})
