import {readFileSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {type DeliveryReason, type ErrorClass, errorClasses} from '../../src/domain/delivery.ts'
import {attemptHint, deliveryHint} from '../../src/services/hints.ts'
import {aDelivery} from '../harness/factories.ts'

/** A record and no list: a reason that is missing does not compile. */
const reasons: Readonly<Record<DeliveryReason, {readonly state: 'skipped' | 'failed' | 'cancelled'}>> = {
  inactive: {state: 'skipped'},
  condition: {state: 'skipped'},
  unconfigured: {state: 'skipped'},
  render_failed: {state: 'failed'},
  webhook_deleted: {state: 'cancelled'},
  cancelled: {state: 'cancelled'},
  exhausted: {state: 'failed'},
  gone: {state: 'failed'},
  no_retry: {state: 'failed'},
}

const ofStatus = (status: number, errorClass: ErrorClass = 'status') =>
  attemptHint({success: false, errorClass, status})

describe('every failure says what to do', () => {
  test.each(errorClasses)('of class %s', errorClass => {
    expect(attemptHint({success: false, errorClass, status: null})).toMatch(/^\w.{20,}[^.]$/)
  })

  test.each([
    ['refused', 'no connection to the proxy proxy.example:3128 (ECONNREFUSED)'],
    ['refused', 'the proxy proxy.example:3128 gave no connection to hooks.example:443: it answered 403'],
    ['tls', 'TLS with the proxy proxy.example:3128 failed: self-signed certificate'],
    ['dns', 'the name in the proxy proxy.example:3128 does not resolve (ENOTFOUND)'],
    ['reset', 'the proxy proxy.example:3128 closed the connection before it answered'],
    ['timeout', 'hooks.example took longer than 5 s: the proxy gave no connection to it'],
  ] as const)('of the proxy, class %s: %s', (errorClass, error) => {
    expect(attemptHint({success: false, errorClass, status: null, error})).toMatch(
      /^the receiver was not reached, the proxy/,
    )
  })

  test('of the certificate of this machine', () => {
    const error = 'the certificate of this machine cannot be used: it has to be a PEM file with a key that fits it'
    const hint = attemptHint({success: false, errorClass: 'tls', status: null, error})
    expect(hint).toMatch(/^nothing was sent, the file is at fault: see hookctl doctor/)
  })

  test.each(Object.entries(reasons))('of a delivery that ended for the reason %s', (reason, {state}) => {
    const delivery = aDelivery({state, reason: reason as DeliveryReason, lastErrorClass: 'status', lastStatus: 500})
    expect(deliveryHint(delivery)).toMatch(/^\w.{20,}[^.]$/)
  })

  test.each([
    201, 301, 307, 308, 400, 401, 403, 404, 405, 408, 409, 410, 411, 413, 415, 418, 421, 422, 429, 500, 502, 503, 504,
    599,
  ])('of an answer with status %i', status => {
    const errorClass = status === 410 ? 'gone' : status >= 300 && status < 400 ? 'redirect' : 'status'
    expect(ofStatus(status, errorClass)).toMatch(/^\w.{20,}[^.]$/)
  })

  test.each([
    [201, /success rule/],
    [401, /secret/],
    [403, /secret/],
    [404, /URL/],
    [405, /method/],
    [413, /larger/],
    [415, /content type/],
    [429, /asked too often/],
    [500, /its log/],
    [502, /proxy/],
    [418, /its answer says why/],
  ])('%i says something of its own', (status, words) => {
    expect(ofStatus(status)).toMatch(words)
  })
})

test('a hint names the command with the ids it is about', () => {
  const delivery = aDelivery({state: 'skipped', reason: 'condition'})
  expect(deliveryHint(delivery)).toContain(`hookctl event why ${delivery.eventId} ${delivery.webhookId}`)
  expect(deliveryHint(aDelivery({state: 'held', webhookId: 'wh_1'}))).toContain('hookctl webhook enable wh_1')
})

test('a delivery that is delivered or has not been tried needs no hint', () => {
  expect(deliveryHint(aDelivery({state: 'delivered', lastStatus: 200}))).toBeNull()
  expect(deliveryHint(aDelivery({state: 'pending'}))).toBeNull()
  expect(attemptHint({success: true, errorClass: null, status: 200})).toBeNull()
})

test('a delivery that waits for its retry says what to do about its last attempt', () => {
  expect(deliveryHint(aDelivery({state: 'pending', lastErrorClass: 'dns'}))).toContain('does not resolve')
})

test('docs/why.md has every class, every status that has a hint of its own, and every reason, word for word', () => {
  const page = readFileSync(new URL('../../docs/why.md', import.meta.url), 'utf8')
  for (const errorClass of errorClasses.filter(each => each !== 'status')) {
    expect(page).toContain(`| \`${errorClass}\` | ${attemptHint({success: false, errorClass, status: null})} |`)
  }
  const listed = [...page.matchAll(/^\| (\d{3}) \| (.*) \|$/gm)].map(([, status, hint]) => [Number(status), hint])
  expect(listed.filter(([status, hint]) => ofStatus(status as number) !== hint)).toEqual([])
  const usual = new Set([ofStatus(418), ofStatus(599)])
  const own = Array.from({length: 300}, (_, n) => 300 + n).filter(status => !usual.has(ofStatus(status)))
  expect(own.filter(status => !listed.some(([each]) => each === status))).toEqual([])
  for (const reason of Object.keys(reasons)) expect(page).toContain(`\`${reason}\``)
})

test('a CA file that cannot be read is not told as a certificate that was not accepted', () => {
  const failed = {success: false, errorClass: 'tls', status: null} as const
  const error = 'the CA file /etc/ca.pem cannot be read (ENOENT)'
  expect(attemptHint({...failed, error})).toMatch(/the file is at fault.* --ca-file/)
  expect(attemptHint({...failed, error: 'self-signed certificate'})).toContain('the certificate was not accepted')
  const delivery = aDelivery({state: 'failed', reason: 'exhausted', lastErrorClass: 'tls'})
  expect(deliveryHint(delivery)).toMatch(new RegExp(`certificate .* or the CA file .* delivery show ${delivery.id}`))
})
