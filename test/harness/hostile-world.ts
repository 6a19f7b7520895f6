import {once} from 'node:events'
import {createServer, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import type {JsonText} from '../../src/domain/json.ts'
import {openStore} from '../../src/store/open.ts'
import type {Store} from '../../src/store/store.ts'
import {PAYLOADS} from './cli-payloads.ts'
import {aWorld, type World} from './every-command.ts'
import {
  aContext,
  aDelivery,
  aHistoryEntry,
  aMember,
  anAttempt,
  anEvent,
  anId,
  aToken,
  aTrackedObject,
  aWebhook,
} from './factories.ts'
import {anInstallation} from './installation.ts'
import {answers} from './receiver.ts'
import type {Row} from './setting.ts'

/** Each payload behind its number, so that a test can tell which ones were shown. */
const marked = (payload: string, index: number): string => `«${index}»${payload}`

/** All of them in one text. */
const EVERY_PAYLOAD = PAYLOADS.map(marked).join('')

/** Which payloads a text shows, by number. */
export const seenIn = (text: string): ReadonlySet<number> =>
  new Set([...text.matchAll(/«(\d+)»/g)].map(([, index]) => Number(index)))

const hostileJson = JSON.stringify({[EVERY_PAYLOAD]: EVERY_PAYLOAD, name: EVERY_PAYLOAD}) as JsonText

/** The world of every command, with payloads wherever a stranger, or an older version that checked less, may have put some. */
export async function aHostileWorld(): Promise<World> {
  const world = await aWorld()
  const {receiver} = world.setting
  // It says that one delivery waits and nobody sends: exit code 7.
  const status = (await world.setting.hookctl(['status', '--json'])).json<Row>()
  const store = await openStore(status.store.location, {now: Date.now})
  try {
    const ids = await fill(store)
    // Undici lets bytes above 0x7f through in headers: C1 as well.
    const headers = {'X-Evil': '\u009b2J\u009d0;t\u009c', 'Content-Type': 'text/plain'}
    receiver.otherwise(answers.status(500, {headers, body: Buffer.from(EVERY_PAYLOAD)}))
    return {...world, ...ids}
  } finally {
    await store.close()
  }
}

async function fill(store: Store): Promise<Omit<World, 'setting'>> {
  const entry = () =>
    aHistoryEntry({
      object: {type: 'Webhook', id: EVERY_PAYLOAD, name: EVERY_PAYLOAD},
      actor: {kind: 'user', name: EVERY_PAYLOAD, email: EVERY_PAYLOAD},
      requestId: EVERY_PAYLOAD,
      before: hostileJson,
      after: hostileJson,
    })
  const ops = (await store.webhooks.find(1, 'ops'))!
  await store.webhooks.replace({...ops, description: EVERY_PAYLOAD, headers: [['X-A', EVERY_PAYLOAD]]}, entry(), {
    was: ops,
  })
  await store.webhooks.add(aWebhook({name: EVERY_PAYLOAD, active: false, paused: {reason: 'gone', at: 1}}), entry())
  await store.contexts.add(aContext({id: EVERY_PAYLOAD, name: EVERY_PAYLOAD}), entry())
  await store.tokens.add(aToken({name: EVERY_PAYLOAD}), new Uint8Array(32), entry())
  const member = aMember({user: EVERY_PAYLOAD, email: EVERY_PAYLOAD})
  await store.members.add(member, {event: anEvent(), bodies: [], deliveries: [], history: []})
  const key = {organizationId: 1, platform: 'netbox', type: EVERY_PAYLOAD, id: EVERY_PAYLOAD}
  const object = aTrackedObject({...key, name: EVERY_PAYLOAD, data: hostileJson})
  await store.objects.write([{key, seen: null, object}], [])
  const event = await owe(store, ops.id)
  const [failed, pending] = [await owe(store, ops.id), await owe(store, ops.id)]
  await fail(store, failed.delivery, 'failed')
  await fail(store, pending.delivery, 'pending')
  const change = {...entry(), id: anId('hst')}
  await store.history.add([change])
  return {
    event: event.event,
    failed: failed.delivery,
    pending: pending.delivery,
    change: change.id,
    replay: await replay(store),
    unwanted: await replay(store),
  }
}

/** Paused, so that no command works it off. */
async function replay(store: Store): Promise<string> {
  const id = anId('rpl')
  const filter = {webhook: EVERY_PAYLOAD, where: [EVERY_PAYLOAD], type: [EVERY_PAYLOAD]}
  const counts = {total: 0, handedOver: 0, refused: 0, createdAt: 1, finishedAt: null, ratePerSecond: 1}
  const what = {organizationId: 1, selection: 'all', toUrl: null, now: false, state: 'paused'} as const
  await store.replays.add({id, filter, ...what, ...counts})
  return id
}

async function owe(store: Store, webhookId: string): Promise<{event: string; delivery: string}> {
  const event = anEvent({
    object: {type: EVERY_PAYLOAD, id: EVERY_PAYLOAD, name: EVERY_PAYLOAD},
    actor: {kind: 'user', name: EVERY_PAYLOAD},
    source: EVERY_PAYLOAD,
    requestId: EVERY_PAYLOAD,
    idempotencyKey: anId(EVERY_PAYLOAD),
    data: hostileJson,
    before: hostileJson,
    after: hostileJson,
    extra: hostileJson,
  })
  // Due long after the test: no command sends it by itself.
  const dueAt = Date.now() + 86_400_000
  const delivery = aDelivery({webhookId, eventId: event.id, createdAt: Date.now(), dueAt})
  const bodies = [{key: 'k', bytes: Buffer.from(EVERY_PAYLOAD)}]
  await store.events.accept([{event, bodies, deliveries: [{delivery, bodyKey: 'k'}], history: []}])
  return {event: event.id, delivery: delivery.id}
}

async function fail(store: Store, deliveryId: string, state: 'failed' | 'pending'): Promise<void> {
  const attempt = anAttempt({
    deliveryId,
    startedAt: Date.now(),
    errorClass: 'tls',
    error: EVERY_PAYLOAD,
    url: `http://127.0.0.1/${EVERY_PAYLOAD}`,
    remoteAddress: EVERY_PAYLOAD,
    requestHeaders: [['X-Evil', EVERY_PAYLOAD]],
    responseHeaders: [[EVERY_PAYLOAD, EVERY_PAYLOAD]],
    responseBody: Buffer.from(EVERY_PAYLOAD),
  })
  const at = Date.now() + 86_400_000
  const end = {state, reason: null, dueAt: state === 'pending' ? at : null, finishedAt: state === 'failed' ? at : null}
  await store.deliveries.record([{attempt, ...end, pause: null}])
}

/** Words a client goes by: altered, it would only say that the answer is none. Instants are left alone as well. */
const KEPT = /^(?:id|.*Id|state|kind|reason|cursor|next|change|status|mode|method|role|scopes|platform|version)$/

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/

const harm = (value: unknown, key = ''): unknown => {
  if (typeof value === 'string') return KEPT.test(key) || INSTANT.test(value) ? value : value + EVERY_PAYLOAD
  if (Array.isArray(value)) return value.map(each => harm(each, key))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, harm(each, name)]))
}

/** Frames of an event stream, whole however they came. */
function harmFrames(): TransformStream<string, string> {
  let pending = ''
  return new TransformStream({
    transform(part: string, controller: TransformStreamDefaultController<string>) {
      const frames = (pending + part).split('\n\n')
      pending = frames.pop()!
      for (const frame of frames) {
        // No dot: JSON may hold U+2028, which a dot takes for a line end.
        const harmed = frame.replace(
          /^data: ([^\n]*)$/m,
          (_, json) => `data: ${JSON.stringify(harm(JSON.parse(json)))}`,
        )
        controller.enqueue(`${harmed}\n\n`)
      }
    },
  })
}

/** A server for this store that has gone bad: every text in its answers, errors included, carries all payloads. */
export async function aHostileServer(store: string): Promise<AsyncDisposable & {url: string; token: string}> {
  const installation = await anInstallation({store})
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => void pass(request.url!, request, Buffer.concat(chunks), response))
  })

  type Incoming = {readonly method?: string | undefined; readonly headers: NodeJS.Dict<string | string[]>}
  async function pass(path: string, {method, headers}: Incoming, body: Buffer, response: ServerResponse) {
    const {authorization, 'content-type': type} = headers as Record<string, string | undefined>
    const answer = await fetch(`${installation.url}${path}`, {
      method: method ?? 'GET',
      headers: {...(authorization && {authorization}), ...(type && {'content-type': type})},
      ...(body.length > 0 ? {body: new Uint8Array(body)} : {}),
    })
    const {status} = answer
    const contentType = answer.headers.get('content-type') ?? 'application/json'
    if (contentType.includes('json')) {
      const text = JSON.stringify(harm(await answer.json()))
      response.writeHead(status, {'content-type': contentType}).end(text)
      return
    }
    response.writeHead(status, {'content-type': contentType})
    const text = (answer.body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(new TextDecoderStream())
    const stopped = new AbortController()
    response.on('close', () => stopped.abort())
    await text
      .pipeThrough(harmFrames())
      .pipeTo(new WritableStream({write: frame => void response.write(frame)}), {signal: stopped.signal})
      .catch(() => {})
    response.end()
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: installation.admin.token,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(done => server.close(done))
      await installation[Symbol.asyncDispose]()
    },
  }
}
