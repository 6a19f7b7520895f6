import {describe, expect, test} from 'vitest'
import {nebularstack} from '../../src/platforms/nebularstack.ts'
import {again, anEvent, aWebhook, faults, NOON, problems, render} from './an-event.ts'

const type = 'radius-authentication.subscriber-nas-updated'
const meter = 'radius-accounting.subscriber-usage-meter-triggered'
const event = (data: unknown = {}, values: Parameters<typeof anEvent>[0] = {}) => anEvent({type, ...values, data})

test('NEB-02: version 1 has one context with one trigger', () => {
  expect(nebularstack.eventTypes('1').map(({name}) => name)).toEqual([type])
  expect(nebularstack.eventType('1', meter)).toBeNull()
  expect(faults('nebularstack', {eventTypes: [meter]})).toEqual(['eventTypes/0 unknown_event_type'])
})

test('NEB-18: version 2 also has the usage meter', () => {
  expect(nebularstack.eventTypes('2').map(({name}) => name)).toEqual([type, meter])
  const data = {id: '1', monthly_combined_kb: 104857600, monthly_month: '2026-07', monthly_combined_trigger_kb: 100}
  const body = JSON.parse(render('nebularstack@2', anEvent({type: meter, data})))
  expect([body.context, body.trigger]).toEqual(['radius-accounting', 'subscriber-usage-meter-triggered'])
  expect(body.data).toMatchObject({...data, domain: ''})
})

test('the trigger alone is understood', () => {
  expect(nebularstack.eventType('1', 'subscriber-nas-updated')?.name).toBe(type)
  expect(nebularstack.canonicalType?.('1', 'subscriber-nas-updated')).toBe(type)
  expect(nebularstack.canonicalType?.('1', '*')).toBe('*')
  expect(render('nebularstack', event({}, {type: 'subscriber-nas-updated'}))).toBe(render('nebularstack', event()))
})

test('NEB-12, NEB-14: four keys, and all eleven of the subscriber, empty where nothing is known', () => {
  expect(render('nebularstack', event({username: 'jane', id: null, service_id: 7}))).toBe(
    '{"timestamp":"2026-07-03 12:00:00+0000","context":"radius-authentication","trigger":"subscriber-nas-updated","data":{"id":"","domain":"","name":"","username":"jane","tenant_id":"","virtual_id":"","calling_station_id":"","profile_id":"","service_id":"7","last_known_nas_ip4":"","last_known_nas_name":""}}',
  )
})

test.each([
  ['+02:00', '2026-07-03 14:00:00+0200'],
  ['+00:00', '2026-07-03 12:00:00+0000'],
  ['-03:30', '2026-07-03 08:30:00-0330'],
  ['+14:00', '2026-07-04 02:00:00+1400'],
  ['Africa/Johannesburg', '2026-07-03 14:00:00+0200'],
  ['America/St_Johns', '2026-07-03 09:30:00-0230'],
  ['UTC', '2026-07-03 12:00:00+0000'],
])('NEB-13: in %s the time is %s, without fraction', (zone, text) => {
  const body = render('nebularstack', event({}, {occurredAtMicros: NOON + 999_999}), {zone})
  expect(JSON.parse(body).timestamp).toBe(text)
})

test('NEB-16: POST, JSON, 2xx, a few retries, held while off', () => {
  expect(nebularstack.preset('1')).toMatchObject({
    method: 'POST',
    contentType: 'application/json',
    policies: {success: {kind: '2xx'}, retry: {kind: 'exponential'}, offSwitch: 'hold'},
  })
})

describe('NEB-04, NEB-05, NEB-06: URL and SSL Verify', () => {
  test.each([
    ['https://hooks.example.com/', true, []],
    ['https://hooks.example.com/', false, []],
    ['https://192.0.2.1/', true, ['url https_to_ip']],
    ['https://192.0.2.1/', false, ['url https_to_ip']],
    ['https://[2001:db8::1]/', true, ['url https_to_ip']],
    ['https://[2001:db8::1]/', false, ['url https_to_ip']],
    ['https://2130706433/', false, ['url https_to_ip']],
    ['https://0x7f.1/', false, ['url https_to_ip']],
    ['https://127.0.0.1./', false, ['url https_to_ip']],
    ['https://%31%32%37.0.0.1/', false, ['url https_to_ip']],
    ['https://[::ffff:192.0.2.1]/', false, ['url https_to_ip']],
    ['https://ip-192-0-2-1.example.com/', true, []],
    ['https://example.com/192.0.2.1', true, []],
    ['http://hooks.example.com/', false, []],
    ['http://192.0.2.1/', false, []],
    ['http://[2001:db8::1]/', false, []],
    ['http://hooks.example.com/', true, ['policies/tls/verify verify_without_tls']],
    ['http://192.0.2.1/', true, ['policies/tls/verify verify_without_tls']],
    ['ftp://hooks.example.com/', true, ['url bad_scheme']],
    ['hooks.example.com', true, ['url bad_scheme']],
    [' https://hooks.example.com/', true, ['url bad_url']],
    ['https:/hooks.example.com/', true, ['url bad_url']],
  ])('%s with SSL Verify %s', (url, verify, expected) => {
    expect(faults('nebularstack', {url, policies: {tls: {verify, caFile: null}}})).toEqual(expected)
  })
  test('the message names the address and the way out', () => {
    expect(problems('nebularstack', {url: 'https://192.0.2.1/in'})[0]).toMatchObject({
      message: 'nebularstack sends to an IP address over http:// only, not to https://192.0.2.1',
      hint: 'use http:// with --tls skip, or a host name',
    })
  })
})

test('NEB-17: in version 2 a context is taken by one webhook, in version 1 it is not', () => {
  const keys = (version: string, eventTypes: string[], contextId: string | null = null) =>
    nebularstack.claims?.(aWebhook(`nebularstack@${version}`, {eventTypes, contextId}), version).map(({key}) => key)
  expect(keys('1', [type])).toEqual([])
  expect(keys('2', ['*'])).toHaveLength(2)
  expect(keys('2', ['*'])).toEqual(expect.arrayContaining(keys('2', ['subscriber-nas-updated']) ?? []))
  expect(keys('2', [type])).not.toEqual(keys('2', [meter]))
  expect(keys('2', [type], 'isp-a')).not.toEqual(keys('2', [type], 'isp-b'))
})

describe('captured bodies', () => {
  test('a field missing or not text is refused by name', () => {
    const body = render('nebularstack', event())
    const parse = (text: string) => () => nebularstack.parse(Buffer.from(text), '1')
    expect(parse(body.replace('"domain":"",', ''))).toThrow('"data" has no "domain"')
    expect(parse(body.replace('"domain":""', '"domain":7'))).toThrow('"data" has a "domain" that is not a string')
    expect(parse(body.replace('nas-updated', 'nas-gone'))).toThrow(
      'no event type "radius-authentication.subscriber-nas-gone"',
    )
  })
  test('zone, subscriber and escapes are kept', () => {
    const body = render('nebularstack', event({id: '7', username: 'jane'}), {zone: '+05:30'}).replace(
      'jane',
      '\\u006aane\\/',
    )
    expect(again('nebularstack', body)).toBe(body)
    const parsed = nebularstack.parse(Buffer.from(body), '1')
    expect(parsed.context.zone).toBe('+05:30')
    expect(parsed.events[0]).toMatchObject({
      occurredAtMicros: NOON,
      object: {type: 'subscriber', id: '7', name: 'jane/'},
    })
  })
})
