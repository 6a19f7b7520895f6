/** What coalescing looks at of an event that is about to be accepted. */
export interface Coalescible {
  /** Ends in `.created`, `.updated` or `.deleted` where it is about a change of an object. */
  readonly type: string
  readonly object?: {readonly type: string; readonly id: string} | undefined
  readonly requestId?: string | undefined
  readonly contextId?: string | undefined
  readonly data?: unknown
  readonly before?: unknown
  readonly after?: unknown
}

export interface Coalesced<T> {
  readonly events: readonly T[]
  /** Per event given: the index in `events` of the one that tells of it. */
  readonly indexes: readonly number[]
}

/**
 * One event for all changes of one object within one request, in the place of the first one.
 *
 * - created, then updated: created, with the latest data
 * - updated, then updated: updated, from the first state to the last
 * - updated (or created), then deleted: deleted, with the data of before the deletion and no state after it
 *
 * What comes after a deletion is a new object under an old id, and stays apart; so does what has no object
 * or is about no such change. Events that name no request are of one: that of the call. Source: NetBox extras/events.py, enqueue_event.
 */
export function coalesce<T extends Coalescible>(given: readonly T[]): Coalesced<T> {
  const events: T[] = []
  const open = new Map<string, number>()
  const indexes = given.map(event => {
    const change = changeOf(event.type)
    const key = change === null ? null : keyOf(event, change.object)
    const at = key === null ? undefined : open.get(key)
    if (change === null || key === null) return events.push(event) - 1
    if (at === undefined || change.name === 'created') {
      const index = events.push(event) - 1
      open.set(key, index)
      return index
    }
    events[at] = merged(events[at] as T, event, change.name)
    if (change.name === 'deleted') open.delete(key)
    return at
  })
  return {events, indexes}
}

function changeOf(type: string): {object: string; name: 'created' | 'updated' | 'deleted'} | null {
  const [, object = '', name] = /^(.+)\.(created|updated|deleted)$/.exec(type) ?? []
  return name === undefined ? null : {object, name: name as 'created'}
}

const keyOf = ({requestId, object, contextId}: Coalescible, type: string): string | null =>
  object === undefined ? null : JSON.stringify([requestId ?? null, type, object.type, object.id, contextId ?? null])

/** The first one keeps its place and its object; the other one brings the latest state. */
function merged<T extends Coalescible>(first: T, latest: T, change: 'created' | 'updated' | 'deleted'): T {
  const {before: _, after, data, ...rest} = latest
  const before = first.before === undefined && !first.type.endsWith('.created') ? latest.before : first.before
  if (change === 'deleted') {
    // A deleted object has no state of its own any more: what was said of it last is what is told.
    const last = data ?? first.data
    const prior = first.type.endsWith('.created') ? (latest.before ?? first.after) : before
    return {...rest, ...first, type: latest.type, data: last, before: prior, after: undefined} as T
  }
  return {...rest, ...first, data: data ?? first.data, before, after: after ?? first.after} as T
}
