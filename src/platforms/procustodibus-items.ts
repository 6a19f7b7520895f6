import {fieldChanges} from '../domain/field-changes.ts'
import type {JsonText} from '../domain/json.ts'
import {kindOf, scalarText, splitItems} from '../domain/json-style.ts'
import type {Problem, RenderableEvent} from '../domain/platform.ts'
import {formatTimestamp, parseTimestamp} from '../domain/timestamp.ts'
import {problem} from './shared/check.ts'
import {hideSecrets} from './shared/hide-secrets.ts'
import {type Member, printMembers, textsOf} from './shared/members.ts'

/** What an event says of its item; what is absent is made from the event. */
interface Item {
  readonly attributes: JsonText
  readonly id?: JsonText
  readonly relationships?: JsonText
}

/** An event's data is an item's attributes, or a whole item. */
export function itemOf(event: RenderableEvent): Item {
  const given = wholeItem(event)
  if (given === null) return {attributes: completed(event.data, event)}
  const {attributes, id, relationships} = Object.fromEntries(given)
  return {
    attributes: completed(attributes as JsonText, event),
    ...(id === undefined ? {} : {id}),
    ...(relationships === undefined ? {} : {relationships}),
  }
}

/** The members of the whole item that an event's data are; null where they are its attributes: none of those is called so. */
function wholeItem({data}: RenderableEvent): ReadonlyMap<string, JsonText> | null {
  const given = textsOf(data)
  const attributes = given.get('attributes')
  return attributes !== undefined && kindOf(attributes) === 'object' ? given : null
}

/**
 * When it happened, and, of a change, what the event's object, before and after tell: each where the data does not. What
 * a secret was changed to is not told.
 */
function completed(attributes: JsonText, event: RenderableEvent): JsonText {
  if (kindOf(attributes) !== 'object') return attributes
  const own = textsOf(attributes)
  const isChange = event.type === 'log_changes'
  const created: Member = ['created', JSON.stringify(formatTimestamp(event.occurredAtMicros, 'iso-seconds-z'))]
  const more = [created, ...(isChange ? changeOf(event, own) : [])].filter(([name]) => !own.has(name))
  const all = more.length === 0 ? attributes : printMembers([...more, ...own], new Map(), [])
  return (isChange ? hideSecrets(all) : all) as JsonText
}

function changeOf({object, before, after}: RenderableEvent, own: ReadonlyMap<string, JsonText>): Member[] {
  const about = Object.entries({id: object?.id, type: object?.type}).map(
    ([name, text]): Member => [name, text === undefined ? null : JSON.stringify(text)],
  )
  const [change, ...others] = own.has('field') ? [] : fieldChanges(before, after)
  if (change === undefined || others.length > 0) return about
  const {name, before: old, after: now} = change
  return [...about, ['field', JSON.stringify(name)], ['new_value', now ?? 'null'], ['old_value', old ?? 'null']]
}

/** What a value has to be, as a sentence ends, and whether it is. */
type Kind = readonly [says: string, holds: (value: JsonText) => boolean]

const isText = (value: JsonText): boolean => kindOf(value) === 'string'

const time: Kind = [
  'a time like 2026-07-03T12:00:00Z',
  value => isText(value) && parseTimestamp(scalarText(value) ?? '', 'iso-seconds-z') !== null,
]
const whole: Kind = ['a whole number', value => /^-?\d+$/.test(value)]
const text: Kind = ['a text', value => isText(value) || value === 'null']
const list: Kind = ['a list', value => kindOf(value) === 'array']
const object: Kind = ['an object', value => kindOf(value) === 'object']
// Documentation of alerts.
const danger: Kind = ['1 to 9', value => /^[1-9]$/.test(value)]

/** The attributes that the documentation shows, by type. One may be left out; others may come with newer alerts. */
const schemas: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  alerts: {created: time, danger, params: object, suppress_until: time, type: text, updated: time},
  endpoint_stats: {
    created: time,
    handshake: time,
    ip: text,
    port: whole,
    rx_delta: whole,
    rx_total: whole,
    tx_delta: whole,
    tx_total: whole,
  },
  log_authn: {created: time, errors: list, ip: text, status: text, type: text, url: text, verifications: list},
  log_changes: {created: time, field: text, id: text, type: text},
}

/** What an event says that no item of its type could. */
export function checkItem(event: RenderableEvent): Problem[] {
  const {attributes, id, relationships} = itemOf(event)
  const whole = wholeItem(event)
  if (kindOf(attributes) !== 'object') {
    return [problem('data', 'bad_event', `the attributes of ${event.type} are an object`)]
  }
  const extra = textsOf(event.extra)
  return [
    ...(whole === null ? [] : checkWhole(event.type, whole)),
    ...checkAttributes(event.type, textsOf(attributes), whole === null ? 'data' : 'data/attributes'),
    ...checkId(id, 'data/id'),
    ...checkId(extra.get('id'), 'extra/id'),
    ...checkRelationships(event.type, relationships, 'data/relationships'),
    ...checkRelationships(event.type, extra.get('relationships'), 'extra/relationships'),
  ]
}

function checkWhole(type: string, given: ReadonlyMap<string, JsonText>): Problem[] {
  const strange = [...given.keys()]
    .filter(name => !['attributes', 'id', 'relationships', 'type'].includes(name))
    .map(name =>
      problem(`data/${name}`, 'bad_event', `an item has no "${name.slice(0, 60)}"`, 'put it into attributes'),
    )
  const said = given.get('type')
  if (said === undefined || scalarText(said) === type) return strange
  return [...strange, problem('data/type', 'bad_event', `the item of an event of ${type} is ${said.slice(0, 40)}`)]
}

function checkAttributes(type: string, own: ReadonlyMap<string, JsonText>, path: string): Problem[] {
  const wrong = Object.entries(schemas[type] ?? {}).flatMap(([name, [says, holds]]) => {
    const value = own.get(name)
    if (value === undefined || holds(value)) return []
    return [problem(`${path}/${name}`, 'bad_event', `the ${name} of ${type} is ${says}, not ${value.slice(0, 40)}`)]
  })
  if (type !== 'log_changes' || own.has('field')) return wrong
  const hint = 'give field, old_value and new_value, or --before and --after that differ in one member'
  return [...wrong, problem(`${path}/field`, 'bad_event', 'log_changes tells of one field, and this names none', hint)]
}

function checkId(id: JsonText | undefined, path: string): Problem[] {
  if (id === undefined || /^"[\w-]{11}"$/.test(id)) return []
  return [problem(path, 'bad_event', `the id of an item has 11 letters and digits, not ${id.slice(0, 40)}`)]
}

function checkRelationships(type: string, value: JsonText | undefined, path: string): Problem[] {
  if (value === undefined) return []
  if (type === 'alerts') return [problem(path, 'bad_event', 'alerts have no relationships', 'leave them out')]
  if (kindOf(value) === 'object' && [...textsOf(value).values()].every(isRelationship)) return []
  const hint = '{"user":{"data":[{"id":"3tjDGN2gXpT","type":"users"}]}}'
  return [problem(path, 'bad_event', 'the data of a relationship is a list of objects with id and type', hint)]
}

function isRelationship(value: JsonText): boolean {
  const data = textsOf(value).get('data')
  if (data === undefined || kindOf(data) !== 'array') return false
  return splitItems(data).every(item =>
    ['id', 'type'].every(name => isText(textsOf(item).get(name) ?? ('' as JsonText))),
  )
}

/**
 * The extra fields of a webhook, name and value each; null where the setting is neither lines `name: value` nor an object
 * of texts. A value may hold colons.
 */
export function extraFieldsOf(setting: unknown): readonly (readonly [name: string, value: string])[] | null {
  if (typeof setting === 'string') return fieldsInLines(setting)
  if (typeof setting !== 'object' || setting === null || Array.isArray(setting)) return null
  const fields = Object.entries(setting)
  return fields.every(([, value]) => typeof value === 'string') ? fields : null
}

function fieldsInLines(lines: string): readonly [name: string, value: string][] | null {
  const fields = lines
    .split(/\r?\n|\r/)
    .filter(line => line.trim() !== '')
    .map(line => /^\s*([^:]*[^:\s])\s*:\s*(.*?)\s*$/.exec(line))
  return fields.every(match => match !== null) ? fields.map(([, name = '', value = '']) => [name, value]) : null
}
