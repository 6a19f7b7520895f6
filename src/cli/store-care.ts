import type {careForStore} from '../embedded.ts'
import {usageError} from '../errors.ts'
import type {Settings} from './settings.ts'

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
  const {careForStore: open} = await import('../embedded.ts')
  return open(String(store.value))
}
