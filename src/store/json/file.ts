import {closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync} from 'node:fs'
import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {unreachableError} from '../../errors.ts'
import {createPrivate, syncToDisk} from '../sqlite/file.ts'

/** What tells one state of a file from the next: it is always replaced, never written into. */
export type Version = string

export function versionOf(file: string): Version | null {
  const stats = statSync(file, {throwIfNoEntry: false, bigint: true})
  return stats === undefined ? null : `${stats.ino} ${stats.mtimeNs} ${stats.size}`
}

/** The text with the version it has; null where there is no such file. */
export function readWhole(file: string): {readonly text: string; readonly version: Version} | null {
  // Replaced while it was read: the version tells, and it is read again.
  for (;;) {
    const version = versionOf(file)
    if (version === null) return null
    try {
      const text = readFileSync(file, 'utf8')
      if (versionOf(file) === version) return {text, version}
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}

/** Replaces a file by this text, for its user only, whole or not at all, on disk when it returns. */
export function writeWhole(file: string, text: string): Version {
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.new`)
  rmSync(draft, {force: true})
  const handle = openSync(draft, 'wx', 0o600)
  try {
    try {
      let rest: Uint8Array = Buffer.from(text, 'utf8')
      while (rest.length > 0) rest = rest.subarray(writeSync(handle, rest))
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, {force: true})
    throw error
  }
  syncToDisk(path.dirname(file))
  return versionOf(file) ?? ''
}

/** As long as SQLite's own stores wait for each other. */
const BUSY_TIMEOUT_MS = 5000

/** One process at a time writes. */
export interface Lock {
  take(): void
  release(): void
  close(): void
}

/** An empty database beside the store, for its lock only: the system lets go of it when a process dies. */
export function openLock(file: string): Lock {
  const place = `${file}.lock`
  if (statSync(place, {throwIfNoEntry: false}) === undefined) {
    try {
      createPrivate(place)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  const database = new DatabaseSync(place, {timeout: BUSY_TIMEOUT_MS})
  return {
    take: () => database.exec('BEGIN EXCLUSIVE'),
    release() {
      if (database.isTransaction) database.exec('ROLLBACK')
    },
    close: () => database.close(),
  }
}

export const gone = (file: string): Error =>
  unreachableError('store_gone', `the store ${file} was deleted while it was open`, {
    hint: 'stop this process and start it again',
  })
