import {describe, expect, test} from 'vitest'
import {checkConditions, evaluate} from '../../src/domain/conditions.ts'

const fires = (conditions: unknown, data: unknown, snapshots: unknown = null): boolean =>
  evaluate(conditions, {data, snapshots: snapshots as never}).fires

const missing = {attr: 'x.y', value: 1}

describe('T16: what conditions say', () => {
  test.each<[conditions: unknown, data: unknown, expected: boolean]>([
    [null, {}, true],
    [{and: []}, {}, true],
    [{or: []}, {}, false],
    [{attr: 'x', value: 1}, {x: 1}, true],
    [{attr: 'x', value: 1}, {}, false],
    [{attr: 'x.y.z', value: 1}, {x: {y: {z: 1}}}, true],
    [{attr: 'x.y.z', value: 1}, {x: {y: {z: 2}}}, false],
    [{attr: 'x.y.z', value: 1}, {x: {y: null}}, false],
    [{attr: 'x.y.z', value: 1, negate: true}, {x: {y: null}}, false],
    [{attr: 'x.y.z', value: 1}, {x: {y: {a: 1}}}, false],
    [{attr: 'x.y.z', value: 1, negate: true}, {x: {y: {a: 1}}}, false],
    [{attr: 'status.value', value: 'active', negate: true}, {status: 'active'}, false],
    [{attr: 'constructor', value: null, negate: true}, {}, false],
    [{attr: 'x.length', value: 3}, {x: 'abc'}, false],
    [{attr: 'tags.slug', value: 'exempt', op: 'contains'}, {tags: [{slug: 'exempt'}, {slug: 'other'}]}, true],
    [{attr: 'tags.slug', value: 'exempt', op: 'contains'}, {tags: [{slug: 'other'}]}, false],
    [{attr: 'tags.slug', value: 'exempt', op: 'contains'}, {tags: []}, false],
    [{attr: 'tags.slug', value: 'exempt', op: 'contains', negate: true}, {tags: []}, true],
    [{attr: 'tags.slug', value: 'a', op: 'contains', negate: true}, {tags: [{slug: 'a'}, {}]}, false],
    [{attr: 'a.b.c', value: [[1], [2]]}, {a: [{b: [{c: 1}]}, {b: [{c: 2}]}]}, false],
    [{attr: 'x', value: 1}, {x: true}, true],
    [{attr: 'x', value: true}, {x: 1}, true],
    [{attr: 'x', value: 1}, {x: 1.0}, true],
    [{attr: 'x', value: 1}, {x: '1'}, false],
    [{attr: 'x', value: 0}, {x: false}, true],
    [{attr: 'x', value: null}, {x: 0}, false],
    [{attr: 'x', value: null}, {x: null}, true],
    [{attr: 'x', value: null, negate: true}, {x: {key: 'value'}}, true],
    [{attr: 'x', value: [1, 'a', [true]]}, {x: [1, 'a', [1]]}, true],
    [{attr: 'x', value: 1, negate: true}, {x: 2}, true],
    [{attr: 'x', op: 'gt', value: 1}, {x: 2}, true],
    [{attr: 'x', op: 'gt', value: 1}, {x: 1}, false],
    [{attr: 'x', op: 'gt', value: 1}, {x: 'foo'}, false],
    [{attr: 'x', op: 'gt', value: 1, negate: true}, {x: 'foo'}, false],
    [{attr: 'x', op: 'gt', value: 0}, {x: true}, true],
    [{attr: 'x', op: 'gte', value: 1}, {x: 1}, true],
    [{attr: 'x', op: 'gte', value: 1}, {x: 0}, false],
    [{attr: 'x', op: 'lt', value: 2}, {x: 1}, true],
    [{attr: 'x', op: 'lt', value: 2}, {x: 2}, false],
    [{attr: 'x', op: 'lte', value: 2}, {x: 2}, true],
    [{attr: 'x', op: 'lte', value: 2}, {x: null}, false],
    [{attr: 'x', op: 'in', value: [1, 2, 3]}, {x: 1}, true],
    [{attr: 'x', op: 'in', value: [1, 2, 3]}, {x: 9}, false],
    [{attr: 'x', op: 'in', value: [1, 2, 3], negate: true}, {x: 9}, true],
    [{attr: 'x', op: 'in', value: [[1]]}, {x: [1]}, true],
    [{attr: 'x', op: 'contains', value: 1}, {x: [1, 2]}, true],
    [{attr: 'x', op: 'contains', value: 1}, {x: [2, 3]}, false],
    [{attr: 'x', op: 'contains', value: 1}, {x: 123}, false],
    [{attr: 'x', op: 'contains', value: 1, negate: true}, {x: 123}, false],
    [{attr: 'x', op: 'contains', value: 1}, {x: '123'}, false],
    [{attr: 'x', op: 'contains', value: 'b'}, {x: 'abc'}, true],
    [{attr: 'x', op: 'contains', value: 'b'}, {x: {b: null}}, true],
    [{attr: 'x', op: 'contains', value: 'toString'}, {x: {}}, false],
    [{attr: 'x', op: 'regex', value: '[a-z]+'}, {x: 'abc'}, true],
    [{attr: 'x', op: 'regex', value: '[a-z]+'}, {x: '123'}, false],
    [{attr: 'x', op: 'regex', value: '[a-z]+'}, {x: '1abc'}, false],
    [{attr: 'x', op: 'regex', value: '[a-z]+', negate: true}, {x: '123'}, true],
    [{attr: 'x', op: 'regex', value: 'b|a'}, {x: 'abc'}, true],
    [{attr: 'x', op: 'regex', value: '(?i)SITE-(?P<n>\\d+)$'}, {x: 'site-12'}, true],
    [{attr: 'x', op: 'regex', value: '\\Aa\\-b\\Z'}, {x: 'a-b'}, true],
    [{attr: 'x', op: 'regex', value: 'a'}, {x: 5}, false],
    [{attr: 'x', op: 'regex', value: '(a+)+$'}, {x: `${'a'.repeat(40)}!`}, false],
    [{or: [{attr: 'a', value: 1}, missing]}, {a: 1}, true],
    [{or: [missing, {attr: 'a', value: 1}]}, {a: 1}, true],
    [{and: [missing, {attr: 'a', value: 1}]}, {a: 1}, false],
    [
      {
        and: [
          {attr: 'a', value: 1},
          {
            or: [
              {attr: 'b', value: 2},
              {attr: 'c', value: 3},
            ],
          },
        ],
      },
      {a: 1, b: 9, c: 3},
      true,
    ],
    [
      {
        and: [
          {attr: 'a', value: 1},
          {
            or: [
              {attr: 'b', value: 2},
              {attr: 'c', value: 3},
            ],
          },
        ],
      },
      {a: 1, b: 9, c: 9},
      false,
    ],
    [
      {
        or: [
          {attr: 'a', value: 1},
          {
            and: [
              {attr: 'b', value: 2},
              {attr: 'c', value: 3},
            ],
          },
        ],
      },
      {a: 9, b: 2, c: 3},
      true,
    ],
  ])('%j of %j is %s', (conditions, data, expected) => {
    expect(fires(conditions, data)).toBe(expected)
  })
})

describe('T16: a regular expression means what it means to Python', () => {
  test.each<[pattern: string, text: string, expected: boolean]>([
    ['\\w+$', 'Köln', true],
    ['K\\wln', 'Köln', true],
    ['K\\W', 'Köln', false],
    ['[^\\W\\d]+$', 'Köln', true],
    ['(?a)\\w+$', 'Köln', false],
    ['K\\b', 'Köln', false],
    ['K\\B', 'Köln', true],
    ['\\d', '\u0663', true],
    ['a\\sb', 'a\u00a0b', true],
    ['\\s', '\ufeff', false],
    ['a.b', 'a\rb', true],
    ['a.b', 'a\nb', false],
    ['a$', 'a\n', true],
    ['(?m)a$', 'a\u2028', false],
    ['(?m)a$', 'a\nb', true],
    ['foo{', 'foo{', true],
    ['foo{}', 'foo{}', true],
    ['}?foo', '}foo', true],
    ['foo]', 'foo]', true],
    ['fo{,3}b', 'foob', true],
    ['fo(?#comment)o', 'foo', true],
    ['[]a&&[]+$', 'a&]&[', true],
    ['[a&&b]', '&', true],
    ['(?i:K)öln', 'köln', true],
    ['(?P<first>.)(?P=first)', 'aa', true],
    ['\\x41\\102\\U0001F680', 'AB🚀', true],
  ])('%s of %j is %s', (pattern, text, expected) => {
    const condition = {attr: 'x', op: 'regex', value: pattern}
    expect(checkConditions(condition, 'c', {snapshots: false})).toEqual([])
    expect(fires(condition, {x: text})).toBe(expected)
  })
  test.each([
    'a++',
    '(?>a)',
    '(?x)a b',
    '(a)(?(1)b)',
    '\\N{BULLET}',
    '[b-a]',
    '(?<n>a)',
    'a{3,1}',
    '[a',
    'a)',
    '\\',
    '[\\w-a]',
  ])('%s cannot be saved', value => {
    const [problem] = checkConditions({attr: 'x', op: 'regex', value}, 'c', {snapshots: false})
    expect(problem).toMatchObject({code: 'bad_condition_value', hint: expect.stringContaining('(?x)')})
  })
})

describe('T16: what cannot be saved', () => {
  test.each<[conditions: unknown, code: string, path: string]>([
    [{}, 'bad_conditions', 'c'],
    [{foo: []}, 'unknown_condition_key', 'c/foo'],
    [{AND: []}, 'bad_conditions', 'c'],
    [{Or: [{attr: 'x', value: 1}]}, 'bad_conditions', 'c'],
    [{and: [], or: []}, 'bad_conditions', 'c'],
    [{and: {attr: 'x', value: 1}}, 'bad_conditions', 'c/and'],
    [{foo: 'status.value', value: 'active'}, 'unknown_condition_key', 'c/foo'],
    [{and: [{attr: 'x', value: 1, foo: 2}]}, 'unknown_condition_key', 'c/and/0/foo'],
    [{and: [{AND: []}]}, 'bad_conditions', 'c/and/0'],
    [{and: ['x']}, 'bad_conditions', 'c/and/0'],
    [[], 'bad_conditions', 'c'],
    ['status', 'bad_conditions', 'c'],
    [{attr: 'x', op: 'blah', value: 1}, 'bad_condition_op', 'c/op'],
    [{attr: 'x', op: {}, value: 1}, 'bad_condition_op', 'c/op'],
    [{attr: 'x', op: 'EQ', value: 1}, 'bad_condition_op', 'c/op'],
    [{attr: 'x', op: 'constructor', value: 1}, 'bad_condition_op', 'c/op'],
    [{attr: 'x', op: 'gt', value: 'foo'}, 'bad_condition_value', 'c/value'],
    [{attr: 'x', op: 'gt', value: true}, 'bad_condition_value', 'c/value'],
    [{attr: 'x', op: 'in', value: 123}, 'bad_condition_value', 'c/value'],
    [{attr: 'x', op: 'in', value: 'text'}, 'bad_condition_value', 'c/value'],
    [{attr: 'x', op: 'contains', value: null}, 'bad_condition_value', 'c/value'],
    [{attr: 'x', op: 'regex', value: 1}, 'bad_condition_value', 'c/value'],
    [{attr: 'x', op: 'regex', value: '('}, 'bad_condition_value', 'c/value'],
    [{attr: 'x', op: 'regex', value: '\\q'}, 'bad_condition_value', 'c/value'],
    [{attr: 'x', value: {}}, 'bad_condition_value', 'c/value'],
    [{attr: 'x'}, 'bad_condition_value', 'c'],
    [{value: 1}, 'bad_condition_attr', 'c/attr'],
    [{attr: 'a..b', value: 1}, 'bad_condition_attr', 'c/attr'],
    [{attr: 'x', value: 1, negate: 'no'}, 'bad_condition_negate', 'c/negate'],
    [{attr: 'x', op: 'changed', value: 1}, 'bad_condition_value', 'c/value'],
    [{attr: 'snapshots.prechange.status', op: 'changed'}, 'bad_condition_attr', 'c/attr'],
  ])('%j is refused: %s', (conditions, code, path) => {
    const [problem] = checkConditions(conditions, 'c', {snapshots: true})
    expect(problem).toMatchObject({code, path})
    expect(fires(conditions, {status: {value: 'active'}, x: 1})).toBe(false)
  })

  test('snapshots are part of the language from 4.7 on only', () => {
    const changed = {attr: 'status', op: 'changed'}
    expect(checkConditions(changed, 'c', {snapshots: true})).toEqual([])
    expect(checkConditions(changed, 'c', {snapshots: false})).toMatchObject([{code: 'bad_condition_op'}])
    const path = {attr: 'snapshots.prechange.status', value: 'planned'}
    expect(checkConditions(path, 'c', {snapshots: true})).toEqual([])
    expect(checkConditions(path, 'c', {snapshots: false})).toMatchObject([{code: 'bad_condition_op'}])
  })

  test('nesting and number have an end', () => {
    let deep: unknown = {attr: 'x', value: 1}
    for (let level = 0; level < 30; level++) deep = {and: [deep]}
    expect(checkConditions(deep, 'c', {snapshots: true})).toMatchObject([{message: expect.stringContaining('deeper')}])
    const many = {or: Array.from({length: 600}, () => ({attr: 'x', value: 1}))}
    expect(checkConditions(many, 'c', {snapshots: true})).toMatchObject([{message: expect.stringContaining('500')}])
  })
})

describe('T25: snapshots and absent data', () => {
  const pair = (prechange: unknown, postchange: unknown) => ({prechange, postchange})

  test.each<[conditions: unknown, snapshots: unknown, expected: boolean]>([
    [{attr: 'status', op: 'changed'}, pair({status: 'a'}, {status: 'b'}), true],
    [{attr: 'status', op: 'changed'}, pair({status: 'a'}, {status: 'a'}), false],
    [{attr: 'status', op: 'changed', negate: true}, pair({status: 'a'}, {status: 'a'}), true],
    [{attr: 'status', op: 'unchanged'}, pair({status: 'a'}, {status: 'a'}), true],
    [{attr: 'status', op: 'unchanged'}, pair({status: 'a'}, {status: 'b'}), false],
    [{attr: 'typo', op: 'changed'}, pair({status: 'a'}, {status: 'b'}), false],
    [{attr: 'typo', op: 'changed', negate: true}, pair({status: 'a'}, {status: 'b'}), false],
    [{attr: 'typo', op: 'unchanged'}, pair({status: 'a'}, {status: 'b'}), false],
    [{attr: 'status.value', op: 'changed', negate: true}, pair({status: 'a'}, {status: 'b'}), false],
    [{attr: 'status', op: 'changed'}, pair(null, {status: 'b'}), true],
    [{attr: 'status', op: 'changed'}, null, false],
    [{attr: 'status', op: 'unchanged', negate: true}, null, false],
    [{attr: 'snapshots.prechange.status', value: 'a'}, pair({status: 'a'}, {status: 'b'}), true],
    [{attr: 'snapshots.postchange.status', value: 'b'}, pair({status: 'a'}, {status: 'b'}), true],
    [{attr: 'snapshots.prechange.status', value: null}, pair(null, {status: 'b'}), true],
    [{attr: 'snapshots.prechange.status', value: 'a', negate: true}, pair(null, {status: 'b'}), true],
    [{attr: 'snapshots.prechange.typo', value: null}, pair(null, {status: 'b'}), false],
    [{attr: 'snapshots.prechange.status.value', value: null}, pair(null, {status: 'b'}), false],
    [{attr: 'snapshots.before.status', value: null, negate: true}, pair({status: 'a'}, null), false],
  ])('%j over %j is %s', (conditions, snapshots, expected) => {
    expect(fires(conditions, {status: {value: 'x'}}, snapshots)).toBe(expected)
  })

  test.each([null, 'text', 5, [], undefined])('data that is %j fires only where nothing is asked', data => {
    expect(fires(null, data)).toBe(true)
    expect(fires({and: []}, data)).toBe(false)
    expect(fires({attr: 'x', value: null}, data)).toBe(false)
    expect(fires({attr: 'x', op: 'changed'}, data, {prechange: {x: 1}, postchange: {x: 2}})).toBe(false)
    expect(fires({attr: 'x', value: 1, negate: true}, data)).toBe(false)
    expect(fires({attr: 'x', value: 'a', op: 'contains', negate: true}, data)).toBe(false)
  })
})

test('every condition is explained, also those behind the one that decided', () => {
  const conditions = {or: [{attr: 'a', value: 1}, {and: [{attr: 'b.c', value: 2, negate: true}]}]}
  const {fires: holds, why} = evaluate(conditions, {data: {a: 1, b: null}, snapshots: null})
  expect(holds).toBe(true)
  expect(why).toMatchObject([
    {path: 'or/0', holds: true, found: 1},
    {path: 'or/1/and/0', holds: false, fault: 'b is null'},
  ])
})
