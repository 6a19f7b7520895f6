import type {Owner} from '../store/store.ts'
import type {Deps} from './deps.ts'
import {toInstant} from './instants.ts'
import {noticesOf} from './notices.ts'
import {HOME, SILENT_MS} from './worker.ts'

/**
 * Tells operators that a process that sent does so no more. One that was killed cannot say so itself: the next one that
 * takes over does.
 *
 * @param reason `stopped`: it says so itself; `died`: its process is gone; `silent`: nothing was heard of it
 */
export async function tellWorkerStopped(
  deps: Deps,
  {pid, host, since, heartbeatAt}: Owner,
  reason: 'stopped' | 'died' | 'silent',
): Promise<void> {
  const raised = await noticesOf(deps, {
    kind: 'worker.stopped',
    organizationId: HOME,
    object: {type: 'Worker', id: 'worker', name: ''},
    said: {reason, pid, host, since: toInstant(since), lastSeenAt: toInstant(heartbeatAt)},
  })
  if (raised.length > 0) await deps.store.events.accept(raised)
}

/** What can be known of one that let nobody know. */
export const endOf = ({heartbeatAt}: Owner, now: number): 'died' | 'silent' =>
  heartbeatAt < now - SILENT_MS ? 'silent' : 'died'
