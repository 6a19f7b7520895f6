import {expect, test} from 'vitest'
import {reasonsOf, type Vitals} from '../../src/services/unhealthy.ts'
import {NOON} from '../harness/factories.ts'

const minute = 60_000

const well: Vitals = {
  now: NOON,
  worker: {state: 'active'},
  waiting: 5,
  overdueSince: NOON - minute,
  paused: [],
  failing: [],
  diskFreeBytes: 10e9,
  refusal: null,
}

const hook = {name: 'cmdb', active: true, paused: null, failures: 7, failingSince: NOON - 90 * minute}
const paused = {reason: 'gone', at: NOON} as const

test.each<[string, Partial<Vitals>, readonly string[]]>([
  ['active with a queue that moves', {}, []],
  ['active and idle', {waiting: 0, overdueSince: null}, []],
  ['a disk that nobody knows of', {diskFreeBytes: null}, []],
  ['no process, and nothing to send', {worker: {state: 'activating'}, waiting: 0}, []],
  ['no process, and something to send', {worker: {state: 'activating'}}, ['no process sends, 5 deliveries wait']],
  ['switched off', {worker: {state: 'inactive'}, waiting: 0}, ['sending is switched off']],
  ['off with a queue', {worker: {state: 'inactive'}, waiting: 1}, ['sending is switched off, 1 delivery waits']],
  ['a queue that does not move', {overdueSince: NOON - 16 * minute}, ['a delivery should have been sent 16m ago']],
  ['a webhook that fails', {failing: [hook]}, ['webhook cmdb fails for 1h30m: 7 attempts in a row']],
  ['one that fails and is off', {failing: [{...hook, active: false}]}, []],
  [
    'one that was paused for it',
    {failing: [{...hook, paused}], paused: [{name: 'cmdb', paused}]},
    ['webhook cmdb is paused (gone)'],
  ],
  ['nothing accepted', {refusal: {code: 'store_overloaded', message: 'enough', hint: 'wait'}}, ['enough']],
  ['a disk that is nearly full', {diskFreeBytes: 42 * 1024 * 1024}, ['only 42 MiB are free on the disk of the store']],
])('%s', (_, changes, explanations) => {
  expect(reasonsOf({...well, ...changes}).map(({explanation}) => explanation)).toEqual(explanations)
})

test('every reason has a code and says what to do; of many webhooks some are named and the rest counted', () => {
  const failing = Array.from({length: 30}, (_, at) => ({...hook, name: `hook ${at}`}))
  const reasons = reasonsOf({...well, worker: {state: 'inactive'}, failing, diskFreeBytes: 0})
  expect(reasons.map(({code}) => code)).toEqual(['worker_inactive', ...Array(21).fill('webhook_failing'), 'disk_low'])
  expect(reasons[1]?.hint).toContain("--webhook 'hook 0'")
  expect(reasons[21]?.explanation).toBe('10 more webhooks are failing')
  expect(reasons.every(({hint}) => hint !== '')).toBe(true)
})
