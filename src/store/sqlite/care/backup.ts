import {existsSync, linkSync, renameSync, rmSync, statSync} from 'node:fs'
import path from 'node:path'
import {backup, DatabaseSync} from 'node:sqlite'
import {conflictError, HookctlError, unreachableError} from '../../../errors.ts'
import type {BackupOptions, Copied} from '../../care.ts'
import {pragma} from '../connection.ts'
import {createPrivate, makeFolder, syncToDisk} from '../file.ts'
import {fileFailure} from '../file-failure.ts'
import {schemaOf} from '../migrate.ts'
import {openExisting} from './existing.ts'

/** All pages in one step: a copy in steps begins anew whenever another process writes, under load for ever. */
const ALL_PAGES = 2 ** 31 - 1

export async function backUp(file: string, {to, force, now}: BackupOptions): Promise<Copied> {
  const target = to === null ? `${file}.${stamp(now)}.backup` : path.resolve(to)
  if (target === file)
    throw conflictError('backup_exists', `${target} is the store itself`, {hint: 'name another file'})
  if (!force) assertFree(target)
  const draft = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.new`)
  try {
    makeFolder(path.dirname(target))
    const schema = await copyTo(file, draft)
    place(draft, target, force)
    return {file: target, bytes: statSync(target).size, schema}
  } catch (error) {
    throw fileFailure(error, target)
  } finally {
    removeDatabase(draft)
  }
}

/** `2026-07-03T120000Z`: the time as a file name may hold it everywhere. */
export const stamp = (now: number): string => new Date(now).toISOString().replace(/\.\d+/, '').replaceAll(':', '')

function assertFree(target: string): void {
  if (!existsSync(target)) return
  throw conflictError('backup_exists', `there is a file ${target} already`, {hint: 'name another, or add --force'})
}

/** Copies a store while others write to it, private and on disk when this resolves. Answers its schema. */
export async function copyTo(file: string, draft: string): Promise<number> {
  removeDatabase(draft)
  createPrivate(draft)
  const source = openExisting(file)
  try {
    await backup(source, draft, {rate: ALL_PAGES})
  } finally {
    source.close()
  }
  const schema = examine(draft)
  syncToDisk(draft)
  return schema
}

/** @throws HookctlError `backup_damaged` */
function examine(draft: string): number {
  const database = new DatabaseSync(draft)
  try {
    const found = pragma(database, 'integrity_check(1)')
    if (found === 'ok') return schemaOf(database)
    throw damaged(String(found))
  } catch (error) {
    throw error instanceof HookctlError ? error : damaged(String((error as Error).message))
  } finally {
    database.close()
  }
}

const damaged = (found: string): HookctlError =>
  unreachableError('backup_damaged', `the copy is not sound, so it was not kept: ${found}`, {
    hint: '`hookctl store check` says more; take another file, or save what can be read: `hookctl store check --salvage FILE`',
  })

/** Under its name at once or not at all; never over a file that came meanwhile, unless that is wanted. */
function place(draft: string, target: string, force: boolean): void {
  if (force) renameSync(draft, target)
  else {
    try {
      linkSync(draft, target)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') assertFree(target)
      throw error
    }
  }
  syncToDisk(path.dirname(target))
}

/** A database of our own making, with what SQLite puts beside it; of a name that is too long for a file there is none. */
export function removeDatabase(file: string): void {
  try {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(file + suffix, {force: true})
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENAMETOOLONG') throw error
  }
}
