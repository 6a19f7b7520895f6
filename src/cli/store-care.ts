import {existsSync} from 'node:fs'
import type {careForStore, migrateStore} from '../embedded.ts'
import {notFoundError, usageError} from '../errors.ts'
import {describeOrigin, naming, type Settings} from './settings.ts'
import {storeLocation} from './store-location.ts'
import type {Surroundings} from './surroundings.ts'

type Copied = Awaited<ReturnType<typeof migrateStore>>

type Care = Awaited<ReturnType<typeof careForStore>>

/**
 * Care for the file of the store that is configured.
 *
 * @throws usage `store_elsewhere` where a server is configured: its store is on its machine
 */
export async function storeCare(settings: Settings): Promise<Care> {
  const server = settings.read('server')
  const store = settings.read('store')
  if (server.value !== undefined && store.origin.kind !== 'flag') {
    throw usageError('store_elsewhere', `the store of ${server.value} is on the machine of that server`, {
      hint: 'run this there, or name a store of this machine with --store',
    })
  }
  const {careForStore, checkStore} = await import('../embedded.ts')
  naming(describeOrigin(store.origin), () => checkStore(String(store.value)))
  return careForStore(String(store.value))
}

/**
 * The backup that is named, which is there: asked before the question whether to restore it, and refused as by the store.
 *
 * @throws not_found `backup_not_found`
 */
export function backupAt(file: string): string {
  if (existsSync(file)) return file
  throw notFoundError('backup_not_found', `there is no file ${file}`, {hint: 'name the backup to restore'})
}

/**
 * Copies a store, the configured one unless another is named, into an empty one. Paths are of the folder one stands in.
 *
 * @throws conflict `store_in_use` while a server or a worker sends from one of them
 */
export async function migrateStoreTo(
  settings: Settings,
  surroundings: Surroundings,
  {from, to}: {readonly from: string | undefined; readonly to: string},
): Promise<Copied> {
  const source = from === undefined ? String(settings.read('store').value) : storeLocation(from, surroundings.cwd)
  const target = storeLocation(to, surroundings.cwd)
  if (source === target) throw usageError('same_store', 'both are the same store', {hint: 'name another one with --to'})
  const {migrateStore: migrate} = await import('../embedded.ts')
  return migrate(source, target)
}
