import path from 'node:path'
import {usageError} from '../errors.ts'
import type {Store} from './store.ts'

export interface OpenOptions {
  /** Milliseconds since the epoch: a store has no clock of its own. */
  readonly now: () => number
  /** Under which secrets are kept, as `secretKeyOf` takes it; null: as they are. Of no use in memory. */
  readonly secretKey?: string | null
  /** Overwrites in the file what is removed from it. */
  readonly secureDelete?: boolean
  /** For a process that goes on serving or sending: it is not held up while a commit waits for the disk. */
  readonly busy?: boolean
  /** Told at the end what whoever wrote into the store should know of it. */
  readonly tell?: ((warning: string) => void) | undefined
}

/** Where a store is, by the word before the colon and what follows it. */
export interface Located {
  readonly backend: string
  /** An absolute path; empty where the backend has no file. */
  readonly file: string
  /** Of a database server, credentials included. */
  readonly url?: string
}

/** A backend by the word before the colon. A new one is a folder and a line here. */
const backends: Readonly<Record<string, (located: Located, options: OpenOptions) => Promise<Store>>> = {
  sqlite: openSqlite,
  json: openJson,
  memory: openMemory,
  postgres: openPostgres,
  postgresql: openPostgres,
}

/**
 * The store at a location: `sqlite:PATH` or just a path for a SQLite file, `json:PATH` for one readable file, either made
 * when it is missing; `memory:` for one that ends with the process; `postgres://…` for a database that many servers and
 * workers may share. The caller closes it.
 *
 * @throws HookctlError usage `unknown_store` for any other word before a colon, `bad_store` where the path is missing
 * or there is one too many; else as the backend says
 */
export async function openStore(location: string, options: OpenOptions): Promise<Store> {
  const located = locate(location)
  return (backends[located.backend] as (typeof backends)[string])(located, options)
}

/** @throws HookctlError usage `unknown_store`, `bad_store` */
export function locate(location: string): Located {
  // One letter is a drive of Windows, not a backend.
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(location)?.[1]
  const rest = scheme === undefined ? location : location.slice(scheme.length + 1)
  const backend = scheme?.toLowerCase() ?? 'sqlite'
  if (!Object.hasOwn(backends, backend)) throw unknownStore(scheme ?? '')
  if (backends[backend] === openPostgres) return {backend: 'postgres', file: '', url: location}
  if (backend === 'memory') {
    if (rest === '') return {backend, file: ''}
    throw usageError('bad_store', `a memory: store has no path: "${rest}"`, {hint: 'write just memory:'})
  }
  if (rest === '') {
    throw usageError('bad_store', `a ${backend}: store needs a path`, {hint: `write it like ${examples[backend]}`})
  }
  if (rest.includes('\0')) throw usageError('bad_store', 'a path holds no NUL character')
  return {backend, file: path.resolve(rest)}
}

const examples: Readonly<Record<string, string>> = {sqlite: 'sqlite:hookctl.db', json: 'json:hookctl.json'}

const unknownStore = (scheme: string): Error =>
  usageError('unknown_store', `unknown kind of store: "${scheme}:"`, {
    hint: `there are ${Object.keys(backends)
      .filter(name => name !== 'postgresql')
      .map(name => `${name}:`)
      .join(', ')}; a path alone is sqlite:`,
  })

async function openSqlite(
  {file}: Located,
  {now, busy = false, secureDelete = false, secretKey = null}: OpenOptions,
): Promise<Store> {
  // Loaded on demand: SQLite is the larger part of what a command that needs no store would start with.
  if (busy) {
    const {openThreadedStore} = await import('./sqlite/thread/open.ts')
    return openThreadedStore({file, now, secureDelete, secretKey})
  }
  const {openSqliteStore} = await import('./sqlite/store.ts')
  return openSqliteStore({file, now, secureDelete, secretKey})
}

async function openJson({file}: Located, {now, secretKey = null, tell}: OpenOptions): Promise<Store> {
  const {openJsonStore} = await import('./json/store.ts')
  return openJsonStore({file, now, secretKey, tell})
}

async function openPostgres({url = ''}: Located, {now, secretKey = null}: OpenOptions): Promise<Store> {
  if (!/^postgres(?:ql)?:\/\//i.test(url) || !URL.canParse(url)) {
    throw usageError('bad_store', 'a postgres: store is a URL', {
      hint: 'write it like postgres://user@host:5432/hookctl',
    })
  }
  const {openPostgresStore} = await import('./postgres/store.ts')
  return openPostgresStore({url, now, secretKey})
}

async function openMemory(_: Located, {now}: OpenOptions): Promise<Store> {
  const {openSqliteStore} = await import('./sqlite/store.ts')
  return openSqliteStore({file: null, now})
}
