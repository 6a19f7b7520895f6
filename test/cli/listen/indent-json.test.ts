import {describe, expect, it} from 'vitest'
import {indentJson} from '../../../src/cli/listen/indent-json.ts'

describe('JSON for reading', () => {
  it.each([
    ['{"a":1.0,"b":12345678901234567890}', '{\n  "a": 1.0,\n  "b": 12345678901234567890\n}'],
    ['{"a":1,"a":2}', '{\n  "a": 1,\n  "a": 2\n}'],
    [
      '[{}, [ ], "{,:}", "\\"", "\\u001b", 1e400, -0]',
      '[\n  {},\n  [],\n  "{,:}",\n  "\\"",\n  "\\u001b",\n  1e400,\n  -0\n]',
    ],
    ['[true,\n null , [false]]', '[\n  true,\n  null,\n  [\n    false\n  ]\n]'],
    ['"text"', '"text"'],
    [' 7 ', '7'],
  ])('indents %j and changes nothing else', (text, expected) => {
    expect(indentJson(text)).toBe(expected)
    expect(JSON.parse(expected)).toEqual(JSON.parse(text))
  })

  it.each(['', '{', "{'a':1}", '[1,]', 'NaN', '\ufeff{}', 'a=b'])('leaves %j alone: it is no JSON', text => {
    expect(indentJson(text)).toBeUndefined()
  })

  it('leaves what is nested too deeply to be read alone', () => {
    expect(indentJson(`${'['.repeat(100_000)}1${']'.repeat(100_000)}`)).toBeUndefined()
    expect(indentJson(`${'['.repeat(60)}1${']'.repeat(60)}`)).toContain('\n')
  })
})
