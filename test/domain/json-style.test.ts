import {describe, expect, test} from 'vitest'
import {restyle, scalarText, sortKeys, splitItems, splitMembers} from '../../src/domain/json-style.ts'

describe('python-ascii is what json.dumps writes', () => {
  // Expected texts come from CPython's own json.dumps.
  test.each([
    ['{"a":[1,2,{}],"b":[]}', '{"a": [1, 2, {}], "b": []}'],
    ['"Köln – 🚀"', '"K\\u00f6ln \\u2013 \\ud83d\\ude80"'],
    ['"\u2028\u007f\u00a0"', '"\\u2028\\u007f\\u00a0"'],
    ['"\\u00FC\\/\\u0041"', '"\\u00fc/A"'],
    ['"\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f"', '"\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f"'],
    ['"\\ud800"', '"\\ud800"'],
    ['"a, b: c"', '"a, b: c"'],
    ['{"x":"\\\\","y":"\\\\\\""}', '{"x": "\\\\", "y": "\\\\\\""}'],
    ['{"ключ":null}', '{"\\u043a\\u043b\\u044e\\u0447": null}'],
    [' { "a" :\n[ true ,\tfalse ] } ', '{"a": [true, false]}'],
    ['""', '""'],
  ])('%s', (text, expected) => expect(restyle(text, 'python-ascii')).toBe(expected))

  test('with ensure_ascii off, letters stay and control characters do not', () => {
    expect(restyle('{"a":"Köln 🚀\\u0001\\u00e9"}', 'python-utf8')).toBe('{"a": "Köln 🚀\\u0001é"}')
  })
})

describe('numbers and key order stay as they were written', () => {
  const text = '{"2":1.0,"10":12345678901234567890,"1":-0,"x":1e400,"__proto__":0.10}'
  test.each(['compact', 'python-ascii', 'python-utf8'] as const)('%s', style => {
    expect(restyle(restyle(text, style), 'compact')).toBe(text)
  })
})

test('compact leaves strings as they are, escapes included', () => {
  expect(restyle('{ "a b" : "\\u00e9 \\/ é" }', 'compact')).toBe('{"a b":"\\u00e9 \\/ é"}')
})

describe('sorted keys', () => {
  test('every level is sorted, lists are not', () => {
    expect(sortKeys('{"b":[{"d":1,"c":2},3],"a":{"z":{},"y":[]}}')).toBe('{"a":{"y":[],"z":{}},"b":[{"c":2,"d":1},3]}')
  })
  test('by code points: capitals first, an emoji after every letter', () => {
    expect(sortKeys('{"🚀":1,"ａ":2,"b":3,"B":4,"ab":5,"a":6}')).toBe('{"B":4,"a":6,"ab":5,"b":3,"ａ":2,"🚀":1}')
  })
  test('an escaped key sorts by what it says and stays escaped', () => {
    expect(sortKeys('{"b":1,"\\u0061":2}')).toBe('{"\\u0061":2,"b":1}')
  })
  test('numbers, brackets in strings and repeated keys survive', () => {
    const text = '{"a":"}],{","b":1.50,"b":2}'
    expect(sortKeys(text)).toBe(text)
  })
  test('1,000 levels are sorted, more are refused rather than a crash', () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
    expect(sortKeys(nested(1000))).toBe(nested(1000))
    expect(() => sortKeys(nested(1002))).toThrow(RangeError)
    expect(restyle(nested(100_000), 'python-ascii')).toBe(nested(100_000))
  })
})

test('members and items are cut where they end', () => {
  expect(splitMembers('{"a":[1,{"b":"},"}],"c" : "x\\"", "d":{},"":-1.50}')).toEqual([
    ['a', '[1,{"b":"},"}]'],
    ['c', '"x\\""'],
    ['d', '{}'],
    ['', '-1.50'],
  ])
  expect(splitItems('[1, [2,3], "a,b", {}, null]')).toEqual(['1', '[2,3]', '"a,b"', '{}', 'null'])
  expect([splitMembers('{ }'), splitItems('[ ]')]).toEqual([[], []])
})

test('scalars are read as text', () => {
  expect(['"\\u00e9"', '12345678901234567890', 'true', 'null', '{}'].map(scalarText)).toEqual([
    'é',
    '12345678901234567890',
    'true',
    null,
    null,
  ])
})

test('a megabyte of text restyles in a blink, whatever is in it', () => {
  const start = performance.now()
  for (const part of ['a', '\\\\', '\\"', 'ö', ',']) restyle(`["${part.repeat(500_000)}"]`, 'python-ascii')
  restyle(`[${'1,'.repeat(300_000)}1]`, 'compact')
  expect(performance.now() - start).toBeLessThan(3000)
})
