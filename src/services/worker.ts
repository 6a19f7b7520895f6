import type {Output} from '../api/operations.ts'
import type {Organization} from '../domain/organization.ts'
import {conflictError} from '../errors.ts'
import type {Owner} from '../store/store.ts'
import type {Asking, Deps} from './deps.ts'
import {toInstant} from './instants.ts'
import {tell} from './tell.ts'

type WorkerView = Output<'worker.status'>

/** An owner that has not renewed its heartbeat for so long does not send any more. */
export const SILENT_MS = 15_000

/** The worker belongs to no organization; its history is kept with the first one, which every store has. */
export const HOME: Organization['id'] = 1

/** Active, inactive, or activating: switched on, but no process sends yet. Source: NebularStack's worker page. */
export async function showWorker({store, now}: Pick<Deps, 'store' | 'now'>): Promise<WorkerView> {
  const [enabled, known] = await Promise.all([store.worker.enabled(), store.worker.owners()])
  // Of a shared store the database has looked at it, by its own clock: those of the workers may differ from ours.
  const owners = known.filter(({heartbeatAt}) => store.worker.isShared || now() - heartbeatAt < SILENT_MS).map(senderOf)
  const state = enabled ? (owners.length > 0 ? 'active' : 'activating') : 'inactive'
  return {state, enabled, owner: owners[0] ?? null, owners}
}

const senderOf = ({pid, host, since, heartbeatAt}: Owner): WorkerView['owners'][number] => ({
  pid,
  host,
  since: toInstant(since),
  heartbeatAt: toInstant(heartbeatAt),
})

/**
 * Switches sending on; whoever owns the store's sending begins at once.
 *
 * @throws conflict `worker_already_active`: NebularStack offers Enable only where there is something to do
 */
export const enableWorker = (deps: Deps, _input: object, caller: Asking): Promise<WorkerView> =>
  switchWorker(deps, caller, true)

/** Switches sending off; events are accepted all the same. @throws conflict `worker_already_inactive` */
export const disableWorker = (deps: Deps, _input: object, caller: Asking): Promise<WorkerView> =>
  switchWorker(deps, caller, false)

async function switchWorker(deps: Deps, caller: Asking, enabled: boolean): Promise<WorkerView> {
  const entry = await tell(deps, caller, {
    organizationId: HOME,
    change: 'changed',
    object: {type: 'Worker', id: 'worker', name: ''},
    before: {enabled: !enabled},
    after: {enabled},
  })
  const changed = await deps.store.worker.setEnabled(enabled, entry)
  const worker = await showWorker(deps)
  if (changed) return worker
  const code = enabled ? 'worker_already_active' : 'worker_already_inactive'
  throw conflictError(code, `the worker is ${worker.state} already: nothing to do`, {hint: 'hookctl worker status'})
}
