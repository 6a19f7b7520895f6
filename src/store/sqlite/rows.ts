import type {Attempt} from '../../domain/delivery.ts'
import type {Event} from '../../domain/event.ts'
import type {OwnEventType} from '../../domain/event-type.ts'
import type {HistoryEntry} from '../../domain/history.ts'
import type {Context, Member, Organization} from '../../domain/organization.ts'
import type {Replay} from '../../domain/replay.ts'
import type {LastReceived, Source} from '../../domain/source.ts'
import type {Token} from '../../domain/token.ts'
import type {TrackedObject} from '../../domain/tracked.ts'
import type {Webhook} from '../../domain/webhook.ts'
import type {Value} from './connection.ts'

/** Rows as SQLite gives them, in the words of the domain, and back. Columns are those of the migrations. */

export type AnyRow = Record<string, Value>

const parse = (text: Value | undefined): never => JSON.parse(text as string) as never
const parseOrNull = (text: Value | undefined): never => (text === null ? null : parse(text)) as never
const as = (value: Value | undefined): never => value as never

const gone = ({content_gone: contentGone}: AnyRow) => (contentGone === null ? {} : {contentGone: as(contentGone)})

export const toOrganization = (row: AnyRow): Organization => ({
  id: as(row.id),
  slug: as(row.slug),
  name: as(row.name),
  zone: as(row.zone),
  createdAt: as(row.created_at),
})

export const toContext = (row: AnyRow): Context => ({
  id: as(row.id),
  organizationId: as(row.organization_id),
  name: as(row.name),
  kind: as(row.kind),
  createdAt: as(row.created_at),
})

export const toMember = (row: AnyRow): Member => ({
  organizationId: as(row.organization_id),
  user: as(row.user_name),
  email: as(row.email),
  role: as(row.role),
  createdAt: as(row.created_at),
})

export const toToken = (row: AnyRow): Token => ({
  id: as(row.id),
  organizationId: as(row.organization_id),
  name: as(row.name),
  user: as(row.user_name),
  scopes: parse(row.scopes),
  createdAt: as(row.created_at),
  expiresAt: as(row.expires_at),
  lastUsedAt: as(row.last_used_at),
})

export const toWebhook = (row: AnyRow): Webhook => ({
  id: as(row.id),
  organizationId: as(row.organization_id),
  contextId: as(row.context_id),
  name: as(row.name),
  description: as(row.description),
  url: as(row.url),
  platform: as(row.platform),
  eventTypes: parse(row.event_types),
  mode: as(row.mode),
  active: row.active === 1,
  paused: parseOrNull(row.paused),
  method: as(row.method),
  contentType: as(row.content_type),
  headers: parse(row.headers),
  secrets: parse(row.secrets),
  oauth: parseOrNull(row.oauth),
  policies: parse(row.policies),
  settings: parse(row.settings),
  createdAt: as(row.created_at),
  updatedAt: as(row.updated_at),
})

export const fromWebhook = (webhook: Webhook): Record<string, Value> => ({
  id: webhook.id,
  organization_id: webhook.organizationId,
  context_id: webhook.contextId,
  name: webhook.name,
  description: webhook.description,
  url: webhook.url,
  platform: webhook.platform,
  event_types: JSON.stringify(webhook.eventTypes),
  mode: webhook.mode,
  active: webhook.active ? 1 : 0,
  paused: webhook.paused === null ? null : JSON.stringify(webhook.paused),
  method: webhook.method,
  content_type: webhook.contentType,
  headers: JSON.stringify(webhook.headers),
  secrets: JSON.stringify(webhook.secrets),
  oauth: webhook.oauth === null ? null : JSON.stringify(webhook.oauth),
  policies: JSON.stringify(webhook.policies),
  settings: JSON.stringify(webhook.settings),
  created_at: webhook.createdAt,
  updated_at: webhook.updatedAt,
})

export const toSource = (row: AnyRow): Source => ({
  id: as(row.id),
  organizationId: as(row.organization_id),
  name: as(row.name),
  platform: as(row.platform),
  eventType: as(row.event_type),
  dedupeBy: as(row.dedupe_by),
  contextId: as(row.context_id),
  signature: parseOrNull(row.signature),
  secrets: parse(row.secrets),
  active: row.active === 1,
  createdAt: as(row.created_at),
  updatedAt: as(row.updated_at),
})

export const toLastReceived = (row: AnyRow): LastReceived => ({
  acceptedAt: as(row.accepted_at),
  refusedAt: as(row.refused_at),
  refusal: as(row.refusal),
})

export const fromSource = (source: Source): Record<string, Value> => ({
  id: source.id,
  organization_id: source.organizationId,
  name: source.name,
  platform: source.platform,
  event_type: source.eventType,
  dedupe_by: source.dedupeBy,
  context_id: source.contextId,
  signature: source.signature === null ? null : JSON.stringify(source.signature),
  secrets: JSON.stringify(source.secrets),
  active: source.active ? 1 : 0,
  created_at: source.createdAt,
  updated_at: source.updatedAt,
})

export const toEventType = (row: AnyRow): OwnEventType => ({
  organizationId: as(row.organization_id),
  name: as(row.name),
  summary: as(row.summary),
  schema: as(row.schema),
  example: as(row.example),
  onMismatch: as(row.on_mismatch),
  createdAt: as(row.created_at),
  updatedAt: as(row.updated_at),
})

export const fromEventType = (type: OwnEventType): Record<string, Value> => ({
  organization_id: type.organizationId,
  name: type.name,
  summary: type.summary,
  schema: type.schema,
  example: type.example,
  on_mismatch: type.onMismatch,
  created_at: type.createdAt,
  updated_at: type.updatedAt,
})

export const toEvent = (row: AnyRow): Event => ({
  id: as(row.id),
  organizationId: as(row.organization_id),
  contextId: as(row.context_id),
  ...(row.context_name === null ? {} : {contextName: as(row.context_name)}),
  type: as(row.type),
  occurredAtMicros: as(row.occurred_at_micros),
  acceptedAt: as(row.accepted_at),
  actor: parse(row.actor),
  source: as(row.source),
  requestId: as(row.request_id),
  object: row.object_type === '' ? null : {type: as(row.object_type), id: as(row.object_id), name: as(row.object_name)},
  data: as(row.data),
  before: as(row.before),
  after: as(row.after),
  extra: as(row.extra),
  idempotencyKey: as(row.idempotency_key),
  ...(row.hops === 0 ? {} : {hops: as(row.hops)}),
  ...gone(row),
})

/** `row` comes with the delivery's id as `delivery_id`. */
export const toAttempt = (row: AnyRow): Attempt => ({
  id: as(row.id),
  deliveryId: as(row.delivery_id),
  number: as(row.number),
  startedAt: as(row.started_at),
  durationMs: as(row.duration_ms),
  success: row.success === 1,
  status: as(row.status),
  errorClass: as(row.error_class),
  error: as(row.error),
  url: as(row.url),
  method: as(row.method),
  requestHeaders: parse(row.request_headers),
  responseHeaders: parse(row.response_headers),
  responseBody: as(row.response_body),
  responseBytes: as(row.response_bytes),
  responseTruncated: row.response_truncated === 1,
  remoteAddress: as(row.remote_address),
  signedWith: parseOrNull(row.signed_with),
})

export const toHistoryEntry = (row: AnyRow): HistoryEntry => ({
  id: as(row.id),
  organizationId: as(row.organization_id),
  at: as(row.at),
  change: as(row.change),
  object: {type: as(row.object_type), id: as(row.object_id), name: as(row.object_name)},
  actor: parse(row.actor),
  requestId: as(row.request_id),
  eventId: as(row.event_id),
  ...(row.context_id === null ? {} : {contextId: as(row.context_id)}),
  before: as(row.before),
  after: as(row.after),
  ...(row.rotated === null ? {} : {rotated: parse(row.rotated)}),
})

export const toReplay = (row: AnyRow): Replay => ({
  id: as(row.id),
  organizationId: as(row.organization_id),
  selection: as(row.selection),
  filter: parse(row.filter),
  toUrl: as(row.to_url),
  now: row.now === 1,
  ratePerSecond: as(row.rate),
  state: as(row.state),
  total: as(row.total),
  handedOver: as(row.handed_over),
  refused: as(row.refused),
  createdAt: as(row.created_at),
  finishedAt: as(row.finished_at),
})

export const toTrackedObject = (row: AnyRow): TrackedObject => ({
  organizationId: as(row.organization_id),
  platform: as(row.platform),
  type: as(row.type),
  id: as(row.id),
  name: as(row.name),
  contextId: as(row.context_id),
  data: as(row.data),
  secrets: parseOrNull(row.secrets),
  createdAt: as(row.created_at),
  updatedAt: as(row.updated_at),
})
