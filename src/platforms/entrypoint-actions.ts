import type {ObjectRef} from '../domain/event.ts'
import type {Change} from '../domain/history.ts'
import type {JsonText} from '../domain/json.ts'
import {kindOf, scalarText} from '../domain/json-style.ts'
import type {EventType, Problem, RenderableEvent} from '../domain/platform.ts'
import {problem} from './shared/check.ts'
import {checkDataIsObject, textsOf} from './shared/members.ts'

/** What the audit log calls a change; looking at a thing is none. */
const actions: Readonly<Record<string, {readonly past: string; readonly change?: Change}>> = {
  CREATE: {past: 'created', change: 'created'},
  ADD: {past: 'added', change: 'created'},
  VIEW: {past: 'viewed'},
  UPDATE: {past: 'updated', change: 'changed'},
  DELETE: {past: 'deleted', change: 'deleted'},
  REMOVE: {past: 'removed', change: 'deleted'},
}

export const sentence = ({type, id, name}: ObjectRef, action: string): string =>
  `${type} "${name || id}" ${actions[action.toUpperCase()]?.past ?? 'updated'}`

const isNothing = (text: JsonText | null): boolean => text === null || text === 'null'

/** What the data call it, or else what before and after show. */
export function actionOf({data, before, after}: RenderableEvent): string {
  const said = scalarText(textsOf(data).get('action'))
  if (said !== null) return said
  if (isNothing(before) === isNothing(after)) return 'UPDATE'
  return isNothing(before) ? 'CREATE' : 'DELETE'
}

export const describe = (event: RenderableEvent): string =>
  event.object === null ? '' : sentence(event.object, actionOf(event))

export function changeOf(event: RenderableEvent): EventType['change'] {
  const change = actions[actionOf(event).toUpperCase()]?.change
  return change === undefined || event.object === null ? null : {objectType: event.object.type, change}
}

/** What an event says of itself, as the body has it: what is of another kind would be lost or mislead. */
const kinds = {action: 'string', description: 'string', changes: 'array', metadata: 'object'} as const
const said = {string: 'a text', array: 'a list', object: 'an object'} as const

export function checkEvent(_version: string, event: RenderableEvent): Problem[] {
  const data = textsOf(event.data)
  const wrong = Object.entries(kinds).flatMap(([name, kind]) => {
    const text = data.get(name) ?? 'null'
    if (text === 'null' || kindOf(text) === kind) return []
    return [
      problem(`data/${name}`, 'bad_event', `the ${name} of ${event.type} is ${said[kind]}, not ${text.slice(0, 40)}`),
    ]
  })
  return [...checkDataIsObject(event), ...wrong]
}
