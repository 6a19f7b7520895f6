import {type Context, Hono} from 'hono'
import {openApi} from '../api/openapi.ts'
import type {OperationName} from '../api/operations.ts'
import type {HookctlError} from '../errors.ts'
import type {Caller} from '../services/deps.ts'
import type {Inbound, InboundRequest} from '../services/inbound.ts'
import type {Metric} from '../services/metrics.ts'
import {answer, type Reply} from './answer.ts'
import {type Auth, authenticate} from './auth.ts'
import {bodyKind, readBytes} from './body.ts'
import {type InItsTurn, largeInTurn} from './bulk.ts'
import {createGuard} from './guard.ts'
import {type AskedRequest, headerLines, type RequestHead} from './head.ts'
import {hopsOf} from './hops.ts'
import {bearerOf, inboundRequest} from './inbound.ts'
import {bodyLimit, type Members, readInput} from './input.ts'
import {decodeText} from './json-text.ts'
import {type Log, logExchange, silentLog} from './log.ts'
import {metricsReply} from './metrics.ts'
import {nameLine, readLines} from './ndjson.ts'
import {createPage} from './page.ts'
import {type Connection, peerUser} from './peer-user.ts'
import {bugAnswer, errorAnswer, Refused} from './refused.ts'
import {extraRoutes, INBOUND, noRoute, operationEntries} from './routes.ts'
import {type StreamOptions, type StreamReader, streamReply} from './stream.ts'
import {beginSession, endSession} from './web.ts'
import type {WebSessions} from './web-sessions.ts'

/** Calls one operation with an unchecked input: `invoke` of the services, with its dependencies given. */
type Invoke = (name: OperationName, input: unknown, caller: Caller) => Promise<unknown>

export interface AppOptions extends StreamOptions {
  readonly invoke: Invoke
  readonly auth: Auth
  readonly version: string
  readonly newUuid: () => string
  /** Takes what comes to the address of a source. */
  readonly receive: (request: InboundRequest) => Promise<Inbound>
  /** What a monitoring system is told. */
  readonly metrics: (caller: Caller) => Promise<readonly Metric[]>
  /** Codes and sessions of the status page; without them nobody logs in there. */
  readonly web?: WebSessions
  /** Host names it answers to besides those of this machine; with a port where it is not the one it listens on. */
  readonly hosts?: readonly string[]
}

/** What the listener hands along; nothing of it is there when a test calls `app.fetch` itself. */
interface Bindings {
  readonly incoming?: {
    readonly url?: string | undefined
    readonly rawHeaders: readonly string[]
    readonly socket: Connection
  }
  /** Aborts when the server stops: streams end. */
  readonly stopping?: AbortSignal
  /** What answers are made of. */
  readonly Response?: typeof Response
}

export interface Env {
  Bindings: Bindings
  /** `route` is the pattern that was taken; `asked` is there once the request was let in, `code` where it was refused, `source` where one was addressed. */
  Variables: {requestId: string; route: string; asked: AskedRequest; code?: string; source?: string}
}

export type App = Hono<Env>

/**
 * The HTTP server as a function from request to answer: the operations table with a door in front. It is complete
 * without a socket; `startServer` puts it behind one.
 */
export function createApp(options: AppOptions): App {
  const app: App = new Hono<Env>({strict: true})
  const log = options.log ?? silentLog
  const guard = createGuard(options.hosts ?? [])
  app.use('*', async (context, next) => {
    const startedAt = performance.now()
    context.set('requestId', options.newUuid())
    context.set('route', 'none')
    try {
      const head = headOf(context)
      guard(head)
      context.set('asked', askedOf(context, head))
      await next()
    } catch (error) {
      context.res = failed(error, context, log)
    }
    logExchange(log, {
      method: context.req.method,
      route: context.get('route'),
      status: context.res.status,
      code: context.get('code'),
      source: context.get('source'),
      durationMs: performance.now() - startedAt,
      requestId: context.get('requestId'),
      request: context.req.raw,
    })
  })
  const inItsTurn = largeInTurn()
  for (const entry of operationEntries) addOperation(app, options, inItsTurn, entry)
  addExtras(app, options)
  addInbound(app, options, inItsTurn)
  app.notFound(context => failed(noRoute(context.req.method, context.req.path), context, log))
  app.onError((error, context) => failed(error, context, log))
  return app
}

function addOperation(
  app: App,
  options: AppOptions,
  inItsTurn: InItsTurn,
  [name, operation]: (typeof operationEntries)[number],
): void {
  app.on(operation.method, operation.path, async context => {
    context.set('route', operation.path)
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
  for (const [method, path] of extraRoutes) {
    app.on(method, path, (context, next) => {
      context.set('route', path)
      return next()
    })
  }
  const page = createPage(options.version)
  app.get('/', context => reply(context, page.front(context.req.header('accept') ?? '')))
  app.get('/page/:file', context => reply(context, page.file(context.req.param('file'))))
  app.post('/v1/web/sessions', async context =>
    reply(context, await beginSession(options.web, context.get('asked'), peerOf(context))),
  )
  app.delete('/v1/web/sessions', async context => {
    const authorization = context.get('asked').headers.get('authorization')
    await authenticate(options.auth, authorization, context.get('requestId'))
    return reply(context, endSession(options.web, authorization))
  })
  app.get('/healthz', context => reply(context, {body: '{"status":"ok"}'}))
  app.get('/metrics', async context =>
    reply(context, metricsReply(await options.metrics(await callerOf(context, options)))),
  )
  app.get('/openapi.json', context => {
    document ??= JSON.stringify(openApi(options.version))
    return reply(context, {body: document})
  })
  app.get('/v1/stream', async context =>
    reply(context, await streamReply(options, context, await readerOf(context, options))),
  )
}

function addInbound(app: App, options: AppOptions, inItsTurn: InItsTurn): void {
  app.post(INBOUND, async context => {
    const source = context.req.param('source')
    context.set('source', source.slice(0, 40))
    const received = await options.receive({
      source,
      ...inboundRequest(context.get('asked'), linesOf(context), inItsTurn),
      caller: () => callerOf(context, options, bearerOf),
      requestId: context.get('requestId'),
    })
    return reply(context, {body: text(received)})
  })
}

async function callerOf(
  context: Context<Env>,
  {auth}: AppOptions,
  read: (authorization: string | null) => string | null = same => same,
): Promise<Caller> {
  const {headers} = context.get('asked')
  const caller = await authenticate(auth, read(headers.get('authorization')), context.get('requestId'))
  const hops = hopsOf(headers.get('hookctl-hops'))
  return {...caller, ...(hops > 0 && {hops}), peerUser: peerOf(context)}
}

const peerOf =
  ({env}: Context<Env>) =>
  () =>
    env?.incoming === undefined ? null : peerUser(env.incoming.socket)

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

function headOf(context: Context<Env>): RequestHead {
  const {req, env} = context
  const headers = headerLines(linesOf(context))
  const incoming = env?.incoming
  if (incoming !== undefined) return {target: incoming.url ?? '', headers, port: incoming.socket.localPort ?? 0}
  const {pathname, port} = new URL(req.url)
  return {target: pathname, headers, port: Number(port || 80)}
}

/** Names and values of the header lines in turn. */
function linesOf({req, env}: Context<Env>): readonly string[] {
  if (env?.incoming !== undefined) return env.incoming.rawHeaders
  const lines = [...req.raw.headers].flat()
  return req.raw.headers.has('host') ? lines : [...lines, 'host', new URL(req.url).host]
}

function askedOf({req: {raw}, env}: Context<Env>, {headers}: RequestHead): AskedRequest {
  if (env?.incoming === undefined) return raw
  return {
    headers,
    url: raw.url,
    arrayBuffer: () => raw.arrayBuffer(),
    get body() {
      return raw.body
    },
  }
}

function failed(error: unknown, context: Context<Env>, log: Log): Response {
  const requestId = context.get('requestId')
  const known = errorAnswer(error)
  if (known !== null) context.set('code', (error as HookctlError | Refused).code)
  else log.error({err: error, requestId, method: context.req.method, route: context.get('route')}, 'bug')
  return reply(context, known ?? bugAnswer(requestId))
}

/** The id of the request goes along from the beginning: put in afterwards it has the headers taken apart and put together again. */
const reply = (context: Context<Env>, {headers, ...given}: Reply): Response =>
  answer({...given, headers: {...headers, 'x-request-id': context.get('requestId')}}, context.env?.Response)

/** `undefined` is no JSON: an operation that answers nothing answers null. */
const text = (value: unknown): string => JSON.stringify(value) ?? 'null'
