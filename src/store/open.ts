import path from 'node:path'
import {usageError} from '../errors.ts'
import type {Store} from './store.ts'

export interface OpenOptions {
  /** Milliseconds since the epoch: a store has no clock of its own. */
  readonly now: () => number
  /** For a process that goes on serving or sending: it is not held up while a commit waits for the disk. */
  readonly busy?: boolean
}

/** A backend by the word before the colon. A new one is a folder and a line here. */
const backends: Readonly<Record<string, (rest: string, options: OpenOptions) => Promise<Store>>> = {
  sqlite: openSqlite,
  memory: openMemory,
}

/**
 * The store at a location: `sqlite:PATH` or just a path for a SQLite file, made when it is missing; `memory:` for one
 * that ends with the process. The caller closes it.
 *
 * @throws HookctlError usage `unknown_store` for any other word before a colon, `bad_store` where the path is missing
 * or there is one too many; else as the backend says
 */
export async function openStore(location: string, options: OpenOptions): Promise<Store> {
  // One letter is a drive of Windows, not a backend.
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(location)?.[1]
  const rest = scheme === undefined ? location : location.slice(scheme.length + 1)
  const open = backends[scheme?.toLowerCase() ?? 'sqlite']
  if (open !== undefined) return open(rest, options)
  throw usageError('unknown_store', `unknown kind of store: "${scheme}:"`, {
    hint: `there are ${Object.keys(backends)
      .map(name => `${name}:`)
      .join(' and ')}; a path alone is sqlite:`,
  })
}

async function openSqlite(file: string, {now, busy = false}: OpenOptions): Promise<Store> {
  if (file === '')
    throw usageError('bad_store', 'a sqlite: store needs a path', {hint: 'write it like sqlite:hookctl.db'})
  if (file.includes('\0')) throw usageError('bad_store', 'a path holds no NUL character')
  // Loaded on demand: SQLite is the larger part of what a command that needs no store would start with.
  if (busy) {
    const {openThreadedStore} = await import('./sqlite/thread/open.ts')
    return openThreadedStore({file: path.resolve(file), now})
  }
  const {openSqliteStore} = await import('./sqlite/store.ts')
  return openSqliteStore({file: path.resolve(file), now})
}

async function openMemory(rest: string, {now}: OpenOptions): Promise<Store> {
  if (rest !== '') throw usageError('bad_store', `a memory: store has no path: "${rest}"`, {hint: 'write just memory:'})
  const {openSqliteStore} = await import('./sqlite/store.ts')
  return openSqliteStore({file: null, now})
}
