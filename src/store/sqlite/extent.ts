import {statfsSync, statSync} from 'node:fs'
import path from 'node:path'
import {fileSystemWarning} from '../file-system.ts'
import type {StoreExtent} from '../store.ts'
import {type Connection, pragma} from './connection.ts'

/** Row numbers go up with time: the first and the last event are found by them. */
export function extentOf(connection: Connection): StoreExtent {
  const {database, file} = connection
  const event = (direction: 'ASC' | 'DESC') =>
    (connection.prepare(`SELECT accepted_at AS at FROM events ORDER BY seq ${direction} LIMIT 1`).get()?.at as
      | number
      | undefined) ?? null
  const inFile =
    file === null
      ? {fileBytes: null, logBytes: null, diskFreeBytes: null}
      : {fileBytes: sizeOf(file) ?? 0, logBytes: sizeOf(`${file}-wal`) ?? 0, diskFreeBytes: diskFree(file)}
  const warning = file === null ? null : fileSystemWarning(file)
  return {
    ...inFile,
    freeBytes: Number(pragma(database, 'freelist_count')) * Number(pragma(database, 'page_size')),
    oldestEventAt: event('ASC'),
    newestEventAt: event('DESC'),
    warnings: warning === null ? [] : [warning],
  }
}

const sizeOf = (file: string): number | null => statSync(file, {throwIfNoEntry: false})?.size ?? null

function diskFree(file: string): number | null {
  try {
    const {bavail, bsize} = statfsSync(path.dirname(file))
    return bavail * bsize
  } catch {
    // Not every file system says; nothing hangs on it.
    return null
  }
}
