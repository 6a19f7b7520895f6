import {accessSync, constants, existsSync} from 'node:fs'
import path from 'node:path'
import type {Output} from '../../api/operations.ts'
import {whyNot} from '../bytes.ts'
import {formatBytes} from '../sizes.ts'
import {type Finding, failed, ok, warning} from './finding.ts'
import {examineFolder, examineMode} from './modes.ts'

/** The files of a store, before anything opens them. */
export const examineStoreFiles = (file: string): readonly Finding[] => [
  ...examineFolder('store', path.dirname(file)),
  ...[file, `${file}-wal`, `${file}-shm`].flatMap(each => examineMode('store', each)),
]

/** Whether a store can be made where there is none yet: in the nearest folder above that is there. */
export function examinePlace(file: string): Finding {
  let folder = path.dirname(file)
  while (!existsSync(folder)) folder = path.dirname(folder)
  try {
    accessSync(`${folder}/.`, constants.W_OK | constants.X_OK)
    return ok('store', `none yet: the first command makes ${file}`)
  } catch (error) {
    return failed(
      'store',
      `none yet, and ${file} cannot be made: ${folder}: ${whyNot(error)}`,
      'hookctl help environment',
    )
  }
}

export const hasStore = (file: string): boolean => existsSync(file)

export const describeStore = ({
  backend,
  location,
  schema,
  bytes,
  warnings,
}: Output<'status.show'>['store']): readonly Finding[] => [
  ok('store', `${backend} at ${location}, schema ${schema}${bytes === null ? '' : `, ${formatBytes(bytes)}`}`),
  ...warnings.map(each => warning('store', each, 'hookctl config set store sqlite:/path/on/a/local/disk.db')),
]

/** What the product itself says of a disk that is nearly full. */
export const examineDisk = ({store: {diskFreeBytes}, reasons}: Output<'status.show'>): readonly Finding[] => {
  const low = reasons.find(({code}) => code === 'disk_low')
  if (low !== undefined) return [failed('disk', low.explanation, low.hint)]
  return diskFreeBytes === null ? [] : [ok('disk', `${formatBytes(diskFreeBytes)} free where the store is`)]
}
