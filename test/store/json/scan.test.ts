import {describe, expect, it} from 'vitest'
import {offsetsIn, placeOf, scan} from '../../../src/store/json/scan.ts'

/** `¦` marks the character that cannot be JSON. */
const faults: Record<string, [text: string, what: RegExp]> = {
  'a word without quotes': ['{\n  "slug": ¦acme,\n  "name": "x"\n}\n', /double quotes/],
  'a name without quotes': ['{\n  ¦slug: "acme"\n}\n', /a name in double quotes/],
  'single quotes': [`{\n  "slug": ¦'acme'\n}\n`, /"double and straight"/],
  'quotes of a text program': ['{\n  "slug": ¦“acme”\n}\n', /"double and straight"/],
  'the True of Python': ['{\n  "on": ¦True,\n  "x": 1\n}\n', /true, false or null/],
  'the None of Python': ['[1,\n ¦None]', /true, false or null/],
  'a comma after the last member': ['{\n  "a": 1¦,\n}\n', /nothing follows this comma/],
  'a comma after the last item': ['[\n  1¦,\n]\n', /nothing follows this comma/],
  'two commas': ['{"a": 1,\n¦,"b": 2}', /a name in double quotes/],
  'a comment to the end of the line': ['{\n  "a": 1, ¦// one\n  "b": 2\n}\n', /no comments/],
  'a comment between two marks': ['{\n  ¦/* one */ "a": 1\n}\n', /no comments/],
  'a comment of a shell': ['{\n  "a": 1\n  ¦# one\n}\n', /no comments/],
  'a byte order mark': ['¦\ufeff{"a": 1}', /byte order mark/],
  'no comma between two members': ['{\n  "a": 1\n  ¦"b": 2\n}\n', /a comma is missing before it/],
  'no comma between two items': ['[{}\n¦{}]', /a comma is missing before it/],
  'no colon': ['{\n  "a" ¦1\n}\n', /a colon is missing/],
  'an end in a list': ['{"a": [\n  1, 2\n¦', /ends too early/],
  'an end after a comma': ['{"a": 1,\n¦', /ends too early/],
  'an end in a text': ['{"a": "b\\n¦', /middle of a text/],
  'a text that goes on in the next line': ['{\n  "a": "one¦\n  two"\n}\n', /no closing quote on its line/],
  'a backslash of a path': ['{\n  "a": "C:¦\\temp\\dir"\n}\n'.replace('\\temp', '\\data'), /backslash/],
  'a number with a plus': ['{"a": ¦+1}', /a number/],
  'a number with zeros before it': ['{"a": ¦007}', /a number/],
  'a number without digits after the point': ['{"a": ¦1.}', /a number/],
  'a brace too many': ['{"a": 1}\n¦}\n', /after its end/],
  'a bracket in the place of a brace': ['{"a": [1¦}]', /a comma is missing/],
  'a conflict of versions': ['{\n¦<<<<<<< HEAD\n  "a": 1\n', /conflict of versions/],
}

describe('H2: the first character that cannot be JSON is found', () => {
  it.each(Object.entries(faults))('%s', (_, [marked, what]) => {
    const text = marked.replace('¦', '')
    expect(() => JSON.parse(text)).toThrow()
    expect(scan(text)).toEqual({at: marked.indexOf('¦'), what: expect.stringMatching(what)})
  })

  it('and none in what is JSON, however deep it is', () => {
    const texts = [
      'null',
      ' [1, -0.5e+3, "\\u00e9\\"", true, {"a": {}, "": []}]\n',
      `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
    ]
    for (const text of texts) expect([JSON.parse(text) !== undefined, scan(text)]).toEqual([true, null])
  })
})

it('values are found by their paths: of a member that is written twice the last one, as JSON.parse does', () => {
  const text = '{\n  "a": [1, {"b": 2}],\n  "c": 1,\n  "c": 3\n}\n'
  const offsets = offsetsIn(text, 3)
  expect(placeOf(text, offsets.get('a/1/b')!)).toEqual({line: 2, column: 18})
  expect(placeOf(text, offsets.get('c')!)).toEqual({line: 4, column: 8})
})
