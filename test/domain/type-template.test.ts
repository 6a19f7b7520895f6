import {expect, test} from 'vitest'
import {parseJson} from '../../src/domain/json.ts'
import {readTypeTemplate, type TypeTemplate, typeOfRequest} from '../../src/domain/type-template.ts'
import type {Header} from '../../src/domain/webhook.ts'

const typeOf = (text: string, body = '{}', headers: readonly Header[] = []) =>
  typeOfRequest(readTypeTemplate(text) as TypeTemplate, {headers, body: parseJson(body)})

const event = (name: string): Header[] => [['X-GitHub-Event', name]]

test.each<[string, string, Header[], string]>([
  ['alert.raised', '{}', [], 'alert.raised'],
  ['github.{header.X-GitHub-Event}', '{}', event('push'), 'github.push'],
  ['github.{header.x-github-event}', '{}', event('push'), 'github.push'],
  ['github.{header.X-GitHub-Event}.{body.action}', '{"action": "opened"}', event('issues'), 'github.issues.opened'],
  ['{body.type}', '{"type": "payment_intent.succeeded"}', [], 'payment_intent.succeeded'],
  ['a.{body.data.object.kind}', '{"data": {"object": {"kind": "card"}}}', [], 'a.card'],
  ['a.{body.items.0.type}', '{"items": [{"type": "x"}]}', [], 'a.x'],
  ['a.{body."a.b }"}', '{"a.b }": "x"}', [], 'a.x'],
  ['v{body.version}.{body.test}', '{"version": 2, "test": true}', [], 'v2.true'],
  ['n.{body.id}', '{"id": 12345678901234567890}', [], 'n.12345678901234567890'],
  ['pre-{body.kind}-post', '{"kind": "x"}', [], 'pre-x-post'],
])('%s of %s is the type that it says', (text, body, headers, type) => expect(typeOf(text, body, headers)).toBe(type))

test.each([
  ['orders/create', 'shop.orders.create'],
  ['repo:push', 'shop.repo.push'],
  ['jira:issue_created', 'shop.jira.issue_created'],
  ['Push Hook', 'shop.Push_Hook'],
  ['  spaced  ', 'shop.spaced'],
  ['..a..b..', 'shop.a.b'],
  ['Ürlaub *', 'shop._rlaub_'],
])('%j in a request is spelled as a type is', (value, type) => {
  expect(typeOf('shop.{body.topic}', JSON.stringify({topic: value}))).toBe(type)
})

test.each(['{}', '{"action": null}', '{"action": {"a": 1}}', '{"action": ""}', '{"action": "//"}', '[]', 'null'])(
  'a part that %s does not have is left out, with what else stands in it',
  body => {
    expect(typeOf('github.{header.X-GitHub-Event}.{body.action}', body, event('push'))).toBe('github.push')
    expect(typeOf('{body.action}-x.{header.X-GitHub-Event}', body, event('push'))).toBe('push')
  },
)

test('a request without anything that is to be taken has no type, nor one whose type would be too long', () => {
  expect(typeOf('github.{header.X-GitHub-Event}.{body.action}')).toBeNull()
  expect(typeOf('{body.type}', JSON.stringify({type: 'x'.repeat(1000)}))).toBe('x'.repeat(200))
  expect(typeOf('a.{body.type}', JSON.stringify({type: 'x'.repeat(1000)}))).toBeNull()
})

test('what is inherited is not in a body', () => {
  expect(typeOf('a.{body.constructor.name}', '{}')).toBeNull()
})

test.each([
  ['', 'parts joined by dots'],
  ['a b', 'parts joined by dots'],
  ['a..b', 'parts joined by dots'],
  ['.{body.type}', 'parts joined by dots'],
  ['node.*', 'parts joined by dots'],
  ['a.{body.type', 'no other half'],
  ['a.body.type}', 'no other half'],
  ['a.{type}', '"{type}" is neither'],
  ['a.{header.}', '"{header.}" is neither'],
  ['a.{header.X Y}', '"{header.X Y}" is neither'],
  ['a.{body.}', '"{body.}" is neither'],
  ['a.{body.a..b}', 'is neither'],
  ['a.{body.*.type}', 'is neither'],
  ['a.{body.a=b}', 'is neither'],
  ['x'.repeat(201), 'more than 200'],
])('%j is refused', (text, why) => {
  expect(readTypeTemplate(text)).toMatchObject({code: 'bad_type_template', message: expect.stringContaining(why)})
})
