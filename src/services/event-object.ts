import type {Event, ObjectRef} from '../domain/event.ts'
import {type JsonText, parseJson} from '../domain/json.ts'
import type {EventToSend} from './accept.ts'
import {changeOf, type KnownType, knownType} from './catalog.ts'
import {jsonTextOf} from './json-text.ts'

/**
 * The object of an event that names none but carries it: platforms that describe a change in `data` give its id and
 * name there. Null where the type changes no object, or nothing in `data` tells which.
 */
export function withObject(event: Event, known: KnownType | null): Event {
  const change = event.object === null && known !== null ? changeOf(known, event) : null
  return change === null ? event : {...event, object: objectIn(event.data, change.objectType)}
}

/**
 * An event under the name that its platform has for its type, with the object that its data name: as it will be stored.
 * Two reports of one change may spell both differently.
 */
export function withOwnNames(input: EventToSend, path: string): EventToSend {
  const known = knownType(input.type)
  if (known === null) return input
  const named = {...input, type: known.type.name}
  const objectType = known.type.change?.objectType
  const data = objectType === undefined || input.object !== undefined ? null : jsonTextOf(input.data, `${path}data`)
  const object = data === null || objectType === undefined ? null : objectIn(data, objectType)
  return object === null ? named : {...named, object}
}

function objectIn(data: JsonText, objectType: string): ObjectRef | null {
  const value = parseJson(data)
  if (typeof value !== 'object' || value === null) return null
  const {id, name, display} = value as Record<string, unknown>
  const shown = [name, display].find(text => typeof text === 'string' && text !== '') as string | undefined
  const given = typeof id === 'number' || typeof id === 'string' ? String(id) : shown
  return given === undefined || given === '' ? null : {type: objectType, id: given, name: shown ?? ''}
}
