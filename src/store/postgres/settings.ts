import process from 'node:process'
import type pg from 'pg'
import {unreachableError} from '../../errors.ts'
import {type Login, passwordFrom} from './password-file.ts'
import {tlsOf} from './tls.ts'

/**
 * What PostgreSQL's own programs read, and pg with them (PGHOST, PGUSER, PGPASSWORD): of this library, not of hookctl, which
 * is why it is read here and not in the configuration.
 */
const environment = () => process.env

/**
 * Said on each new connection: a client that was cut off in a transaction must not hold up all the others. Not with the
 * first packet, as `options`: poolers refuse a connection that begins with what they do not know (PgBouncer does).
 */
export const LIMITS = "SET idle_in_transaction_session_timeout = '15s'; SET lock_timeout = '10s'; SET timezone = 'UTC'"

/**
 * How a URL connects, read here and not by the library, which has other meanings for `sslmode` and the password file and
 * warns of both on stderr. A parameter that is not known says nothing, as with the library.
 *
 * @throws HookctlError usage where a parameter, or a file that one names, is wrong
 */
export function settingsOf(url: string, env = environment()): pg.ClientConfig {
  const parsed = parse(url)
  const query = new Map(parsed.searchParams)
  const login = loginOf(parsed, query, env)
  const given = query.get('password') ?? (decodeURIComponent(parsed.password) || env.PGPASSWORD)
  const password = given || passwordFrom(env, login)
  return {
    ...login,
    port: Number(login.port),
    // Where there is none the library would look for it in files.
    password: password ?? (() => ''),
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    application_name: query.get('application_name') ?? 'hookctl',
    ...(query.has('statement_timeout') && {statement_timeout: Number(query.get('statement_timeout'))}),
    ...(query.get('sslnegotiation') === 'direct' && {sslnegotiation: 'direct'}),
    ssl: tlsOf({
      mode: modeOf(query, env),
      rootCert: query.get('sslrootcert') ?? env.PGSSLROOTCERT ?? null,
      cert: query.get('sslcert') ?? env.PGSSLCERT ?? null,
      key: query.get('sslkey') ?? env.PGSSLKEY ?? null,
    }),
    options: query.get('options') ?? env.PGOPTIONS,
  }
}

type Query = ReadonlyMap<string, string>

/** As PostgreSQL has it: what the query says before what stands at its place in the URL, then the environment. */
function loginOf(url: URL, query: Query, env: NodeJS.ProcessEnv): Login {
  const user = query.get('user') ?? (decodeURIComponent(url.username) || env.PGUSER || env.USER || env.USERNAME || '')
  const host = decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1')
  return {
    user,
    host: query.get('host') ?? (host || env.PGHOST || 'localhost'),
    port: query.get('port') ?? (url.port || env.PGPORT || '5432'),
    database: decodeURI(url.pathname.slice(1)) || env.PGDATABASE || user,
  }
}

/** Of TLS. `ssl` is the library's own word for it; what names files, or begins with TLS, means it. */
function modeOf(query: Query, env: NodeJS.ProcessEnv): string {
  const ssl = query.get('ssl')
  if (ssl !== undefined && !query.has('sslmode')) {
    return ssl === 'true' || ssl === '1' ? 'verify-full' : ssl === '0' || ssl === 'false' ? 'disable' : ssl
  }
  const isMeant = ['sslrootcert', 'sslcert', 'sslkey'].some(name => query.has(name)) || query.has('sslnegotiation')
  return query.get('sslmode') || env.PGSSLMODE || (isMeant ? 'verify-full' : 'disable')
}

/** For people and logs. @throws HookctlError `store_unreachable` */
export function withoutCredentials(url: string): string {
  const {protocol, host, pathname} = parse(url)
  return `${protocol}//${host}${pathname}`
}

function parse(url: string): URL {
  const parsed = URL.parse(url)
  if (parsed !== null) return parsed
  throw unreachableError('store_unreachable', 'the address of the PostgreSQL store cannot be read', {
    hint: 'write it like postgres://user@host:5432/database',
  })
}
