import {expect, test} from 'vitest'
import {schemaExtent} from '../../../src/domain/json-schema/extent.ts'

test.each([
  [true, 1],
  [{type: 'string'}, 2],
  [{properties: {a: {type: 'string'}, b: {}}}, 5],
  [{$defs: {a: {type: 'string'}}, $ref: '#/$defs/a'}, 6],
  [{$defs: {a: {}}, anyOf: [{$ref: '#/$defs/a'}, {$ref: '#/$defs/a'}, {$ref: '#/$defs/a'}]}, 10],
  [{$defs: {'a/b~c': {type: 'string'}}, $ref: '#/$defs/a~1b~0c'}, 6],
])('%j holds a value against %i schemas at most', (schema, extent) => {
  expect(schemaExtent(schema)).toBe(extent)
})

test.each([
  ['leads back to itself', {$ref: '#'}],
  ['leads back to itself by another', {$defs: {a: {$ref: '#/$defs/b'}, b: {items: {$ref: '#/$defs/a'}}}}],
  ['leads to a name that is given elsewhere', {$defs: {a: {$anchor: 'a'}}, $ref: '#a'}],
  ['has an expression', {properties: {a: {pattern: 'a'}}}],
  ['compares all pairs of a list', {uniqueItems: true}],
])('nothing is known of how long a schema takes that %s', (_, schema) => {
  expect(schemaExtent(schema)).toBe(Infinity)
})

test('definitions that double each other are counted as often as they are used', () => {
  const doubling = Object.fromEntries(
    Array.from({length: 40}, (_, at) => {
      const next = {$ref: `#/$defs/a${at + 1}`}
      return [`a${at}`, {anyOf: [next, next]}]
    }),
  )
  expect(schemaExtent({$defs: {...doubling, a40: false}, $ref: '#/$defs/a0'})).toBeGreaterThan(2 ** 40)
})
