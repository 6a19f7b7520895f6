import type {JsonText} from '../domain/json.ts'
import {restyle, scalarText} from '../domain/json-style.ts'
import type {Notice} from '../domain/notice.ts'
import type {EventType, ParsedBody, ParsedEvent, Platform, RenderableEvent, RenderContext} from '../domain/platform.ts'
import {formatTimestamp, parseAnyTimestamp} from '../domain/timestamp.ts'
import type {ObjectChange} from '../domain/tracked.ts'
import {example} from './shared/catalog.ts'
import {checkCommon, checkRepeatedHeaders, checkSettings, checkWebhookUrl} from './shared/check.ts'
import {
  badBody,
  capturedMembers,
  deviations,
  jsonTextOf,
  type Member,
  onlyEvent,
  printMembers,
  textsOf,
} from './shared/members.ts'
import {commonPolicies, HOUR, MINUTE, SECOND} from './shared/policies.ts'
import {eventOf} from './shared/tracked.ts'
import {noticeType, ownCatalog, ownType, ownTypes} from './standard-own.ts'

/**
 * Standard Webhooks 1.0: `{type, timestamp, data}` with the headers webhook-id, webhook-timestamp, webhook-signature.
 * Speaks of every event type: parts of letters, digits, _ and - joined by dots, as the specification recommends.
 */

const TYPE = /^[\w-]+(?:\.[\w-]+)*$/

const summaries: ReadonlyMap<string, string> = new Map([
  ['webhook.test', 'a message to try a receiver with'],
  ...[...ownCatalog].map(([type, {summary}]) => [type, summary] as const),
])

const listed = [...summaries.keys()]

function eventType(type: string): EventType | null {
  if (!TYPE.test(type) || type.length > 128) return null
  return {
    name: type,
    category: type.split('.')[0] as string,
    summary: summaries.get(type) ?? type.replaceAll('.', ' '),
    // Another platform knows what its event does to an object; of a type of one's own nobody does.
    change: null,
    get example() {
      return ownCatalog.get(type)?.example ?? example({type, data: {id: '7f3c9a', name: 'example'}})
    },
  }
}

const OPEN = ['timestamp']

const members = (event: RenderableEvent): readonly Member[] => [
  ['type', JSON.stringify(event.type)],
  ['timestamp', JSON.stringify(timestampOf(event.occurredAtMicros))],
  ['data', event.data],
]

// The specification asks for ISO 8601 and shows six digits; most libraries write three.
const timestampOf = (micros: number): string =>
  formatTimestamp(micros, micros % 1000 === 0 ? 'iso-millis-z' : 'iso-micros-z')

function body(events: readonly RenderableEvent[], _context: RenderContext): Uint8Array {
  const event = onlyEvent(events, 'standard')
  return Buffer.from(restyle(printMembers(members(event), ownExtra(event), OPEN), 'compact'))
}

/** Types are open, so an event's extra may be another platform's: only a time that reads as this event's is taken. */
function ownExtra(event: RenderableEvent): ReturnType<typeof textsOf> {
  const extra = textsOf(event.extra)
  const at = parseAnyTimestamp(scalarText(extra.get('timestamp')) ?? '')
  return at?.micros === event.occurredAtMicros ? extra : new Map([...extra].filter(([name]) => name === 'more'))
}

function parse(bytes: Uint8Array, version: string): ParsedBody {
  const found = capturedMembers(jsonTextOf(bytes), 'the body', ['type', 'timestamp', 'data'])
  const at = parseAnyTimestamp(scalarText(found.get('timestamp')) ?? '')
  const type = scalarText(found.get('type')) ?? ''
  if (!TYPE.test(type)) throw badBody(`"type" is not an event type: "${type}"`)
  if (at === null) throw badBody('"timestamp" is not a time')
  const event: RenderableEvent = {
    type,
    occurredAtMicros: at.micros,
    actor: {kind: 'system', name: null},
    requestId: '',
    contextId: null,
    object: null,
    data: found.get('data') as JsonText,
    before: null,
    after: null,
    extra: null,
  }
  const extra = deviations(members(event), found, OPEN, (a, b) => a === b)
  return {events: [{...event, extra}], context: {version, organizationId: 1, zone: '+00:00', settings: {}}}
}

const verbs = {created: 'created', changed: 'updated', deleted: 'deleted'} as const

/** `user.created`, as the specification's own examples are called. */
function eventsOf(change: ObjectChange): ParsedEvent[] {
  return [eventOf(change, `${change.object.type}.${verbs[change.change]}`)]
}

/** Who changed what of hookctl itself, from what to what: `hookctl.webhook.changed`. */
function ownEventsOf(change: ObjectChange): ParsedEvent[] {
  const {object, actor, before, after, fields} = change
  const own = ownTypes[object.type]
  if (own === undefined || !own.changes.includes(change.change)) return []
  const about = JSON.stringify({object, actor, fields: fields.map(({name}) => name)})
  const data = `${about.slice(0, -1)},"before":${before},"after":${after}}` as JsonText
  return [eventOf(change, ownType(own.noun, change.change), {data})]
}

/** What hookctl sees of itself, by nobody: `hookctl.webhook.failing`. */
const noticesOf = ({kind, occurredAtMicros, requestId, contextId, object, data}: Notice): ParsedEvent[] => [
  {
    type: noticeType(kind),
    occurredAtMicros,
    actor: {kind: 'system', name: null},
    requestId,
    contextId,
    object,
    data,
    before: null,
    after: null,
    extra: null,
  },
]

export const standard: Platform = {
  name: 'standard',
  title: 'Standard Webhooks',
  versions: ['1'],
  defaultVersion: '1',
  modes: ['instant'],
  preset: version => ({
    version,
    mode: 'instant',
    method: 'POST',
    contentType: 'application/json',
    policies: {
      ...commonPolicies,
      signature: {scheme: 'standard-v1'},
      timeoutMs: 20 * SECOND,
      // The specification's example schedule: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h.
      retry: {
        kind: 'list',
        delaysMs: [5 * SECOND, 5 * MINUTE, 30 * MINUTE, ...[2, 5, 10, 14, 20, 24].map(h => h * HOUR)],
      },
    },
    locked: ['batch'],
  }),
  eventTypes: () => listed.map(eventType).filter(type => type !== null),
  eventType: (_version, type) => eventType(type),
  objectType: type => (TYPE.test(type) && type.length <= 100 ? type : null),
  eventsOf,
  ownEventsOf,
  noticesOf,
  acceptsPattern: () => true,
  body,
  parse,
  check: (webhook, version) => [
    ...checkWebhookUrl(webhook),
    ...checkCommon(standard, webhook, version),
    ...checkRepeatedHeaders(webhook),
    ...checkSettings(webhook, {}),
  ],
}
