import type {FieldChange} from '../domain/field-changes.ts'
import type {JsonText} from '../domain/json.ts'
import {kindOf, scalarText, sortKeys, splitItems} from '../domain/json-style.ts'
import type {ParsedBody, ParsedEvent, Platform, Problem, RenderableEvent, RenderContext} from '../domain/platform.ts'
import {formatTimestamp, parseAnyTimestamp} from '../domain/timestamp.ts'
import type {ObjectChange} from '../domain/tracked.ts'
import type {Webhook} from '../domain/webhook.ts'
import {catalog, logChanges, system} from './procustodibus-event-types.ts'
import {checkItem, extraFieldsOf, itemOf} from './procustodibus-items.ts'
import {checkCommon, checkRepeatedHeaders, checkSettings, checkWebhookUrl, problem} from './shared/check.ts'
import {
  badBody,
  capturedMembers,
  deviations,
  jsonTextOf,
  type Member,
  printMembers,
  renderFailed,
  strayExtra,
  textsOf,
} from './shared/members.ts'
import {commonPolicies, MINUTE, SECOND} from './shared/policies.ts'
import {eventOf} from './shared/tracked.ts'

/**
 * Pro Custodibus: WireGuard. A list of items every few minutes, the same list until it is taken, keys in alphabetical
 * order at every level. A webhook has exactly one type.
 *
 * An event's data is an item's `attributes`, or a whole item; its id and relationships may stand in `extra`. What an
 * item may hold is in procustodibus-items.ts, the four types in procustodibus-event-types.ts.
 *
 * - 1: the documentation as of 2021
 * - 2: extra fields on every item, users of alerts
 */

/** What a captured item may say otherwise than the event's fields do, and what a sender may say in `extra`. */
const OPEN = ['id', 'relationships']

function members(event: RenderableEvent): readonly Member[] {
  const {attributes, id, relationships} = itemOf(event)
  return [
    ['attributes', attributes],
    ['id', id ?? JSON.stringify(shortId(event.id))],
    ['relationships', relationships ?? relationshipsOf(event)],
    ['type', JSON.stringify(event.type)],
  ]
}

/** Eleven letters and digits, as their ids are: the random half of hookctl's own id in base 62. */
function shortId(id: string | undefined): string | null {
  const hex = /^evt_[0-9a-f]{16}([0-9a-f]{16})$/.exec(id ?? '')?.[1]
  if (hex === undefined) return id ?? null
  let rest = BigInt(`0x${hex}`)
  let text = ''
  for (let place = 0; place < 11; place += 1) {
    text = DIGITS[Number(rest % 62n)] + text
    rest /= 62n
  }
  return text
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Statistics belong to an endpoint, the two logs to a user; alerts have no relationships. */
function relationshipsOf(event: RenderableEvent): string | null {
  if (event.type === 'alerts') return null
  const isStats = event.type === 'endpoint_stats'
  const id = isStats ? event.object?.id : (event.actor.id ?? undefined)
  const data = id === undefined ? [] : [{id, type: isStats ? 'endpoints' : 'users'}]
  return JSON.stringify({[isStats ? 'endpoint' : 'user']: {data}})
}

/** What a webhook adds to every item, beside its attributes. */
function withExtraFields(item: string, fields: readonly (readonly [string, string])[]): string {
  if (fields.length === 0) return item
  const own = textsOf(item as JsonText)
  const added = [...new Map(fields)].filter(([name]) => !own.has(name))
  return printMembers([...own, ...added.map(([name, value]): Member => [name, JSON.stringify(value)])], new Map(), [])
}

function body(events: readonly RenderableEvent[], context: RenderContext): Uint8Array {
  if (events.length === 0) throw renderFailed('a procustodibus body carries at least one event')
  const extraFields = extraFieldsOf(context.settings.extraFields) ?? []
  const items = events.map(event =>
    withExtraFields(printMembers(members(event), textsOf(event.extra), OPEN), extraFields),
  )
  try {
    return Buffer.from(sortKeys(`[${items.join(',')}]`))
  } catch (error) {
    if (error instanceof RangeError) throw renderFailed(error.message)
    throw error
  }
}

function parse(bytes: Uint8Array, version: string): ParsedBody {
  const text = jsonTextOf(bytes)
  if (kindOf(text) !== 'array') throw badBody('is not a JSON list of events')
  const items = splitItems(text)
  if (items.length === 0) throw badBody('has no event')
  const context = {version, organizationId: 1, zone: '+00:00', settings: {}}
  return {events: items.map((item, index) => parseItem(item, `event ${index + 1}`)), context}
}

function parseItem(item: JsonText, where: string): RenderableEvent {
  const found = capturedMembers(item, where, ['attributes', 'id', 'type'])
  const type = scalarText(found.get('type')) ?? ''
  if (catalog.find(type) === null) throw badBody(`procustodibus has no event type "${type}" (${where})`)
  const attributes = capturedMembers(found.get('attributes') as JsonText, `"attributes" of ${where}`, ['created'])
  const at = parseAnyTimestamp(scalarText(attributes.get('created')) ?? '')
  if (at === null) throw badBody(`"created" of ${where} is not a time`)
  const event: RenderableEvent = {
    type,
    occurredAtMicros: at.micros,
    actor: actorOf(type, found.get('relationships')),
    requestId: '',
    contextId: null,
    object: objectOf(type, attributes, found.get('relationships')),
    data: found.get('attributes') as JsonText,
    before: null,
    after: null,
    extra: null,
  }
  return {...event, extra: deviations(members(event), found, OPEN, (a, b) => sortKeys(a) === sortKeys(b))}
}

/** The id of the first thing a relationship points to. */
function relatedId(relationships: JsonText | undefined, name: string): string | null {
  const data = textsOf(textsOf(relationships ?? null).get(name) ?? null).get('data')
  const first = data !== undefined && kindOf(data) === 'array' ? splitItems(data)[0] : undefined
  return scalarText(textsOf(first ?? null).get('id'))
}

function actorOf(type: string, relationships: JsonText | undefined): RenderableEvent['actor'] {
  const id = type.startsWith('log_') ? relatedId(relationships, 'user') : null
  return id === null ? system : {kind: 'user', name: id, id}
}

function objectOf(
  type: string,
  attributes: ReadonlyMap<string, JsonText>,
  relationships: JsonText | undefined,
): RenderableEvent['object'] {
  const isChange = type === 'log_changes'
  const id = isChange ? scalarText(attributes.get('id')) : relatedId(relationships, 'endpoint')
  const of = isChange ? scalarText(attributes.get('type')) : 'endpoints'
  return id === null || of === null ? null : {type: of, id, name: ''}
}

/** One item per field; an object that was added or removed is one whose name came or went. */
function eventsOf(change: ObjectChange): ParsedEvent[] {
  const {id, type, name} = change.object
  const named = JSON.stringify(name || id) as JsonText
  const whole: FieldChange = {
    name: 'name',
    secret: false,
    before: change.change === 'deleted' ? named : null,
    after: change.change === 'created' ? named : null,
  }
  const created = JSON.stringify(formatTimestamp(change.occurredAtMicros, 'iso-seconds-z'))
  return (change.change === 'changed' ? change.fields : [whole]).map(field => {
    const about = `"field":${JSON.stringify(field.name)},"id":${JSON.stringify(id)}`
    const values = `"new_value":${field.after},"old_value":${field.before},"type":${JSON.stringify(type)}`
    return eventOf(change, logChanges.name, {data: `{"created":${created},${about},${values}}` as JsonText})
  })
}

export const procustodibus: Platform = {
  name: 'procustodibus',
  title: 'Pro Custodibus',
  versions: ['1', '2'],
  defaultVersion: '1',
  modes: ['batch'],
  preset: version => ({
    version,
    mode: 'batch',
    method: 'POST',
    contentType: 'application/json',
    policies: {
      ...commonPolicies,
      retry: {kind: 'until-success', everyMs: 5 * MINUTE},
      offSwitch: 'hold',
      pauseAfterMs: null,
      batch: {everyMs: 5 * MINUTE, maxEvents: 1000},
      timeoutMs: 30 * SECOND,
    },
    locked: [],
  }),
  eventTypes: () => catalog.types,
  objectType: type => (/^[a-z][a-z_-]*$/i.test(type) ? type.toLowerCase() : null),
  eventsOf,
  eventType: (_version, type) => catalog.find(type),
  acceptsPattern: (_version, pattern) => catalog.accepts(pattern),
  checkEvent: (_version, event) => [...checkItem(event), ...strayExtra(event, ['more'])],
  changeOf: event =>
    event.type === 'log_changes' && event.object !== null ? {objectType: event.object.type, change: 'changed'} : null,
  body,
  parse,
  check: (webhook, version) => [
    ...checkWebhookUrl(webhook),
    ...checkOneType(webhook),
    ...checkCommon(procustodibus, webhook, version),
    ...checkRepeatedHeaders(webhook),
    ...checkSettings(webhook, version === '2' ? {extraFields: checkExtraFields, user: checkUser(webhook)} : {}),
  ],
}

function checkOneType({eventTypes}: Webhook): Problem[] {
  if (eventTypes.length === 0) return []
  if (eventTypes.length === 1 && !eventTypes[0]?.includes('*')) return []
  const message = `a procustodibus webhook has exactly one type, not ${eventTypes.join(', ')}`
  return [problem('eventTypes', 'one_event_type', message, 'make one webhook per type')]
}

const checkExtraFields = (value: unknown): string | null =>
  extraFieldsOf(value) === null ? 'extra fields are lines "name: value", or names with text values' : null

const checkUser =
  ({eventTypes}: Webhook) =>
  (value: unknown): string | null => {
    if (eventTypes.some(type => type !== 'alerts')) return 'only a webhook of type alerts has a user'
    return typeof value === 'string' && value !== '' ? null : 'the user is the id of one'
  }
