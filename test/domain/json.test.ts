import {describe, expect, test} from 'vitest'
import {parseJson} from '../../src/domain/json.ts'

describe('a JSON text that is read and printed again', () => {
  test.each([
    ['members called like whole numbers', '{"b":1,"10":2,"a":{"2":[{"1":1,"0":2}],"1":null}}'],
    ['and numbers that JavaScript cannot hold', '{"b":1.0,"10":12345678901234567890,"9":1e400,"8":2}'],
    ['a name with leading zeros among them', '{"10":1,"010":2,"1":3}'],
    ['the name of the prototype among them', '{"10":1,"__proto__":{"2":1,"1":2},"1":3}'],
    ['a text that looks like such a member', '{"10":"\\"2\\":1","k\\"3":"1\\"","1":"\\\\"}'],
    ['half a surrogate pair before a number', '{"\\udc0010":1,"\\udc01":2,"10":3,"1":4}'],
    ['objects in a list', '[{"10":1},{"2":1,"1":2}]'],
  ])('keeps its order: %s', (_what, text) => {
    expect(JSON.stringify(parseJson(text))).toBe(text)
  })

  test('keeps its order also with white space around names', () => {
    expect(JSON.stringify(parseJson('{ "10" : 1,\n"2"\t: 2 }'))).toBe('{"10":1,"2":2}')
  })

  test('has an escaped name in its place, and a repeated one once, with the last value', () => {
    expect(JSON.stringify(parseJson('{"b":1,"\\u0031":2,"a":3}'))).toBe('{"b":1,"1":2,"a":3}')
    expect(JSON.stringify(parseJson('{"10":1,"a":2,"10":3}'))).toBe('{"10":3,"a":2}')
  })

  test.each([
    ['{"h":1,"\\"":2}', '"'],
    ['{"h":1,"\\u00e9":2}', 'é'],
    ['{"h":1,"\\n":2,"1":3.0}', '\n'],
  ])('has its names also where V8 mistakes them for one with a backslash that it has read before: %j', (text, name) => {
    JSON.parse('{"h":[],"\\\\":0}')
    expect(Object.keys(parseJson(text) as object)[1]).toBe(name)
  })

  test('of very many texts and very long ones is read in its time', () => {
    const texts = JSON.stringify(Array.from({length: 100_000}, (_, index) => `\n${index}`))
    const long = JSON.stringify('\n"'.repeat(500_000))
    const text = `{"10":${texts},"a\\n":${long},"9":1}`
    expect(JSON.stringify(parseJson(text))).toBe(text)
  })

  test('nested deeper than anything is accepted is still read: that it is too deep is for others to say', () => {
    const text = `${'['.repeat(20_000)}{"10":1,"9":2}${']'.repeat(20_000)}`
    expect(parseJson(text)).toHaveLength(1)
    expect(() => parseJson(text.slice(0, -1))).toThrow(SyntaxError)
  })

  test('is an object like any other: its members are found, changed, added and taken away', () => {
    const value = parseJson('{"b":1,"10":2,"9":3}') as Record<string, unknown>
    expect([value[10], '9' in value, Object.keys(value), Object.entries(value)[1]]).toEqual([
      2,
      true,
      ['b', '10', '9'],
      ['10', 2],
    ])
    expect(value).toEqual({9: 3, 10: 2, b: 1})
    value['5'] = 4
    value['9'] = 5
    delete value['10']
    expect(JSON.stringify(value)).toBe('{"b":1,"9":5,"5":4}')
  })

  test('tells the place of a mistake as it stands in the text', () => {
    expect(() => parseJson('{"10":1,"2":2,"1" 3}')).toThrow(/position 18/)
  })
})
