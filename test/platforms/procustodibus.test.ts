import {describe, expect, test} from 'vitest'
import {procustodibus} from '../../src/platforms/procustodibus.ts'
import {again, anEvent, faults, NOON, render} from './an-event.ts'

const event = (type: string, values: Parameters<typeof anEvent>[0] = {}) => anEvent({type, ...values})
const item = (type: string, values: Parameters<typeof anEvent>[0] = {}) =>
  JSON.parse(render('procustodibus', event(type, values)))[0]
const user = {kind: 'user', name: 'admin', id: 'UserAAAAA01'} as const

test('PRO-01: four types, and exactly one of them per webhook', () => {
  expect(procustodibus.eventTypes('1').map(({name}) => name)).toEqual([
    'alerts',
    'endpoint_stats',
    'log_authn',
    'log_changes',
  ])
  for (const type of ['alerts', 'endpoint_stats', 'log_authn', 'log_changes'])
    expect(faults('procustodibus', {eventTypes: [type]})).toEqual([])
  expect(faults('procustodibus', {eventTypes: ['alerts', 'log_authn']})).toEqual(['eventTypes one_event_type'])
  expect(faults('procustodibus', {eventTypes: ['*']})).toEqual(['eventTypes one_event_type'])
  expect(faults('procustodibus', {eventTypes: []})).toEqual(['eventTypes no_event_types'])
  expect(faults('procustodibus', {eventTypes: ['alert']})).toEqual(['eventTypes/0 unknown_event_type'])
})

test('PRO-02, PRO-03, PRO-05: a batch every 5 minutes, again every 5 minutes without end, held while paused', () => {
  expect(procustodibus.modes).toEqual(['batch'])
  expect(procustodibus.preset('1').policies).toMatchObject({
    batch: {everyMs: 300_000},
    retry: {kind: 'until-success', everyMs: 300_000},
    success: {kind: '2xx'},
    offSwitch: 'hold',
  })
  expect(faults('procustodibus', {mode: 'instant'})).toEqual(['mode mode_not_offered'])
  expect(faults('procustodibus', {policies: {batch: null}})).toEqual(['policies/batch batch_missing'])
})

test('PRO-09, PRO-15: keys are in alphabetical order at every level, whatever order they came in', () => {
  const data = {
    updated: 'u',
    type: 't',
    params: {peer: 1, country: 2, days: [{z: 1, a: 2}]},
    created: '2026-07-03T12:00:00Z',
  }
  expect(render('procustodibus', event('alerts', {data, extra: {id: 'Al3rtAAAA01'}}))).toBe(
    '[{"attributes":{"created":"2026-07-03T12:00:00Z","params":{"country":2,"days":[{"a":2,"z":1}],"peer":1},"type":"t","updated":"u"},"id":"Al3rtAAAA01","type":"alerts"}]',
  )
})

test('PRO-09: alerts have no relationships, statistics an endpoint, the logs a user, each in a list', () => {
  const object = {type: 'endpoints', id: 'CtfsGB3cABY', name: 'x'}
  expect(item('alerts', {actor: user, object})).not.toHaveProperty('relationships')
  expect(item('endpoint_stats', {object}).relationships).toEqual({
    endpoint: {data: [{id: 'CtfsGB3cABY', type: 'endpoints'}]},
  })
  for (const type of ['log_authn', 'log_changes']) {
    expect(item(type, {actor: user}).relationships).toEqual({user: {data: [{id: 'UserAAAAA01', type: 'users'}]}})
  }
  expect(item('log_authn', {actor: {kind: 'system', name: null}}).relationships).toEqual({user: {data: []}})
})

test('PRO-10: created is whole seconds with Z, and made from the event where the attributes have none', () => {
  expect(item('alerts', {occurredAtMicros: NOON + 999_999, data: {danger: 7}}).attributes).toEqual({
    created: '2026-07-03T12:00:00Z',
    danger: 7,
  })
})

test.each([
  ['alerts', ['created', 'danger', 'params', 'suppress_until', 'type', 'updated']],
  ['endpoint_stats', ['created', 'handshake', 'ip', 'port', 'rx_delta', 'rx_total', 'tx_delta', 'tx_total']],
  ['log_authn', ['created', 'errors', 'ip', 'status', 'type', 'url', 'verifications']],
  ['log_changes', ['created', 'field', 'id', 'new_value', 'old_value', 'type']],
])('PRO-11, PRO-12, PRO-13, PRO-14: the attributes of %s', (type, names) => {
  const example = procustodibus.eventType('1', type)?.example
  const {attributes} = JSON.parse(render('procustodibus', {...anEvent(), ...example}))[0]
  expect(Object.keys(attributes)).toEqual(names)
  for (const name of ['created', 'updated', 'handshake', 'suppress_until']) {
    expect(attributes[name] ?? '2026-07-03T12:00:00Z').toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  }
})

test('PRO-15: an id of eleven letters and digits is made from the event’s own, and another event has another', () => {
  const id = item('alerts').id
  expect(id).toMatch(/^[0-9A-Za-z]{11}$/)
  expect(item('alerts').id).toBe(id)
  expect(item('alerts', {id: 'evt_0197cf3a1b2c7d4e8f90a1b2c3d4e5f7'}).id).not.toBe(id)
})

test('a whole item may be given as data', () => {
  const whole =
    '{"attributes":{"created":"2026-07-03T12:00:00Z","rx_total":1.0},"id":"GH468jtejFr","relationships":{"endpoint":{"data":[]}},"type":"endpoint_stats"}'
  expect(render('procustodibus', event('endpoint_stats', {data: whole}))).toBe(`[${whole}]`)
})

test('PRO-15: a whole item without an id has one made, and its attributes are not put into others', () => {
  const whole = {attributes: {danger: 3}, type: 'alerts'}
  const made = item('alerts', {data: whole})
  expect(made).toEqual({
    attributes: {created: '2026-07-03T12:00:00Z', danger: 3},
    id: expect.stringMatching(/^\w{11}$/),
    type: 'alerts',
  })
})

test('PRO-07: headers keep spaces, ampersands and colons', () => {
  expect(
    faults('procustodibus', {
      headers: [
        ['Authorization', 'Bearer 123'],
        ['X-Foo', 'bar & baz: qux'],
      ],
    }),
  ).toEqual([])
})

test.each(['procustodibus', 'entrypoint', 'catalyst', 'nebularstack', 'standard'])(
  'PRO-07: two headers of one name are refused, for only one would be sent: %s',
  platform => {
    const headers = [
      ['X-Foo', 'a'],
      ['X-Bar', 'b'],
      ['x-foo', 'c'],
    ] as const
    expect(faults(platform, {headers})).toEqual(['headers/2/name repeated_header'])
    expect(faults(platform, {headers: headers.slice(0, 2)})).toEqual([])
    expect(faults('netbox', {headers})).toEqual([])
  },
)

test('PRO-17: extra fields are added to every item, and cannot replace its own', () => {
  const body = render('procustodibus@2', [event('alerts'), event('alerts')], {
    settings: {extraFields: {env: 'prod', type: 'x'}},
  })
  for (const each of JSON.parse(body)) {
    expect(each).toMatchObject({env: 'prod', type: 'alerts'})
    expect(Object.keys(each)).toEqual(['attributes', 'env', 'id', 'type'])
  }
  expect(faults('procustodibus@2', {settings: {extraFields: {env: 'prod'}}})).toEqual([])
  expect(faults('procustodibus@2', {settings: {extraFields: {env: 7}}})).toEqual(['settings/extraFields bad_setting'])
  expect(faults('procustodibus@1', {settings: {extraFields: {}}})).toEqual(['settings/extraFields unknown_setting'])
})

test('PRO-17: extra fields may be lines "name: value", and a value may hold colons', () => {
  const settings = {extraFields: 'ddsource: procustodibus\r\n\n  service : vpn: edge \ntype: x\nempty:'}
  const [only] = JSON.parse(render('procustodibus@2', event('alerts'), {settings}))
  expect(only).toMatchObject({ddsource: 'procustodibus', service: 'vpn: edge', type: 'alerts', empty: ''})
  expect(faults('procustodibus@2', {settings})).toEqual([])
})

test.each([
  ['a list', ['b']],
  ['a line without colon', 'a: b\nc'],
  ['a line without name', ': b'],
  ['a number', 7],
])('PRO-17: %s is no extra fields', (_, extraFields) => {
  expect(faults('procustodibus@2', {settings: {extraFields}})).toEqual(['settings/extraFields bad_setting'])
  expect(JSON.parse(render('procustodibus@2', event('alerts'), {settings: {extraFields}}))[0]).not.toHaveProperty('0')
})

test('PRO-19: only alerts have a user', () => {
  expect(faults('procustodibus@2', {settings: {user: 'UserAAAAA01'}})).toEqual([])
  expect(faults('procustodibus@2', {eventTypes: ['log_authn'], settings: {user: 'UserAAAAA01'}})).toEqual([
    'settings/user bad_setting',
  ])
})

const faultsOf = (type: string, values: Parameters<typeof anEvent>[0]) =>
  procustodibus.checkEvent?.('1', event(type, values)).map(({path}) => path)

const field = {field: 'ip', id: 'PykHtrVmLHs', new_value: '::2', old_value: '::1', type: 'endpoints'}

describe('PRO-09 to PRO-15: an event that is no item of its type is refused by the name of what is wrong', () => {
  test.each([
    ['2026-07-03T12:00:00.5Z', true],
    ['2026-07-03T12:00:00+00:00', true],
    ['2026-07-03 12:00:00', true],
    ['2026-02-30T12:00:00Z', true],
    [1_783_080_000, true],
    [null, true],
    ['2026-07-03T12:00:00Z', false],
  ])('PRO-10: times are whole seconds with Z: %j', (when, isWrong) => {
    const wrong = (path: string) => (isWrong ? [path] : [])
    expect(faultsOf('alerts', {data: {updated: when}})).toEqual(wrong('data/updated'))
    expect(faultsOf('endpoint_stats', {data: {handshake: when}})).toEqual(wrong('data/handshake'))
    expect(faultsOf('log_changes', {data: {...field, created: when}})).toEqual(wrong('data/created'))
  })
  test('PRO-12: statistics are whole numbers', () => {
    const wrong = {port: '51824', rx_delta: 1.5, rx_total: null, tx_delta: true, tx_total: '1e3'}
    expect(faultsOf('endpoint_stats', {data: wrong})).toEqual(Object.keys(wrong).map(name => `data/${name}`))
    const huge = '{"port":51824,"rx_delta":0,"rx_total":12345678901234567890}'
    expect(faultsOf('endpoint_stats', {data: huge})).toEqual([])
  })
  test('PRO-11, PRO-13: params are an object, errors and verifications lists', () => {
    expect(faultsOf('alerts', {data: {params: [], type: 7}})).toEqual(['data/params', 'data/type'])
    expect(faultsOf('log_authn', {data: {errors: 'none', verifications: {}}})).toEqual([
      'data/errors',
      'data/verifications',
    ])
  })
  test.each(['null', '[]', '"x"', '7'])('PRO-11: attributes are an object, not %s', data => {
    for (const type of ['alerts', 'log_authn']) expect(faultsOf(type, {data})).toEqual(['data'])
  })
  test.each(['abc', null, 12_345_678_901, 'PykHtrVmLH!', 'PykHtrVmLHs1'])(
    'PRO-15: an id has eleven characters: %j',
    id => {
      expect(faultsOf('alerts', {data: {attributes: {danger: 1}, id}})).toEqual(['data/id'])
      expect(faultsOf('alerts', {extra: {id}})).toEqual(['extra/id'])
    },
  )
  test('PRO-09: alerts have no relationships', () => {
    const relationships = {user: {data: [{id: 'UserAAAAA01', type: 'users'}]}}
    expect(faultsOf('alerts', {extra: {relationships}})).toEqual(['extra/relationships'])
    expect(faultsOf('alerts', {data: {attributes: {}, id: 'PykHtrVmLHs', relationships}})).toEqual([
      'data/relationships',
    ])
    expect(faultsOf('log_authn', {extra: {relationships}})).toEqual([])
  })
  test.each([
    {user: {data: {id: 'UserAAAAA01', type: 'users'}}},
    {user: {data: [{id: 7, type: 'users'}]}},
    {user: {data: ['UserAAAAA01']}},
    {user: {}},
    [],
  ])('PRO-09: the data of a relationship is a list of id and type: not %j', relationships => {
    expect(faultsOf('log_authn', {extra: {relationships}})).toEqual(['extra/relationships'])
    const data = {attributes: {}, id: 'PykHtrVmLHs', relationships}
    expect(faultsOf('endpoint_stats', {data})).toEqual(['data/relationships'])
  })
  test('PRO-09: a whole item is of the type of its event, and has nothing beside its four members', () => {
    const attributes = {danger: 1}
    expect(faultsOf('alerts', {data: {attributes, type: 'log_authn'}})).toEqual(['data/type'])
    expect(faultsOf('alerts', {data: {attributes, id: 'PykHtrVmLHs', env: 'prod'}})).toEqual(['data/env'])
    expect(faultsOf('alerts', {data: {attributes, id: 'PykHtrVmLHs', type: 'alerts'}})).toEqual([])
  })
  test('PRO-14: a change names its field', () => {
    expect(faultsOf('log_changes', {})).toEqual(['data/field'])
    expect(faultsOf('log_changes', {before: {ip: 1, port: 1}, after: {ip: 2, port: 2}})).toEqual(['data/field'])
    expect(faultsOf('log_changes', {before: {ip: 1, port: 1}, after: {ip: 2, port: 1}})).toEqual([])
    expect(faultsOf('log_changes', {data: field})).toEqual([])
  })
})

test('PRO-14: field, old and new value are made from before and after, id and type from the object', () => {
  const object = {type: 'endpoints', id: 'PykHtrVmLHs', name: 'CI'}
  const made = item('log_changes', {object, before: {ip: '::1', n: 1}, after: {ip: '::2', n: 1}}).attributes
  expect(made).toEqual({created: '2026-07-03T12:00:00Z', ...field})
  expect(
    item('log_changes', {object, data: {field: 'x', id: 'own'}, before: {ip: 1}, after: {ip: 2}}).attributes,
  ).toEqual({
    created: '2026-07-03T12:00:00Z',
    field: 'x',
    id: 'own',
    type: 'endpoints',
  })
  const secret = item('log_changes', {before: {preshared_key: 'hunter1'}, after: {preshared_key: 'hunter2'}}).attributes
  expect(secret).toMatchObject({field: 'preshared_key', new_value: '***', old_value: '***'})
  expect(item('log_changes', {before: {}, after: {ip: '::1'}}).attributes).toMatchObject({old_value: null})
  const told = {field: 'Pre-Shared Key', new_value: 'hunter2', old_value: ''}
  expect(item('log_changes', {data: told}).attributes).toMatchObject({new_value: '***', old_value: ''})
  expect(item('log_changes', {data: {attributes: told}}).attributes).toMatchObject({new_value: '***', old_value: ''})
})

test('PRO-21: the danger of an alert is 1 to 9', () => {
  const codes = (data: unknown, type = 'alerts') => faultsOf(type, {data})
  for (const danger of [1, 7, 9]) expect(codes({danger})).toEqual([])
  for (const danger of [0, 10, 1.5, '7', null]) expect(codes({danger})).toEqual(['data/danger'])
  expect(codes({})).toEqual([])
  expect(codes({attributes: {danger: 10}, id: 'PykHtrVmLHs'})).toEqual(['data/attributes/danger'])
  expect(codes({danger: 10}, 'log_authn')).toEqual([])
})

describe('captured bodies', () => {
  test('several items keep their order, ids and relationships', () => {
    const body = render('procustodibus', [
      event('log_authn', {actor: user, extra: {id: 'Auth0AAAA01'}}),
      event('log_authn', {
        actor: {kind: 'system', name: null},
        extra: {
          id: 'Auth0AAAA02',
          relationships: {
            user: {
              data: [
                {id: 'a', type: 'users'},
                {id: 'b', type: 'users'},
              ],
            },
          },
        },
      }),
    ])
    expect(again('procustodibus', body)).toBe(body)
    const {events} = procustodibus.parse(Buffer.from(body), '1')
    expect(events.map(({actor}) => actor.id)).toEqual(['UserAAAAA01', 'a'])
  })
  test('what is missing is named with its event', () => {
    const parse = (text: string) => () => procustodibus.parse(Buffer.from(text), '1')
    expect(parse('[{"attributes":{"created":"2026-07-03T12:00:00Z"},"type":"alerts"}]')).toThrow('event 1 has no "id"')
    expect(parse('[{"attributes":{},"id":"x","type":"alerts"}]')).toThrow('"attributes" of event 1 has no "created"')
    expect(parse('[{"attributes":{"created":"2026-07-03T12:00:00Z"},"id":"x","type":"peers"}]')).toThrow(
      'no event type "peers"',
    )
    expect(parse('[]')).toThrow('has no event')
  })
})
