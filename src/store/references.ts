import type {Event} from '../domain/event.ts'
import type {NewDelivery} from './store.ts'

/** Row numbers of what a delivery refers to, and what its event is about. */
export interface References {
  readonly event: number
  readonly contextId: string | null
  readonly objectType: string
  readonly objectId: string
  readonly replayOf: number | null
  /** The first delivery of the journey; null for that one itself. */
  readonly journey: number | null
  readonly body: number | null
  readonly batch: number | null
}

/** Of a delivery that repeats none. */
export const firstOf = ({contextId, object}: Event): Omit<References, 'event' | 'body'> => ({
  replayOf: null,
  journey: null,
  batch: null,
  contextId,
  objectType: object?.type ?? '',
  objectId: object?.id ?? '',
})

/** @throws Error when the key names no body handed in with it: a bug of the caller */
export function bodyOfKey(bodies: ReadonlyMap<string, number>, key: NewDelivery['bodyKey']): number | null {
  if (key === null) return null
  const seq = bodies.get(key)
  if (seq === undefined) throw new Error(`no body with the key ${key} was handed in`)
  return seq
}
