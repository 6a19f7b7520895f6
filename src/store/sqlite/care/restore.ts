import {existsSync, linkSync, renameSync, rmSync} from 'node:fs'
import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {conflictError, HookctlError, notFoundError} from '../../../errors.ts'
import type {Restored} from '../../care.ts'
import {pragma} from '../connection.ts'
import {inspectFile, makeFolder, setLogAside, syncToDisk} from '../file.ts'
import {fileFailure} from '../file-failure.ts'
import {migrations} from '../migrations/index.ts'
import {copyTo, removeDatabase, stamp} from './backup.ts'

/**
 * Puts a copy of `from` in the place of `file`.
 *
 * Both, the store of before and the copy, are held exclusively over the switch: nobody writes into the old one
 * unnoticed, and nobody finds the old log beside the new store, which SQLite would take for its own.
 */
export async function restore(file: string, from: string, {now}: {readonly now: number}): Promise<Restored> {
  const source = path.resolve(from)
  if (!existsSync(source)) {
    throw notFoundError('backup_not_found', `there is no file ${source}`, {hint: 'name the backup to restore'})
  }
  if (source === file) throw conflictError('backup_in_place', `${source} is the store itself: nothing to restore`)
  insistOnStore(source)
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.restored`)
  try {
    makeFolder(path.dirname(file))
    const schema = await copyTo(source, draft)
    return {file, kept: swap(file, draft, `${file}.${stamp(now)}.replaced`), schema}
  } catch (error) {
    throw fileFailure(error, file)
  } finally {
    removeDatabase(draft)
  }
}

/** Of the file that was named as the backup the next step is another one, and not another store. */
function insistOnStore(source: string): void {
  try {
    inspectFile(source, migrations.length)
  } catch (error) {
    if (!(error instanceof HookctlError) || error.code !== 'store_foreign') throw error
    const hint = 'it was left as it is; name a file that hookctl store backup wrote'
    throw new HookctlError(error.kind, error.code, error.message, {hint, cause: error})
  }
}

function swap(file: string, draft: string, kept: string): string | null {
  const fresh = holdExclusively(draft)
  try {
    // Whoever sent from the store when the copy was made does not send from this one.
    fresh.exec('DELETE FROM owner; PRAGMA wal_checkpoint(TRUNCATE)')
    if (!existsSync(file)) {
      setLogAside(file)
      renameSync(draft, file)
      return null
    }
    const old = holdOld(file)
    try {
      linkSync(file, kept)
      if (old === null) moveLog(file, kept)
      renameSync(draft, file)
    } finally {
      old?.close()
    }
    // The empty log of before. Nobody can have made one of the new store: it is held until the end of this.
    for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, {force: true})
    return kept
  } finally {
    fresh.close()
    syncToDisk(path.dirname(file))
  }
}

/** Nobody else has it open, and nobody can open it until it is closed. Its log is empty. */
export function holdExclusively(file: string): DatabaseSync {
  const database = new DatabaseSync(file, {timeout: 500})
  try {
    database.exec('PRAGMA locking_mode = exclusive; BEGIN IMMEDIATE; COMMIT')
    pragma(database, 'wal_checkpoint(TRUNCATE)')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Null where it is too damaged to be opened: that is why it is replaced. */
function holdOld(file: string): DatabaseSync | null {
  try {
    return holdExclusively(file)
  } catch (error) {
    if (isDamage(error)) return null
    throw inUseBy(file, error)
  }
}

/** What it means that a store could not be held: conflict `store_in_use`, naming who sends from it; else as it is. */
export function inUseBy(file: string, error: unknown): unknown {
  if ((((error as {errcode?: number}).errcode ?? 0) & 0xff) !== 5) return error
  return conflictError('store_in_use', `${ownerOf(file) ?? 'another process'} has the store ${file} open`, {
    hint: 'stop the server, the worker and the commands that follow it, then try again',
  })
}

const isDamage = (error: unknown): boolean => [11, 26].includes(((error as {errcode?: number}).errcode ?? 0) & 0xff)

function ownerOf(file: string): string | null {
  try {
    const database = new DatabaseSync(file, {timeout: 500})
    try {
      const row = database.prepare('SELECT pid, host FROM owner').get()
      return row === undefined ? null : `process ${row.pid} on ${row.host}, which sends from it,`
    } finally {
      database.close()
    }
  } catch {
    // Only to say it better.
    return null
  }
}

function moveLog(file: string, kept: string): void {
  for (const suffix of ['-wal', '-shm']) if (existsSync(file + suffix)) renameSync(file + suffix, kept + suffix)
}
