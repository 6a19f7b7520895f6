import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs'
import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {pathToFileURL} from 'node:url'
import {type HookctlError, notFoundError, unreachableError} from '../../errors.ts'
import {fileFailure} from './file-failure.ts'

/** `hkct`: which program a SQLite file belongs to (sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x68_6b_63_74

/**
 * An event alone is a commit of some twenty pages: of 4 KiB they are on the disk in half the time they would take of 8 KiB
 * (bench/latency.js), which would save 14 % of the file.
 */
const PAGE_SIZE = 4096

/**
 * Makes sure that `file` is a store of ours that this program can read, before SQLite touches it.
 *
 * Missing: made whole beside its place by `fill`, then linked into it, so that nobody ever meets half a store; of two
 * processes at once the first wins and both go on with its file. There already: looked at and left as it is, also
 * where it is refused.
 *
 * @throws HookctlError `store_foreign`, `store_newer`, `store_denied`
 */
export function prepareFile(file: string, newest: number, fill: (database: DatabaseSync) => void): void {
  try {
    makeFolder(path.dirname(file))
    if (isThere(file)) inspect(file, newest)
    else create(file, fill)
  } catch (error) {
    throw fileFailure(error, file)
  }
}

/** Not by `recursive`: where nothing can be made (/proc), Node tries for ever. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  if (path.dirname(folder) !== folder) makeFolder(path.dirname(folder))
  try {
    mkdirSync(folder, {mode: 0o700})
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

const isThere = (file: string): boolean => statSync(file, {throwIfNoEntry: false}) !== undefined

/**
 * The file of a store of ours, which must be there: looked at and left as it is.
 *
 * @throws HookctlError not_found `store_not_found`; `store_foreign`, `store_newer`, `store_denied`
 */
export function inspectFile(file: string, newest: number): void {
  try {
    if (!isThere(file)) {
      throw notFoundError('store_not_found', `there is no store at ${file}`, {hint: 'name it with --store'})
    }
    inspect(file, newest)
  } catch (error) {
    throw fileFailure(error, file)
  }
}

function inspect(file: string, newest: number): void {
  const stats = statSync(file)
  if (!stats.isFile()) throw foreign(file, 'not a file')
  if (stats.size === 0) throw foreign(file, 'empty')
  accessSync(file, constants.R_OK)
  const {applicationId, schema} = headerOf(file)
  if (applicationId !== APPLICATION_ID) throw foreign(file, 'the database of another program')
  assertNotNewer(file, schema, newest)
  closeToOthers(file, stats)
}

/**
 * What its first page says, read by SQLite. A handle of our own would do harm: when one is closed, the system takes all
 * locks of this process on that file, and the next process that closes the store believes to be the last one and takes the
 * log away from under us (sqlite.org/howtocorrupt.html, 2.2). Immutable: nothing is locked, and nothing made beside it.
 *
 * While the log goes into the file its first page tells of pages that are still to come: that is no damage, and stays so
 * where a kill cut it short. `writable_schema` is what makes SQLite read such a file; there is nothing to write it to.
 */
function headerOf(file: string): {readonly applicationId: number; readonly schema: number} {
  const url = pathToFileURL(file)
  url.searchParams.set('immutable', '1')
  const database = new DatabaseSync(url, {readOnly: true, defensive: false})
  database.exec('PRAGMA writable_schema = on')
  const read = (name: string) => Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0])
  try {
    return {applicationId: read('application_id'), schema: read('user_version')}
  } catch (error) {
    if ((error as {errcode?: number}).errcode === 26) throw foreign(file, 'not a database')
    throw error
  } finally {
    database.close()
  }
}

/** A store that was copied about may have become readable by others; it holds secrets. */
function closeToOthers(file: string, stats: Stats): void {
  if ((stats.mode & 0o077) !== 0 && stats.uid === process.getuid?.()) chmodSync(file, 0o600)
}

const foreign = (file: string, what: string): HookctlError =>
  unreachableError('store_foreign', `${file} is not a hookctl store: it is ${what}`, {
    hint: 'it was left as it is; name another file with --store',
  })

export function assertNotNewer(file: string, schema: number, newest: number): void {
  if (schema <= newest) return
  throw unreachableError('store_newer', `${file} has schema ${schema}; this hookctl knows up to ${newest}`, {
    hint: 'it was left as it is; update hookctl',
  })
}

function create(file: string, fill: (database: DatabaseSync) => void): void {
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.new`)
  // A process of the same number may have died in here.
  rmSync(draft, {force: true})
  createPrivate(draft)
  try {
    fillDraft(draft, fill)
    // In this order: of a store that another process has just made, the file is there before its log.
    if (existsSync(`${file}-wal`) && !existsSync(file)) replaceDeleted(draft, file)
    else link(draft, file)
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(draft + suffix, {force: true})
  }
  // The name of a new file is on disk only when its folder is.
  syncToDisk(path.dirname(file))
}

/** An empty file only its owner can read, whatever the umask: SQLite's own files beside it take over the mode. */
export function createPrivate(file: string): void {
  closeSync(openSync(file, 'wx', 0o600))
}

/** One that is lost on the way is made again: it goes to the disk once, when it is whole. */
export function fillDraft(draft: string, fill: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(draft)
  try {
    database.exec(`PRAGMA page_size = ${PAGE_SIZE}; PRAGMA journal_mode = memory; PRAGMA synchronous = off;
      PRAGMA application_id = ${APPLICATION_ID}`)
    fill(database)
    database.exec('PRAGMA journal_mode = wal')
  } finally {
    database.close()
  }
  syncToDisk(draft)
}

/**
 * Puts the log of a store that is not there any more out of the way: SQLite would take it for that of the new one, and
 * write the pages of the old one into it. Nothing is thrown away: `<file>-wal.left`.
 */
export function setLogAside(file: string): void {
  if (existsSync(file)) return
  for (const suffix of ['-wal', '-shm'])
    if (existsSync(file + suffix)) renameSync(file + suffix, `${file}${suffix}.left`)
}

/** One process at a time looks and moves: the log of a store that another has just made must stay where it is. */
function replaceDeleted(draft: string, file: string): void {
  const guard = path.join(path.dirname(file), `.${path.basename(file)}.making`)
  const turn = takeTurn(guard)
  try {
    setLogAside(file)
    link(draft, file)
  } finally {
    turn.close()
    rmSync(guard, {force: true})
  }
}

/** SQLITE_IOERR_FSTAT (sqlite.org/rescode.html#ioerr_fstat): asked for the mode of a file that is not there any more. */
const IOERR_FSTAT = 1802

/** Whoever had the turn takes the guard away at its end, also from under those who wait for it: they begin again. */
function takeTurn(guard: string): DatabaseSync {
  for (;;) {
    const turn = new DatabaseSync(guard, {timeout: 5000})
    try {
      turn.exec('BEGIN EXCLUSIVE')
      return turn
    } catch (error) {
      turn.close()
      if ((error as {errcode?: number}).errcode !== IOERR_FSTAT) throw error
    }
  }
}

function link(draft: string, file: string): void {
  try {
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

export function syncToDisk(fileOrFolder: string): void {
  const handle = openSync(fileOrFolder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
