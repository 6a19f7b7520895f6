import {expect, test} from 'vitest'
import {fieldChanges} from '../../src/domain/field-changes.ts'
import {type JsonText, toJsonText} from '../../src/domain/json.ts'

const names = (before: object | null, after: object | null, rotated: readonly string[] = []) => {
  const [was, is] = [before, after].map(state => (state === null ? null : toJsonText(state)))
  return fieldChanges(was as JsonText | null, is as JsonText | null, new Set(rotated)).map(({name}) => name)
}

const cases: readonly [what: string, before: object | null, after: object | null, changed: readonly string[]][] = [
  ['nothing at all', {a: 1}, {a: 1}, []],
  ['the order of members, at every level', {a: {x: 1, y: 2}, b: 1}, {b: 1, a: {y: 2, x: 1}}, []],
  ['values, in the order of names', {b: 1, a: 1, c: 1}, {c: 2, b: 2, a: 1}, ['b', 'c']],
  ['members that come and go', {gone: 1}, {come: 1}, ['come', 'gone']],
  ['null in place of nothing', {}, {a: null}, ['a']],
  ['the order of items', {a: [1, 2]}, {a: [2, 1]}, ['a']],
  ['deep inside', {a: {b: [{c: 1}]}}, {a: {b: [{c: 2}]}}, ['a']],
  ['what every save changes', {created: 1, last_updated: 1, _x: 1}, {created: 2, last_updated: 2, _x: 2, _y: 1}, []],
  ['the same names further in', {a: {created: 1}}, {a: {created: 2}}, ['a']],
  ['a new object: all of it', null, {b: 1, a: 1, created: 1}, ['a', 'b']],
  ['one that is gone: all of it', {a: 1}, null, ['a']],
  ['names from prototypes', {}, {constructor: 2, toString: 1}, ['constructor', 'toString']],
]

test.each(cases)('T22: what differs is told of: %s', (_, before, after, changed) => {
  expect(names(before, after)).toEqual(changed)
})

test('a secret that was replaced differs though it looks the same, and is marked as one', () => {
  const text = '{"psk":"***","n":1}' as JsonText
  expect(fieldChanges(text, text, new Set(['psk']))).toEqual([
    {name: 'psk', secret: true, before: '"***"', after: '"***"'},
  ])
})

test('numbers are compared as they are written', () => {
  const [a, b] = ['{"n":12345678901234567890}', '{"n":12345678901234567891}'] as JsonText[]
  expect(fieldChanges(a as JsonText, b as JsonText)).toHaveLength(1)
})
