import {randomBytes, randomUUID} from 'node:crypto'
import {connect} from 'node:net'
import {type AppOptions, createApp} from '../../src/server/app.ts'
import {serverAuth} from '../../src/server/auth.ts'
import type {App} from '../../src/server/door.ts'
import {fromServices, storedAuth} from '../../src/server/from-services.ts'
import type {Log} from '../../src/server/log.ts'
import {type RunningServer, type ServeOptions, startServer} from '../../src/server/serve.ts'
import {createWebSessions} from '../../src/server/web-sessions.ts'
import type {Caller, Deps} from '../../src/services/deps.ts'
import type {Meter} from '../../src/services/meter.ts'
import {newToken} from '../../src/services/token-text.ts'
import {openStore} from '../../src/store/open.ts'
import {openTargets} from '../harness/product.ts'

export const admin: Caller = {
  actor: {kind: 'token', name: 'admin'},
  role: 'owner',
  scopes: ['read', 'ingest', 'admin'],
  via: 'api',
}

/** Services over a store in memory. */
export async function someDeps(now = Date.now): Promise<Deps> {
  let count = 0
  return {
    store: await openStore('memory:', {now}),
    now,
    newId: prefix =>
      `${prefix}_${Date.now().toString(16).padStart(12, '0')}${(++count).toString(16).padStart(20, '0')}`,
    newUuid: randomUUID,
    randomBytes,
    version: '0.0.0',
    targets: openTargets,
  }
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly members: Record<string, unknown>
  readonly sentence: string
}

function keptLog(): {readonly log: Log; readonly lines: LogLine[]} {
  const lines: LogLine[] = []
  const at = (level: LogLine['level']) => (members: object, sentence: string) =>
    void lines.push({level, members: members as Record<string, unknown>, sentence})
  return {lines, log: {debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error')}}
}

export interface AnApp extends AsyncDisposable {
  readonly app: App
  readonly deps: Deps
  readonly token: string
  readonly lines: LogLine[]
  /** Asks the app itself, with the token, at an address it answers for. */
  ask(path: string, init?: RequestInit): Promise<Response>
}

export async function anApp({
  now,
  meter,
  ...options
}: Partial<AppOptions> & {now?: () => number; meter?: Meter} = {}): Promise<AnApp> {
  const deps = {...(await someDeps(now)), ...(meter && {meter})}
  const token = newToken(randomBytes)
  const {log, lines} = keptLog()
  const web = createWebSessions(deps)
  const auth = serverAuth(token, storedAuth(deps), web)
  const app = createApp({...fromServices({...deps, web}), auth, web, log, ...options})
  return {
    app,
    deps,
    token,
    lines,
    ask: async (path, init = {}) => {
      const headers = {authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>)}
      return app.fetch(new Request(`http://127.0.0.1${path}`, {...init, headers}))
    },
    [Symbol.asyncDispose]: () => deps.store.close(),
  }
}

export const post = (value: unknown, type = 'application/json'): RequestInit => ({
  method: 'POST',
  headers: {'content-type': type},
  body: typeof value === 'string' || value instanceof Uint8Array ? (value as string) : JSON.stringify(value),
})

export interface AServer extends AnApp {
  readonly server: RunningServer
  readonly url: string
  /** Writes these bytes to a fresh connection and gives all that comes back until it ends. */
  raw(text: string | Uint8Array): Promise<string>
}

export async function aServer(
  options: Partial<AppOptions> = {},
  serving: Partial<Omit<ServeOptions, 'app'>> = {},
): Promise<AServer> {
  const parts = await anApp(options)
  const server = await startServer({app: parts.app, listen: {host: '127.0.0.1', port: 0}, file: null, ...serving})
  return {
    ...parts,
    server,
    url: server.url,
    raw: text => exchange(server.port, text),
    async [Symbol.asyncDispose]() {
      await server.close(0)
      await parts[Symbol.asyncDispose]()
    },
  }
}

export function exchange(port: number, text: string | Uint8Array): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.setEncoding('utf8').on('data', chunk => {
      answer += chunk
    })
    socket.on('error', () => {}).on('close', () => resolve(answer))
  })
}

/** A request as text, its connection closed after the answer. */
export const requestText = (line: string, headers: readonly string[], body = ''): string =>
  `${[line, ...headers, 'connection: close', ...(body === '' ? [] : [`content-length: ${Buffer.byteLength(body)}`])].join('\r\n')}\r\n\r\n${body}`

export const statusOfAnswer = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)
