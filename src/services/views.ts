import type {AttemptView, DeliveryView} from '../api/deliveries.ts'
import type {EventView} from '../api/events.ts'
import type {HistoryView} from '../api/history.ts'
import type {WebhookView} from '../api/webhooks.ts'
import type {Attempt, Delivery} from '../domain/delivery.ts'
import type {Event} from '../domain/event.ts'
import type {HistoryEntry} from '../domain/history.ts'
import {type JsonText, parseJson} from '../domain/json.ts'
import {maskHeaders, maskUrl} from '../domain/mask.ts'
import type {Header, Webhook} from '../domain/webhook.ts'
import {fingerprint} from '../signature/index.ts'
import {attemptHint} from './hints.ts'
import {microsToInstant, toInstant, toInstantOrNull} from './instants.ts'

/** What is stored, as the wire contract shows it. `organization` is the slug. Nothing here shows a secret. */

type HeaderView = {name: string; value: string}

export const headerViews = (headers: readonly Header[]): HeaderView[] => headers.map(([name, value]) => ({name, value}))

export function webhookView(webhook: Webhook, organization: string): WebhookView {
  const {organizationId: _, secrets, paused, createdAt, updatedAt, ...rest} = webhook
  return {
    ...rest,
    organization,
    url: webhook.url === null ? null : maskUrl(webhook.url),
    eventTypes: [...webhook.eventTypes],
    headers: headerViews(maskHeaders(webhook.headers)),
    secrets: secrets.map(secret => ({
      fingerprint: fingerprint(secret.value),
      createdAt: toInstant(secret.createdAt),
      expiresAt: toInstantOrNull(secret.expiresAt),
    })),
    paused: paused && {reason: paused.reason, at: toInstant(paused.at)},
    policies: structuredClone(webhook.policies) as WebhookView['policies'],
    settings: {...webhook.settings},
    createdAt: toInstant(createdAt),
    updatedAt: toInstant(updatedAt),
  }
}

const jsonOrNull = (text: JsonText | null): unknown => (text === null ? null : parseJson(text))

export function eventView(event: Event, organization: string): EventView {
  const {organizationId: _, occurredAtMicros, acceptedAt, ...rest} = event
  return {
    ...rest,
    organization,
    occurredAt: microsToInstant(occurredAtMicros),
    acceptedAt: toInstant(acceptedAt),
    data: parseJson(event.data),
    before: jsonOrNull(event.before),
    after: jsonOrNull(event.after),
    extra: jsonOrNull(event.extra),
  }
}

/** @param webhook its name, or its id where it is gone */
export function deliveryView(delivery: Delivery, organization: string, webhook: string): DeliveryView {
  const {organizationId: _, ...rest} = delivery
  return {
    ...rest,
    organization,
    webhook,
    toUrl: delivery.toUrl === null ? null : maskUrl(delivery.toUrl),
    dueAt: toInstantOrNull(delivery.dueAt),
    createdAt: toInstant(delivery.createdAt),
    finishedAt: toInstantOrNull(delivery.finishedAt),
  }
}

export function attemptView(attempt: Attempt): AttemptView {
  const {responseBytes, responseTruncated, ...rest} = attempt
  return {
    ...rest,
    startedAt: toInstant(attempt.startedAt),
    hint: attemptHint(attempt),
    url: maskUrl(attempt.url),
    requestHeaders: headerViews(maskHeaders(attempt.requestHeaders)),
    responseHeaders: headerViews(attempt.responseHeaders),
    responseBody: bytesView(attempt.responseBody, responseBytes, responseTruncated),
  }
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
  const {organizationId: _, at, ...rest} = entry
  return {...rest, organization, at: toInstant(at), before: jsonOrNull(entry.before), after: jsonOrNull(entry.after)}
}
