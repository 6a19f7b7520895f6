import type {JsonText} from '../domain/json.ts'
import {kindOf, restyle, scalarText, splitItems} from '../domain/json-style.ts'
import type {
  EventType,
  ParsedBody,
  ParsedEvent,
  Platform,
  Problem,
  RenderableEvent,
  RenderContext,
  Sample,
} from '../domain/platform.ts'
import {characters} from '../domain/python-text.ts'
import {formatTimestamp, parseAnyTimestamp} from '../domain/timestamp.ts'
import type {ObjectChange} from '../domain/tracked.ts'
import type {Webhook} from '../domain/webhook.ts'
import {actionOf, changeOf, checkEvent, describe, sentence} from './entrypoint-actions.ts'
import {closedCatalog, example} from './shared/catalog.ts'
import {changesText} from './shared/changes.ts'
import {checkCommon, checkRepeatedHeaders, checkSettings, checkWebhookUrl, problem} from './shared/check.ts'
import {hideSecrets} from './shared/hide-secrets.ts'
import {
  badBody,
  capturedMembers,
  deviations,
  jsonTextOf,
  type Member,
  printMembers,
  renderFailed,
  textsOf,
} from './shared/members.ts'
import {commonPolicies, MINUTE} from './shared/policies.ts'
import {eventOf} from './shared/tracked.ts'

/**
 * Netgraph EntryPoint: audit events of a RADIUS service's configuration, always in an array, alone or in batches.
 *
 * An event's data is `{action, description, changes, metadata}`; changes may be left out where before and after tell.
 * What else the data has counts as metadata. Its id is the event's own, as a UUID.
 */

const TYPE = 'entrypoint.configuration.audit'

const admin = {kind: 'user', name: 'ops@example.com', email: 'ops@example.com', id: 'usr-9'} as const

/** "Enabling an auth method, editing an Attribute Profile, adding a Group, rotating a secret, etc." */
const samples: readonly Sample[] = [
  sample('an authentication method is enabled', ['Authentication Method', 'eap-tls', 'EAP-TLS'], 'UPDATE', [
    {field: 'Enabled', secret: false, before: false, after: true},
  ]),
  sample('an attribute profile is edited', ['Attribute Profile', 'ap-3', 'Staff'], 'UPDATE', [
    {field: 'VLAN', secret: false, before: '20', after: '30'},
  ]),
  sample('a group is added', ['Group', 'grp-7', 'Printers'], 'ADD', [
    {field: 'Name', secret: false, before: null, after: 'Printers'},
  ]),
  sample('a secret is rotated', ['RADIUS Client', 'rc-1', 'Campus switches'], 'UPDATE', [
    {field: 'Shared secret', secret: true, before: '***', after: '***'},
  ]),
]

function sample(
  title: string,
  [type, id, name]: readonly [string, string, string],
  action: 'UPDATE' | 'ADD',
  changes: readonly object[],
): Sample {
  const description = sentence({type, id, name}, action)
  const data = {action, description, changes, metadata: {module: 'ENTRYPOINT'}}
  return {title, example: example({type: TYPE, object: {type, id, name}, actor: admin, data})}
}

const audit: EventType = {
  name: TYPE,
  category: 'Configuration audit',
  summary: 'the configuration of an EntryPoint context was changed',
  change: null,
  example: example({
    type: TYPE,
    object: {type: 'Attribute Profile', id: 'ap-3', name: 'Staff'},
    actor: admin,
    data: {
      action: 'UPDATE',
      description: 'Attribute Profile "Staff" updated',
      changes: [
        {field: 'VLAN', secret: false, before: '20', after: '30'},
        {field: 'RADIUS shared secret', secret: true, before: '***', after: '***'},
      ],
      metadata: {module: 'ENTRYPOINT'},
    },
    before: {VLAN: '20', 'RADIUS shared secret': '***'},
    after: {VLAN: '30', 'RADIUS shared secret': '***'},
    extra: {contextName: 'Campus Süd'},
  }),
  samples,
}

const catalog = closedCatalog([audit])

/** What a captured item may say otherwise than the event's fields do, and what a sender may say in `extra`. */
const OPEN = ['id', 'timestamp', 'scope', 'organizationId', 'contextName', 'actor']

function members(event: RenderableEvent, context: RenderContext): readonly Member[] {
  const data = textsOf(event.data)
  // A captured item names a context that need not be one here.
  const contextId = event.contextId ?? scalarText(textsOf(event.extra).get('contextId'))
  return [
    ['id', JSON.stringify(uuidOf(event.id))],
    ['eventId', JSON.stringify(event.type)],
    ['timestamp', JSON.stringify(formatTimestamp(event.occurredAtMicros, 'iso-seconds-z'))],
    ['scope', JSON.stringify(contextId === null ? 'ORGANIZATION' : 'ORGANIZATION_CTX_ENTRYPOINT')],
    ['organizationId', JSON.stringify(`org-${String(context.organizationId).padStart(4, '0')}`)],
    ['contextId', JSON.stringify(contextId)],
    ['contextName', data.get('contextName') ?? JSON.stringify(event.contextName ?? null)],
    ['actor', actorText(event.actor)],
    ['action', data.get('action') ?? JSON.stringify(actionOf(event))],
    ['description', data.get('description') ?? JSON.stringify(describe(event))],
    ['changes', changesText(data.get('changes'), event.before, event.after)],
    ['metadata', metadataText(data)],
  ]
}

const own = ['action', 'description', 'changes', 'metadata', 'contextName']

/** "Any additional metadata": what else the data has stands among it, rather than being lost. */
function metadataText(data: ReadonlyMap<string, JsonText>): string {
  const metadata = data.get('metadata') ?? ('{}' as JsonText)
  const others = [...data].filter(([name]) => !own.includes(name))
  if (others.length === 0 || kindOf(metadata) !== 'object') return metadata
  return printMembers([...textsOf(metadata), ...others], new Map(), [])
}

/** The UUID inside hookctl's own ids: `evt_` and its 32 hex digits. */
function uuidOf(id: string | undefined): string | null {
  const hex = /^evt_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(id ?? '')
  return hex === null ? (id ?? null) : hex.slice(1).join('-')
}

// An admin who is only named is shown by that name: as email where it is one.
function actorText({kind, name, email, id}: RenderableEvent['actor']): string {
  if (kind === 'system') return '{"type":"SYSTEM","id":null,"email":null}'
  const isNamedOnly = (email ?? null) === null && (id ?? null) === null
  const mail = isNamedOnly && name?.includes('@') ? name : (email ?? null)
  const key = isNamedOnly && mail === null ? name : (id ?? null)
  return `{"type":"ADMIN","id":${JSON.stringify(key)},"email":${JSON.stringify(mail)}}`
}

function body(events: readonly RenderableEvent[], context: RenderContext): Uint8Array {
  if (events.length === 0) throw renderFailed('an entrypoint body carries at least one event')
  const items = events.map(event => printMembers(members(event, context), textsOf(event.extra), OPEN))
  // Last of all: no member of an event is a way past it.
  return Buffer.from(hideSecrets(restyle(`[${items.join(',')}]`, 'compact')))
}

const REQUIRED =
  'id eventId timestamp scope organizationId contextId contextName actor action description changes metadata'

function parse(bytes: Uint8Array, version: string): ParsedBody {
  const text = jsonTextOf(bytes)
  if (kindOf(text) !== 'array') throw badBody('is not a JSON array of events')
  const items = splitItems(text)
  if (items.length === 0) throw badBody('has no event')
  const found = items.map((item, index) => capturedMembers(item, `event ${index + 1}`, REQUIRED.split(' ')))
  const organization = /^org-(\d{4,15})$/.exec(scalarText(found[0]?.get('organizationId')) ?? '')?.[1]
  const context = {version, organizationId: Number(organization ?? 1), zone: '+00:00', settings: {}}
  return {events: found.map((item, index) => parseItem(item, `event ${index + 1}`, context)), context}
}

function parseItem(found: ReadonlyMap<string, JsonText>, where: string, context: RenderContext): RenderableEvent {
  const at = parseAnyTimestamp(scalarText(found.get('timestamp')) ?? '')
  const type = scalarText(found.get('eventId')) ?? ''
  if (catalog.find(type) === null) throw badBody(`entrypoint has no event type "${type}" (${where})`)
  if (at === null) throw badBody(`"timestamp" of ${where} is not a time`)
  const data = ['action', 'description', 'changes', 'metadata'].map(name => `"${name}":${found.get(name)}`)
  const event: RenderableEvent = {
    type,
    occurredAtMicros: at.micros,
    actor: parseActor(textsOf(found.get('actor') ?? null)),
    requestId: '',
    contextId: scalarText(found.get('contextId')),
    object: null,
    data: `{${data.join(',')}}` as JsonText,
    before: null,
    after: null,
    extra: null,
  }
  const made = members({...event, contextId: null}, context)
  return {...event, extra: deviations(made, found, [...OPEN, 'contextId'], (a, b) => a === b)}
}

function parseActor(found: ReadonlyMap<string, JsonText>): RenderableEvent['actor'] {
  if (scalarText(found.get('type')) === 'SYSTEM') return {kind: 'system', name: null}
  const email = scalarText(found.get('email'))
  const id = scalarText(found.get('id'))
  return {kind: 'user', name: email ?? id, email, id}
}

/** One audit event per change, field by field; values of secrets are masked already and stay so. */
function eventsOf(change: ObjectChange): ParsedEvent[] {
  const {object, fields} = change
  const action = {created: 'CREATE', changed: 'UPDATE', deleted: 'DELETE'}[change.change]
  const changes = fields.map(
    ({name, secret, before, after}) =>
      `{"field":${JSON.stringify(name)},"secret":${secret},"before":${before},"after":${after}}`,
  )
  const description = JSON.stringify(sentence(object, action))
  const data = `{"action":"${action}","description":${description},"changes":[${changes.join(',')}],"metadata":{}}`
  return [eventOf(change, TYPE, {data: data as JsonText})]
}

export const entrypoint: Platform = {
  name: 'entrypoint',
  title: 'Netgraph EntryPoint',
  versions: ['1'],
  defaultVersion: '1',
  modes: ['instant', 'batch'],
  asksUrlLater: true,
  preset: version => ({
    version,
    mode: 'instant',
    method: 'POST',
    contentType: 'application/json',
    policies: {
      ...commonPolicies,
      retry: {kind: 'list', delaysMs: [2, 4, 8, 16, 32].map(minutes => minutes * MINUTE)},
      batch: {everyMs: 30 * MINUTE, maxEvents: 20_000},
      offSwitch: 'accept',
    },
    locked: [],
  }),
  eventTypes: () => catalog.types,
  objectType: type => (/^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u.test(type) ? type : null),
  eventsOf,
  // "Changes to webhook configurations themselves are audit events."
  ownEventsOf: change => (change.object.type === 'Webhook' ? eventsOf(change) : []),
  eventType: (_version, type) => catalog.find(type),
  acceptsPattern: (_version, pattern) => catalog.accepts(pattern),
  changeOf,
  checkEvent,
  body,
  parse,
  check: (webhook, version) => [
    ...checkName(webhook),
    ...checkWebhookUrl(webhook),
    ...checkCommon(entrypoint, webhook, version).filter(found => !isUnset(found)),
    ...checkRepeatedHeaders(webhook),
    ...checkSettings(webhook, {}),
  ],
}

/** The form asks for type and name only; URL, headers and event types follow, in any order and each on its own. */
const isUnset = ({code}: Problem): boolean => code === 'no_event_types'

// "3-125 characters, alphanumeric"; the documentation's own example "Ops Slack" has a space.
function checkName({name}: Webhook): Problem[] {
  const length = characters(name)
  if (length < 3 || length > 125) {
    const message = `an EntryPoint name has 3 to 125 characters, "${[...name].slice(0, 20).join('')}" has ${length}`
    return [problem('name', 'bad_name', message)]
  }
  const hint = 'letters, digits, spaces, - and _'
  return /^[\p{L}\p{N}\p{M} _-]+$/u.test(name)
    ? []
    : [problem('name', 'bad_name', `not an EntryPoint name: "${name}"`, hint)]
}
