import {expect, test} from 'vitest'
import {openApi} from '../../src/api/openapi.ts'
import {operations} from '../../src/api/operations.ts'
import {anApp} from './setup.ts'

interface Described {
  readonly operationId: string
  readonly parameters?: readonly {readonly name: string; readonly in: string; readonly required: boolean}[]
  readonly requestBody?: {readonly content: Record<string, {readonly schema: Record<string, unknown>}>}
  readonly responses: Record<string, {readonly description: string}>
}

interface Document {
  readonly openapi: string
  readonly info: {readonly version: string}
  readonly paths: Record<string, Record<string, Described>>
  readonly components: {readonly schemas: Record<string, object>}
}

const document = openApi('1.2.3') as Document

test('the description is OpenAPI 3.1 and the same that the server hands out', async () => {
  await using server = await anApp({version: '1.2.3'})
  const response = await server.ask('/openapi.json')
  expect(await response.json()).toEqual(JSON.parse(JSON.stringify(document)))
  expect(document).toMatchObject({openapi: '3.1.0', info: {version: '1.2.3'}})
})

test.each(Object.entries(operations))('%s is described with its path, its input and its answers', (name, operation) => {
  const path = operation.path.replaceAll(/:(\w+)/g, '{$1}')
  const found = document.paths[path]?.[operation.method.toLowerCase()]
  expect(found).toMatchObject({operationId: name, responses: {default: {}}})
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1])
  const parameters = found?.parameters ?? []
  expect(parameters.filter(parameter => parameter.in === 'path').map(parameter => parameter.name)).toEqual(inPath)
  expect(parameters.every(parameter => parameter.in !== 'path' || parameter.required)).toBe(true)
  const members = Object.keys((operation.input as unknown as {shape: object}).shape).filter(
    member => !inPath.includes(member),
  )
  const described =
    operation.method === 'GET' || operation.method === 'DELETE'
      ? parameters.filter(parameter => parameter.in === 'query').map(parameter => parameter.name)
      : Object.keys((found?.requestBody?.content['application/json']?.schema.properties ?? {}) as object)
  expect(described.toSorted()).toEqual(members.toSorted())
})

test('every operation id is unique and the ways in beside the table are described', () => {
  const ids = Object.values(document.paths).flatMap(item => Object.values(item).map(({operationId}) => operationId))
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.toSorted()).toEqual(
    [
      ...Object.keys(operations),
      'greeting',
      'health',
      'inbound',
      'metrics',
      'stream',
      'web.begin',
      'web.end',
    ].toSorted(),
  )
})

test('every reference resolves and no schema is left without use', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(match => match[1] as string)
  const known = Object.keys(document.components.schemas).map(name => `#/components/schemas/${name}`)
  expect(references.filter(reference => !known.includes(reference))).toEqual([])
  expect(known.filter(reference => !references.includes(reference))).toEqual([])
})
