import {describe, expect, it} from 'vitest'
import type {Outcome} from '../../src/domain/delivery.ts'
import type {Policies} from '../../src/domain/policy.ts'
import {transition} from '../../src/domain/transition.ts'

const now = 1_800_000_000_000
const moment = {now, random: () => 0.5}

const anOutcome = (changes: Partial<Outcome> = {}): Outcome => ({
  startedAt: now - 10,
  durationMs: 10,
  status: 200,
  errorClass: null,
  error: null,
  responseHeaders: [],
  responseBody: new Uint8Array(),
  responseBytes: 0,
  responseTruncated: false,
  remoteAddress: '127.0.0.1',
  ...changes,
})

const policies = (changes: Partial<Policies> = {}): {policies: Pick<Policies, 'success' | 'retry' | 'ordered'>} => ({
  policies: {success: {kind: '2xx'}, retry: {kind: 'list', delaysMs: [60_000, 300_000]}, ordered: null, ...changes},
})

const first = {attempts: 0, trigger: 'event'} as const
const judged = (
  outcome: Partial<Outcome>,
  changes: Partial<Policies> = {},
  delivery: Parameters<typeof transition>[0] = first,
) => transition(delivery, policies(changes), anOutcome(outcome), moment)

describe('after an attempt a delivery', () => {
  it('is delivered when the rule takes the status', () => {
    expect(judged({status: 204})).toEqual({
      state: 'delivered',
      reason: null,
      dueAt: null,
      finishedAt: now,
      success: true,
      errorClass: null,
      error: null,
      pause: null,
    })
  })

  it('is due again after the planned delay when the status is not taken (CAT-20)', () => {
    const next = judged({status: 503})
    expect(next).toMatchObject({state: 'pending', reason: null, dueAt: now + 60_000, finishedAt: null, success: false})
    expect(next).toMatchObject({errorClass: 'status', error: 'the receiver answered 503', pause: null})
  })

  it('counts an unreachable receiver as a bad answer (CAT-20)', () => {
    const next = judged(
      {status: null, errorClass: 'refused', error: 'no connection to x:1'},
      {},
      {...first, attempts: 1},
    )
    expect(next).toMatchObject({
      state: 'pending',
      dueAt: now + 300_000,
      errorClass: 'refused',
      error: 'no connection to x:1',
    })
  })

  it('keeps the class of an answer that broke off, although its status was good', () => {
    expect(judged({status: 200, errorClass: 'reset', error: 'broke off'})).toMatchObject({
      state: 'pending',
      success: false,
      errorClass: 'reset',
    })
  })

  it('has failed when the retries are used up', () => {
    const next = judged({status: 500}, {}, {...first, attempts: 2})
    expect(next).toMatchObject({state: 'failed', reason: 'exhausted', dueAt: null, finishedAt: now})
  })

  it('has failed at once where only a person retries (NBX-14)', () => {
    expect(judged({status: 500}, {retry: {kind: 'manual'}})).toMatchObject({state: 'failed', reason: 'no_retry'})
  })

  it('never ends without success under until-success, not even with 410 (PRO-03)', () => {
    for (const [attempts, status] of [0, 1, 50, 5000].flatMap(count =>
      [500, 301, 410].map(one => [count, one] as const),
    )) {
      const next = judged({status}, {retry: {kind: 'until-success', everyMs: 300_000}}, {...first, attempts})
      expect(next).toMatchObject({state: 'pending', dueAt: now + 300_000, pause: null})
    }
  })

  it('is tried once when it is a test', () => {
    expect(judged({status: 500}, {}, {attempts: 0, trigger: 'test'})).toMatchObject({
      state: 'failed',
      reason: 'no_retry',
    })
  })

  it('waits longer when the receiver asks, at most twice as long (G4)', () => {
    const dueAfter = (value: string) => judged({status: 429, responseHeaders: [['retry-After', value]]}).dueAt! - now
    expect(['90', '1', '1e308', '86400'].map(dueAfter)).toEqual([90_000, 60_000, 60_000, 120_000])
  })
})

describe('410', () => {
  it('ends the delivery and pauses the webhook', () => {
    expect(judged({status: 410})).toMatchObject({
      state: 'failed',
      reason: 'gone',
      errorClass: 'gone',
      pause: {reason: 'gone', at: now},
    })
  })

  it.each(['replay', 'test'] as const)('pauses nothing when it answers a %s', trigger => {
    expect(judged({status: 410}, {}, {attempts: 0, trigger})).toMatchObject({
      state: 'failed',
      reason: 'gone',
      pause: null,
    })
  })

  it('is a success where the rule lists it', () => {
    expect(judged({status: 410}, {success: {kind: 'list', statuses: [410]}})).toMatchObject({state: 'delivered'})
  })
})

describe('where deliveries go one after the other, one that is given up (F7)', () => {
  const held = {state: 'held', reason: null, dueAt: null, finishedAt: null, success: false}

  it.each([
    [{status: 500}, {ordered: 'halt'}, {...first, attempts: 2}, {...held, pause: {reason: 'halted', at: now}}],
    [{status: 500}, {ordered: 'halt', retry: {kind: 'manual'}}, first, {...held, pause: {reason: 'halted', at: now}}],
    [{status: 410}, {ordered: 'halt'}, first, {...held, pause: {reason: 'gone', at: now}}],
    [{status: 500}, {ordered: 'skip'}, {...first, attempts: 2}, {state: 'failed', reason: 'exhausted', pause: null}],
    [{status: 500}, {ordered: 'halt'}, {attempts: 2, trigger: 'replay'}, {state: 'failed', pause: null}],
    [{status: 500}, {ordered: 'halt'}, first, {state: 'pending', dueAt: now + 60_000, pause: null}],
  ] as const)('%j under %j ends as it should', (outcome, changes, delivery, expected) => {
    expect(judged(outcome, changes, delivery)).toMatchObject(expected)
  })
})

describe('a redirect (A3)', () => {
  it('is a failure that says where it wanted to go', () => {
    const next = judged({status: 307, responseHeaders: [['Location', 'http://10.0.0.1/']]})
    expect(next).toMatchObject({success: false, errorClass: 'redirect'})
    expect(next.error).toContain('to http://10.0.0.1/')
  })

  it('is told without what lets in where it leads to (E4)', () => {
    const location = 'https://user:CANARY@hooks.example/x?key=CANARY'
    expect(judged({status: 301, responseHeaders: [['location', location]]}).error).toBe(
      'the receiver answered 301, a redirect to https://***@hooks.example/x?key=***: redirects are not followed',
    )
  })

  it('is a success under the rule ok (NBX-13)', () => {
    expect(judged({status: 301}, {success: {kind: 'ok'}})).toMatchObject({state: 'delivered', success: true})
  })
})
