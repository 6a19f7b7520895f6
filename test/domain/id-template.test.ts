import {describe, expect, test} from 'vitest'
import {type IdTemplate, idOfRequest, readIdTemplate} from '../../src/domain/id-template.ts'
import {parseJson} from '../../src/domain/json.ts'
import type {Header} from '../../src/domain/webhook.ts'

const headers: Header[] = [
  ['X-Delivery', 'one/two'],
  ['X-Empty', ''],
]
const body = parseJson('{"id": 12345678901234567890, "a": {"b}": ["x", true, null, {}]}, "empty": ""}')
const idOf = (text: string) => idOfRequest(readIdTemplate(text) as IdTemplate, {headers, body})

test.each([
  ['{header.x-delivery}', 'one/two'],
  ['{body.id}', '12345678901234567890'],
  ['shop-{body.id}.{header.X-Delivery}', 'shop-12345678901234567890.one/two'],
  ['{body.a."b}".0}', 'x'],
  ['{body.a."b}".1}', 'true'],
])('%s makes the id %s', (text, id) => expect(idOf(text)).toBe(id))

test.each([
  '{header.X-None}',
  '{header.X-Empty}',
  '{body.empty}',
  '{body.none}',
  '{body.a}',
  '{body.a."b}".2}',
  '{body.id}{body.none}',
])('%s makes none where something of it is not there', text => expect(idOf(text)).toBeNull())

describe.each([
  ['always', /nothing of it is taken/],
  ['', /nothing of it is taken/],
  ['{id}', /neither \{header\.NAME\} nor/],
  ['{body.*.id}', /neither/],
  ['{header.a b}', /neither/],
  ['{body.id', /no other half/],
  ['}', /no other half/],
  [`{body.${'x'.repeat(200)}}`, /more than 200/],
])('"%s"', (text, message) => {
  test('is refused', () =>
    expect(readIdTemplate(text)).toMatchObject({
      code: 'bad_id_template',
      message: expect.stringMatching(message),
      hint: expect.stringContaining('{body.id}'),
    }))
})
