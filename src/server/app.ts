import type {Context} from 'hono'
import {openApi} from '../api/openapi.ts'
import type {OperationName} from '../api/operations.ts'
import type {Caller} from '../services/deps.ts'
import type {InboundRequest, Received} from '../services/inbound.ts'
import {authenticate} from './auth.ts'
import {bodyKind, readBytes} from './body.ts'
import {type InItsTurn, largeInTurn} from './bulk.ts'
import {type App, addRoute, callerOf, createDoor, type Env, linesOf, peerOf, reply} from './door.ts'
import {bearerOf, inboundRequest} from './inbound.ts'
import {bodyLimit, type Members, readInput} from './input.ts'
import {decodeText} from './json-text.ts'
import {addMonitoring, type MonitorOptions} from './monitor.ts'
import {nameLine, readLines} from './ndjson.ts'
import {createPage} from './page.ts'
import {Refused} from './refused.ts'
import {INBOUND, noRoute, operationEntries} from './routes.ts'
import {type StreamOptions, type StreamReader, streamReply} from './stream.ts'
import {beginSession, endSession} from './web.ts'
import type {WebSessions} from './web-sessions.ts'

/** Calls one operation with an unchecked input: `invoke` of the services, with its dependencies given. */
type Invoke = (name: OperationName, input: unknown, caller: Caller) => Promise<unknown>

export interface AppOptions extends StreamOptions, MonitorOptions {
  readonly invoke: Invoke
  readonly version: string
  /** Takes what comes to the address of a source. */
  readonly receive: (request: InboundRequest) => Promise<Received>
  /** What a sender is answered that only looks whether somebody is at the address of a source. */
  readonly greet: (source: string, query: URLSearchParams) => Promise<string | null>
  /** Codes and sessions of the status page; without them nobody logs in there. */
  readonly web?: WebSessions
}

/**
 * The HTTP server as a function from request to answer: the operations table with a door in front. It is complete
 * without a socket; `startServer` puts it behind one.
 */
export function createApp(options: AppOptions): App {
  const app = createDoor(options, noRoute)
  const inItsTurn = largeInTurn()
  for (const entry of operationEntries) addOperation(app, options, inItsTurn, entry)
  addExtras(app, options)
  addInbound(app, options, inItsTurn)
  return app
}

function addOperation(
  app: App,
  options: AppOptions,
  inItsTurn: InItsTurn,
  [name, operation]: (typeof operationEntries)[number],
): void {
  addRoute(app, operation.method, operation.path, async context => {
    const caller = await callerOf(context, options)
    const asked = context.get('asked')
    const isLines = name === 'event.send' && bodyKind(asked) === 'ndjson'
    if (isLines) {
      const bytes = await readBytes(asked, bodyLimit({bulk: true}))
      const sent = await inItsTurn(bytes.length, () => sendLines(options, context.req.param(), bytes, caller))
      return reply(context, {status: 202, body: text(sent)})
    }
    const {bytes, members} = await readInput(operation, asked, context.req.param())
    const answered = await inItsTurn(bytes, async () => options.invoke(name, members(), caller))
    return reply(context, {status: operation.status ?? 200, body: text(answered)})
  })
}

/** `event.send` with newline-delimited JSON is `event.sendMany`: what `event send --ndjson FILE` posts. */
async function sendLines({invoke}: AppOptions, params: Members, bytes: Uint8Array, caller: Caller): Promise<unknown> {
  const lines = readLines(decodeText(bytes))
  const input = {...params, events: lines.map(line => line.value)}
  try {
    return await invoke('event.sendMany', input, caller)
  } catch (error) {
    throw nameLine(error, lines)
  }
}

function addExtras(app: App, options: AppOptions): void {
  let document: string | undefined
  const page = createPage(options.version)
  addRoute(app, 'GET', '/', context => reply(context, page.front(context.req.header('accept') ?? '')))
  addRoute(app, 'GET', '/page/:file', context => reply(context, page.file(context.req.param('file'))))
  addRoute(app, 'POST', '/v1/web/sessions', async context =>
    reply(context, await beginSession(options.web, context.get('asked'), peerOf(context))),
  )
  addRoute(app, 'DELETE', '/v1/web/sessions', async context => {
    const authorization = context.get('asked').headers.get('authorization')
    await authenticate(options.auth, authorization, context.get('requestId'))
    return reply(context, endSession(options.web, authorization))
  })
  addMonitoring(app, options)
  addRoute(app, 'GET', '/openapi.json', context => {
    document ??= JSON.stringify(openApi(options.version))
    return reply(context, {body: document})
  })
  addRoute(app, 'GET', '/v1/stream', async context =>
    reply(context, await streamReply(options, context, await readerOf(context, options))),
  )
}

function addInbound(app: App, options: AppOptions, inItsTurn: InItsTurn): void {
  addRoute(app, 'POST', INBOUND, async context => {
    const source = context.req.param('source')
    context.set('source', source.slice(0, 40))
    const received = await options.receive({
      source,
      ...inboundRequest(context.get('asked'), linesOf(context), inItsTurn),
      caller: () => callerOf(context, options, bearerOf),
      requestId: context.get('requestId'),
    })
    return reply(context, typeof received === 'string' ? plain(received) : {body: text(received)})
  })
  // A HEAD comes here too.
  addRoute(app, 'GET', INBOUND, async context => {
    const {method, path} = context.req
    const greeting = await options.greet(context.req.param('source'), new URL(context.req.url).searchParams)
    if (greeting === null && method === 'GET') throw noRoute(method, path)
    return reply(context, plain(greeting ?? ''))
  })
}

const plain = (body: string) => ({body, headers: {'content-type': 'text/plain; charset=utf-8'}})

async function readerOf(context: Context<Env>, options: AppOptions): Promise<StreamReader> {
  const caller = await callerOf(context, options)
  return {
    caller,
    async assertKnown() {
      try {
        await callerOf(context, options)
      } catch (error) {
        throw error instanceof Refused ? error.error : error
      }
    },
  }
}

/** `undefined` is no JSON: an operation that answers nothing answers null. */
const text = (value: unknown): string => JSON.stringify(value) ?? 'null'
