/** Where the server says what happens. Members are structured: nothing is pasted into the sentence. */
export interface Log {
  debug(members: object, sentence: string): void
  info(members: object, sentence: string): void
  warn(members: object, sentence: string): void
  error(members: object, sentence: string): void
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

const nothing = () => {}

export const silentLog: Log = {debug: nothing, info: nothing, warn: nothing, error: nothing}

/** JSON lines to stderr. Loaded on demand: commands that do not serve pay nothing for it. */
export async function createLog(level: LogLevel): Promise<Log> {
  if (level === 'silent') return silentLog
  const {pino} = await import('pino')
  const options = {level, base: {pid: process.pid}, timestamp: pino.stdTimeFunctions.isoTime}
  const log: Log = pino(options, pino.destination(2))
  return log
}

export interface Exchange {
  readonly method: string
  /** The pattern, `/v1/organizations/:organization/webhooks`, never the path: paths and queries may carry secrets. */
  readonly route: string
  readonly status: number
  readonly durationMs: number
  readonly requestId: string
  readonly headers: Headers
}

/** Headers that never carry a secret. */
const shown = ['host', 'user-agent', 'content-type', 'content-length'] as const

/** One line per request: bugs as errors, what was turned away at the door as warnings, the rest for whoever looks closer. */
export function logExchange(log: Log, {headers, durationMs, ...exchange}: Exchange): void {
  const named = Object.fromEntries(shown.flatMap(name => (headers.has(name) ? [[name, headers.get(name)]] : [])))
  const members = {...exchange, durationMs: Math.round(durationMs * 10) / 10, headers: named}
  if (exchange.status >= 500) log.error(members, 'request failed')
  else if ([401, 403, 421].includes(exchange.status)) log.warn(members, 'request refused')
  else log.debug(members, 'request answered')
}
