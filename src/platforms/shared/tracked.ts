import type {JsonText} from '../../domain/json.ts'
import {scalarText} from '../../domain/json-style.ts'
import type {ParsedEvent} from '../../domain/platform.ts'
import type {ObjectChange} from '../../domain/tracked.ts'
import {textsOf} from './members.ts'

/** The event of a change: who, when and what are the change's own, its data the object. */
export const eventOf = (change: ObjectChange, type: string, own: Partial<ParsedEvent> = {}): ParsedEvent => ({
  type,
  occurredAtMicros: change.occurredAtMicros,
  actor: change.actor,
  requestId: change.requestId,
  contextId: change.contextId,
  object: change.object,
  data: change.data,
  before: change.before,
  after: change.after,
  extra: null,
  ...own,
})

/** A member's text in the object before or after, or null. */
export const fieldText = (state: JsonText | null, name: string): string | null => scalarText(textsOf(state).get(name))
