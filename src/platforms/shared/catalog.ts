import {type JsonText, toJsonText} from '../../domain/json.ts'
import type {EventType, ExampleEvent} from '../../domain/platform.ts'
import {matches} from '../../domain/subscription.ts'

/** What a closed catalog answers: the types listed, and no others. */
export interface Catalog {
  readonly types: readonly EventType[]
  find(type: string): EventType | null
  accepts(pattern: string): boolean
}

export function closedCatalog(types: readonly EventType[]): Catalog {
  const byName = new Map(types.map(type => [type.name, type]))
  return {
    types,
    find: type => byName.get(type) ?? null,
    accepts: pattern => types.some(({name}) => matches(pattern, name)),
  }
}

/** An example with the members that most have not left out. */
export const example = (
  event: Pick<ExampleEvent, 'type'> &
    Partial<Omit<ExampleEvent, 'data' | 'before' | 'after' | 'extra'>> &
    ExampleValues,
): ExampleEvent => ({
  type: event.type,
  object: event.object ?? null,
  actor: event.actor ?? {kind: 'user', name: 'admin'},
  data: toJsonText(event.data),
  before: textOrNull(event.before),
  after: textOrNull(event.after),
  extra: textOrNull(event.extra),
})

/** Plain values here, JSON text in the event. */
interface ExampleValues {
  readonly data: unknown
  readonly before?: unknown
  readonly after?: unknown
  readonly extra?: unknown
}

const textOrNull = (value: unknown): JsonText | null =>
  value === undefined || value === null ? null : toJsonText(value)
