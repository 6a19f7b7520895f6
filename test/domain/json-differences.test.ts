import {expect, test} from 'vitest'
import {jsonDifferences} from '../../src/domain/json-differences.ts'
import {holds, readComparison} from '../../src/domain/where.ts'

test.each([
  ['{"a":1,"b":2}', '{ "b": 2, "a": 1 }', []],
  ['{"a":1}', '{"a":1.0}', [['a', '1', '1.0']]],
  [
    '{"a":{"b":[1,2,3]}}',
    '{"a":{"b":[1,9]}}',
    [
      ['a.b.1', '2', '9'],
      ['a.b.2', '3', null],
    ],
  ],
  [
    '{"a":1}',
    '{"b":1}',
    [
      ['a', '1', null],
      ['b', null, '1'],
    ],
  ],
  [
    '{"a.b":1,"*":1,"":1}',
    '{"a.b":2,"*":2,"":2}',
    [
      ['"a.b"', '1', '2'],
      ['"*"', '1', '2'],
      ['""', '1', '2'],
    ],
  ],
  ['[1]', '{"0":1}', [['', '[1]', '{"0":1}']]],
  ['{"__proto__":{"x":1}}', '{"__proto__":{"x":2}}', [['__proto__.x', '1', '2']]],
  [
    '{"id":12345678901234567890}',
    '{"id":12345678901234567891}',
    [['id', '12345678901234567890', '12345678901234567891']],
  ],
  ['null', '0', [['', 'null', '0']]],
])('%s and %s differ where they say something else', (a, b, expected) => {
  expect(jsonDifferences(a, b).map(({path, a: x, b: y}) => [path, x, y])).toEqual(expected)
})

test('a path is spelled as --where reads it', () => {
  const [difference] = jsonDifferences('{"a b":{"c.d":[{"e":"x"}]}}', '{"a b":{"c.d":[{"e":"y"}]}}')
  const comparison = readComparison(`${difference?.path}=y`)
  expect('code' in comparison ? comparison : holds(comparison, {'a b': {'c.d': [{e: 'y'}]}})).toBe(true)
})
