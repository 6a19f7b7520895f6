import {expect, test} from 'vitest'
import {
  deliveryFilterKeys,
  eventDocument,
  leadsTo,
  readHost,
  readObject,
  readStatus,
} from '../../src/domain/filter-grammar.ts'
import {anEvent} from '../harness/factories.ts'

test.each([
  ['404', [404, 404]],
  ['4xx', [400, 499]],
  ['1xx', [100, 199]],
  ['600', 'bad_status'],
  ['4x', 'bad_status'],
  ['4XX', 'bad_status'],
  ['', 'bad_status'],
])('the status %s', (text, expected) => {
  const read = readStatus(text)
  expect('code' in read ? read.code : read).toEqual(expected)
})

test.each([
  ['Node:7', {type: 'Node', id: '7'}],
  ['7', {id: '7'}],
  [':fe80::1', {id: 'fe80::1'}],
  ['ip:fe80::1', {type: 'ip', id: 'fe80::1'}],
  ['Node:', 'bad_object'],
  ['', 'bad_object'],
])('the object %j', (text, expected) => {
  const read = readObject(text)
  expect('code' in read ? read.code : read).toEqual(expected)
})

test.each([
  ['hooks.example.com', 'https://hooks.example.com/in', true],
  ['Hooks.Example.com', 'https://hooks.example.com:8443/in', true],
  ['hooks.example.com:8443', 'https://hooks.example.com:8443/in', true],
  ['hooks.example.com:443', 'https://hooks.example.com/in', true],
  ['hooks.example.com:80', 'https://hooks.example.com/in', false],
  ['*.example.com', 'https://hooks.example.com/in', true],
  ['*.example.com', 'https://example.com/in', false],
  ['*example.com', 'https://evil-example.com/', true],
  ['example.com', 'https://example.com.evil.org/', false],
  ['127.0.0.1', 'http://127.0.0.1:9/', true],
  ['127.0.0.1:9', 'http://127.0.0.1:9/', true],
  ['[::1]', 'http://[::1]:9/', true],
  ['[::1]:9', 'http://[::1]:9/', true],
  ['[::1]:10', 'http://[::1]:9/', false],
  ['*', null, false],
  ['*', '{{ data.url }}', false],
])('the host %s and the URL %s: %s', (host, url, expected) => {
  const read = readHost(host)
  expect(typeof read === 'string' && leadsTo(url, read)).toBe(expected)
})

test.each(['https://a.example', 'a/b', 'a b', '', ':80', 'a:port', '::1'])('%j is no host', host => {
  expect(readHost(host)).toMatchObject({code: 'bad_host', hint: expect.stringContaining('*.example.com')})
})

test('every key has a flag and a description, and what is checked says what is wrong with nonsense', () => {
  for (const key of Object.values(deliveryFilterKeys)) {
    expect(key.description).toMatch(/^[A-Za-z][^\n]*[^.]$/)
    if ('check' in key) expect(key.check('§ §')?.message ?? key.flag).not.toBe('')
  }
  expect(deliveryFilterKeys.where.check('data.name')).toMatchObject({code: 'bad_comparison'})
  expect(deliveryFilterKeys.type.check('no de')).toMatchObject({code: 'bad_event_type'})
})

test('an event is compared in one shape whatever its platform, numbers as they were given', () => {
  const event = anEvent({contextId: 'campus', data: '{"id":12345678901234567890}' as never})
  expect(eventDocument(event)).toBe(
    '{"type":"node.added","context":"campus","object":{"type":"Node","id":"7","name":"edge-7"},"data":{"id":12345678901234567890},"before":null,"after":null}',
  )
})
