import {INBOUND} from './routes.ts'

/** Where the server says what happens. Members are structured: nothing is pasted into the sentence. */
export interface Log {
  /** Absent where nobody looks so close: what it would be told need not be gathered. */
  debug?(members: object, sentence: string): void
  info(members: object, sentence: string): void
  warn(members: object, sentence: string): void
  error(members: object, sentence: string): void
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

const nothing = () => {}

export const silentLog: Log = {info: nothing, warn: nothing, error: nothing}

/** JSON lines to stderr. Loaded on demand: commands that do not serve pay nothing for it. */
export async function createLog(level: LogLevel): Promise<Log> {
  if (level === 'silent') return silentLog
  const {pino} = await import('pino')
  const options = {level, base: {pid: process.pid}, timestamp: pino.stdTimeFunctions.isoTime}
  const log = pino(options, pino.destination(2))
  return log.isLevelEnabled('debug') ? log : Object.assign(log, {debug: undefined})
}

export interface Exchange {
  readonly method: string
  /** The pattern, `/v1/organizations/:organization/webhooks`, never the path: paths and queries may carry secrets. */
  readonly route: string
  readonly status: number
  /** Of the error, where it was refused. */
  readonly code: string | undefined
  /** Id of the source that was addressed, where one was. */
  readonly source: string | undefined
  readonly durationMs: number
  readonly requestId: string
  readonly request: Pick<Request, 'headers'>
}

/** Headers that never carry a secret. */
const shown = ['host', 'user-agent', 'content-type', 'content-length'] as const

/**
 * One line per request: bugs as errors, as warnings what was turned away at the door and what a platform was refused, whose
 * people do not see the answer; the rest for whoever looks closer.
 */
export function logExchange(log: Log, {request, durationMs, ...exchange}: Exchange): void {
  const say = sayerOf(log, exchange)
  if (say === null) return
  const {headers} = request
  const named = Object.fromEntries(shown.flatMap(name => (headers.has(name) ? [[name, headers.get(name)]] : [])))
  const members = {...exchange, durationMs: Math.round(durationMs * 10) / 10, headers: named}
  say(members)
}

function sayerOf(log: Log, {status, route}: Pick<Exchange, 'status' | 'route'>): ((members: object) => void) | null {
  if (status >= 500) return members => log.error(members, 'request failed')
  if ([401, 403, 421].includes(status) || (status >= 400 && route === INBOUND))
    return members => log.warn(members, 'request refused')
  return log.debug === undefined ? null : members => log.debug?.(members, 'request answered')
}
