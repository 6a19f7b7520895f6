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
      ? {fileBytes: null, logBytes: null}
      : {fileBytes: sizeOf(file) ?? 0, logBytes: sizeOf(`${file}-wal`) ?? 0}
  const warning = file === null ? null : fileSystemWarning(file)
  return {
    ...inFile,
    diskFreeBytes: roomOf(connection),
    freeBytes: Number(pragma(database, 'freelist_count')) * Number(pragma(database, 'page_size')),
    oldestEventAt: event('ASC'),
    newestEventAt: event('DESC'),
    warnings: warning === null ? [] : [warning],
  }
}

const sizeOf = (file: string): number | null => statSync(file, {throwIfNoEntry: false})?.size ?? null

/** Bytes free where the file is; null in memory, and where the file system does not say. */
export function roomOf({file}: Pick<Connection, 'file'>): number | null {
  if (file === null) return null
  try {
    const {bavail, bsize} = statfsSync(path.dirname(file))
    return bavail * bsize
  } catch {
    // Nothing hangs on it.
    return null
  }
}
