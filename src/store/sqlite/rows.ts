import type {
  Attempt,
  ContentGone,
  Delivery,
  DeliveryReason,
  DeliveryState,
  DeliveryTrigger,
  ErrorClass,
} from '../../domain/delivery.ts'
import type {Event} from '../../domain/event.ts'
import type {OwnEventType} from '../../domain/event-type.ts'
import type {HistoryEntry} from '../../domain/history.ts'
import type {Context, Member, Organization} from '../../domain/organization.ts'
import type {Replay} from '../../domain/replay.ts'
import type {LastReceived, Source} from '../../domain/source.ts'
import type {Token} from '../../domain/token.ts'
import type {TrackedObject} from '../../domain/tracked.ts'
import type {Webhook} from '../../domain/webhook.ts'
import type {DueDelivery} from '../store.ts'
import type {Connection, Value} from './connection.ts'

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

/** Deliveries with what they refer to. */
export const FROM_DELIVERIES = `FROM deliveries d JOIN webhooks w ON w.seq = d.webhook JOIN events e ON e.seq = d.event
  LEFT JOIN deliveries r ON r.seq = d.replay_of`

/**
 * A delivery as a list, with the ids of what it refers to. As an object of so many members a row would take three times
 * as long to read.
 */
type DeliveryColumns = readonly [
  ...[id: string, organizationId: number, webhookId: string, eventId: string, eventType: string, eventCount: number],
  ...[trigger: DeliveryTrigger, replayOf: string | null, toUrl: string | null, rule: string | null],
  ...[state: DeliveryState, reason: DeliveryReason | null, dueAt: number | null, attempts: number],
  ...[lastStatus: number | null, lastErrorClass: ErrorClass | null, createdAt: number, finishedAt: number | null],
  ...[bodyBytes: number | null, contentGone: ContentGone | null],
]

/** In this order, of `FROM_DELIVERIES`. */
const DELIVERY_COLUMNS = `d.id, d.organization_id, w.id, e.id, d.event_type, d.event_count, d.trigger, r.id, d.to_url, d.rule,
  d.state, d.reason, d.due_at, d.attempts, d.last_status, d.last_error_class, d.created_at, d.finished_at, d.body_bytes,
  d.content_gone`

function deliveryOf(columns: readonly [...DeliveryColumns, ...unknown[]]): Delivery {
  const [id, organizationId, webhookId, eventId, eventType, eventCount, trigger, replayOf, toUrl, rule, ...more] =
    columns
  const [state, reason, dueAt, attempts, lastStatus, lastErrorClass, createdAt, finishedAt, bodyBytes, contentGone] =
    more
  const of = {organizationId, webhookId, eventId, eventType, eventCount, trigger, replayOf, toUrl, rule}
  const is = {state, reason, dueAt, attempts, lastStatus, lastErrorClass, createdAt, finishedAt, bodyBytes}
  return {id, ...of, ...is, ...(contentGone === null ? {} : {contentGone})}
}

/** The delivery of which `where` holds: a condition on `d`, by a key. */
export function findDelivery(
  {prepareLists}: Pick<Connection, 'prepareLists'>,
  where: string,
  ...values: readonly Value[]
): Delivery | null {
  const row = prepareLists(`SELECT ${DELIVERY_COLUMNS} ${FROM_DELIVERIES} WHERE ${where}`).get(...values)
  return row === undefined ? null : deliveryOf(row as unknown as DeliveryColumns)
}

/** A due delivery without its body: as it is read, and as it goes from thread to thread. */
export type DueColumns = readonly [...DeliveryColumns, hops: number]

export const DUE_COLUMNS = `${DELIVERY_COLUMNS}, e.hops`

export const toDue = (columns: DueColumns, body: Uint8Array): DueDelivery => ({
  delivery: deliveryOf(columns),
  hops: columns[20],
  body,
})

export const fromDue = ({delivery: d, hops}: DueDelivery): DueColumns => [
  ...([d.id, d.organizationId, d.webhookId, d.eventId, d.eventType, d.eventCount, d.trigger, d.replayOf] as const),
  ...([d.toUrl, d.rule, d.state, d.reason, d.dueAt, d.attempts, d.lastStatus, d.lastErrorClass] as const),
  ...([d.createdAt, d.finishedAt, d.bodyBytes, d.contentGone ?? null, hops] as const),
]

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
