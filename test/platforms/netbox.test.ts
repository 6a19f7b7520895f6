import {describe, expect, test} from 'vitest'
import {netbox} from '../../src/platforms/netbox.ts'
import {again, anEvent, aWebhook, faults, NOON, problems, render} from './an-event.ts'

const site = anEvent({
  type: 'dcim.site.updated',
  occurredAtMicros: NOON + 123_456,
  data: {id: 54, name: 'Köln-2'},
  before: {name: 'Köln-1', tags: ['Foo']},
  after: {name: 'Köln-2', tags: ['Bar', 'Foo']},
  extra: {
    request: {id: '17af32f0-852a-46ca-a7d4-33ecd0c13de6', method: 'PATCH', path: '/api/dcim/sites/54/', user: 'admin'},
  },
})
const keys = (name: string, event = site) => Object.keys(JSON.parse(render(name, event)))
const id = '17af32f0-852a-46ca-a7d4-33ecd0c13de6'
const data = '"data": {"id": 54, "name": "K\\u00f6ln-2"}'

test('NBX-05: the 2.6 body has exactly six keys in the order of the documentation', () => {
  expect(render('netbox@2.6', site)).toBe(
    `{"event": "updated", "timestamp": "2026-07-03 12:00:00.123456", "username": "admin", "model": "site", "request_id": "${id}", ${data}}`,
  )
})

test('NBX-05: each later version has its own keys', () => {
  expect(keys('netbox@2.7')).toEqual(['event', 'timestamp', 'model', 'username', 'request_id', 'data'])
  expect(keys('netbox@3.6')).toEqual(['event', 'timestamp', 'model', 'username', 'request_id', 'data', 'snapshots'])
  expect(keys('netbox@4.6')).toEqual([
    'event',
    'timestamp',
    'object_type',
    'username',
    'request_id',
    'data',
    'request',
    'snapshots',
  ])
  expect(keys('netbox@4.7')).toEqual(['event', 'timestamp', 'object_type', 'data', 'request', 'snapshots'])
})

test.each([
  ['netbox@2.6', 123_456, '2026-07-03 14:00:00.123456'],
  ['netbox@2.6', 0, '2026-07-03 14:00:00'],
  ['netbox@2.7', 10_582, '2026-07-03 12:00:00.010582+00:00'],
  ['netbox@2.7', 0, '2026-07-03 12:00:00+00:00'],
  ['netbox@3.6', 123_456, '2026-07-03T12:00:00.123456+00:00'],
  ['netbox@4.6', 1, '2026-07-03T12:00:00.000001+00:00'],
  ['netbox@4.6', 0, '2026-07-03T12:00:00+00:00'],
  ['netbox@4.7', 500_000, '2026-07-03T12:00:00.500000+00:00'],
])('NBX-07: %s at %i µs writes %s, only 2.6 in local time', (name, micros, text) => {
  const body = render(name, {...site, occurredAtMicros: NOON + micros}, {zone: '+02:00'})
  expect(JSON.parse(body).timestamp).toBe(text)
})

test('NBX-06: created, updated and deleted in lower case', () => {
  const changes = ['created', 'updated', 'deleted']
  expect(changes.map(change => JSON.parse(render('netbox', {...site, type: `dcim.site.${change}`})).event)).toEqual(
    changes,
  )
})

test('NBX-09: model is the last part in lower case; a bare model finds its app where object_type is written', () => {
  const bare = {...site, type: 'ipaddress.created'}
  expect(JSON.parse(render('netbox@2.6', bare)).model).toBe('ipaddress')
  expect(JSON.parse(render('netbox@2.6', {...site, type: 'ipam.ipaddress.created'})).model).toBe('ipaddress')
  expect(JSON.parse(render('netbox@4.6', bare)).object_type).toBe('ipam.ipaddress')
  expect(JSON.parse(render('netbox@4.6', {...site, type: 'myplugin.thing.created'})).object_type).toBe('myplugin.thing')
})

test('NBX-11: nothing is null, not None', () => {
  const body = render('netbox@2.6', {...site, data: anEvent({data: {region: null}}).data})
  expect(body).toContain('"region": null')
})

describe('NBX-10, NBX-23: the snapshots', () => {
  const snapshots = (change: string, before: unknown, after: unknown, name = 'netbox') =>
    JSON.parse(render(name, anEvent({type: `dcim.site.${change}`, data: {id: 54}, before, after}))).snapshots
  const [was, is] = [{name: 'x'}, {name: 'y'}]

  test.each<[change: string, before: unknown, after: unknown, expected: unknown]>([
    ['deleted', was, undefined, {prechange: was, postchange: null}],
    ['deleted', was, is, {prechange: was, postchange: null}],
    ['created', undefined, is, {prechange: null, postchange: is}],
    ['created', was, is, {prechange: null, postchange: is}],
    ['updated', was, is, {prechange: was, postchange: is}],
    ['updated', undefined, undefined, undefined],
    ['created', was, undefined, undefined],
  ])('%s with %j before and %j after sends %j', (change, before, after, expected) =>
    expect(snapshots(change, before, after)).toEqual(expected),
  )

  test('T01: tags stand in them by name, sorted, however they were reported', () => {
    const tags = (...given: unknown[]) => snapshots('created', undefined, {name: 'x', tags: given}).postchange.tags
    expect(tags({id: 1, name: 'Foo', slug: 'foo'}, {id: 2, name: 'Bar', slug: 'bar'})).toEqual(['Bar', 'Foo'])
    expect(tags('b', 'Foo', 'Bar')).toEqual(['Bar', 'Foo', 'b'])
    expect(tags({slug: 'nameless'})).toEqual([{slug: 'nameless'}])
    expect(tags()).toEqual([])
  })
  test('NBX-25: conditions see them as they are sent', () => {
    const created = anEvent({
      type: 'dcim.site.created',
      data: {id: 1},
      before: {status: 'a'},
      after: {tags: [{name: 'Foo'}]},
    })
    const fires = (conditions: unknown) =>
      netbox.firings?.('4.7', created, aWebhook('netbox@4.7', {settings: {conditions}}))[0]?.declined === null
    expect(fires({attr: 'snapshots.prechange.status', value: 'a'})).toBe(false)
    expect(fires({attr: 'snapshots.postchange.tags', op: 'contains', value: 'Foo'})).toBe(true)
  })
})

test.each(['null', '[1]', '"x"', '5'])(
  'T25: from 4.7 on, data that are %s go out as an empty object with the action data',
  data => {
    const odd = {...site, data: data as typeof site.data}
    expect(render('netbox@4.7', odd)).toContain('"data": {}, ')
    expect(render('netbox@4.7', odd, {settings: {actionData: {team: 'noc'}}})).toContain('"data": {"team": "noc"}, ')
    expect(render('netbox@4.6', odd)).toContain(`"data": ${data}, `)
  },
)

test('T25: with conditions, an event without data never fires', () => {
  const odd = {...site, data: 'null' as typeof site.data}
  const fires = (conditions: unknown) =>
    netbox.firings?.('4.7', odd, aWebhook('netbox@4.7', {settings: {conditions}}))[0]?.declined === null
  expect(fires(null)).toBe(true)
  for (const conditions of [
    {and: []},
    {attr: 'name', op: 'changed'},
    {or: [{attr: 'snapshots.prechange.name', value: 'Köln-1'}]},
  ])
    expect([conditions, fires(conditions)]).toEqual([conditions, false])
})

test('NBX-22: a blank body template is none', () => {
  expect(faults('netbox', {settings: {bodyTemplate: ''}})).toEqual([])
  expect(render('netbox', site, {settings: {bodyTemplate: ''}})).toBe(render('netbox', site))
})

test('NBX-08: a request id is shared by the changes of one request and stands in every body up to 4.6', () => {
  for (const name of ['netbox@2.6', 'netbox@2.7', 'netbox@3.6', 'netbox@4.6'])
    expect(JSON.parse(render(name, site)).request_id).toBe(id)
})

test('NBX-27: job events have no request, no request id and no snapshots', () => {
  const job = anEvent({
    type: 'extras.script.job_ended',
    actor: {kind: 'system', name: null},
    data: {status: 'completed'},
  })
  const whole = {
    event: 'job_ended',
    timestamp: '2026-07-03T12:00:00+00:00',
    object_type: 'extras.script',
    username: null,
  }
  expect(JSON.parse(render('netbox@4.6', {...job, before: job.data}))).toEqual({
    ...whole,
    request_id: null,
    data: {status: 'completed'},
  })
  const extra = anEvent({extra: {request: {id}, snapshots: {prechange: null, postchange: {}}}}).extra
  expect(Object.keys(JSON.parse(render('netbox@4.6', {...job, after: job.data, extra})))).toEqual([
    ...Object.keys(whole),
    'request_id',
    'data',
  ])
  expect(render('netbox@4.6', {...job, data: 'null' as typeof job.data})).toContain('"data": null}')
  expect(netbox.eventType('4.6', 'extras.script.job_started')?.change).toBeNull()
  expect(netbox.eventType('3.6', 'extras.script.job_started')).not.toBeNull()
  expect(netbox.eventType('2.7', 'extras.script.job_started')).toBeNull()
})

test('NBX-26: action data stands among the data, and what the object has itself wins', () => {
  const settings = {actionData: {foo: 1, name: 'never'}}
  expect(render('netbox', site, {settings})).toContain('"data": {"id": 54, "name": "K\\u00f6ln-2", "foo": 1}')
})

test('T31: what plugins add comes last, as context', () => {
  const extra = anEvent({extra: {context: {foo: 'bar'}, request: {id}}}).extra
  expect(render('netbox', {...site, extra}).endsWith(', "context": {"foo": "bar"}}')).toBe(true)
})

test('N03: with the body style utf8 letters stay as they are', () => {
  const body = render('netbox', site, {settings: {bodyStyle: 'utf8'}})
  expect(body).toContain('"name": "Köln-2"')
  expect(again('netbox', body)).toBe(body)
})

test('Python’s JSON: spaces after separators, ASCII only, numbers as they were written', () => {
  const nasty = anEvent({
    ...site,
    data: '{"10":1.0,"2":12345678901234567890,"é":"🚀\\u007f","e":[],"o":{}}',
    before: undefined,
    after: undefined,
    extra: undefined,
  })
  expect(render('netbox@2.6', nasty)).toContain(
    '"data": {"10": 1.0, "2": 12345678901234567890, "\\u00e9": "\\ud83d\\ude80\\u007f", "e": [], "o": {}}',
  )
})

describe('catalogs', () => {
  const objects = (version: string) => [
    ...new Set(netbox.eventTypes(version).map(({name}) => name.replace(/\.\w+$/, ''))),
  ]

  test('NBX-01: 2.6 has 31 object types, each created, updated and deleted', () => {
    expect(objects('2.6')).toHaveLength(31)
    expect(netbox.eventTypes('2.6')).toHaveLength(93)
    expect(objects('2.6')).toEqual(
      expect.arrayContaining(['dcim.site', 'secrets.secret', 'virtualization.virtualmachine']),
    )
    expect(netbox.eventType('2.6', 'dcim.rackrole.created')).toBeNull()
    expect(netbox.eventType('2.6', 'myplugin.thing.created')).toBeNull()
  })
  test('later versions have more, what came later not earlier, and what went not later', () => {
    expect(objects('4.6').length).toBeGreaterThan(100)
    expect(objects('4.6')).toEqual(
      expect.arrayContaining(['vpn.tunnel', 'vpn.l2vpn', 'dcim.macaddress', 'core.datasource']),
    )
    expect(objects('4.6')).not.toContain('secrets.secret')
    expect(objects('4.6')).not.toContain('ipam.l2vpn')
    expect(objects('3.6')).toContain('ipam.l2vpn')
    expect(objects('3.6').filter(name => name.startsWith('vpn.'))).toEqual([])
  })
  test('names are given once, and every one is understood', () => {
    for (const version of netbox.versions) {
      const names = netbox.eventTypes(version).map(({name}) => name)
      expect(new Set(names).size).toBe(names.length)
      expect(names.filter(name => netbox.eventType(version, name)?.name !== name)).toEqual([])
    }
  })
  test('a bare model and a plugin’s object type are understood, nonsense is not', () => {
    expect(netbox.eventType('4.6', 'site.created')).toMatchObject({
      name: 'dcim.site.created',
      change: {objectType: 'dcim.site', change: 'created'},
    })
    expect(netbox.eventType('4.6', 'dcim.site.updated')?.change?.change).toBe('changed')
    expect(netbox.eventType('4.6', 'myplugin.thing.created')?.change?.objectType).toBe('myplugin.thing')
    for (const type of [
      'node.added',
      'thing.created',
      'group.created',
      'dcim.site',
      'dcim.site.exploded',
      'dcim.Site.created',
      'a.b.c.created',
      'constructor.created',
      'dcim.site.constructor',
    ]) {
      expect(netbox.eventType('4.6', type), type).toBeNull()
    }
  })
  test('patterns: bare models get their app; a star may stand for a plugin; what can never match is refused', () => {
    expect(netbox.canonicalType?.('4.6', 'site.*')).toBe('dcim.site.*')
    expect(netbox.canonicalType?.('4.6', 'site.created')).toBe('dcim.site.created')
    expect(
      ['*', '*.created', 'dcim.*', 'site.*', 'myplugin.*.deleted', '*.site.*'].map(each =>
        netbox.acceptsPattern('4.6', each),
      ),
    ).toEqual(Array(6).fill(true))
    expect(
      ['*.exploded', 'node.added', 'DCIM.*', 'a.b.c.*', 'dcim.*.create'].map(each =>
        netbox.acceptsPattern('4.6', each),
      ),
    ).toEqual(Array(5).fill(false))
    expect(netbox.acceptsPattern('2.6', 'myplugin.*')).toBe(false)
  })
  test('every example is a whole event: named object, snapshots where it is a change, a body', () => {
    for (const version of netbox.versions) {
      for (const {name, change, example} of netbox.eventTypes(version)) {
        expect(example.object?.name, name).not.toBe('')
        expect([example.before === null, example.after === null], name).toEqual(
          change === null ? [true, true] : [change.change === 'created', change.change === 'deleted'],
        )
      }
    }
  })
})

describe('NBX-27: what events are called', () => {
  const told = (type: string) => JSON.parse(render('netbox', anEvent({type, data: {id: 1}}))).event
  const rule = (eventTypes: string[], name = 'netbox') =>
    faults(name, {settings: {rules: [{name: 'r', objectTypes: ['dcim.*', 'extras.*'], eventTypes}]}})
  const fires = (eventTypes: string[], type: string, data: object = {}) =>
    netbox.firings?.(
      '4.6',
      anEvent({type, data}),
      aWebhook('netbox', {settings: {rules: [{name: 'r', objectTypes: ['dcim.*', 'extras.*'], eventTypes}]}}),
    ).length === 1

  test.each(['job_completed', 'job_failed', 'job_errored'])('%s is accepted as job_ended, and sent as that', change => {
    expect(netbox.eventType('4.6', `extras.script.${change}`)?.name).toBe('extras.script.job_ended')
    expect(netbox.eventType('2.7', `extras.script.${change}`)).toBeNull()
    expect(netbox.acceptsPattern('4.6', `extras.script.${change}`)).toBe(false)
    expect(told(`extras.script.${change}`)).toBe('job_ended')
    expect(fires([change], 'extras.script.job_ended', {status: change.slice(4)})).toBe(true)
    expect(fires([change], 'extras.script.job_ended', {status: 'other'})).toBe(false)
  })
  test('an object_created is accepted as created', () => {
    expect(netbox.eventType('4.6', 'dcim.site.object_created')?.name).toBe('dcim.site.created')
  })
  test.each(['my_plugin_event', 'my_plugin.thing_happened'])('a plugin’s %s passes through as it is', change => {
    const type = `dcim.site.${change}`
    expect(netbox.eventType('4.6', type)).toMatchObject({name: type, change: null})
    expect(netbox.eventType('2.6', type)).toBeNull()
    expect([type, `*.${change}`].map(each => netbox.acceptsPattern('4.6', each))).toEqual([true, true])
    expect(told(type)).toBe(change)
    expect(again('netbox', render('netbox', {...site, type}))).toBe(render('netbox', {...site, type}))
    expect(rule([change])).toEqual([])
    expect(rule([change], 'netbox@2.7')).toEqual(['settings/rules/0/eventTypes/0 bad_rules'])
    expect([fires([change], type), fires([change], 'dcim.site.created'), fires(['created'], type)]).toEqual([
      true,
      false,
      false,
    ])
  })
  test.each(['exploded', 'object_craeted', 'job_finish', 'job_', 'my-event', 'a_b.c_d.e'])(
    'what may be a mistake is refused: %s',
    change => {
      expect(netbox.eventType('4.6', `dcim.site.${change}`)).toBeNull()
      expect(rule([change])).toEqual(['settings/rules/0/eventTypes/0 bad_rules'])
    },
  )
})

describe('presets', () => {
  test('NBX-13, NBX-14, NBX-16, NBX-17, NBX-33: success, retry, switch and timeout by version', () => {
    const policies = (version: string) => netbox.preset(version).policies
    expect([policies('2.6').success, policies('2.7').success]).toEqual([{kind: 'ok'}, {kind: 'ok'}])
    expect(['3.6', '4.6', '4.7'].map(version => policies(version).success)).toEqual(Array(3).fill({kind: '2xx'}))
    for (const version of netbox.versions) {
      expect(policies(version)).toMatchObject({retry: {kind: 'manual'}, offSwitch: 'accept', timeoutMs: 60_000})
      expect(policies(version)).toMatchObject({signature: {scheme: 'netbox'}, batch: null})
    }
  })
})

describe('NBX-18: what a webhook may be', () => {
  test('150 characters of name', () => {
    expect(faults('netbox', {name: 'a'.repeat(150)})).toEqual([])
    expect(faults('netbox', {name: 'a'.repeat(151)})).toEqual(['name name_too_long'])
  })
  test('characters are what a person counts: an emoji is one', () => {
    const rules = (name: string) => ({rules: [{name}]})
    expect(faults('netbox', {name: '🚀'.repeat(150), settings: rules('🚀'.repeat(150))})).toEqual([])
    expect(faults('netbox', {name: '🚀'.repeat(151), settings: rules('🚀'.repeat(151))})).toEqual([
      'name name_too_long',
      'settings/rules/0/name bad_rules',
    ])
    expect(faults('netbox', {secrets: [{value: '🚀'.repeat(255), createdAt: 0, expiresAt: null}]})).toEqual([])
  })
  test('NBX-24: an exported event rule is taken as it is, but for one that sends no webhook', () => {
    const exported = {
      id: 7,
      url: 'https://netbox.example.com/api/extras/event-rules/7/',
      display_url: 'https://netbox.example.com/extras/event-rules/7/',
      display: 'sites',
      object_types: ['dcim.site'],
      name: 'sites',
      enabled: true,
      event_types: ['object_created'],
      conditions: null,
      action_type: {value: 'webhook', label: 'Webhook'},
      action_object_type: 'extras.webhook',
      action_object_id: 3,
      action_object: {id: 3, name: 'cmdb'},
      action_data: null,
      description: '',
      owner: null,
      comments: '',
      custom_fields: {},
      tags: [],
      created: '2026-07-03T12:00:00.123456Z',
      last_updated: '2026-07-03T12:00:00.123456Z',
    }
    const taken = (more: object = {}) => faults('netbox', {settings: {rules: [{...exported, ...more}]}})
    expect([taken(), taken({action_type: 'webhook'})]).toEqual([[], []])
    expect(taken({action_type: {value: 'script', label: 'Script'}})).toEqual(['settings/rules/0/actionType bad_rules'])
    expect(taken({object_types: []})).toEqual(['settings/rules/0/objectTypes bad_rules'])
    expect(taken({coments: ''})).toEqual(['settings/rules/0/coments bad_rules'])
  })
  test('at least one of created, updated and deleted', () => {
    expect(faults('netbox@2.6', {eventTypes: []})).toEqual(['eventTypes no_event_types'])
  })
  test('no CA file while certificates are not verified', () => {
    expect(faults('netbox', {policies: {tls: {verify: false, caFile: '/etc/ca.pem'}}})).toEqual([
      'policies/tls/caFile ca_without_verify',
    ])
    expect(faults('netbox', {policies: {tls: {verify: true, caFile: '/etc/ca.pem'}}})).toEqual([])
    expect(faults('netbox', {policies: {tls: {verify: false, caFile: null}}})).toEqual([])
  })
  test('in 2.x URL and actions are taken once, whatever the object type', () => {
    const key = (name: string, eventTypes: string[], url = 'https://x/') =>
      netbox.claims?.(aWebhook(name, {eventTypes, url}), name.split('@')[1] ?? '')[0]?.key
    expect(key('netbox@2.6', ['dcim.site.created'])).toBe(key('netbox@2.6', ['dcim.rack.created']))
    expect(key('netbox@2.6', ['dcim.site.created'])).not.toBe(key('netbox@2.6', ['dcim.site.*']))
    expect(key('netbox@2.6', ['dcim.site.created'])).not.toBe(key('netbox@2.6', ['dcim.site.created'], 'https://y/'))
    expect(key('netbox@4.6', ['dcim.site.created'])).toBeUndefined()
  })
  test('T15: action data is an object or null', () => {
    for (const actionData of [null, {}, {a: [1]}]) expect(faults('netbox', {settings: {actionData}})).toEqual([])
    for (const actionData of ['x', 1, [], true])
      expect(faults('netbox', {settings: {actionData}})).toEqual(['settings/actionData bad_setting'])
    expect(faults('netbox', {settings: {actonData: {}}})).toEqual(['settings/actonData unknown_setting'])
  })
  test('a secret of at most 255 characters', () => {
    const secrets = (value: string) => [{value, createdAt: 0, expiresAt: null}]
    expect(faults('netbox', {secrets: secrets('a'.repeat(255))})).toEqual([])
    expect(problems('netbox', {secrets: secrets('hunter'.repeat(50))})[0]?.message).not.toContain('hunter')
  })
})

describe('T14: the URL, and the URL as a template', () => {
  test.each([
    ['http://localhost/', []],
    ['http://my_host:9000/x', []],
    ['https://x/{{ data.slug }}', []],
    ['{{ data.url }}', []],
    ['https://{{ data.host }}/x?n={{ data.name|urlencode }}', []],
    ['{% if event == "created" %}https://a/{% else %}https://b/{% endif %}', []],
    ['https://x/{# note #}', []],
    ['https://x/{{ data.slug', ['url bad_url_template']],
    ['https://x/{% if a %', ['url bad_url_template']],
    ['https://x/{{ data.slug }}}}', ['url bad_url_template']],
    ['https://x/{{ }}', ['url bad_url_template']],
    ['https://x/{{ data.slug|frobnicate }}', ['url bad_url_template']],
    ['ftp://x/{{ data.slug }}', ['url bad_url_template']],
    ['javascript:{{ data.slug }}', ['url bad_url_template']],
    ['ftp://x/', ['url bad_scheme']],
    ['http://', ['url bad_url']],
    ['http://[::1/', ['url bad_url']],
    ['', ['url bad_scheme']],
    [`https://x/${'a'.repeat(500)}`, ['url bad_url']],
  ])('%s', (url, expected) => expect(faults('netbox', {url})).toEqual(expected))

  test('2.6 knew no templates', () => expect(faults('netbox@2.6', {url: 'https://x{{ a }}/'})).toEqual(['url bad_url']))
})

describe('captured bodies', () => {
  test('a body of another version is refused with the version it looks like', () => {
    const refused = (body: string, version: string) => {
      try {
        netbox.parse(Buffer.from(body), version)
      } catch (error) {
        return error
      }
      return null
    }
    expect(refused(render('netbox@4.6', site), '2.6')).toMatchObject({
      code: 'bad_body',
      message: 'the body has no "model"',
      hint: 'it looks like netbox@4.6',
    })
    expect(refused(render('netbox@4.7', site), '4.6')).toMatchObject({hint: 'it looks like netbox@4.7'})
    expect(refused(render('netbox@2.6', site), '4.6')).toMatchObject({
      code: 'bad_body',
      message: 'the body has no "object_type"',
    })
  })
  test('the event in it has its type, object, actor, request and snapshots', () => {
    const [event] = netbox.parse(Buffer.from(render('netbox@4.6', site)), '4.6').events
    expect(event).toMatchObject({
      type: 'dcim.site.updated',
      occurredAtMicros: NOON + 123_456,
      actor: {kind: 'user', name: 'admin'},
      requestId: id,
      object: {type: 'dcim.site', id: '54', name: 'Köln-2'},
    })
    expect(JSON.parse(event?.before ?? '')).toEqual({name: 'Köln-1', tags: ['Foo']})
  })
  test('4.7 names user and request in the request only', () => {
    const [event] = netbox.parse(Buffer.from(render('netbox@4.7', site)), '4.7').events
    expect(event).toMatchObject({actor: {name: 'admin'}, requestId: id})
  })
  test('2.6 finds the app of a model', () => {
    expect(netbox.parse(Buffer.from(render('netbox@2.6', site)), '2.6').events[0]?.type).toBe('dcim.site.updated')
  })
  test.each([
    [/"timestamp": "[^"]*"/, '"timestamp": "2026-07-03 12:00:00+00:00"'],
    [/"request_id": "[^"]*"/, '"request_id": null'],
    [/"username": "[^"]*"/, '"username": null'],
    [/"snapshots": .*\}$/, '"snapshots": {"prechange": null, "postchange": null}}'],
    [/"snapshots": .*\}$/, '"snapshots": {"prechange": null, "postchange": {}, "differences": {}}}'],
    [/\}$/, ', "custom": [1.0, "\\u00e9"]}'],
    [/"data": \{.*?\}/, '"data": null'],
  ])('a body with %s as %s comes back the same', (from, to) => {
    const body = render('netbox@4.6', site).replace(from, to)
    expect(body).toContain(to)
    expect(again('netbox@4.6', body)).toBe(body)
  })
  test('2.11 to 3.6.5 had snapshots in the old spelling: a captured one keeps them', () => {
    const body = render('netbox@3.6', site).replace('T12:', ' 12:')
    expect(again('netbox@2.7', body)).toBe(body)
  })
})
