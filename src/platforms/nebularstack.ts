import type {JsonText} from '../domain/json.ts'
import {kindOf, restyle, scalarText} from '../domain/json-style.ts'
import type {
  Claim,
  EventType,
  ParsedBody,
  ParsedEvent,
  Platform,
  Problem,
  RenderableEvent,
  RenderContext,
} from '../domain/platform.ts'
import {matches} from '../domain/subscription.ts'
import {formatTimestamp, parseAnyTimestamp} from '../domain/timestamp.ts'
import type {ObjectChange} from '../domain/tracked.ts'
import type {Webhook} from '../domain/webhook.ts'
import {closedCatalog, example} from './shared/catalog.ts'
import {checkCommon, checkRepeatedHeaders, checkSettings, checkWebhookUrl, isIpUrl, problem} from './shared/check.ts'
import {
  badBody,
  capturedMembers,
  checkDataIsObject,
  deviations,
  jsonTextOf,
  type Member,
  onlyEvent,
  printMembers,
  strayExtra,
  textsOf,
} from './shared/members.ts'
import {commonPolicies} from './shared/policies.ts'
import {eventOf, fieldText} from './shared/tracked.ts'

/**
 * NebularStack: subscribers of an internet provider. An event type is a context and a trigger,
 * `radius-authentication.subscriber-nas-updated`; the trigger alone is understood too.
 *
 * - 1: one trigger
 * - 2: also the usage meter, and one webhook per context
 */

/** Every body has all of these, as strings, in this order; what is not known is empty. */
const subscriberFields = [
  'id',
  'domain',
  'name',
  'username',
  'tenant_id',
  'virtual_id',
  'calling_station_id',
  'profile_id',
  'service_id',
  'last_known_nas_ip4',
  'last_known_nas_name',
]

const subscriber = {
  id: '6962a8c8-d3df-11ef-aa98-79d85e6c0001',
  domain: 'isp.example.com',
  name: 'Jane Doe',
  username: 'jane@isp.example.com',
  tenant_id: '0d2f7f0e-0000-4000-8000-000000000001',
  virtual_id: '0d2f7f0e-0000-4000-8000-000000000002',
  calling_station_id: '02:00:5E:10:00:01',
  profile_id: '0d2f7f0e-0000-4000-8000-000000000003',
  service_id: '0d2f7f0e-0000-4000-8000-000000000004',
  last_known_nas_ip4: '198.51.100.7',
  last_known_nas_name: 'bng-1',
}

const usage = {monthly_combined_kb: 104_857_600, monthly_month: '2026-07', monthly_combined_trigger_kb: 104_857_600}
const about = {type: 'subscriber', id: subscriber.id, name: subscriber.username}
const radius = {kind: 'system', name: null} as const

const nasUpdated: EventType = {
  name: 'radius-authentication.subscriber-nas-updated',
  category: 'radius-authentication',
  summary: "a subscriber's NAS changed in a RADIUS packet",
  change: {objectType: 'subscriber', change: 'changed'},
  example: example({
    type: 'radius-authentication.subscriber-nas-updated',
    object: about,
    actor: radius,
    data: subscriber,
    before: {...subscriber, last_known_nas_ip4: '198.51.100.6', last_known_nas_name: 'bng-0'},
    after: subscriber,
  }),
}

const meterTriggered: EventType = {
  name: 'radius-accounting.subscriber-usage-meter-triggered',
  category: 'radius-accounting',
  summary: "a subscriber's monthly traffic reached its mark",
  change: null,
  example: example({
    type: 'radius-accounting.subscriber-usage-meter-triggered',
    object: about,
    actor: radius,
    data: {...subscriber, ...usage},
  }),
}

const catalogs = {1: closedCatalog([nasUpdated]), 2: closedCatalog([nasUpdated, meterTriggered])}

const catalogOf = (version: string) => catalogs[version === '2' ? 2 : 1]

const canonicalType = (version: string, type: string): string =>
  catalogOf(version).types.find(({name}) => name.endsWith(`.${type}`))?.name ?? type

/** Where a captured body may say otherwise than the event does. */
const OPEN = ['timestamp', 'data']

function members(event: RenderableEvent, {version, zone}: RenderContext): readonly Member[] {
  const [context = '', trigger = ''] = canonicalType(version, event.type).split('.')
  return [
    ['timestamp', JSON.stringify(formatTimestamp(event.occurredAtMicros, 'space-seconds', zone))],
    ['context', JSON.stringify(context)],
    ['trigger', JSON.stringify(trigger)],
    ['data', subscriberText(event, context)],
  ]
}

/**
 * The eleven fields, then what else the data has: throwing away what a sender said helps nobody. All are strings but the
 * three numbers of the usage meter. The domain is the context's, and the id the object's, where the data has none.
 */
function subscriberText({data, contextId, object}: RenderableEvent, context: string): string {
  const given = textsOf(data)
  const known: Readonly<Record<string, string | null | undefined>> = {domain: contextId, id: object?.id}
  const own = subscriberFields.map((name): Member => {
    const text = asString(given.get(name) ?? ('null' as JsonText))
    return [name, text === '""' ? JSON.stringify(known[name] ?? '') : text]
  })
  const others = [...given].filter(([name]) => !subscriberFields.includes(name))
  const isSubscriber = context === nasUpdated.category
  return printMembers(
    [...own, ...others.map(([name, text]): Member => [name, isSubscriber ? asString(text) : text])],
    new Map(),
    [],
  )
}

function asString(text: JsonText): string {
  if (kindOf(text) === 'string') return text
  return text === 'null' ? '""' : JSON.stringify(text)
}

function body(events: readonly RenderableEvent[], context: RenderContext): Uint8Array {
  const event = onlyEvent(events, 'nebularstack')
  return Buffer.from(restyle(printMembers(members(event, context), textsOf(event.extra), OPEN), 'compact'))
}

function parse(bytes: Uint8Array, version: string): ParsedBody {
  const found = capturedMembers(jsonTextOf(bytes), 'the body', ['timestamp', 'context', 'trigger', 'data'])
  const at = parseAnyTimestamp(scalarText(found.get('timestamp')) ?? '')
  if (at === null) throw badBody('"timestamp" is not a time')
  const type = `${scalarText(found.get('context'))}.${scalarText(found.get('trigger'))}`
  if (catalogOf(version).find(type) === null) throw badBody(`nebularstack@${version} has no event type "${type}"`)
  const data = capturedData(found.get('data') as JsonText)
  const context = {version, organizationId: 1, zone: at.zone, settings: {}}
  const event: RenderableEvent = {
    type,
    occurredAtMicros: at.micros,
    actor: radius,
    requestId: '',
    contextId: scalarText(textsOf(data).get('domain')) || null,
    object: objectOf(data),
    data,
    before: null,
    after: null,
    extra: null,
  }
  const extra = deviations(members(event, context), found, OPEN, (a, b) => a === b)
  return {events: [{...event, extra}], context}
}

function capturedData(text: JsonText): JsonText {
  const fields = capturedMembers(text, '"data"', subscriberFields)
  const wrong = subscriberFields.find(name => !fields.get(name)?.startsWith('"'))
  if (wrong !== undefined) throw badBody(`"data" has a "${wrong}" that is not a string`)
  return text
}

function objectOf(data: JsonText): RenderableEvent['object'] {
  const fields = textsOf(data)
  const id = scalarText(fields.get('id'))
  const name = scalarText(fields.get('username')) || scalarText(fields.get('name')) || ''
  return id ? {type: 'subscriber', id, name} : null
}

// "If the URL contains an IP address, https:// cannot be used, and SSL Verify must be set to False. Conversely, if
// http:// is used, SSL Verify cannot be set to True."
function checkUrlAndTls(url: URL, verify: boolean): Problem[] {
  const isIp = isIpUrl(url)
  if (isIp && url.protocol === 'https:') {
    const message = `nebularstack sends to an IP address over http:// only, not to ${url.origin}`
    return [problem('url', 'https_to_ip', message, 'use http:// with --tls skip, or a host name')]
  }
  if (url.protocol === 'http:' && verify) {
    const what = isIp ? 'an IP address' : 'http://'
    const message = `nebularstack wants SSL Verify off for ${what}: there is no certificate to verify`
    return [
      problem('policies/tls/verify', 'verify_without_tls', message, 'add --tls skip, or use https:// with a host name'),
    ]
  }
  return []
}

/** Version 2 has one webhook per context: who subscribes to a context takes it. */
function claims(webhook: Webhook, version: string): readonly Claim[] {
  if (version !== '2') return []
  const contexts = new Set(
    catalogOf(version)
      .types.filter(({name}) => webhook.eventTypes.some(pattern => matches(canonicalType(version, pattern), name)))
      .map(({category}) => category),
  )
  return [...contexts].map(context => ({
    key: `nebularstack ${webhook.contextId ?? ''} ${context}`,
    code: 'context_taken',
    message: `nebularstack@2 has one webhook per context, and ${context} has one already`,
  }))
}

/**
 * "Triggered when a subscriber's NAS changes in the RADIUS packet we receive": any other change says nothing, and so
 * does the same NAS again. The first packet that names one is a change from none.
 */
function eventsOf(change: ObjectChange): ParsedEvent[] {
  const {before, after} = change
  return after !== null && isOtherNas(before, after) ? [eventOf(change, nasUpdated.name)] : []
}

const isOtherNas = (before: JsonText | null, after: JsonText): boolean =>
  ['last_known_nas_ip4', 'last_known_nas_name'].some(
    name => (fieldText(after, name) ?? '') !== (fieldText(before, name) ?? ''),
  )

function contextIn(data: unknown): string | null {
  const domain = typeof data === 'object' && data !== null && 'domain' in data ? data.domain : null
  return typeof domain === 'string' && domain !== '' ? domain : null
}

/** Whoever sends an event says that the NAS changed; one that shows it did not is refused. */
function checkEvent(version: string, event: RenderableEvent): Problem[] {
  const stray = [...checkDataIsObject(event), ...strayExtra(event, [...OPEN, 'more'])]
  const {before, after, data} = event
  if (canonicalType(version, event.type) !== nasUpdated.name || before === null) return stray
  if (isOtherNas(before, after ?? data)) return stray
  const message = 'before and after have the same NAS: subscriber-nas-updated tells of another one'
  const hint = 'report the subscriber with hookctl object apply, which compares by itself'
  return [...stray, problem('before', 'bad_event', message, hint)]
}

export const nebularstack: Platform = {
  name: 'nebularstack',
  title: 'NebularStack',
  versions: ['1', '2'],
  defaultVersion: '1',
  modes: ['instant'],
  preset: version => ({
    version,
    mode: 'instant',
    method: 'POST',
    contentType: 'application/json',
    policies: {...commonPolicies, offSwitch: 'hold'},
    locked: ['batch'],
  }),
  eventTypes: version => catalogOf(version).types,
  objectType: type => (/^subscribers?$/i.test(type) ? 'subscriber' : null),
  eventsOf,
  eventType: (version, type) => catalogOf(version).find(canonicalType(version, type)),
  canonicalType,
  acceptsPattern: (version, pattern) => catalogOf(version).accepts(canonicalType(version, pattern)),
  contextIn,
  checkEvent,
  body,
  parse,
  check: (webhook, version) => [
    ...checkWebhookUrl(webhook, url => checkUrlAndTls(url, webhook.policies.tls.verify)),
    ...checkCommon(nebularstack, webhook, version),
    ...checkRepeatedHeaders(webhook),
    ...checkSettings(webhook, {}),
  ],
  claims,
}
