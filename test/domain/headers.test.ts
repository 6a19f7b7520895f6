import {expect, test} from 'vitest'
import {checkHeaders, checkSignatureHeaders} from '../../src/domain/headers.ts'
import type {Header} from '../../src/domain/webhook.ts'
import {randomFrom} from './random.ts'

const codes = (...headers: Header[]) => checkHeaders(headers).map(({path, code}) => `${path} ${code}`)

test('A11, PRO-07: values keep their spaces, ampersands, colons and Latin-1 letters', () => {
  expect(
    codes(
      ['Authorization', 'Bearer 123'],
      ['X-Foo', 'bar & baz'],
      ['X-Url', 'https://x:1/?a=b'],
      ['X-City', 'Köln'],
      ['X-Empty', ''],
    ),
  ).toEqual([])
})

test.each([
  ['CR', 'hunter\r2'],
  ['LF', 'hunter\nX-Evil: 1'],
  ['NUL', 'hunter\u00002'],
  ['DEL', 'hunter\x7f2'],
  ['an emoji', 'hunter🚀'],
  ['a leading space', ' hunter'],
  ['a trailing tab', 'hunter\t'],
  ['4097 characters', 'hunter'.padEnd(4097, '2')],
])('A11: a value with %s is refused, and its text stays out of the message', (_, value) => {
  const [found, ...others] = checkHeaders([['X-Secret', value]])
  expect(others).toEqual([])
  expect(found).toMatchObject({path: 'headers/0/value', code: 'bad_header_value'})
  expect(found?.message).not.toContain('hunter')
})

test.each(['', 'X Foo', 'X-Foo:', 'X\nFoo', 'Ünï', 'a'.repeat(257)])('A11: %j is no header name', name => {
  expect(codes(['X-Ok', '1'], [name, 'v'])).toEqual(['headers/1/name bad_header_name'])
})

test.each([
  'Host',
  'content-length',
  'Transfer-Encoding',
  'CONNECTION',
  'te',
  'Expect',
  'X-Hook-Signature',
  'Webhook-Id',
  'X-Hub-Signature-256',
])('A11: %s is not a webhook’s to set', name => expect(codes([name, 'v'])).toEqual(['headers/0/name reserved_header']))

test('A11: a signature header of one’s own choice is reserved as well', () => {
  expect(checkHeaders([['x-acme-signature', 'v']], ['X-Acme-Signature'])).toMatchObject([{code: 'reserved_header'}])
})

test('A11: 32 headers are enough', () => {
  const many = (count: number) => Array.from({length: count}, (_, index): Header => [`X-${index}`, 'v'])
  expect(codes(...many(32))).toEqual([])
  expect(codes(...many(33))).toEqual(['headers too_many_headers'])
})

test('A11: 5,000 random pairs: what is accepted, Node’s own check takes too', async () => {
  const {validateHeaderName, validateHeaderValue} = await import('node:http')
  const random = randomFrom(7)
  const text = (most: number) =>
    String.fromCharCode(...Array.from({length: random(most)}, () => (random(4) > 0 ? 65 + random(60) : random(300))))
  const accepted = Array.from({length: 5000}, (): Header => [text(4), text(6)]).filter(pair => codes(pair).length === 0)
  expect(accepted.length).toBeGreaterThan(20)
  for (const [name, value] of accepted) {
    validateHeaderName(name)
    validateHeaderValue(name, value)
  }
})

test.each([
  ['Host', 'X-Time', 'X-Id', 1],
  ['content-length', 'X-Time', 'X-Id', 1],
  ['X-Sig', 'Content-Type', 'X-Id', 1],
  ['X-Sig', 'X-Time', 'X-Hook-Delivery', 1],
  ['Hookctl-Hops', 'User-Agent', 'Accept-Encoding', 3],
  ['X-Hook-Event-Id', 'X-Time', 'X-Id', 1],
  ['X-Sig', 'x-hook-event-id', 'X-Id', 1],
  ['X-Sig', 'X-Time', 'X-Hook-Event-Id', 0],
  ['X-Hook-Signature', 'webhook-timestamp', 'webhook-id', 0],
])('A11: a signature in %s, its time in %s, its id in %s: %i of them stand in a delivery already', (...given) => {
  const [header, timestampHeader, idHeader, count] = given
  const found = checkSignatureHeaders({scheme: 'hmac', header, timestampHeader, idHeader}, 'here')
  expect(found.map(({path, code}) => `${path} ${code}`)).toEqual(Array(count).fill('here reserved_header'))
})
