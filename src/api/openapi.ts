import {z} from 'zod'
import {ID_HEADERS} from '../domain/request-id.ts'
import {attemptView, bytesView, deliveryView} from './deliveries.ts'
import {eventInput, eventView, sentDelivery} from './events.ts'
import {activityView, historyView} from './history.ts'
import type {Operation} from './operation.ts'
import {operations} from './operations.ts'
import {policies} from './policies.ts'
import {actor, anyMembers} from './shapes.ts'
import {streamInput} from './stream.ts'
import {sessionInput, sessionView} from './web.ts'
import {webhookView} from './webhooks.ts'
import {counts, workerView} from './worker.ts'

/** A JSON Schema, as far as it is looked into here. */
interface Schema {
  [keyword: string]: unknown
  properties?: Record<string, Schema>
  required?: string[]
  $defs?: Record<string, Schema>
}

type Schemas = Record<string, Schema>

const named = {
  Activity: activityView,
  Actor: actor,
  Attempt: attemptView(),
  Bytes: bytesView(),
  Counts: counts,
  Delivery: deliveryView(),
  Event: eventView,
  EventInput: eventInput,
  HistoryEntry: historyView,
  Policies: policies(),
  SentDelivery: sentDelivery,
  Webhook: webhookView(),
  Worker: workerView,
}

const errorBody: Schema = {
  type: 'object',
  properties: {
    code: {type: 'string', description: 'snake_case and stable'},
    message: {type: 'string'},
    hint: {type: 'string', description: 'what to do next'},
    path: {type: 'string', description: 'where in the input: headers/0/name'},
  },
  required: ['code', 'message'],
}

const healthOperation = (): object => ({
  operationId: 'health',
  summary: 'whether the server answers',
  security: [],
  responses: {200: {description: 'it does'}},
})

const metricsOperation = (): object => ({
  operationId: 'metrics',
  summary: 'how it is doing, as Prometheus reads it',
  description: 'needs the role member and the scope read; a token of one organization is told of that one',
  responses: {
    200: {description: 'metrics', content: {'text/plain': {schema: {type: 'string'}}}},
    default: errorResponse,
  },
})

const inboundAccepted = {
  type: 'object',
  properties: {accepted: {type: 'integer'}, eventIds: {type: 'array', items: {type: 'string'}}},
  required: ['accepted', 'eventIds'],
  additionalProperties: false,
}

const plainText = {'text/plain': {schema: {type: 'string'}}}

const handshake = {type: 'object', additionalProperties: {type: 'string'}}

const inboundOperation = (): object => ({
  operationId: 'inbound',
  summary: 'a webhook, to the address of a source: its events are accepted, all or none',
  description: `signed with the secret of the source, as the platform or the sender signs; where the source expects no signature, with a token of scope ingest. What comes again with the same id is answered with the events of before: ${ID_HEADERS.join(', ')}`,
  security: [{}, {token: []}],
  parameters: [{name: 'source', in: 'path', required: true, schema: {type: 'string'}}],
  requestBody: {required: true, content: {'*/*': {schema: {type: 'string', format: 'binary'}}}},
  responses: {
    200: {
      description: 'accepted, and durable; or what Slack, Twitch and Zoom ask to be answered before they send events',
      content: {'application/json': {schema: {oneOf: [inboundAccepted, handshake]}}, ...plainText},
    },
    default: errorResponse,
  },
})

const greetingOperation = (): object => ({
  operationId: 'greeting',
  summary: 'whether a webhook would be taken at the address of a source',
  description:
    'for senders that look before they send; a source of the scheme dropbox or meta answers a GET too, with the challenge in it',
  security: [{}],
  parameters: [{name: 'source', in: 'path', required: true, schema: {type: 'string'}}],
  responses: {200: {description: 'it would'}, default: errorResponse},
})

/** The OpenAPI 3.1 document of the operations table and the ways in beside it. */
export function openApi(version: string): object {
  const schemas: Schemas = {Error: errorBody}
  const paths: Record<string, Record<string, object>> = {}
  for (const [name, operation] of Object.entries(operations) as [string, Operation][]) {
    const path = operation.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = {...paths[path], [operation.method.toLowerCase()]: describe(name, operation, schemas)}
  }
  paths['/v1/stream'] = {get: streamOperation(schemas)}
  paths['/v1/web/sessions'] = sessionOperations(schemas)
  paths['/healthz'] = {get: healthOperation()}
  paths['/metrics'] = {get: metricsOperation()}
  paths['/in/{source}'] = {head: greetingOperation(), post: inboundOperation()}
  return {
    openapi: '3.1.0',
    info: {title: 'hookctl', version, license: {name: 'MIT', identifier: 'MIT'}},
    security: [{token: []}],
    paths,
    components: {schemas, securitySchemes: {token: {type: 'http', scheme: 'bearer'}}},
  }
}

function describe(name: string, operation: Operation, schemas: Schemas): object {
  const {method, path, summary, role, scope, status = 200} = operation
  const input = convert(operation.input, 'input', schemas)
  const inPath = [...path.matchAll(/:(\w+)/g)].map(match => match[1] as string)
  const isQuery = method === 'GET' || method === 'DELETE'
  return {
    operationId: name,
    summary,
    description: `needs the role ${role} and the scope ${scope}`,
    tags: [name.split('.')[0]],
    parameters: parametersOf(input, inPath, isQuery),
    ...(isQuery ? {} : {requestBody: requestBody(name, without(input, inPath))}),
    responses: {
      [status]: {description: summary, content: json(convert(operation.output, 'output', schemas))},
      default: errorResponse,
    },
  }
}

function parametersOf(input: Schema, inPath: readonly string[], isQuery: boolean): object[] {
  const names = Object.keys(input.properties ?? {}).filter(name => isQuery || inPath.includes(name))
  return names.map(name => ({
    name,
    in: inPath.includes(name) ? 'path' : 'query',
    required: inPath.includes(name) || (input.required ?? []).includes(name),
    schema: input.properties?.[name] ?? {},
  }))
}

/** Events may also come as one JSON document a line. */
const requestBody = (name: string, schema: Schema): object => ({
  required: (schema.required ?? []).length > 0,
  content: {
    ...json(schema),
    ...(name === 'event.send' ? {'application/x-ndjson': {schema: {$ref: '#/components/schemas/EventInput'}}} : {}),
  },
})

function without(schema: Schema, names: readonly string[]): Schema {
  const properties = Object.fromEntries(
    Object.entries(schema.properties ?? {}).filter(([name]) => !names.includes(name)),
  )
  return {...schema, properties, required: (schema.required ?? []).filter(name => !names.includes(name))}
}

/** The one thing that needs no token: its code says who asks. */
const sessionOperations = (schemas: Schemas): Record<string, object> => ({
  post: {
    operationId: 'web.begin',
    summary: 'a session of the status page for a code of web.code',
    security: [],
    requestBody: {required: true, content: json(convert(sessionInput, 'input', schemas))},
    responses: {
      201: {description: 'a token for a while', content: json(convert(sessionView, 'output', schemas))},
      default: errorResponse,
    },
  },
  delete: {
    operationId: 'web.end',
    summary: 'end the session that asks',
    responses: {200: {description: 'it has ended'}, default: errorResponse},
  },
})

const streamOperation = (schemas: Schemas): object => ({
  operationId: 'stream',
  summary: 'follow what happens, as server-sent events whose ids are cursors',
  parameters: [
    ...parametersOf(convert(streamInput(), 'input', schemas), [], true),
    {name: 'Last-Event-ID', in: 'header', required: false, schema: {type: 'string'}},
  ],
  responses: {
    200: {
      description: 'events attempt, skipped and history',
      content: {'text/event-stream': {schema: {type: 'string'}}},
    },
    default: errorResponse,
  },
})

const json = (schema: Schema): object => ({'application/json': {schema}})

const errorResponse = {description: 'an error', content: json({$ref: '#/components/schemas/Error'})}

/** A schema as JSON Schema; the shapes with names move to `schemas` and are referred to. */
function convert(schema: z.ZodType, io: 'input' | 'output', schemas: Schemas): Schema {
  const {
    $schema: _,
    $defs = {},
    ...converted
  } = z.toJSONSchema(schema, {
    io,
    metadata: names(),
    unrepresentable: 'any',
    override({zodSchema, jsonSchema}) {
      if (Object.is(zodSchema, anyMembers)) jsonSchema.type = 'object'
    },
  }) as Schema
  for (const [name, definition] of Object.entries($defs)) schemas[name] ??= referring(definition)
  return referring(converted)
}

function names() {
  const registry = z.registry<{id: string}>()
  for (const [id, schema] of Object.entries(named)) registry.add(schema, {id})
  return registry
}

/** Definitions live under components in OpenAPI. */
const referring = (schema: Schema): Schema =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as Schema
