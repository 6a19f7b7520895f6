import {existsSync} from 'node:fs'
import path from 'node:path'
import type {Output} from '../../api/operations.ts'
import {type Finding, ok, warning} from './finding.ts'
import {examineFolder, examineMode} from './modes.ts'

/** The files of a store, before anything opens them. */
export const examineStoreFiles = (file: string): readonly Finding[] => [
  ...examineFolder('store', path.dirname(file)),
  ...[file, `${file}-wal`, `${file}-shm`].flatMap(each => examineMode('store', each)),
]

export const hasStore = (file: string): boolean => existsSync(file)

export const describeStore = ({
  backend,
  location,
  schema,
  bytes,
  warnings,
}: Output<'status.show'>['store']): readonly Finding[] => [
  ok('store', `${backend} at ${location}, schema ${schema}${bytes === null ? '' : `, ${bytes} bytes`}`),
  ...warnings.map(each => warning('store', each, 'hookctl config set store sqlite:/path/on/a/local/disk.db')),
]
