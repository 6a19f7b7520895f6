import type {AttemptView, DeliveryView} from '../api/deliveries.ts'
import type {EventView} from '../api/events.ts'
import type {HistoryView} from '../api/history.ts'
import type {WebhookView} from '../api/webhooks.ts'
import type {Attempt, Delivery} from '../domain/delivery.ts'
import type {Event} from '../domain/event.ts'
import {fieldChanges} from '../domain/field-changes.ts'
import {type Health, isFailing, pausesAt, untried} from '../domain/health.ts'
import type {HistoryEntry} from '../domain/history.ts'
import {type JsonText, parseJson} from '../domain/json.ts'
import {MASK, maskHeaderLines, maskHeaders, maskUrl} from '../domain/mask.ts'
import type {OAuth} from '../domain/oauth.ts'
import type {Header, Secret, Webhook} from '../domain/webhook.ts'
import {fingerprint} from '../signature/index.ts'
import {activitySentence} from './activity.ts'
import {attemptHint, deliveryHint} from './hints.ts'
import {microsToInstant, toInstant, toInstantOrNull} from './instants.ts'

/** What is stored, as the wire contract shows it. `organization` is the slug. Nothing here shows a secret. */

type HeaderView = {name: string; value: string}

export const headerViews = (headers: readonly Header[]): HeaderView[] => headers.map(([name, value]) => ({name, value}))

export const secretViews = (secrets: readonly Secret[]): WebhookView['secrets'] =>
  secrets.map(({value, createdAt, expiresAt}) => ({
    fingerprint: fingerprint(value),
    createdAt: toInstant(createdAt),
    expiresAt: toInstantOrNull(expiresAt),
  }))

export function webhookView(
  webhook: Webhook,
  organization: string,
  health: Health = untried,
  restsUntil: number | null = null,
): WebhookView {
  const {id, contextId, name, description, url, platform, eventTypes, mode, active, paused, method, contentType} =
    webhook
  return {
    id,
    organization,
    contextId,
    name,
    description,
    url: url === null ? null : maskUrl(url),
    platform,
    eventTypes: [...eventTypes],
    mode,
    active,
    paused: paused && {reason: paused.reason, at: toInstant(paused.at)},
    method,
    contentType,
    headers: headerViews(maskHeaders(webhook.headers)),
    secrets: secretViews(webhook.secrets),
    oauth: oauthView(webhook.oauth),
    policies: structuredClone(webhook.policies) as WebhookView['policies'],
    settings: maskSettings(webhook.settings),
    health: {...healthView(health, webhook), restsUntil: toInstantOrNull(restsUntil)},
    createdAt: toInstant(webhook.createdAt),
    updatedAt: toInstant(webhook.updatedAt),
  }
}

function oauthView(oauth: OAuth | null): WebhookView['oauth'] {
  if (oauth === null) return null
  const {tokenUrl, clientId, clientSecret, ...others} = oauth
  return {tokenUrl: maskUrl(tokenUrl), clientId, secretFingerprint: fingerprint(clientSecret), ...others}
}

const healthView = (
  health: Health,
  {policies, paused}: Pick<Webhook, 'policies' | 'paused'>,
): Omit<WebhookView['health'], 'restsUntil'> => ({
  failing: isFailing(health),
  failingSince: toInstantOrNull(health.failingSince),
  failures: health.failures,
  lastSuccessAt: toInstantOrNull(health.lastSuccessAt),
  lastFailureAt: toInstantOrNull(health.lastFailureAt),
  // One that is paused already will not be.
  pausesAt: paused === null ? toInstantOrNull(pausesAt(health, policies)) : null,
})

/** Header lines with templates are headers all the same. */
export const maskSettings = (settings: Webhook['settings']): Record<string, unknown> =>
  typeof settings.headerLines === 'string'
    ? {...settings, headerLines: maskHeaderLines(settings.headerLines)}
    : {...settings}

const jsonOrNull = (text: JsonText | null): unknown => (text === null ? null : parseJson(text))

export const eventView = (event: Event, organization: string): EventView => ({
  id: event.id,
  organization,
  contextId: event.contextId,
  contextName: event.contextName ?? null,
  type: event.type,
  occurredAt: microsToInstant(event.occurredAtMicros),
  acceptedAt: toInstant(event.acceptedAt),
  actor: event.actor,
  source: event.source,
  requestId: event.requestId,
  object: event.object,
  data: parseJson(event.data),
  before: jsonOrNull(event.before),
  after: jsonOrNull(event.after),
  extra: jsonOrNull(event.extra),
  idempotencyKey: event.idempotencyKey,
  contentGone: event.contentGone ?? null,
})

/** @param webhook its name, or its id where it is gone */
export function deliveryView(delivery: Delivery, organization: string, webhook: string): DeliveryView {
  const {organizationId: _, id, webhookId, attempts, ...rest} = delivery
  return {
    id,
    organization,
    webhookId,
    webhook,
    ...rest,
    attemptCount: attempts,
    toUrl: rest.toUrl === null ? null : maskUrl(rest.toUrl),
    dueAt: toInstantOrNull(rest.dueAt),
    createdAt: toInstant(rest.createdAt),
    finishedAt: toInstantOrNull(rest.finishedAt),
    contentGone: rest.contentGone ?? null,
    hint: deliveryHint(delivery),
  }
}

export function attemptView(attempt: Attempt): AttemptView {
  const {id, deliveryId, number, startedAt, durationMs, success, status, errorClass, error} = attempt
  return {
    id,
    deliveryId,
    number,
    startedAt: toInstant(startedAt),
    durationMs,
    success,
    status,
    errorClass,
    error,
    hint: attemptHint(attempt),
    url: maskUrl(attempt.url),
    method: attempt.method,
    requestHeaders: headerViews(maskHeaders(attempt.requestHeaders)),
    responseHeaders: headerViews(attempt.responseHeaders.map(maskAnswer)),
    responseBody: bytesView(attempt.responseBody, attempt.responseBytes, attempt.responseTruncated),
    remoteAddress: attempt.remoteAddress,
    signedWith: attempt.signedWith && [...attempt.signedWith],
  }
}

/** What the receiver said may be shown, but for what it wanted us to keep, and for what lets in where it leads to. */
function maskAnswer([name, value]: Header): Header {
  if (/^set-cookie2?$/i.test(name)) return [name, MASK]
  return [name, /^(?:location|content-location|refresh)$/i.test(name) ? maskUrl(value) : value]
}

type BytesView = AttemptView['responseBody']

/** Text where the bytes are UTF-8, else base64: a binary answer must not be guessed at. */
export function bytesView(content: Uint8Array, bytes = content.length, truncated = false): BytesView {
  const buffer = Buffer.from(content.buffer, content.byteOffset, content.length)
  const whole = truncated ? wholeCharacters(buffer) : buffer
  try {
    const text = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(whole)
    return {encoding: 'utf8', content: text, bytes, truncated}
  } catch {
    return {encoding: 'base64', content: buffer.toString('base64'), bytes, truncated}
  }
}

/** A cut text may end within a character: that one is left out. */
function wholeCharacters(buffer: Buffer): Buffer {
  for (let back = 1; back <= Math.min(4, buffer.length); back++) {
    const byte = buffer[buffer.length - back] as number
    if ((byte & 0b1100_0000) === 0b1000_0000) continue
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return needs > back ? buffer.subarray(0, buffer.length - back) : buffer
  }
  return buffer
}

export function historyView(entry: HistoryEntry, organization: string): HistoryView {
  const {id, at, change, object, actor, requestId, eventId, contextId = null, before, after} = entry
  return {
    id,
    organization,
    at: toInstant(at),
    change,
    object,
    actor,
    requestId,
    eventId,
    contextId,
    message: activitySentence(entry),
    changes: changesIn(entry),
    before: jsonOrNull(before),
    after: jsonOrNull(after),
  }
}

function changesIn({before, after, rotated}: HistoryEntry): HistoryView['changes'] {
  return fieldChanges(before, after, new Set(rotated)).map(({name, secret, ...change}) => ({
    field: name,
    secret,
    before: jsonOrNull(change.before),
    after: jsonOrNull(change.after),
  }))
}
