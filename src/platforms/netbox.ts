import {isFormType} from '../domain/headers.ts'
import type {JsonText} from '../domain/json.ts'
import {type JsonStyle, kindOf, restyle, scalarText} from '../domain/json-style.ts'
import type {Claim, ParsedBody, Platform, RenderableEvent, RenderContext} from '../domain/platform.ts'
import {characters} from '../domain/python-text.ts'
import {wants} from '../domain/subscription.ts'
import {formatTimestamp, parseAnyTimestamp} from '../domain/timestamp.ts'
import type {Webhook} from '../domain/webhook.ts'
import {snapshotsOf, withActionData} from './netbox-data.ts'
import {
  acceptsPattern,
  canonicalType,
  eventType,
  eventTypes,
  isKnownEvent,
  isPluginEvent,
  publishedName,
  splitType,
  typeNames,
} from './netbox-events.ts'
import {formBody} from './netbox-form.ts'
import {byBareModel, objectType} from './netbox-objects.ts'
import {firingChecks, firingsOf, settingsFor} from './netbox-rules.ts'
import {checkRules} from './netbox-rules-check.ts'
import {checkTemplates, hasTarget, renderTarget, renderText} from './netbox-templates.ts'
import {tail, versionOf, versions} from './netbox-versions.ts'
import {checkCommon, checkSettings, checkWebhookUrl, problem} from './shared/check.ts'
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
import {checkUrlTemplate, isTemplate} from './shared/url-template.ts'
import {type Members, templateValue} from './templates/read.ts'

const words = {created: 'created', changed: 'updated', deleted: 'deleted'} as const

/** No request makes a job: its events have neither. */
const ofRequests: readonly string[] = ['request', 'snapshots']

/** What a captured body may say otherwise than the event's fields do. */
const OPEN = ['timestamp', 'username', 'request_id', 'request', 'snapshots', 'context']

const styleOf = (settings: RenderContext['settings']): JsonStyle =>
  settings.bodyStyle === 'utf8' ? 'python-utf8' : 'python-ascii'

function members(event: RenderableEvent, context: RenderContext): Member[] {
  const version = versionOf(context.version)
  const {object, change: given} = splitType(event.type)
  const change = publishedName(given)
  const isJob = change.startsWith('job_')
  const requestId = isJob || event.requestId === '' ? null : event.requestId
  const snapshots = version.snapshots ? snapshotsOf(event) : null
  const zone = version.timestamp === 'space-micros-naive' ? context.zone : '+00:00'
  const texts: Readonly<Record<string, string | null>> = {
    event: JSON.stringify(change),
    timestamp: JSON.stringify(formatTimestamp(event.occurredAtMicros, version.timestamp, zone)),
    username: JSON.stringify(event.actor.name),
    model: JSON.stringify(object.slice(object.lastIndexOf('.') + 1)),
    object_type: JSON.stringify(object),
    request_id: JSON.stringify(requestId),
    data: withActionData(version.dataIsObject ? objectOrEmpty(event.data) : event.data, context.settings.actionData),
    snapshots: snapshots === null ? null : `{"prechange":${snapshots.prechange},"postchange":${snapshots.postchange}}`,
  }
  const names = isJob ? version.names.filter(name => !ofRequests.includes(name)) : version.names
  return names.map(name => [name, texts[name] ?? null])
}

const objectOrEmpty = (data: JsonText): JsonText => (kindOf(data) === 'object' ? data : ('{}' as JsonText))

function body(events: readonly RenderableEvent[], context: RenderContext): Uint8Array {
  const event = onlyEvent(events, 'netbox')
  const {bodyTemplate, bodyStyle} = context.settings
  const text = bodyText(event, context)
  // A blank template is none, as NetBox's form leaves it.
  if (typeof bodyTemplate === 'string' && bodyTemplate !== '')
    return Buffer.from(renderText('the body', bodyTemplate, valuesOf(text)))
  return Buffer.from(bodyStyle === 'form' ? formBody(text) : restyle(text, styleOf(context.settings)))
}

const bodyText = (event: RenderableEvent, context: RenderContext): string =>
  printMembers(members(event, context), textsOf(event.extra), OPEN)

/** Templates see what the body says where there is none. */
const valuesOf = (text: string): Members => templateValue(text) as Members

const required = (version: string): readonly string[] =>
  versionOf(version).names.filter(name => !(tail as readonly string[]).includes(name))

function parse(bytes: Uint8Array, version: string): ParsedBody {
  const text = jsonTextOf(bytes)
  const found = capturedMembers(text, 'the body', required(version), otherVersion(text, version))
  const settings = /[^\x00-\x7f]/.test(text) ? {bodyStyle: 'utf8'} : {}
  const context = {version, organizationId: 1, zone: '+00:00', settings}
  const at = parseAnyTimestamp(scalarText(found.get('timestamp')) ?? '')
  if (at === null) throw badBody('"timestamp" is not a time')
  const request = textsOf(found.get('request') ?? null)
  const username = scalarText(found.get('username') ?? request.get('user'))
  const snapshots = textsOf(found.get('snapshots') ?? null)
  const type = typeOf(found)
  const event: RenderableEvent = {
    type,
    occurredAtMicros: at.micros,
    actor: username === null ? {kind: 'system', name: null} : {kind: 'user', name: username},
    requestId: scalarText(found.get('request_id') ?? request.get('id')) ?? '',
    contextId: null,
    object: objectOf(type, found.get('data') as JsonText),
    data: found.get('data') as JsonText,
    before: notNull(snapshots.get('prechange')),
    after: notNull(snapshots.get('postchange')),
    extra: null,
  }
  const same = (a: string, b: string) => restyle(a, 'python-ascii') === restyle(b, 'python-ascii')
  return {events: [{...event, extra: deviations(members(event, context), found, OPEN, same)}], context}
}

const notNull = (text: JsonText | undefined): JsonText | null => (text === undefined || text === 'null' ? null : text)

function typeOf(found: ReadonlyMap<string, JsonText>): string {
  const change = scalarText(found.get('event')) ?? ''
  const object = scalarText(found.get('object_type') ?? found.get('model')) ?? ''
  if (!(isKnownEvent(change) || isPluginEvent(change))) throw badBody(`netbox has no event "${change}"`)
  if (!/^[a-z0-9_]+(?:\.[a-z0-9_]+)?$/.test(object)) throw badBody(`"${object}" is not an object type`)
  return `${object.includes('.') ? object : (byBareModel(object)?.name ?? object)}.${change}`
}

function objectOf(type: string, data: JsonText): RenderableEvent['object'] {
  const fields = textsOf(data)
  const id = scalarText(fields.get('id'))
  const name = scalarText(fields.get('display')) ?? scalarText(fields.get('name')) ?? ''
  return id === null ? null : {type: splitType(type).object, id, name}
}

/** Names the version that a body with other members comes from. */
function otherVersion(text: JsonText, version: string): string | undefined {
  const found = textsOf(text)
  const fits = netbox.versions.filter(other => other !== version && required(other).every(name => found.has(name)))
  const likely = fits.includes('4.6') ? '4.6' : fits.at(-1)
  return likely === undefined ? undefined : `it looks like netbox@${likely}`
}

/** 2.x: unique together are URL and the set of actions, whatever the object type (extras/models). */
function claims(webhook: Webhook, version: string): readonly Claim[] {
  if (webhook.url === null || !['2.6', '2.7'].includes(version)) return []
  const actions = ['created', 'updated', 'deleted'].filter(change =>
    typeNames(version).some(name => name.endsWith(change) && wants(webhook, name)),
  )
  const message = `another netbox@${version} webhook sends ${actions.join(', ')} to this URL`
  return [{key: `netbox ${actions.join('+')} ${webhook.url}`, code: 'duplicate_webhook', message}]
}

export const netbox: Platform = {
  name: 'netbox',
  title: 'NetBox',
  versions: Object.keys(versions),
  defaultVersion: '4.6',
  modes: ['instant'],
  preset: version => ({
    version,
    mode: 'instant',
    method: 'POST',
    contentType: 'application/json',
    policies: {
      ...commonPolicies,
      success: {kind: versionOf(version).success},
      retry: {kind: 'manual'},
      offSwitch: 'accept',
      timeoutMs: MINUTE,
    },
    locked: ['batch'],
  }),
  eventTypes,
  eventType,
  canonicalType,
  objectType: type => objectType(byBareModel(type)?.name ?? type)?.name ?? null,
  eventsOf: change => [eventOf(change, `${change.object.type}.${words[change.change]}`)],
  acceptsPattern,
  body,
  parse,
  check: (webhook, version) => [
    ...checkNetboxUrl(webhook, version),
    ...(characters(webhook.name) > 150 ? [problem('name', 'name_too_long', 'a name has at most 150 characters')] : []),
    ...checkCommon(netbox, webhook, version),
    ...checkSettings(webhook, {
      actionData: later,
      bodyStyle: value => checkBodyStyle(value, webhook, version),
      bodyTemplate: versionOf(version).templates ? later : () => noTemplates(version),
      conditions: later,
      headerLines: versionOf(version).templates ? later : () => noTemplates(version),
      rules: later,
    }),
    ...checkRules(webhook, {
      snapshots: version === '4.7',
      acceptsObject: pattern => acceptsPattern(version, `${pattern}.*`),
      acceptsEvent: pattern => acceptsPattern(version, pattern) || (versionOf(version).jobs && isPluginEvent(pattern)),
    }),
    ...(versionOf(version).templates ? checkTemplates(webhook) : []),
    ...checkTimeout(webhook),
  ],
  claims,
  firings: (version, event, webhook) => firingsOf(event, webhook, type => canonicalType(version, type)),
  firingChecks: (version, event, webhook) => firingChecks(event, webhook, type => canonicalType(version, type)),
  settingsFor,
  hasTarget,
  target(event, webhook, context) {
    if (!versionOf(context.version).templates) return null
    return renderTarget(webhook, () => valuesOf(bodyText(event, context)))
  },
}

/** Known, and checked by a rule of its own. */
const later = (): null => null

const noTemplates = (version: string): string => `netbox@${version} has no templates: they came with 2.7.8`

function checkBodyStyle(value: unknown, {contentType, settings}: Webhook, version: string): string | null {
  if (value === 'ascii' || value === 'utf8') return null
  if (value !== 'form') return 'the body style is ascii, utf8 or form'
  if (version !== '2.6') return `netbox@${version} sends no form data: only 2.6 did`
  if (settings.bodyTemplate) return 'a body template makes the whole body: no style applies'
  if (isFormType(contentType)) return null
  return 'form data need the content type application/x-www-form-urlencoded'
}

/** Source: NetBox 4.7, extras/models: 1 to 3600 seconds. */
const checkTimeout = ({policies: {timeoutMs}}: Webhook) =>
  timeoutMs >= SECOND && timeoutMs <= HOUR
    ? []
    : [problem('policies/timeoutMs', 'bad_timeout', `a NetBox webhook waits 1 s to 1 h, not ${timeoutMs} ms`)]

function checkNetboxUrl(webhook: Webhook, version: string) {
  if (webhook.url === null) return []
  if (characters(webhook.url) > 500) return [problem('url', 'bad_url', `a NetBox URL has at most 500 characters`)]
  if (!versionOf(version).templates || !isTemplate(webhook.url)) return checkWebhookUrl(webhook)
  const wrong = checkUrlTemplate(webhook.url)
  return wrong === null ? [] : [problem('url', 'bad_url_template', wrong, 'write it like https://host/{{ data.slug }}')]
}
