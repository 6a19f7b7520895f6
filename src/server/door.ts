import {type Context, Hono} from 'hono'
import type {HookctlError} from '../errors.ts'
import type {Caller} from '../services/deps.ts'
import {answer, type Reply} from './answer.ts'
import {type Auth, authenticate} from './auth.ts'
import {createGuard} from './guard.ts'
import {type AskedRequest, headerLines, type RequestHead} from './head.ts'
import {hopsOf} from './hops.ts'
import {type Log, logExchange, silentLog} from './log.ts'
import {type Connection, peerUser} from './peer-user.ts'
import {bugAnswer, errorAnswer, type Refused} from './refused.ts'

export interface DoorOptions {
  readonly auth: Auth
  readonly newUuid: () => string
  /** Host names it answers to besides those of this machine; with a port where it is not the one it listens on. */
  readonly hosts?: readonly string[]
  readonly log?: Log
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
 * A way in with nothing behind it yet: what comes in is looked at and logged, and errors have their answers.
 *
 * @param nowhere why no route was taken
 */
export function createDoor(options: DoorOptions, nowhere: (method: string, path: string) => Refused): App {
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
  app.notFound(context => failed(nowhere(context.req.method, context.req.path), context, log))
  app.onError((error, context) => failed(error, context, log))
  return app
}

/** Adds a way in, by the pattern that its requests are logged under. */
export function addRoute<Path extends string>(
  app: App,
  method: string,
  path: Path,
  handle: (context: Context<Env, Path>) => Response | Promise<Response>,
): void {
  app.on(method, path, context => {
    context.set('route', path)
    return handle(context)
  })
}

/** @throws Refused 401 where nobody is known by the token that the request carries */
export async function callerOf(
  context: Context<Env>,
  {auth}: Pick<DoorOptions, 'auth'>,
  read: (authorization: string | null) => string | null = same => same,
): Promise<Caller> {
  const {headers} = context.get('asked')
  const caller = await authenticate(auth, read(headers.get('authorization')), context.get('requestId'))
  const hops = hopsOf(headers.get('hookctl-hops'))
  return {...caller, ...(hops > 0 && {hops}), peerUser: peerOf(context)}
}

export const peerOf =
  ({env}: Context<Env>) =>
  () =>
    env?.incoming === undefined ? null : peerUser(env.incoming.socket)

function headOf(context: Context<Env>): RequestHead {
  const {req, env} = context
  const headers = headerLines(linesOf(context))
  const incoming = env?.incoming
  if (incoming !== undefined) return {target: incoming.url ?? '', headers, port: incoming.socket.localPort ?? 0}
  const {pathname, port} = new URL(req.url)
  return {target: pathname, headers, port: Number(port || 80)}
}

/** Names and values of the header lines in turn. */
export function linesOf({req, env}: Context<Env>): readonly string[] {
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
export const reply = (context: Context<Env>, {headers, ...given}: Reply): Response =>
  answer({...given, headers: {...headers, 'x-request-id': context.get('requestId')}}, context.env?.Response)
