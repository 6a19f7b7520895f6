// Makes stores with a history, through the product's own store and as fast as that goes: a commit for every 1000 events.
// `node bench/lib/history.js FILE COUNT` leaves one to look at.
import process from 'node:process'
import {fileURLToPath} from 'node:url'
import {uuidv7} from 'uuidv7'
import {openStore} from '../../src/store/open.ts'
import {EVENT_TYPE} from './load.js'

const newId = prefix => `${prefix}_${uuidv7().replaceAll('-', '')}`
const DAY = 86_400_000
const PART = 1000

const policies = {
  success: {kind: '2xx'},
  retry: {kind: 'manual'},
  offSwitch: 'delivery',
  batch: null,
  signature: {scheme: 'netbox'},
  timeoutMs: 10_000,
  zone: '+00:00',
  tls: {verify: true, caFile: null},
  pauseAfterMs: null,
  ordered: null,
  allowHttp: true,
}

const actor = {kind: 'user', name: 'bench'}

const webhookOf = (number, url, now) => ({
  id: newId('wh'),
  organizationId: 1,
  contextId: null,
  name: `sink-${number}`,
  description: '',
  url: `${url}/${number}`,
  platform: 'netbox@2.6',
  eventTypes: [EVENT_TYPE],
  mode: 'instant',
  active: true,
  paused: null,
  method: 'POST',
  contentType: 'application/json',
  headers: [],
  secrets: [{value: 'golden-fixture-secret', createdAt: now, expiresAt: null}],
  policies,
  settings: {},
  oauth: null,
  createdAt: now,
  updatedAt: now,
})

const entryOf = (event, object, at) => ({
  id: newId('hst'),
  organizationId: 1,
  at,
  change: 'created',
  object,
  actor,
  requestId: '6a4b2f0e-2c65-4f5f-9f0e-1d2c3b4a5968',
  eventId: event,
  before: null,
  after: null,
})

function acceptanceOf(number, webhook, {at, now, padding}) {
  const object = {type: 'dcim.site', id: String(number), name: `site-${number}`}
  const data = JSON.stringify({id: number, name: object.name, padding})
  const bytes = Buffer.from(JSON.stringify({event: 'created', model: 'site', data: JSON.parse(data)}))
  const event = {
    id: newId('evt'),
    organizationId: 1,
    contextId: null,
    type: EVENT_TYPE,
    occurredAtMicros: at * 1000,
    acceptedAt: at,
    actor,
    source: 'api',
    requestId: '6a4b2f0e-2c65-4f5f-9f0e-1d2c3b4a5968',
    object,
    data,
    before: null,
    after: null,
    extra: null,
    idempotencyKey: null,
  }
  const delivery = {
    id: newId('dlv'),
    organizationId: 1,
    webhookId: webhook.id,
    eventId: event.id,
    eventType: EVENT_TYPE,
    eventCount: 1,
    trigger: 'event',
    replayOf: null,
    toUrl: null,
    rule: null,
    state: 'pending',
    reason: null,
    dueAt: now,
    attempts: 0,
    lastStatus: null,
    lastErrorClass: null,
    createdAt: at,
    finishedAt: null,
    bodyBytes: bytes.length,
  }
  return {
    event,
    bodies: [{key: 'b', bytes}],
    deliveries: [{delivery, bodyKey: 'b'}],
    history: [entryOf(event.id, object, at)],
  }
}

const outcomeOf = ({deliveries: [{delivery}]}, state, url) => ({
  attempt: {
    id: newId('att'),
    deliveryId: delivery.id,
    number: 1,
    startedAt: delivery.createdAt,
    durationMs: 12.5,
    success: state === 'delivered',
    status: state === 'delivered' ? 204 : 500,
    errorClass: state === 'delivered' ? null : 'status',
    error: state === 'delivered' ? null : 'the receiver answered 500',
    url,
    method: 'POST',
    requestHeaders: [['content-type', 'application/json']],
    responseHeaders: [],
    responseBody: new Uint8Array(),
    responseBytes: 0,
    responseTruncated: false,
    remoteAddress: '127.0.0.1',
    signedWith: ['0011aabb'],
  },
  state,
  reason: state === 'failed' ? 'exhausted' : null,
  dueAt: null,
  finishedAt: delivery.createdAt,
  pause: null,
})

/** Of a hundred deliveries three have failed. */
export const mostlyDelivered = number => (number % 100 < 3 ? 'failed' : 'delivered')

/**
 * Fills a store: `count` deliveries over the last ten days, `stateOf` each, then `pending` ones that are due.
 *
 * @param {{file: string, count: number, pending?: number, stateOf?: (number: number) => string, url?: string,
 * webhooks?: number, bytes?: number}} options
 */
export async function makeHistory({
  file,
  count,
  pending = 0,
  stateOf = mostlyDelivered,
  url = 'http://127.0.0.1:9999',
  webhooks: howMany = 10,
  bytes = 200,
}) {
  const now = Date.now()
  const store = await openStore(file, {now: Date.now})
  const webhooks = Array.from({length: howMany}, (_, number) => webhookOf(number, url, now))
  try {
    for (const webhook of webhooks) {
      await store.webhooks.add(webhook, entryOf(null, {type: 'webhook', id: webhook.id, name: webhook.name}, now))
    }
    const padding = 'x'.repeat(bytes)
    const accept = async (from, to) => {
      const acceptances = []
      for (let number = from; number < to; number++) {
        const at = Math.round(now - 10 * DAY + (10 * DAY * number) / (count + pending))
        acceptances.push(acceptanceOf(number, webhooks[number % howMany], {at, now, padding}))
      }
      await store.events.accept(acceptances)
      return acceptances
    }
    for (let from = 0; from < count; from += PART) {
      const acceptances = await accept(from, Math.min(from + PART, count))
      const outcomes = acceptances.map((each, index) => outcomeOf(each, stateOf(from + index), url))
      await store.deliveries.record(outcomes)
    }
    for (let from = count; from < count + pending; from += PART)
      await accept(from, Math.min(from + PART, count + pending))
  } finally {
    await store.close()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await makeHistory({file: process.argv[2], count: Number(process.argv[3])})
}
