import {describe, expect, test} from 'vitest'
import {catalyst} from '../../src/platforms/catalyst.ts'
import {anEvent, aWebhook, faults, NOON, problems, render} from './an-event.ts'

const member = (names: Record<string, string[]>) =>
  Object.entries(names).flatMap(([label, all]) => all.map(name => [name, label]))

test('CAT-07: the catalog is these 17 event types in these 7 categories, and no others', () => {
  expect(catalyst.eventTypes('1').map(({name, category}) => [name, category])).toEqual(
    member({
      Nodes: ['node.added', 'node.removed'],
      Certificates: ['cert.issued', 'cert.revoked', 'cert.expiring', 'cert.renewed'],
      'Groups (tags)': ['group.created', 'group.updated', 'group.deleted'],
      'Policies (firewall rules)': ['policy.created', 'policy.updated', 'policy.deleted'],
      Network: ['ip.allocated'],
      Members: ['member.created', 'member.updated', 'member.deleted'],
      Security: ['security.brute_force'],
    }),
  )
})

test('CAT-15, CAT-16, CAT-17, CAT-18: the body has four keys, whole seconds with +00:00, and a number for the organization', () => {
  const event = anEvent({occurredAtMicros: NOON + 999_999, data: {name: 'edge-7', nebula_ip: '10.42.0.7'}})
  expect(render('catalyst', event)).toBe(
    '{"event":"node.added","organization_id":42,"timestamp":"2026-07-03T12:00:00+00:00","data":{"name":"edge-7","nebula_ip":"10.42.0.7"}}',
  )
})

test('CAT-15: the zone of a webhook does not move the time, and non-ASCII stays UTF-8', () => {
  const body = render('catalyst', anEvent({data: {name: 'Köln 🚀'}}), {zone: '+02:00'})
  expect(body).toContain('"timestamp":"2026-07-03T12:00:00+00:00"')
  expect(body).toContain('"Köln 🚀"')
})

test('CAT-18: the example of node.added carries the name of the node and its Nebula IP', () => {
  expect(JSON.parse(catalyst.eventType('1', 'node.added')?.example.data ?? '')).toEqual({
    name: 'edge-7',
    nebula_ip: '10.42.0.7',
  })
})

test('CAT-22, CAT-24: events say which tracked object was created, changed or deleted', () => {
  const said = catalyst
    .eventTypes('1')
    .map(({name, change}) => [name, change === null ? null : `${change.objectType} ${change.change}`])
  expect(Object.fromEntries(said)).toEqual({
    'node.added': 'Node created',
    'node.removed': 'Node deleted',
    'cert.issued': 'Certificate created',
    'cert.revoked': 'Certificate changed',
    'cert.expiring': null,
    'cert.renewed': 'Certificate changed',
    'group.created': 'Tag created',
    'group.updated': 'Tag changed',
    'group.deleted': 'Tag deleted',
    'policy.created': 'FirewallRule created',
    'policy.updated': 'FirewallRule changed',
    'policy.deleted': 'FirewallRule deleted',
    'ip.allocated': null,
    'member.created': 'Membership created',
    'member.updated': 'Membership changed',
    'member.deleted': 'Membership deleted',
    'security.brute_force': null,
  })
})

test('a change has a before and an after, a creation only an after, a deletion only a before', () => {
  for (const {change, example} of catalyst.eventTypes('1').filter(({change}) => change !== null)) {
    expect([example.before !== null, example.after !== null]).toEqual([
      change?.change !== 'created',
      change?.change !== 'deleted',
    ])
    expect(example.object).toMatchObject({type: change?.objectType})
  }
})

test('CAT-10, CAT-19, CAT-20: the preset looks at the switch on delivery, waits 10 s, and doubles from 10 s to an hour, 8 times', () => {
  expect(catalyst.preset('1')).toMatchObject({
    mode: 'instant',
    method: 'POST',
    contentType: 'application/json',
    locked: ['batch'],
    policies: {
      success: {kind: '2xx'},
      offSwitch: 'delivery',
      timeoutMs: 10_000,
      batch: null,
      retry: {kind: 'exponential', baseMs: 10_000, factor: 2, capMs: 3_600_000, attempts: 8},
    },
  })
})

test('CAT-09: a secret signs with X-Hook-Signature', () => {
  expect(catalyst.preset('1').policies.signature).toEqual({scheme: 'netbox'})
})

describe('CAT-05: the URL is https', () => {
  test('plain http is refused with what to do', () => {
    expect(problems('catalyst', {url: 'http://hooks.example.com/in?key=hunter2'})).toEqual([
      {
        path: 'url',
        code: 'https_only',
        message: 'catalyst sends to https:// only, not to http://hooks.example.com',
        hint: 'use https://, or --allow-http for a receiver on your own machine',
      },
    ])
  })
  test('on one’s own machine it may be allowed', () => {
    expect(faults('catalyst', {url: 'http://127.0.0.1:9000/', policies: {allowHttp: true}})).toEqual([])
  })
  test.each([
    ['not a url', 'bad_url'],
    ['ftp://x/', 'bad_scheme'],
    ['https://u:p@x/', 'userinfo'],
    ['https://x/#a', 'fragment'],
    ['https://x:22/', 'bad_port'],
    ['', 'bad_scheme'],
  ])('%j is %s', (url, code) => expect(faults('catalyst', {url})).toEqual([`url ${code}`]))
})

describe('CAT-06: one or more event types', () => {
  test('none is refused', () => expect(faults('catalyst', {eventTypes: []})).toEqual(['eventTypes no_event_types']))
  test('an unknown one is refused with the nearest name', () => {
    expect(problems('catalyst', {eventTypes: ['node.added', 'node.remove']})).toEqual([
      {
        path: 'eventTypes/1',
        code: 'unknown_event_type',
        message: 'catalyst@1 has no event type "node.remove"',
        hint: 'did you mean node.removed?',
      },
    ])
  })
  test('where nothing is near, all are listed', () => {
    expect(problems('catalyst', {eventTypes: ['entrypoint.configuration.audit']})[0]?.hint).toContain(
      'node.added, node.removed',
    )
  })
  test('a pattern must be able to match', () => {
    expect(faults('catalyst', {eventTypes: ['node.*', '*.updated', '*', 'security.brute_force']})).toEqual([])
    expect(faults('catalyst', {eventTypes: ['nodes.*']})).toEqual(['eventTypes/0 unknown_event_type'])
    expect(faults('catalyst', {eventTypes: ['node..*']})).toEqual(['eventTypes/0 bad_event_type'])
  })
  test('two are kept in their order', () => {
    const eventTypes = ['node.removed', 'node.added']
    expect(faults('catalyst', {eventTypes})).toEqual([])
    expect(aWebhook('catalyst', {eventTypes}).eventTypes).toEqual(eventTypes)
  })
})

test('several events do not fit into one body', () => {
  expect(() => render('catalyst', [anEvent(), anEvent()])).toThrow(expect.objectContaining({code: 'render_failed'}))
})

test.each([
  ['event', 'the body has no "event"'],
  ['organization_id', 'the body has no "organization_id"'],
  ['data', 'the body has no "data"'],
])('a captured body without %s is refused by name', (name, message) => {
  const whole: Record<string, unknown> = JSON.parse(render('catalyst', anEvent()))
  delete whole[name]
  expect(() => catalyst.parse(Buffer.from(JSON.stringify(whole)), '1')).toThrow(message)
})

test('a captured body of an organization with an id of sixteen digits comes out byte for byte', () => {
  const body = render('catalyst', anEvent()).replace('"organization_id":42', '"organization_id":9007199254740991')
  const {events, context} = catalyst.parse(Buffer.from(body), '1')
  expect(Buffer.from(catalyst.body(events, context)).toString()).toBe(body)
})

test.each([
  ['"organization_id":42', '"organization_id":"42"', '"organization_id" is not a whole number'],
  ['"organization_id":42', '"organization_id":1e3', '"organization_id" is not a whole number'],
  ['"organization_id":42', '"organization_id":9007199254740992', '"organization_id" is beyond 9007199254740991'],
  ['node.added', 'node.lost', 'catalyst has no event type "node.lost"'],
  ['2026-07-03T', '2026-02-30T', '"timestamp" is not a time'],
  ['{"event"', '{"event":"x","event"', 'two members of one name'],
])('a captured body with %s as %s is refused', (from, to, message) => {
  expect(() => catalyst.parse(Buffer.from(render('catalyst', anEvent()).replace(from, to)), '1')).toThrow(message)
})
