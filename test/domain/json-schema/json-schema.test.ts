import {describe, expect, test} from 'vitest'
import type {JsonText} from '../../../src/domain/json.ts'
import {checkSchema, misfitsOf, misfitText} from '../../../src/domain/json-schema/json-schema.ts'
import {refusal} from '../../harness/product.ts'

const text = (value: unknown) => JSON.stringify(value) as JsonText
const problems = (schema: unknown, value: unknown) => misfitsOf(text(schema), text(value))?.map(misfitText) ?? null
const refused = (schema: unknown) => refusal((async () => checkSchema(text(schema)))())

describe('a JSON Schema', () => {
  test.each([
    [true],
    [{}],
    [{$schema: 'https://json-schema.org/draft/2020-12/schema', prefixItems: [{type: 'string'}]}],
    [{$schema: 'http://json-schema.org/draft-07/schema#', definitions: {a: {}}, $ref: '#/definitions/a'}],
    [{$defs: {node: {properties: {children: {items: {$ref: '#/$defs/node'}}}}}, $ref: '#/$defs/node'}],
    [{properties: {next: {$ref: '#'}}}],
    [{type: ['string', 'null'], format: 'date-time', 'x-note': {any: 1}, example: 'a', nullable: true}],
  ])('%j is taken', schema => {
    expect(() => checkSchema(text(schema))).not.toThrow()
  })

  test.each([
    [null, 'must be an object'],
    [[], 'must be an object'],
    ['string', 'must be an object'],
    [{type: 'strng'}, 'type: must be equal to one of the allowed values: "array"'],
    [{properties: {a: {required: 'b'}}}, 'properties/a/required: must be array'],
    [{pattern: '('}, 'Invalid regular expression'],
    [{type: 'string', format: 'emial'}, 'unknown format "emial"'],
    [{$ref: 'https://example.com/other.json'}, "can't resolve reference https://example.com/other.json"],
    [{$ref: '#/$defs/nope'}, "can't resolve reference #/$defs/nope"],
    [{$schema: 'http://json-schema.org/draft-04/schema#'}, 'neither draft 2020-12 nor draft-07'],
    [{$async: true}, '$async'],
  ])('%j is refused, with the reason', async (schema, reason) => {
    const error = await refused(schema)
    expect(error).toMatchObject({kind: 'usage', code: 'bad_schema', path: 'schema'})
    expect(error.message).toContain(reason)
  })

  test('with a mistyped keyword is refused with the one that is meant', async () => {
    expect(await refused({propertis: {}})).toMatchObject({
      message: expect.stringContaining('no keyword "propertis"'),
      hint: 'did you mean "properties"?',
    })
  })

  test('may have the id of another, or of JSON Schema itself, and changes nothing for those after it', () => {
    const $id = 'https://json-schema.org/draft/2020-12/schema'
    checkSchema(text({$id: 'https://example.com/a', type: 'string'}))
    checkSchema(text({$id: 'https://example.com/a', type: 'number'}))
    checkSchema(text({$id, type: 'string'}))
    expect(problems({$id: 'https://example.com/a', type: 'string'}, 1)).toEqual(['must be string'])
    checkSchema(text({type: 'boolean', title: 'after them'}))
    expect(problems({$schema: $id, type: 'boolean'}, 1)).toEqual(['must be boolean'])
  })
})

describe('data', () => {
  const schema = {
    type: 'object',
    required: ['id', 'name'],
    additionalProperties: false,
    properties: {id: {type: 'integer'}, name: {enum: ['a', 'b']}, 'a/b~c': {const: 1}, at: {format: 'date-time'}},
  }

  test('is told of with every place where it does not fit, and what would', () => {
    expect(problems(schema, {id: 1, name: 'a', at: '2026-03-01T00:00:00Z'})).toEqual([])
    expect(problems(schema, {id: 1.5, name: 'c', more: 1, 'a/b~c': 2, at: 'today'})).toEqual([
      'must NOT have additional properties: "more"',
      'id: must be integer',
      'name: must be equal to one of the allowed values: "a", "b"',
      'a/b~c: must be equal to constant: 1',
      'at: must match format "date-time"',
    ])
  })

  test('with a thousand faults is told of with the first twenty', () => {
    expect(
      problems(
        {items: {type: 'string'}},
        Array.from({length: 1000}, () => 1),
      ),
    ).toHaveLength(20)
  })

  test('of a schema that leads back to itself without end is said to', () => {
    expect(problems({$ref: '#'}, 1)).toEqual(['its schema never comes to an end'])
  })

  test('of a schema that would take for ever is given up on, and holds up nobody for longer than a second a minute', () => {
    const doubling = Object.fromEntries(
      Array.from({length: 40}, (_, at) => {
        const next = {$ref: `#/$defs/a${at + 1}`}
        return [`a${at}`, {anyOf: [next, next]}]
      }),
    )
    const slow: readonly (readonly [schema: unknown, value: unknown])[] = [
      [{type: 'string', pattern: '^(a+)+$'}, `${'a'.repeat(40)}b`],
      [{uniqueItems: true}, Array.from({length: 60_000}, (_, at) => ({at}))],
      [{$defs: {...doubling, a40: false}, $ref: '#/$defs/a0'}, 1],
    ]
    for (const [schema, value] of slow) expect(problems(schema, value)).toBeNull()
    // A second of them in a minute, then none is tried, or this would take half a minute; others have their time.
    const [[schema, value]] = slow as [(typeof slow)[number]]
    for (let tries = 0; tries < 300; tries++) expect(problems(schema, value)).toBeNull()
    expect(problems({type: 'string', pattern: '^a+$'}, 'aaa')).toEqual([])
  })
})
