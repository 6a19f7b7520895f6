import type {ObjectRef} from '../domain/event.ts'
import type {Change, HistoryEntry} from '../domain/history.ts'
import {toJsonText} from '../domain/json.ts'
import type {Asking, Deps} from './deps.ts'

export interface Recordable {
  readonly organizationId: number
  readonly change: Change
  readonly object: ObjectRef
  /** Plain values with secrets masked; absent where there was nothing. */
  readonly before?: unknown
  readonly after?: unknown
}

/** The history row of a change that hookctl itself makes, by whoever asked for it. */
export const recordOf = (
  deps: Pick<Deps, 'newId' | 'now'>,
  caller: Asking,
  {organizationId, change, object, before, after}: Recordable,
): HistoryEntry => ({
  organizationId,
  change,
  object,
  id: deps.newId('hst'),
  at: deps.now(),
  actor: caller.actor,
  requestId: caller.requestId,
  eventId: null,
  before: before === undefined ? null : toJsonText(before),
  after: after === undefined ? null : toJsonText(after),
})
