import type {EventInput} from '../api/events.ts'
import {parseJson} from '../domain/json.ts'
import type {EventType} from '../domain/platform.ts'

/** A platform's example as `event.send` takes it. */
export function exampleInput({example}: Pick<EventType, 'example'>): EventInput {
  const {type, object, actor, data, before, after, extra} = example
  return {
    type,
    ...(object === null ? {} : {object}),
    actor: {...actor},
    data: parseJson(data),
    ...(before === null ? {} : {before: parseJson(before)}),
    ...(after === null ? {} : {after: parseJson(after)}),
    ...(extra === null ? {} : {extra: parseJson(extra) as Record<string, unknown>}),
  }
}
