import type {Attempt, Delivery} from '../../src/domain/delivery.ts'
import type {Event} from '../../src/domain/event.ts'
import type {OwnEventType} from '../../src/domain/event-type.ts'
import type {HistoryEntry} from '../../src/domain/history.ts'
import type {JsonText} from '../../src/domain/json.ts'
import type {OAuth} from '../../src/domain/oauth.ts'
import type {Context, Member, Organization} from '../../src/domain/organization.ts'
import type {Policies} from '../../src/domain/policy.ts'
import type {Source} from '../../src/domain/source.ts'
import type {Token} from '../../src/domain/token.ts'
import type {TrackedObject} from '../../src/domain/tracked.ts'
import type {Secret, Webhook} from '../../src/domain/webhook.ts'

/** 2026-07-03T12:00:00Z, the instant at which tests begin. */
export const NOON = Date.UTC(2026, 6, 3, 12)

let made = 0

/** An id that no other thing of this test process has; sorts by the time of making. */
export const anId = (prefix: string): string => `${prefix}_${(++made).toString(16).padStart(32, '0')}`

/** Things with sound defaults; say only what the test is about. */

export const somePolicies = (changes: Partial<Policies> = {}): Policies => ({
  success: {kind: '2xx'},
  retry: {kind: 'list', delaysMs: [1000, 2000]},
  offSwitch: 'delivery',
  batch: null,
  signature: {scheme: 'netbox'},
  timeoutMs: 10_000,
  zone: '+00:00',
  tls: {verify: true, caFile: null},
  pauseAfterMs: 432_000_000,
  ordered: null,
  allowHttp: true,
  ...changes,
})

export const aSecret = (changes: Partial<Secret> = {}): Secret => ({
  value: 'golden-fixture-secret',
  createdAt: NOON,
  expiresAt: null,
  ...changes,
})

export const anOAuth = (changes: Partial<OAuth> = {}): OAuth => ({
  tokenUrl: 'http://127.0.0.1:9/token',
  clientId: 'client',
  clientSecret: 'client-secret',
  scope: null,
  audience: null,
  authMethod: 'client_secret_basic',
  ...changes,
})

/** Before the store has given it its number. */
export const anOrganization = (changes: Partial<Organization> = {}): Omit<Organization, 'id'> => ({
  slug: 'acme',
  name: 'Acme',
  zone: null,
  createdAt: NOON,
  ...changes,
})

export function aWebhook(changes: Partial<Webhook> = {}): Webhook {
  const id = changes.id ?? anId('wh')
  return {
    id,
    organizationId: 1,
    contextId: null,
    name: `webhook ${id.slice(-6)}`,
    description: '',
    url: 'http://127.0.0.1:9/in',
    platform: 'catalyst@1',
    eventTypes: ['*'],
    mode: 'instant',
    active: true,
    paused: null,
    method: 'POST',
    contentType: 'application/json',
    headers: [],
    secrets: [],
    oauth: null,
    policies: somePolicies(),
    settings: {},
    createdAt: NOON,
    updatedAt: NOON,
    ...changes,
  }
}

export const anEvent = (changes: Partial<Event> = {}): Event => ({
  id: anId('evt'),
  organizationId: 1,
  contextId: null,
  type: 'node.added',
  occurredAtMicros: NOON * 1000,
  acceptedAt: NOON,
  actor: {kind: 'user', name: 'anna'},
  source: 'api',
  requestId: '6a4b2f0e-2c65-4f5f-9f0e-1d2c3b4a5968',
  object: {type: 'Node', id: '7', name: 'edge-7'},
  data: '{"name":"edge-7","nebula_ip":"10.42.0.7"}' as JsonText,
  before: null,
  after: null,
  extra: null,
  idempotencyKey: null,
  ...changes,
})

export function aDelivery(changes: Partial<Delivery> = {}): Delivery {
  const {state = 'pending'} = changes
  const finished = state !== 'pending' && state !== 'held' && state !== 'delivering'
  return {
    id: anId('dlv'),
    organizationId: 1,
    webhookId: anId('wh'),
    eventId: anId('evt'),
    eventType: 'node.added',
    eventCount: 1,
    trigger: 'event',
    replayOf: null,
    toUrl: null,
    rule: null,
    state,
    reason: null,
    dueAt: state === 'pending' || state === 'collecting' ? NOON : null,
    attempts: 0,
    lastStatus: null,
    lastErrorClass: null,
    createdAt: NOON,
    finishedAt: finished ? NOON : null,
    bodyBytes: 2,
    ...changes,
  }
}

export const anAttempt = (changes: Partial<Attempt> = {}): Attempt => ({
  id: anId('att'),
  deliveryId: anId('dlv'),
  number: 1,
  startedAt: NOON,
  durationMs: 12.5,
  success: false,
  status: 500,
  errorClass: 'status',
  error: 'the receiver answered 500',
  url: 'http://127.0.0.1:9/in',
  method: 'POST',
  requestHeaders: [['content-type', 'application/json']],
  responseHeaders: [['content-type', 'text/plain']],
  responseBody: Buffer.from('boom'),
  responseBytes: 4,
  responseTruncated: false,
  remoteAddress: '127.0.0.1',
  signedWith: ['0011aabb'],
  ...changes,
})

export const aHistoryEntry = (changes: Partial<HistoryEntry> = {}): HistoryEntry => ({
  id: anId('hst'),
  organizationId: 1,
  at: NOON,
  change: 'created',
  object: {type: 'Node', id: '7', name: 'edge-7'},
  actor: {kind: 'user', name: 'anna'},
  requestId: '6a4b2f0e-2c65-4f5f-9f0e-1d2c3b4a5968',
  eventId: null,
  before: null,
  after: null,
  ...changes,
})

export const aTrackedObject = (changes: Partial<TrackedObject> = {}): TrackedObject => ({
  organizationId: 1,
  platform: 'netbox',
  type: 'dcim.site',
  id: '54',
  name: 'ams1',
  contextId: null,
  data: '{"name":"ams1"}' as JsonText,
  secrets: null,
  createdAt: NOON,
  updatedAt: NOON,
  ...changes,
})

export const aContext = (changes: Partial<Context> = {}): Context => ({
  id: 'campus-sued',
  organizationId: 1,
  name: 'Campus Süd',
  kind: 'context',
  createdAt: NOON,
  ...changes,
})

export const aMember = (changes: Partial<Member> = {}): Member => ({
  organizationId: 1,
  user: 'anna',
  email: null,
  role: 'member',
  createdAt: NOON,
  ...changes,
})

export function aToken(changes: Partial<Token> = {}): Token {
  const id = changes.id ?? anId('tok')
  return {
    id,
    organizationId: 1,
    name: `token ${id.slice(-6)}`,
    user: null,
    scopes: ['read'],
    createdAt: NOON,
    expiresAt: null,
    lastUsedAt: null,
    ...changes,
  }
}

export const anEventType = (changes: Partial<OwnEventType> = {}): OwnEventType => ({
  organizationId: 1,
  name: 'order.created',
  summary: 'An order was placed',
  schema: '{"type":"object","required":["total"]}' as JsonText,
  example: '{"total":12.50}' as JsonText,
  onMismatch: 'refuse',
  createdAt: NOON,
  updatedAt: NOON,
  ...changes,
})

export function aSource(changes: Partial<Source> = {}): Source {
  const id = changes.id ?? anId('src')
  return {
    id,
    organizationId: 1,
    name: `source-${id.slice(-6)}`,
    platform: 'netbox@4.6',
    eventType: null,
    dedupeBy: null,
    contextId: null,
    signature: {scheme: 'netbox'},
    secrets: [aSecret()],
    active: true,
    createdAt: NOON,
    updatedAt: NOON,
    ...changes,
  }
}
