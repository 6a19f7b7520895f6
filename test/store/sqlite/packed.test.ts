import {expect, it} from 'vitest'
import type {JsonText} from '../../../src/domain/json.ts'
import {packed, packedAnswer, unpacked, unpackedAnswer} from '../../../src/store/sqlite/thread/packed.ts'
import type {Recorded} from '../../../src/store/store.ts'
import {aDelivery, aHistoryEntry, anAttempt, aWebhook} from '../../harness/factories.ts'
import {anAcceptance, failure, success} from '../conformance/setting.ts'

/** To the other thread: the first thing that is asked, as it arrives there. */
const over = <T>(method: string, list: T): T => unpacked(method, structuredClone(packed(method, [list])))[0] as T

it('outcomes arrive in the other thread as they were', () => {
  const pause = {
    pause: {at: 1, reason: 'gone', by: null},
    entry: {...aHistoryEntry(), raised: [anAcceptance(aWebhook())]},
  } as unknown as NonNullable<ReturnType<typeof success>['pause']>
  const outcomes = [
    success(aDelivery(), {raised: []}),
    failure(aDelivery(), {
      attempt: anAttempt({responseBody: new Uint8Array([1, 2, 3]), error: 'ünlesbar \u2028', signedWith: ['ab']}),
      raised: [anAcceptance(aWebhook())],
      pause,
    }),
    success(aDelivery(), {attempt: anAttempt({responseBody: new Uint8Array([4])}), raised: []}),
  ]
  const bare = (each: Recorded) => ({...each, attempt: {...each.attempt, responseBody: [...each.attempt.responseBody]}})
  expect(over('record', outcomes).map(bare)).toEqual(outcomes.map(bare))
})

it('of an answer only the bytes that are kept go over, not the buffer they were read into', () => {
  const kept = Buffer.from('ok')
  expect(kept.buffer.byteLength).toBeGreaterThan(1000)
  const [{bytes}] = packed('record', [[success(aDelivery(), {attempt: anAttempt({responseBody: kept})})]]) as [
    {bytes: Uint8Array},
  ]
  expect(bytes.buffer.byteLength).toBe(2)
})

it('so do acceptances, their bodies in order', () => {
  const webhook = aWebhook()
  const acceptances = [
    {
      ...anAcceptance(webhook, {}, {data: '{"a":"\\"é"}' as JsonText, before: null, extra: '[1]' as JsonText}),
      bodies: [],
      history: [aHistoryEntry()],
    },
    {...anAcceptance(webhook), bodies: ['a', '', 'bcd'].map(text => ({key: text, bytes: Buffer.from(text)}))},
  ]
  const arrived = over('accept', acceptances)
  expect(arrived.map(each => ({...each, bodies: each.bodies.map(({bytes}) => String.fromCharCode(...bytes))}))).toEqual(
    acceptances.map(each => ({...each, bodies: each.bodies.map(({key}) => key)})),
  )
})

it('what is due comes back as it was, a body that several share in one piece', () => {
  const body = Buffer.from('shared')
  const due = [
    {
      delivery: aDelivery({attempts: 2, lastStatus: 500, lastErrorClass: 'status', toUrl: 'http://a.example/'}),
      hops: 3,
      body,
    },
    {delivery: aDelivery({rule: 'r', bodyBytes: null, contentGone: 'pruned'}), hops: 0, body: new Uint8Array()},
    {delivery: aDelivery({trigger: 'replay', replayOf: 'dlv_1'}), hops: 0, body},
  ] as const
  const {value, transfer} = packedAnswer('due', due)
  expect(transfer).toEqual([body.buffer])
  const arrived = unpackedAnswer('due', structuredClone(value)) as typeof due
  expect(arrived.map(each => ({...each, body: Buffer.from(each.body)}))).toEqual(
    due.map(each => ({...each, body: Buffer.from(each.body)})),
  )
  expect(arrived[2].body).toBe(arrived[0].body)
})

it('what is answered otherwise comes back as it is', () => {
  expect(packedAnswer('nextDue', 12)).toEqual({value: 12, transfer: []})
  expect(unpackedAnswer('nextDue', 12)).toBe(12)
})

it('what is asked otherwise goes over as it is', () => {
  const question = [{now: 1}, new Set(['a'])]
  expect(packed('due', question)).toBe(question)
  expect(unpacked('due', question)).toBe(question)
})
