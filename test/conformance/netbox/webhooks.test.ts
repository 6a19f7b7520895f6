import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {expect, test} from 'vitest'
import {certificate} from '../../harness/certificate.ts'
import {answers, openReceiver} from '../../harness/receiver.ts'
import {aSetting, type Row} from '../../harness/setting.ts'
import {bodiesOf, bodyOf, changeOf, hmac, netbox, REQUEST_ID, refused, report} from './site.ts'

/** NetBox's rows: typed at the command line, seen by a real receiver. */

const SECRET = 'golden-fixture-secret'

test('NBX-01: a webhook on created sites hears of nothing else', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...netbox('2.6', '--event', 'dcim.site.created'))
  await report(setting, 'created')
  await report(setting, 'updated')
  await report(setting, 'dcim.device.created')
  expect(bodiesOf(setting)).toMatchObject([{event: 'created', model: 'site'}])
})

test('NBX-02 NBX-05 NBX-09 NBX-11: POST of six members, the whole object, the lower-case model and null', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...netbox('2.6', '--event', 'dcim.site.*'))
  const data = {id: 54, name: 'Köln-2', region: null, big: 1, nested: {a: [1, null]}}
  await report(setting, 'created', {data})
  const [request] = setting.receiver.requests
  expect(request).toMatchObject({method: 'POST', path: '/in'})
  expect(request!.header('content-type')).toBe('application/json')
  const body = bodyOf(request!)
  expect(Object.keys(body)).toEqual(['event', 'timestamp', 'username', 'model', 'request_id', 'data'])
  expect(body).toMatchObject({username: 'admin', model: 'site', data})
  expect(request!.body.toString()).toContain('"region": null')
  expect(request!.body.toString()).toContain('"K\\u00f6ln-2"')
})

test('NBX-03: the signature is the HMAC-SHA-512 of the body in hex', async () => {
  await using setting = await aSetting()
  const flags = ['--event', 'dcim.site.*', '--secret-env', 'HOOK_SECRET', '--url', setting.url()]
  const created = await setting.hookctl(
    ['webhook', 'create', '--name', 'signed', ...netbox('4.6', ...flags), '--json'],
    {env: {HOOK_SECRET: SECRET}},
  )
  expect(created.exitCode).toBe(0)
  await report(setting, 'created')
  const [request] = setting.receiver.requests
  expect(request!.header('x-hook-signature')).toBe(hmac(SECRET, request!.body))
})

test('NBX-04: without a secret there is no signature header', async () => {
  await using setting = await aSetting()
  await setting.webhook('bare', ...netbox('2.6', '--event', 'dcim.site.*'))
  await report(setting, 'created')
  expect(setting.receiver.requests[0]!.header('x-hook-signature')).toBeUndefined()
})

test('NBX-06: the three events are created, updated and deleted', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...netbox('2.6', '--event', 'dcim.site.*'))
  for (const change of ['created', 'updated', 'deleted']) await report(setting, change)
  expect(bodiesOf(setting).map(({event}) => event)).toEqual(['created', 'updated', 'deleted'])
})

test.each([
  ['2026-07-03T12:00:00.123456Z', '2026-07-03 12:00:00.123456'],
  ['2026-07-03T12:00:00.000001Z', '2026-07-03 12:00:00.000001'],
  ['2026-07-03T12:00:00Z', '2026-07-03 12:00:00'],
])('NBX-07: %s is %s', async (at, expected) => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...netbox('2.6', '--event', 'dcim.site.*'))
  await report(setting, 'created', {flags: ['--at', at]})
  expect(bodiesOf(setting)).toMatchObject([{timestamp: expected}])
})

test('NBX-08: all changes of one request share its id, which is a UUID', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...netbox('2.6', '--event', 'dcim.site.*'))
  const lines = [1, 2, 3].map(id => JSON.stringify({type: 'dcim.site.created', data: {id}}))
  const result = await setting.hookctl(['event', 'send', '--ndjson', '-'], {stdin: lines.join('\n')})
  expect(result.exitCode).toBe(0)
  const bodies = bodiesOf(setting)
  expect(bodies.map(({data}) => data.id).sort()).toEqual([1, 2, 3])
  const ids = new Set(bodies.map(body => body.request_id))
  expect([...ids]).toEqual([expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)])
})

test('NBX-10: a deletion carries the object as it was', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...netbox('2.6', '--event', 'dcim.site.deleted'))
  await report(setting, 'deleted', {data: {id: 54, name: 'Köln-2', comments: 'last words'}})
  expect(bodiesOf(setting)).toMatchObject([{event: 'deleted', data: {id: 54, comments: 'last words'}}])
})

test('NBX-12: another content type, and form data as 2.6 sent them', async () => {
  await using setting = await aSetting()
  const form = 'application/x-www-form-urlencoded'
  await setting.webhook('text', ...netbox('2.6', '--event', 'dcim.site.*', '--content-type', 'text/x-netbox'))
  const flags = ['--event', 'dcim.site.*', '--url', setting.url('/form'), '--body-style', 'form']
  expect(await refused(setting, 'webhook', 'create', '--name', 'x', ...netbox('2.6', ...flags))).toMatchObject({
    code: 'bad_setting',
    message: expect.stringContaining(form),
  })
  const create = ['webhook', 'create', '--name', 'form', ...netbox('2.6', ...flags, '--content-type', form)]
  const created = await setting.hookctl(create)
  expect(created).toMatchObject({exitCode: 0, stderr: expect.stringContaining('the values are lost')})
  await report(setting, 'created', {data: {id: 54, 'a b': 'ä', none: null}, flags: ['--at', '2026-07-03T12:00:00Z']})
  const [text, encoded] = setting.receiver.requests.toSorted((a, b) => b.path.localeCompare(a.path))
  expect([text!.path, text!.header('content-type')]).toEqual(['/in', 'text/x-netbox'])
  expect(encoded!.header('content-type')).toBe(form)
  expect(encoded!.body.toString()).toBe(
    `event=created&timestamp=2026-07-03+12%3A00%3A00&username=admin&model=site&request_id=${REQUEST_ID}&data=id&data=a+b&data=none`,
  )
  expect(await refused(setting, 'webhook', 'create', '--name', 'y', ...netbox('4.6', ...flags))).toMatchObject({
    message: expect.stringContaining('only 2.6'),
  })
})

test('NBX-13: 2.6 takes for good what is not 400 to 599', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...netbox('2.6', '--event', 'dcim.site.*'))
  const expected: [number, string][] = [
    ...[200, 201, 204, 300, 301, 304, 399].map((status): [number, string] => [status, 'delivered']),
    ...[400, 404, 429, 500, 503, 599].map((status): [number, string] => [status, 'failed']),
  ]
  for (const [status, state] of expected) {
    setting.receiver.next(answers.status(status))
    const {deliveries} = await report(setting, 'created')
    expect([status, deliveries[0].state]).toEqual([status, state])
  }
})

test('NBX-14: a failure is tried once, and again only when a person asks', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...netbox('2.6', '--event', 'dcim.site.*'))
  setting.receiver.next(answers.status(500))
  const {deliveries} = await report(setting, 'created')
  expect(deliveries).toMatchObject([{state: 'failed', attemptCount: 1}])
  await setting.json('delivery', 'replay', deliveries[0].id, '--wait')
  const [first, again] = setting.receiver.requests
  expect(setting.receiver.requests).toHaveLength(2)
  expect(again!.body.equals(first!.body)).toBe(true)
  expect(await setting.rows('delivery', 'list', '--state', 'delivered')).toHaveLength(1)
})

test('NBX-15 NBX-32: what finished and what failed can be listed, with status and answer, and the failed sent again', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...netbox('2.6', '--event', 'dcim.site.*'))
  setting.receiver.next(answers.status(200), answers.status(500, {body: 'boom'}))
  await report(setting, 'created')
  await report(setting, 'updated')
  expect(await setting.rows('delivery', 'list', '--state', 'delivered')).toHaveLength(1)
  const [failed] = await setting.rows('delivery', 'list', '--state', 'failed')
  expect(failed).toMatchObject({eventType: 'dcim.site.updated', lastStatus: 500})
  const {attempts} = await setting.json('delivery', 'show', failed!.id)
  expect(attempts).toMatchObject([{status: 500, responseBody: {content: 'boom'}}])
  await setting.json('delivery', 'replay', failed!.id, '--wait')
  expect(await setting.rows('delivery', 'list', '--state', 'delivered')).toHaveLength(2)
})

test('NBX-16: from 3.6 on only 200 to 299 is good', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...netbox('4.6', '--event', 'dcim.site.*'))
  for (const [status, state] of [
    [200, 'delivered'],
    [299, 'delivered'],
    [300, 'failed'],
    [304, 'failed'],
    [399, 'failed'],
  ] as const) {
    setting.receiver.next(answers.status(status))
    const {deliveries} = await report(setting, 'created')
    expect([status, deliveries[0].state]).toEqual([status, state])
  }
})

test('NBX-17: what happens while a webhook is off is skipped for good', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...netbox('4.6', '--event', 'dcim.site.*'))
  await setting.json('webhook', 'disable', 'sites')
  const sent = await report(setting, 'created')
  expect(await setting.rows('delivery', 'list', '--event-id', sent.id)).toMatchObject([
    {state: 'skipped', reason: 'inactive'},
  ])
  await setting.json('webhook', 'enable', 'sites')
  await report(setting, 'updated')
  expect(bodiesOf(setting)).toMatchObject([{event: 'updated'}])
})

test('NBX-18: names, actions, CA files and 2.x addresses have their rules', async () => {
  await using setting = await aSetting()
  const create = (name: string, ...flags: string[]) => [
    'webhook',
    'create',
    '--name',
    name,
    '--url',
    setting.url(),
    ...flags,
  ]
  await setting.webhook('sites', ...netbox('2.6', '--event', 'dcim.site.created,dcim.site.updated'))
  const site = netbox('4.6', '--event', 'dcim.site.*')
  expect(await refused(setting, ...create('sites', ...site))).toMatchObject({code: 'webhook_exists'})
  expect(await refused(setting, ...create('n'.repeat(151), ...site))).toMatchObject({
    message: expect.stringContaining('150'),
  })
  await setting.json(...create('n'.repeat(150), ...site))
  expect(await refused(setting, ...create('none', ...netbox()))).toMatchObject({
    message: expect.stringContaining('--event'),
  })
  expect(await refused(setting, ...create('tls', ...site, '--tls', 'skip', '--ca-file', '/ca.pem'))).toMatchObject({
    code: 'ca_without_verify',
  })
  const same = netbox('2.6', '--event', 'dcim.device.updated,dcim.device.created')
  expect(await refused(setting, ...create('again', ...same))).toMatchObject({code: 'duplicate_webhook'})
  await setting.json(...create('other', ...netbox('2.6', '--event', 'dcim.site.deleted')))
})

test('NBX-19: a bad certificate is refused, taken where it is not verified, and trusted with its CA', async () => {
  await using setting = await aSetting()
  await using secure = await openReceiver({tls: true})
  const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-ca-'))
  try {
    const ca = path.join(folder, 'ca.pem')
    writeFileSync(ca, certificate)
    const flags = (name: string) => netbox('4.6', '--event', 'dcim.site.*', '--url', `${secure.url}/${name}`)
    await setting.webhook('verified', ...flags('verified'))
    await setting.webhook('skipped', ...flags('skipped'), '--tls', 'skip')
    await setting.webhook('trusted', ...flags('trusted'), '--ca-file', ca)
    const {deliveries} = await report(setting, 'created')
    const states = deliveries.map((each: Row) => [each.webhook, each.state, each.lastErrorClass])
    expect(states.sort()).toEqual([
      ['skipped', 'delivered', null],
      ['trusted', 'delivered', null],
      ['verified', 'failed', 'tls'],
    ])
    expect(secure.requests.map(request => request.path).sort()).toEqual(['/skipped', '/trusted'])
  } finally {
    rmSync(folder, {recursive: true})
  }
})

test('NBX-20: GET, POST, PUT, PATCH and DELETE carry the body, with its length', async () => {
  await using setting = await aSetting()
  const methods = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT']
  for (const method of methods) {
    await setting.webhook(method, ...netbox('4.6', '--event', 'dcim.site.*', '--method', method))
  }
  await report(setting, 'created')
  const {requests} = setting.receiver
  expect(requests.map(({method}) => method).sort()).toEqual(methods)
  for (const {body, header} of requests) {
    expect(body.equals(requests[0]!.body)).toBe(true)
    expect(body.length).toBeGreaterThan(100)
    expect(header('content-length')).toBe(String(body.length))
  }
})

test('NBX-21: header lines are templates, and an edit of them is seen by the next delivery', async () => {
  await using setting = await aSetting()
  const lines = 'X-Site: {{ data.slug }}\nX-Url: https://a:b/{{ event }}'
  await setting.webhook(
    'sites',
    ...netbox('4.6', '--event', 'dcim.site.*', '--header-lines', lines, '--header', 'X-Plain: {{ data.id }}'),
  )
  await report(setting, 'created')
  const [request] = setting.receiver.requests
  expect(['x-site', 'x-url', 'x-plain'].map(name => request!.header(name))).toEqual([
    'koeln-2',
    'https://a:b/created',
    '54',
  ])
  await setting.json('webhook', 'edit', 'sites', '--header-lines', 'X-Other: {{ data.name | length }}')
  await report(setting, 'updated')
  const [, after] = setting.receiver.requests
  expect([after!.header('x-site'), after!.header('x-other'), after!.header('x-plain')]).toEqual([undefined, '6', '54'])
})

test('a credential in header lines is sent, and shown nowhere', async () => {
  await using setting = await aSetting()
  const lines = 'Authorization: Token CANARY\n{% if event %}X-Api-Key: CANARY{% endif %}\nX-Plain: seen'
  await setting.webhook('sites', ...netbox('4.6', '--event', 'dcim.site.*', '--header-lines', lines))
  const {deliveries} = await report(setting, 'created')
  expect(setting.receiver.requests[0]!.header('authorization')).toBe('Token CANARY')
  expect(setting.receiver.requests[0]!.header('x-api-key')).toBe('CANARY')
  const shown = [
    await setting.json('webhook', 'show', 'sites'),
    await setting.json('webhook', 'list'),
    await setting.json('delivery', 'show', deliveries[0].id),
    await setting.json('history', 'list'),
  ]
  expect(JSON.stringify(shown)).toContain('X-Plain: seen')
  expect(JSON.stringify(shown)).not.toContain('CANARY')
  const [entry] = await setting.rows('history', 'list')
  expect(JSON.stringify(await setting.json('history', 'show', entry!.id))).not.toContain('CANARY')
})

test('NBX-22: body and URL are made by templates; what was sent is what is signed and shown', async () => {
  await using setting = await aSetting()
  const url = `${setting.receiver.url}/{{object_type}}/{{ data.slug | urlencode }}`
  const body =
    '{"text": {{ data.name | tojson }}, "tags": [{% for t in data.tags %}{{ t.slug|tojson }}{% if not loop.last %}, {% endif %}{% endfor %}]}'
  await setting.webhook(
    'sites',
    ...netbox('4.6', '--event', 'dcim.site.*', '--url', url, '--body-template', body, '--generate-secret'),
  )
  const {deliveries} = await report(setting, 'created', {
    data: {name: 'Köln', slug: 'a b', tags: [{slug: 'x'}, {slug: 'y'}]},
  })
  const [request] = setting.receiver.requests
  expect(request!.path).toBe('/dcim.site/a%20b')
  expect(request!.body.toString()).toBe('{"text": "K\\u00f6ln", "tags": ["x", "y"]}')
  const shown = await setting.json('delivery', 'show', deliveries[0].id)
  expect(shown.body.content).toBe(request!.body.toString())
  expect(shown.attempts[0].url).toContain('/dcim.site/a%20b')
  const again = await setting.json('delivery', 'replay', deliveries[0].id, '--wait')
  expect(again).toBeDefined()
  expect(setting.receiver.requests[1]).toMatchObject({path: '/dcim.site/a%20b', body: request!.body})
})

test('NBX-23: snapshots are sent from 2.11 on, never by 2.6', async () => {
  await using setting = await aSetting()
  await setting.webhook('old', ...netbox('2.6', '--event', 'dcim.site.*', '--url', setting.url('/old')))
  await setting.webhook('new', ...netbox('3.6', '--event', 'dcim.site.*', '--url', setting.url('/new')))
  await report(setting, 'updated', {before: {name: 'a'}, after: {name: 'b'}})
  const byPath = Object.fromEntries(setting.receiver.requests.map(request => [request.path, bodyOf(request)]))
  expect(byPath['/new']?.snapshots).toEqual({prechange: {name: 'a'}, postchange: {name: 'b'}})
  expect(byPath['/old']).not.toHaveProperty('snapshots')
})

const rules = [
  {name: 'all sites', objectTypes: ['dcim.site'], actionData: {rule: 'all'}},
  {name: 'created', objectTypes: ['site'], eventTypes: ['object_created'], actionData: {rule: 'created', id: 'mine'}},
  {name: 'off', enabled: false, actionData: {rule: 'off'}},
  {name: 'devices', objectTypes: ['dcim.device']},
  {name: 'active', eventTypes: ['dcim.site.updated'], conditions: {attr: 'status.value', value: 'active'}},
]

test('NBX-24 NBX-26: every rule that matches fires, with its own data under that of the event; a disabled one does not', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...netbox('4.6', '--rules', JSON.stringify(rules)))
  const {id} = await report(setting, 'created')
  expect(
    bodiesOf(setting)
      .map(({data}) => [data.rule, data.id])
      .sort(),
  ).toEqual([
    ['all', 54],
    ['created', 54],
  ])
  const deliveries = await setting.rows('delivery', 'list', '--event-id', id)
  expect(deliveries.map(({rule, state}) => [rule, state]).sort()).toEqual([
    ['all sites', 'delivered'],
    ['created', 'delivered'],
  ])
})

test('NBX-25: a condition that is not met is a skipped delivery that says so; one rule does not hold up another', async () => {
  await using setting = await aSetting()
  const conditions = {
    and: [
      {attr: 'status.value', value: 'active'},
      {attr: 'tags.slug', value: 'exempt', op: 'contains', negate: true},
    ],
  }
  await setting.webhook(
    'active',
    ...netbox('4.6', '--event', 'dcim.site.*', '--conditions', JSON.stringify(conditions)),
  )
  const planned = await report(setting, 'created', {data: {status: {value: 'planned'}, tags: []}})
  expect(await setting.rows('delivery', 'list', '--event-id', planned.id)).toMatchObject([
    {state: 'skipped', reason: 'condition'},
  ])
  await report(setting, 'updated', {data: {status: {value: 'active'}, tags: [{slug: 'exempt'}]}})
  await report(setting, 'deleted', {data: {status: {value: 'active'}, tags: [{slug: 'other'}]}})
  expect(bodiesOf(setting)).toMatchObject([{event: 'deleted'}])
  await setting.json('webhook', 'edit', 'active', '--conditions', 'null')
  await report(setting, 'created', {data: {status: {value: 'planned'}}})
  expect(bodiesOf(setting)).toHaveLength(2)
})

test('NBX-27: a job that ended has neither request nor snapshots', async () => {
  await using setting = await aSetting()
  await setting.webhook('jobs', ...netbox('4.6', '--event', '*.job_ended'))
  await setting.json('event', 'send', 'core.datasource.job_ended', '--example', '--wait')
  const [body] = bodiesOf(setting)
  expect(body).toMatchObject({event: 'job_ended', object_type: 'core.datasource'})
  expect(Object.keys(body!)).not.toContain('snapshots')
  expect(Object.keys(body!)).not.toContain('request')
})

test('NBX-28: retries come at the delays of the list, and then no more', async () => {
  await using setting = await aSetting()
  await setting.webhook('sites', ...netbox('4.6', '--event', 'dcim.site.*', '--retry', '20ms,40ms,80ms'))
  setting.receiver.otherwise(answers.status(503))
  const {deliveries} = await report(setting, 'created')
  expect(deliveries).toMatchObject([{state: 'failed', attemptCount: 4, reason: 'exhausted'}])
  const {attempts} = await setting.json('delivery', 'show', deliveries[0].id)
  const starts = attempts.map((attempt: Row) => Date.parse(attempt.startedAt))
  const gaps = starts.slice(1).map((start: number, index: number) => start - starts[index]!)
  for (const [index, least] of [20, 40, 80].entries()) expect(gaps[index]).toBeGreaterThanOrEqual(least - 2)
})

test('NBX-33: each webhook waits as long as it says, from 1 s to 1 h, for the whole answer', async () => {
  await using setting = await aSetting()
  const create = [
    'webhook',
    'create',
    '--name',
    'x',
    '--url',
    setting.url(),
    ...netbox('4.7', '--event', 'dcim.site.*'),
  ]
  for (const timeout of ['999ms', '3601s']) {
    expect((await refused(setting, ...create, '--request-timeout', timeout)).message).toMatch(/1 s to 1 h|at most 1h/)
  }
  await setting.webhook('short', ...netbox('4.7', '--event', 'dcim.site.*', '--request-timeout', '1s'))
  expect((await setting.json('webhook', 'show', 'short')).policies.timeoutMs).toBe(1000)
  setting.receiver.otherwise(answers.dripBody(100))
  const {deliveries} = await report(setting, 'created')
  expect(deliveries).toMatchObject([{state: 'failed', lastErrorClass: 'timeout'}])
  expect((await setting.json('platform', 'show', 'netbox@4.7')).policies.timeoutMs).toBe(60_000)
})

test('an event of a platform is sent to one URL, signed, and the exchange is shown', async () => {
  await using setting = await aSetting()
  setting.receiver.next(answers.status(200, {body: 'fine'}), answers.status(500, {body: 'boom'}))
  const words = [
    ...changeOf('created'),
    '--as',
    'netbox@2.6',
    '--to',
    setting.url('/try'),
    '--secret-env',
    'S',
    '--json',
  ]
  const sent = await setting.hookctl(words, {env: {S: SECRET}})
  const [request] = setting.receiver.requests
  expect(request!.header('x-hook-signature')).toBe(hmac(SECRET, request!.body))
  expect(bodyOf(request!)).toMatchObject({event: 'created', model: 'site'})
  expect(sent.json()).toMatchObject({platform: 'netbox@2.6', status: 200, success: true, responseBody: 'fine'})
  expect(await setting.hookctl(words, {env: {S: SECRET}})).toMatchObject({exitCode: 7})
  await setting.hookctl([
    'event',
    'send',
    'dcim.site.created',
    '--example',
    '--as',
    'netbox@2.6',
    '--to',
    setting.url(),
  ])
  expect(bodyOf(setting.receiver.requests[2]!).data).not.toHaveProperty('display_url')
  expect(await setting.rows('event', 'list')).toEqual([])
})

test('a captured body is imported, delivered on, and written again byte for byte', async () => {
  await using setting = await aSetting()
  await setting.webhook('first', ...netbox('2.7', '--event', 'dcim.site.*'))
  await report(setting, 'updated', {before: {name: 'a'}, after: {name: 'b'}, flags: ['--at', '2026-07-03T12:00:00.5Z']})
  const {body} = setting.receiver.requests[0]!
  const file = path.join(setting.home.path, 'body.json')
  writeFileSync(file, body)
  const rendered = await setting.hookctl(['platform', 'render', '--from', file])
  expect(rendered.stdout).toBe(body.toString())
  expect((await setting.json('platform', 'render', '--from', file)).platform).toBe('netbox@2.7')
  const imported = await setting.json('event', 'send', '--from', file)
  expect(imported).toMatchObject({platform: 'netbox@2.7', accepted: 1, deliveries: 1})
  expect(setting.receiver.requests[1]!.body.equals(body)).toBe(true)
  expect(await refused(setting, 'event', 'send', '--from', file, '--as', 'catalyst')).toMatchObject({code: 'bad_body'})
  expect(await refused(setting, 'platform', 'render', '--from', '/nowhere')).toMatchObject({code: 'file_not_found'})
})
