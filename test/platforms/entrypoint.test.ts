import {describe, expect, test} from 'vitest'
import {entrypoint} from '../../src/platforms/entrypoint.ts'
import {again, anEvent, faults, NOON, problems, render} from './an-event.ts'

const type = 'entrypoint.configuration.audit'
const audit = (values: Parameters<typeof anEvent>[0] = {}) => anEvent({type, ...values})
const items = (...events: ReturnType<typeof anEvent>[]) => JSON.parse(render('entrypoint', events))

test('ENT-02, ENT-03: there is one event type, and RADIUS outcomes are none', () => {
  expect(entrypoint.eventTypes('1').map(({name}) => name)).toEqual([type])
  expect(entrypoint.eventType('1', 'radius.authentication.accepted')).toBeNull()
  expect(faults('entrypoint', {eventTypes: ['radius.authentication.*']})).toEqual(['eventTypes/0 unknown_event_type'])
  expect(faults('entrypoint', {eventTypes: ['entrypoint.*']})).toEqual([])
})

test('ENT-05, ENT-19, ENT-20: instant is the default; five retries from 2 to 32 minutes; batches of 30 minutes or 20,000', () => {
  expect(entrypoint.modes).toEqual(['instant', 'batch'])
  expect(entrypoint.preset('1')).toMatchObject({
    mode: 'instant',
    policies: {
      retry: {kind: 'list', delaysMs: [120_000, 240_000, 480_000, 960_000, 1_920_000]},
      batch: {everyMs: 1_800_000, maxEvents: 20_000},
      success: {kind: '2xx'},
    },
  })
})

describe('ENT-12: the body', () => {
  test('has id, time, context, actor, description, changes and metadata, in this order', () => {
    const event = audit({
      contextId: 'ctx-7',
      actor: {kind: 'user', name: 'ops@example.com', id: 'usr-9', email: 'ops@example.com'},
      data: {action: 'UPDATE', description: 'x', changes: [], metadata: {module: 'ENTRYPOINT'}},
      extra: {contextName: 'Campus Süd'},
    })
    expect(render('entrypoint', event)).toBe(
      '[{"id":"0197cf3a-1b2c-7d4e-8f90-a1b2c3d4e5f6","eventId":"entrypoint.configuration.audit","timestamp":"2026-07-03T12:00:00Z","scope":"ORGANIZATION_CTX_ENTRYPOINT","organizationId":"org-0042","contextId":"ctx-7","contextName":"Campus Süd","actor":{"type":"ADMIN","id":"usr-9","email":"ops@example.com"},"action":"UPDATE","description":"x","changes":[],"metadata":{"module":"ENTRYPOINT"}}]',
    )
  })
  test('the system has neither id nor email', () => {
    const [item] = items(audit({actor: {kind: 'system', name: null}}))
    expect(item.actor).toEqual({type: 'SYSTEM', id: null, email: null})
  })
  test.each([
    [
      {kind: 'user', name: 'ops@example.com'},
      {type: 'ADMIN', id: null, email: 'ops@example.com'},
    ],
    [
      {kind: 'user', name: 'admin'},
      {type: 'ADMIN', id: 'admin', email: null},
    ],
    [
      {kind: 'token', name: 'ci'},
      {type: 'ADMIN', id: 'ci', email: null},
    ],
  ] as const)('an admin who is only named is shown by the name: %j', (actor, shown) => {
    expect(items(audit({actor}))[0].actor).toEqual(shown)
  })
  test('an event of the whole organization has no context', () => {
    expect(items(audit())[0]).toMatchObject({scope: 'ORGANIZATION', contextId: null, contextName: null})
  })
  test('what else the data has is metadata', () => {
    expect(items(audit({data: {description: 'x', ticket: 'NOC-7', metadata: {module: 'M'}}}))[0].metadata).toEqual({
      module: 'M',
      ticket: 'NOC-7',
    })
  })
  test('before and after make action, description and changes where the data has none', () => {
    const object = {type: 'Group', id: '1', name: 'Guests'}
    const [item] = items(
      audit({object, before: {vlan: 20, name: 'Guests'}, after: {vlan: 30, name: 'Guests', note: 'x'}}),
    )
    expect(item).toMatchObject({
      action: 'UPDATE',
      description: 'Group "Guests" updated',
      changes: [
        {field: 'vlan', secret: false, before: 20, after: 30},
        {field: 'note', secret: false, before: null, after: 'x'},
      ],
    })
    expect(items(audit({object, after: {a: 1}}))[0].action).toBe('CREATE')
    expect(items(audit({object, before: {a: 1}}))[0].action).toBe('DELETE')
  })
})

describe('ENT-12: a description that nobody gave', () => {
  const object = {type: 'Group', id: 'grp-7', name: 'Printers'}
  test.each([
    ['CREATE', 'created'],
    ['ADD', 'added'],
    ['View', 'viewed'],
    ['update', 'updated'],
    ['DELETE', 'deleted'],
    ['REMOVE', 'removed'],
    ['ROTATE', 'updated'],
    ['constructor', 'updated'],
  ])('says what the action says: %s, %s', (action, past) => {
    const [item] = items(audit({object, data: {action}, before: {a: 1}}))
    expect([item.action, item.description]).toEqual([action, `Group "Printers" ${past}`])
  })
  test('calls by its id what has no name', () => {
    const [item] = items(audit({object: {...object, name: ''}, before: {a: 1}}))
    expect(item).toMatchObject({action: 'DELETE', description: 'Group "grp-7" deleted'})
  })
})

test('ENT-08, ENT-09, ENT-22: an array even for one event, and all of a batch in their order', () => {
  const events = ['a', 'b', 'c'].map(description => audit({data: {description}}))
  expect(items(...events).map((item: {description: string}) => item.description)).toEqual(['a', 'b', 'c'])
  expect(items(audit())).toHaveLength(1)
  expect(() => render('entrypoint', [])).toThrow(expect.objectContaining({code: 'render_failed'}))
})

describe('ENT-23: the values of secrets do not go out', () => {
  test.each([
    [{changes: [{field: 'RADIUS', secret: true, before: 'hunter1', after: 'hunter2'}]}],
    [{changes: [{field: 'Shared secret', before: 'hunter1', after: {value: 'hunter2'}}]}],
  ])('of changes that are given: %j', data => {
    const body = render('entrypoint', audit({data}))
    expect(body).not.toContain('hunter')
    expect(JSON.parse(body)[0].changes[0]).toMatchObject({before: '***', after: '***'})
  })
  test('of changes that are found', () => {
    const body = render(
      'entrypoint',
      audit({before: {radius_secret: 'hunter1', psk: 'hunter3'}, after: {radius_secret: 'hunter2'}}),
    )
    expect(body).not.toContain('hunter')
    expect(JSON.parse(body)[0].changes).toEqual([
      {field: 'radius_secret', secret: true, before: '***', after: '***'},
      {field: 'psk', secret: true, before: '***', after: null},
    ])
  })
  test.each([
    [{changes: [{field: 'PIN', secret: 'true', before: 'hunter1', after: 'hunter2'}]}],
    [{changes: [{field: 'PIN', secret: 1, before: 'hunter1', after: 'hunter2'}]}],
    [{changes: [{before: 'hunter1', after: 'hunter2', field: 'psk', secret: false}]}],
    [{changes: [{before: 'hunter1', after: 'hunter2', field: 'Pre-Shared Key', secret: false}]}],
    [{changes: [{before: 'hunter1', after: 'hunter2', field: 'Pass phrase', secret: false}]}],
  ])('of a field that is marked in any way, or called so whatever the mark says: %j', data => {
    const body = render('entrypoint', audit({data}))
    expect(body).not.toContain('hunter')
    expect(JSON.parse(body)[0].changes[0]).toMatchObject({secret: true, before: '***', after: '***'})
  })
  test('of changes as the Endpoint Manager spells them (ENT-22)', () => {
    const fields = [{name: 'psk', before: 'hunter1', after: 'hunter2'}]
    expect(items(audit({data: {changes: fields, change: {fields}}}))[0]).toMatchObject({
      changes: [{name: 'psk', before: '***', after: '***'}],
      metadata: {change: {fields: [{name: 'psk', before: '***', after: '***'}]}},
    })
  })
  test.each([
    ['in a change', {changes: [{field: 'Profile', secret: false, before: {nested: {psk: 'hunter'}}, after: [1.0]}]}],
    ['in metadata', {metadata: {password: 'hunter', deep: [{api_key: ['hunter']}]}}],
    ['in what else the data has', {credentials: {user: 'hunter'}, note: 'x'}],
    ['under a name with escapes', '{"metadata":{"p\\u0073k":"hunter"}}'],
  ])('of what is called a secret at any depth: %s', (_, data) => {
    const body = render('entrypoint', audit({data}))
    expect(body).not.toContain('hunter')
    expect(body).toContain('"***"')
  })
  test('that a secret is not set may be seen, and what is none stays byte for byte', () => {
    const metadata = '{"psk":null,"token":"","api_key":true,"n":1.0,"10":"\\u00fc \\" psk","2":[{"secret":false}]}'
    expect(render('entrypoint', audit({data: `{"metadata":${metadata}}`}))).toContain(`"metadata":${metadata}`)
  })
  test('a body whose secrets are hidden already comes back byte for byte', () => {
    const data = {changes: [{field: 'PIN', secret: 'true', before: 'hunter', after: {pin: 1}}], metadata: {psk: 'x'}}
    const body = render('entrypoint', audit({data}))
    expect(again('entrypoint', body)).toBe(body)
  })
  test('not even by way of extra', () => {
    const changes = [{field: 'a', secret: true, before: 'hunter1', after: 'hunter2'}]
    expect(render('entrypoint', audit({extra: {changes, more: {change: {fields: changes}}}}))).not.toContain('hunter')
  })
})

test('no member of extra stands in an item twice', () => {
  const body = render('entrypoint', audit({extra: {more: {eventId: 'other', changes: [1], new: 1}}}))
  expect(body.match(/"(eventId|changes|new)":/g)).toEqual(['"eventId":', '"changes":', '"new":'])
  expect(JSON.parse(body)[0]).toMatchObject({eventId: type, changes: [], new: 1})
})

test('the change follows the action', () => {
  const object = {type: 'Group', id: '1', name: 'Guests'}
  const change = (action: string) => entrypoint.changeOf?.(audit({object, data: {action}}))?.change
  expect(['CREATE', 'ADD', 'update', 'DELETE', 'REMOVE', 'VIEW', 'constructor'].map(change)).toEqual([
    'created',
    'created',
    'changed',
    'deleted',
    'deleted',
    undefined,
    undefined,
  ])
  expect(entrypoint.changeOf?.(audit({data: {action: 'CREATE'}}))).toBeNull()
})

describe('ENT-16: the name', () => {
  test.each([
    ['ab', ['name bad_name']],
    ['abc', []],
    ['Ops Slack', []],
    ['a'.repeat(125), []],
    ['a'.repeat(126), ['name bad_name']],
    ['SIEM/1', ['name bad_name']],
    ['Zürich-2_b', []],
    ['𝒜𝒷', ['name bad_name']],
    ['𝒜'.repeat(125), []],
    ['𝒜'.repeat(126), ['name bad_name']],
  ])('%s', (name, expected) => expect(faults('entrypoint', {name})).toEqual(expected))
  test('says how long it is', () => {
    expect(problems('entrypoint', {name: 'ab'})[0]?.message).toBe(
      'an EntryPoint name has 3 to 125 characters, "ab" has 2',
    )
  })
})

test('ENT-04: type and name are enough; URL and event types may follow', () => {
  expect(faults('entrypoint', {url: null, eventTypes: []})).toEqual([])
  expect(faults('entrypoint', {eventTypes: []})).toEqual([])
})

test('any http or https URL will do', () => {
  expect(faults('entrypoint', {url: 'http://192.0.2.1:8080/x'})).toEqual([])
})

test.each([
  [{action: 5}, 'data/action', 'a text, not 5'],
  [{description: ['x']}, 'data/description', 'a text, not ["x"]'],
  [{changes: {VLAN: {before: 20, after: 30}}}, 'data/changes', 'a list, not {"VLAN":'],
  [{metadata: [1]}, 'data/metadata', 'an object, not [1]'],
])('ENT-12: what would not come through as it was said is refused: %j', (data, path, says) => {
  const problems = entrypoint.checkEvent?.('1', audit({data})) ?? []
  expect(problems).toMatchObject([{path, code: 'bad_event', message: expect.stringContaining(says)}])
})

test('ENT-12: a member of the data that is null is one that is not given', () => {
  const data = {action: null, description: null, changes: null, metadata: null}
  expect(entrypoint.checkEvent?.('1', audit({data}))).toEqual([])
})

describe('captured bodies', () => {
  const whole = () => items(audit({data: {action: 'UPDATE', description: 'x', changes: [], metadata: {}}}))[0]
  test('a missing member is named with its event', () => {
    const {actor: _, ...second} = whole()
    const body = Buffer.from(JSON.stringify([whole(), second]))
    expect(() => entrypoint.parse(body, '1')).toThrow('event 2 has no "actor"')
  })
  test('another organization id, another kind of actor and milliseconds come back as they were', () => {
    const body = JSON.stringify([
      {
        ...whole(),
        organizationId: 'acme',
        actor: {type: 'API', id: 7, email: null},
        timestamp: '2026-07-03T12:00:00.250Z',
        new: 1,
      },
      {...whole(), organizationId: 'org-0042'},
    ])
    expect(again('entrypoint', body)).toBe(body)
    expect(entrypoint.parse(Buffer.from(body), '1').events[0]?.occurredAtMicros).toBe(NOON + 250_000)
  })
})
