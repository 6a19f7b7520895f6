import type {Change} from '../domain/history.ts'
import type {JsonText} from '../domain/json.ts'
import {restyle, scalarText} from '../domain/json-style.ts'
import type {
  EventType,
  ParsedBody,
  ParsedEvent,
  Platform,
  Problem,
  RenderableEvent,
  RenderContext,
} from '../domain/platform.ts'
import {formatTimestamp, parseAnyTimestamp} from '../domain/timestamp.ts'
import type {ObjectChange} from '../domain/tracked.ts'
import {closedCatalog, example} from './shared/catalog.ts'
import {checkCommon, checkRepeatedHeaders, checkWebhookUrl, problem} from './shared/check.ts'
import {
  badBody,
  capturedMembers,
  deviations,
  jsonTextOf,
  type Member,
  onlyEvent,
  printMembers,
  strayExtra,
  textsOf,
} from './shared/members.ts'
import {commonPolicies, HOUR, SECOND} from './shared/policies.ts'
import {eventOf, fieldText} from './shared/tracked.ts'

/** Catalyst Networks: dashboard of Nebula networks. One JSON object per event, HTTPS only, exponential backoff. */

const categories = {
  node: 'Nodes',
  cert: 'Certificates',
  group: 'Groups (tags)',
  policy: 'Policies (firewall rules)',
  ip: 'Network',
  member: 'Members',
  security: 'Security',
} as const

const node = {name: 'edge-7', nebula_ip: '10.42.0.7'}
const certificate = {name: 'edge-7', fingerprint: '5f0c2e9a41d77b36', expires_at: '2026-12-31T00:00:00+00:00'}
const group = {name: 'web', description: 'web servers'}
const policy = {name: 'allow https', direction: 'inbound', protocol: 'tcp', port: '443', group: 'web'}
const member = {email: 'ops@example.com', role: 'member'}

type Name = `${keyof typeof categories}.${string}`
type Row = readonly [
  name: Name,
  summary: string,
  about: readonly [model: string, change: Change] | null,
  data: object,
  was?: object,
]

// The models are the ones Catalyst keeps history of. A revoked or renewed certificate is still there: changed.
const rows: readonly Row[] = [
  ['node.added', 'a node joined the network', ['Node', 'created'], node],
  ['node.removed', 'a node left the network', ['Node', 'deleted'], node],
  ['cert.issued', 'a certificate was issued', ['Certificate', 'created'], certificate],
  [
    'cert.revoked',
    'a certificate was revoked',
    ['Certificate', 'changed'],
    {...certificate, revoked: true},
    {...certificate, revoked: false},
  ],
  ['cert.expiring', 'a certificate is about to expire', null, {...certificate, days_left: 14}],
  [
    'cert.renewed',
    'a certificate was renewed',
    ['Certificate', 'changed'],
    certificate,
    {...certificate, expires_at: '2026-08-01T00:00:00+00:00'},
  ],
  ['group.created', 'a group was created', ['Tag', 'created'], group],
  ['group.updated', 'a group was changed', ['Tag', 'changed'], {...group, description: 'public web servers'}, group],
  ['group.deleted', 'a group was deleted', ['Tag', 'deleted'], group],
  ['policy.created', 'a firewall rule was created', ['FirewallRule', 'created'], policy],
  ['policy.updated', 'a firewall rule was changed', ['FirewallRule', 'changed'], {...policy, port: '8443'}, policy],
  ['policy.deleted', 'a firewall rule was deleted', ['FirewallRule', 'deleted'], policy],
  ['ip.allocated', 'an address was allocated', null, {ip: '10.42.0.8', node: 'edge-8', range: '10.42.0.0/16'}],
  ['member.created', 'a member joined the organization', ['Membership', 'created'], member],
  ['member.updated', "a member's role was changed", ['Membership', 'changed'], {...member, role: 'admin'}, member],
  ['member.deleted', 'a member left the organization', ['Membership', 'deleted'], member],
  ['security.brute_force', 'repeated failed log-ins from one address', null, {ip: '203.0.113.9', attempts: 12}],
]

const catalog = closedCatalog(rows.map(toEventType))

function toEventType([name, summary, about, data, was]: Row): EventType {
  const [model, change] = about ?? [null, null]
  const named = data as {name?: string; email?: string}
  return {
    name,
    category: categories[name.split('.')[0] as keyof typeof categories],
    summary,
    change: model === null ? null : {objectType: model, change},
    example: example({
      type: name,
      object: model === null ? null : {type: model, id: '7', name: named.name ?? named.email ?? ''},
      data,
      before: change === 'deleted' ? data : was,
      after: change === 'deleted' || change === null ? null : data,
    }),
  }
}

/** Where a captured body may say otherwise than the event does. */
const OPEN = ['timestamp']

const members = (event: RenderableEvent, context: RenderContext): readonly Member[] => [
  ['event', JSON.stringify(event.type)],
  ['organization_id', String(context.organizationId)],
  ['timestamp', JSON.stringify(formatTimestamp(event.occurredAtMicros, 'iso-seconds'))],
  ['data', event.data],
]

function body(events: readonly RenderableEvent[], context: RenderContext): Uint8Array {
  const event = onlyEvent(events, 'catalyst')
  return Buffer.from(restyle(printMembers(members(event, context), textsOf(event.extra), OPEN), 'compact'))
}

function parse(bytes: Uint8Array, version: string): ParsedBody {
  const found = capturedMembers(jsonTextOf(bytes), 'the body', ['event', 'organization_id', 'timestamp', 'data'])
  const context = {
    version,
    organizationId: organizationIdOf(found.get('organization_id')),
    zone: '+00:00',
    settings: {},
  }
  const type = scalarText(found.get('event')) ?? ''
  const at = parseAnyTimestamp(scalarText(found.get('timestamp')) ?? '')
  if (catalog.find(type) === null) throw badBody(`catalyst has no event type "${type}"`)
  if (at === null) throw badBody('"timestamp" is not a time')
  const data = found.get('data') as JsonText
  const event: RenderableEvent = {
    type,
    occurredAtMicros: at.micros,
    actor: {kind: 'system', name: null},
    requestId: '',
    contextId: null,
    object: objectOf(type, data),
    data,
    before: null,
    after: null,
    extra: null,
  }
  const extra = deviations(members(event, context), found, OPEN, (a, b) => a === b)
  return {events: [{...event, extra}], context}
}

function organizationIdOf(text: string | undefined): number {
  if (!/^\d+$/.test(text ?? '')) throw badBody('"organization_id" is not a whole number')
  const id = Number(text)
  if (!Number.isSafeInteger(id)) throw badBody(`"organization_id" is beyond ${Number.MAX_SAFE_INTEGER}`)
  return id
}

function objectOf(type: string, data: JsonText): RenderableEvent['object'] {
  const change = catalog.find(type)?.change
  const fields = textsOf(data)
  const name = scalarText(fields.get('name')) ?? scalarText(fields.get('email'))
  const id = scalarText(fields.get('id')) ?? name
  return change === null || change === undefined || id === null ? null : {type: change.objectType, id, name: name ?? ''}
}

/** What Catalyst calls its models outside and inside; anything else may have a history too, and raises nothing. */
const models: Readonly<Record<string, string>> = {
  node: 'Node',
  tag: 'Tag',
  group: 'Tag',
  securitygroup: 'Tag',
  firewallrule: 'FirewallRule',
  policy: 'FirewallRule',
  membership: 'Membership',
  member: 'Membership',
  certificate: 'Certificate',
  cert: 'Certificate',
  organization: 'Organization',
  networkrange: 'NetworkRange',
  invitation: 'Invitation',
}

function objectType(type: string): string | null {
  if (!/^[A-Za-z][\w -]*$/.test(type)) return null
  return models[type.toLowerCase().replace(/[ _-]/g, '')] ?? type
}

/** Nodes, tags, rules and memberships by signal; certificates as their tasks raise them. */
function eventsOf(change: ObjectChange): ParsedEvent[] {
  const type = change.object.type === 'Certificate' ? certificateEvent(change) : signalled(change)
  return type === null ? [] : [eventOf(change, type)]
}

// A changed node has no event: the catalog ends with added and removed.
const signalled = ({object, change}: ObjectChange): string | null =>
  rows.find(([, , about]) => about?.[0] === object.type && about[1] === change)?.[0] ?? null

/** A certificate that is gone has no event; one that changed was revoked, renewed or is about to expire. */
function certificateEvent({change, before, after}: ObjectChange): string | null {
  if (change !== 'changed') return change === 'created' ? 'cert.issued' : null
  const became = (is: (state: JsonText | null) => boolean) => is(after) && !is(before)
  if (became(isRevoked)) return 'cert.revoked'
  if (became(state => isStated(state, 'expiring'))) return 'cert.expiring'
  const isNew = ['expires_at', 'not_after', 'fingerprint'].some(
    name => fieldText(after, name) !== null && fieldText(before, name) !== fieldText(after, name),
  )
  return isNew ? 'cert.renewed' : null
}

const isStated = (state: JsonText | null, word: string): boolean =>
  fieldText(state, word) === 'true' || fieldText(state, 'status')?.toLowerCase() === word

const isRevoked = (state: JsonText | null): boolean =>
  isStated(state, 'revoked') || fieldText(state, 'revoked_at') !== null

export const catalyst: Platform = {
  name: 'catalyst',
  title: 'Catalyst Networks',
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
      retry: {kind: 'exponential', baseMs: 10 * SECOND, factor: 2, capMs: HOUR, attempts: 8, jitter: 0.1},
    },
    locked: ['batch'],
  }),
  httpsOnly: true,
  eventTypes: () => catalog.types,
  objectType,
  eventsOf,
  eventType: (_version, type) => catalog.find(type),
  acceptsPattern: (_version, pattern) => catalog.accepts(pattern),
  // "event, organization_id, timestamp, data": these four, and the time in one form.
  checkEvent: (_version, event) => strayExtra(event, [...OPEN, 'more']),
  body,
  parse,
  check: (webhook, version) => [
    ...checkWebhookUrl(webhook, url => httpsOnly(url, webhook.policies.allowHttp)),
    ...checkCommon(catalyst, webhook, version),
    ...checkRepeatedHeaders(webhook),
  ],
}

function httpsOnly(url: URL, allowHttp: boolean): Problem[] {
  if (url.protocol === 'https:' || allowHttp) return []
  const hint = 'use https://, or --allow-http for a receiver on your own machine'
  return [problem('url', 'https_only', `catalyst sends to https:// only, not to ${url.origin}`, hint)]
}
