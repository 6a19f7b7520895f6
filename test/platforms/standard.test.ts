import {expect, test} from 'vitest'
import {standard} from '../../src/platforms/standard.ts'
import {again, anEvent, faults, NOON, render} from './an-event.ts'

test('the body is type, timestamp and data', () => {
  expect(render('standard', anEvent({type: 'user.created', data: {id: '1', name: 'Zoë'}}))).toBe(
    '{"type":"user.created","timestamp":"2026-07-03T12:00:00.000Z","data":{"id":"1","name":"Zoë"}}',
  )
})

test('microseconds are printed where there are some', () => {
  const at = (micros: number) => JSON.parse(render('standard', anEvent({occurredAtMicros: NOON + micros}))).timestamp
  expect([at(344_522), at(344_000)]).toEqual(['2026-07-03T12:00:00.344522Z', '2026-07-03T12:00:00.344Z'])
})

test('it speaks of every event type, also of the other platforms’, but of nothing that is none', () => {
  for (const type of [
    'user.created',
    'node.added',
    'dcim.site.created',
    'radius-authentication.subscriber-nas-updated',
    'ping',
  ]) {
    expect(standard.eventType('1', type)).toMatchObject({name: type, change: null, example: {type}})
  }
  for (const type of ['', 'a b', 'a..b', '.a', 'a.', 'a.*', 'ä', 'a'.repeat(129)])
    expect(standard.eventType('1', type)).toBeNull()
  expect(faults('standard', {eventTypes: ['order.*', 'user.created']})).toEqual([])
  expect(faults('standard', {eventTypes: ['a b']})).toEqual(['eventTypes/0 bad_event_type'])
})

test('it signs as Standard Webhooks and retries on the schedule of the specification', () => {
  const {signature, retry} = standard.preset('1').policies
  expect(signature).toEqual({scheme: 'standard-v1'})
  expect(retry).toMatchObject({kind: 'list', delaysMs: expect.arrayContaining([5000, 300_000, 86_400_000])})
})

test.each(['2026-07-03T12:00:00Z', '2026-07-03T12:00:00.5+02:00', '2022-11-03T20:26:10.344522Z'])(
  'a captured timestamp %s comes back as it was',
  timestamp => {
    const body = JSON.stringify({type: 'user.created', timestamp, data: null})
    expect(again('standard', body)).toBe(body)
  },
)

test('another platform’s spelling of the time stays with that platform', () => {
  const event = anEvent({extra: {timestamp: 'yesterday', request: {}}})
  expect(JSON.parse(render('standard', event))).toEqual({
    type: 'node.added',
    timestamp: '2026-07-03T12:00:00.000Z',
    data: {},
  })
})
