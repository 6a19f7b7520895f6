import {rm} from 'node:fs/promises'
import path from 'node:path'
import type {DeliveryView} from '../../api/deliveries.ts'
import type {EventInput} from '../../api/events.ts'
import type {Output} from '../../api/operations.ts'
import type {WebhookView} from '../../api/webhooks.ts'
import type {Client} from '../../client/client.ts'
import {createHttpClient} from '../../client/http.ts'
import {settle} from '../../client/settle.ts'
import {openEmbedded} from '../../embedded.ts'
import {claimedBy, otherImplementation} from './check-signature.ts'
import {type Arrival, type DemoReceiver, startDemoReceiver} from './receiver.ts'
import {temporaryFolder} from './temporary-folder.ts'

const organization = 'default'

/** Refused once, to show what a platform does about it: Catalyst tries again, NetBox waits for a person. */
const refuses = {catalyst: 503, netbox: 500}

/** Catalyst's own plan begins with 10 s: nobody wants to look at that. */
const quickRetry = {kind: 'exponential', baseMs: 300, factor: 2, capMs: 2000, attempts: 5, jitter: 0} as const

const waitMs = 20_000

/** How a step is told: each line as it happens, nothing kept back. */
export interface Narrator {
  step(title: string): void
  line(text: string): void
}

export interface DemoOptions {
  readonly version: string
  readonly events: readonly EventInput[]
  readonly narrator: Narrator
  /** Ends it early, with nothing left behind either. */
  readonly signal: AbortSignal
}

/** What happened, counted; `broken` names every claim that did not come true. */
export interface DemoResult {
  readonly events: number
  readonly deliveries: number
  readonly requests: number
  readonly replays: number
  readonly signaturesVerified: number
  readonly verifiedWith: string
  readonly elapsedMs: number
  readonly broken: readonly string[]
}

interface Stage extends DemoOptions {
  readonly client: Client
  readonly receiver: DemoReceiver
  /** By platform. */
  readonly secrets: Map<string, string>
  readonly broken: string[]
}

/** The main job on real parts in a folder of its own, which is gone afterwards. */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const startedAt = performance.now()
  const folder = await temporaryFolder()
  const store = path.join(folder, 'hookctl.db')
  const embedded = await openEmbedded({
    store: `sqlite:${store}`,
    storePath: store,
    version: options.version,
    user: 'demo',
  })
  const receiver = await startDemoReceiver(refuses)
  const serving = await embedded.serve({listen: {host: '127.0.0.1', port: 0}, hosts: [], logLevel: 'silent'})
  const stage: Stage = {...options, receiver, client: createHttpClient(serving), secrets: new Map(), broken: []}
  try {
    const {step, line} = options.narrator
    step('A server and a receiver, both real, both on this machine')
    line(`hookctl serve    ${serving.url}   state in ${store}`)
    line(`hookctl listen   ${receiver.url}`)
    const counts = await Promise.race([play(stage), interruptedBy(options.signal)])
    return {...counts, elapsedMs: Math.round(performance.now() - startedAt), broken: stage.broken}
  } finally {
    await serving.stop(2000)
    await embedded.client.close()
    await receiver.close()
    await rm(folder, {recursive: true, force: true})
  }
}

/** Never answers; an interruption leaves by the way that cleans up. */
const interruptedBy = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

async function play(stage: Stage): Promise<Omit<DemoResult, 'elapsedMs' | 'broken'>> {
  await registerWebhooks(stage)
  const sent = await sendEvents(stage)
  const deliveries = await followDeliveries(stage, sent)
  const replays = await replayFailed(stage, deliveries)
  const own = await followOwnEvents(stage, new Set([...deliveries, ...replays].map(({id}) => id)))
  const {verified, name} = await verifySignatures(stage)
  await showActivity(stage)
  return {
    events: sent.length,
    deliveries: deliveries.length + replays.length + own,
    requests: stage.receiver.arrivals.length,
    replays: replays.length,
    signaturesVerified: verified,
    verifiedWith: name,
  }
}

/** Says it where it is true, and remembers where it is not. */
function claim({broken, narrator}: Stage, isTrue: boolean, sentence: string): void {
  if (isTrue) return
  broken.push(sentence)
  narrator.line(`DID NOT HAPPEN: ${sentence}`)
}

async function registerWebhooks(stage: Stage): Promise<void> {
  const {narrator, client} = stage
  narrator.step('One webhook per platform, each with a secret of its own')
  const {items} = await client.call('platform.list', {})
  for (const {name} of items) await registerWebhook(stage, name)
}

async function registerWebhook({client, receiver, secrets, narrator}: Stage, platform: string): Promise<void> {
  const {mode, policies, catalog} = await client.call('platform.show', {platform})
  const types = catalog.map(({name}) => name)
  const {webhook, secret} = await client.call('webhook.create', {
    organization,
    name: platform,
    platform,
    mode,
    url: `${receiver.url}${platform}`,
    eventTypes: oneTypeOnly.has(platform) ? types.slice(0, 1) : ['*'],
    secret: {generate: true},
    policies: {
      allowHttp: true,
      ...(policies.retry.kind === 'exponential' ? {retry: quickRetry} : {}),
      ...(platform === 'nebularstack' ? {tls: {verify: false, caFile: null}} : {}),
      ...(policies.batch === null ? {} : {batch: {everyMs: 200, maxEvents: policies.batch.maxEvents}}),
    },
  })
  secrets.set(platform, secret ?? '')
  narrator.line(describeWebhook(webhook))
}

/** A Pro Custodibus webhook has exactly one type (PRO-01). */
const oneTypeOnly = new Set(['procustodibus'])

function describeWebhook(webhook: WebhookView): string {
  const refused = refuses[webhook.name as keyof typeof refuses]
  const note = refused === undefined ? '' : `   its receiver refuses the first request: ${refused}`
  const collects = webhook.mode === 'batch' ? '   collects events and sends them together' : ''
  return `${webhook.name.padEnd(14)} ${webhook.platform.padEnd(18)} ${webhook.eventTypes.join(',').padEnd(8)}${note}${collects}`.trimEnd()
}

type Sent = Output<'event.send'>

async function sendEvents(stage: Stage): Promise<Sent[]> {
  const {narrator, client, events} = stage
  narrator.step('Events, each accepted once it is safely on disk')
  const all: Sent[] = []
  for (const event of events) {
    const sent = await client.call('event.send', {organization, ...event})
    all.push(sent)
    const to = sent.deliveries.map(({webhook}) => webhook).join(', ')
    narrator.line(`${event.type.padEnd(30)} → ${to || 'no webhook wants it'}`)
  }
  claim(
    stage,
    all.some(({deliveries}) => deliveries.length > 0),
    'at least one webhook wants one of the events',
  )
  return all
}

/** Until nothing more happens by itself: retries included. */
async function followDeliveries(stage: Stage, sent: readonly Sent[]): Promise<DeliveryView[]> {
  const {narrator, client} = stage
  narrator.step('Deliveries: signed, sent, refused, tried again')
  const deliveries = new Map<string, DeliveryView>()
  for (const {event, deliveries: owed} of sent) {
    const deliveryIds = owed.map(({id}) => id)
    const question = {organization, eventId: event.id, deliveryIds, until: 'finished', timeoutMs: waitMs} as const
    const {deliveries: settled, timedOut} = await settle(client, question)
    claim(stage, !timedOut, `the deliveries of ${event.type} are over within ${waitMs / 1000} s`)
    // A batch is one delivery of several events: told once.
    const untold = settled.filter(({id}) => !deliveries.has(id))
    for (const delivery of untold) await tellAttempts(stage, delivery)
    for (const delivery of untold) deliveries.set(delivery.id, delivery)
  }
  return [...deliveries.values()]
}

async function tellAttempts({client, narrator}: Stage, delivery: DeliveryView): Promise<void> {
  const {attempts} = await client.call('delivery.show', {organization, delivery: delivery.id})
  for (const {number, success, status, durationMs, errorClass, startedAt} of attempts) {
    const outcome = `${success ? 'delivered' : 'failed   '} ${status ?? errorClass}`
    const of = delivery.eventCount > 1 ? `${delivery.eventType} ×${delivery.eventCount}` : delivery.eventType
    const what = `${delivery.webhook.padEnd(14)} ${of.padEnd(30)} attempt ${number}`
    narrator.line(`${startedAt.slice(11, 23)} ${outcome}  ${what}  ${Math.round(durationMs)} ms`)
  }
  if (delivery.state === 'failed')
    narrator.line(`${' '.repeat(13)}given up (${delivery.reason}): this platform leaves the next try to a person`)
}

async function replayFailed(stage: Stage, deliveries: readonly DeliveryView[]): Promise<DeliveryView[]> {
  const {narrator, client} = stage
  const failed = deliveries.filter(({state}) => state === 'failed')
  const lost = deliveries.filter(({state}) => state !== 'failed' && state !== 'delivered' && state !== 'skipped')
  claim(stage, lost.length === 0, 'every delivery is delivered, failed or skipped')
  narrator.step('What failed, replayed by hand: the same bytes, a new delivery')
  if (failed.length === 0) narrator.line('nothing failed for good')
  const replays: DeliveryView[] = []
  for (const original of failed) replays.push(...(await replay(stage, original, client)))
  return replays
}

async function replay(stage: Stage, original: DeliveryView, client: Client): Promise<readonly DeliveryView[]> {
  const {deliveries} = await client.call('delivery.replay', {organization, deliveries: [original.id]})
  const deliveryIds = deliveries.map(({id}) => id)
  const question = {organization, eventId: original.eventId, deliveryIds, until: 'finished', timeoutMs: waitMs} as const
  const {deliveries: settled} = await settle(client, question)
  stage.narrator.line(`hookctl delivery replay ${original.id}   ${settled.map(({state}) => state).join(', ')}`)
  claim(
    stage,
    settled.length === 1 && settled.every(({state}) => state === 'delivered'),
    `the replay of ${original.eventType} is delivered`,
  )
  const [before, after] = await Promise.all(
    [original, ...settled].map(({id}) => client.call('delivery.show', {organization, delivery: id})),
  )
  claim(stage, before?.body?.content === after?.body?.content, 'the replay sends the same bytes')
  return settled
}

/** hookctl's own changes are events too: an audit hears of them, and who subscribes to everything. Answers how many deliveries that made. */
async function followOwnEvents(stage: Stage, told: ReadonlySet<string>): Promise<number> {
  const {narrator, client} = stage
  const {items} = await client.call('delivery.list', {organization, limit: 1000})
  const own = items.filter(({id}) => !told.has(id))
  for (const {id, eventId, eventType} of own) {
    const question = {organization, eventId, deliveryIds: [id], until: 'finished', timeoutMs: waitMs} as const
    const {deliveries} = await settle(client, question)
    claim(
      stage,
      deliveries.every(({state}) => state === 'delivered'),
      `${eventType} is delivered`,
    )
  }
  const hearers = new Set(own.map(({webhook}) => webhook))
  if (own.length > 0)
    narrator.line(`besides, ${own.length} changes of hookctl itself were told to ${[...hearers].join(' and ')}`)
  return own.length
}

async function verifySignatures(stage: Stage): Promise<{verified: number; name: string}> {
  const {narrator, receiver} = stage
  const other = otherImplementation()
  narrator.step(`The signatures the receiver got, checked by ${other.name}`)
  let verified = 0
  for (const [number, arrival] of receiver.arrivals.entries()) {
    const isValid = await other.agrees(
      claimedBy(arrival.headers, arrival.body, stage.secrets.get(arrival.platform) ?? ''),
    )
    claim(stage, isValid, `the signature of request ${number + 1}, from ${arrival.platform}, fits its body`)
    if (isValid) verified += 1
  }
  narrator.line(`${verified} of ${receiver.arrivals.length} requests carry a signature that fits their bytes`)
  const first = receiver.arrivals.find(({platform}) => platform !== 'standard')
  claim(stage, first !== undefined, 'the receiver got requests')
  if (first) await refuseTampered(stage, first)
  return {verified, name: other.name}
}

async function refuseTampered(stage: Stage, arrival: Arrival): Promise<void> {
  const {verify} = await import('../../signature/index.ts')
  const tampered = Buffer.from(arrival.body)
  tampered[tampered.length - 1] = (tampered.at(-1) ?? 0) ^ 1
  const secret = stage.secrets.get(arrival.platform) ?? ''
  const headers = arrival.headers.map(([name, value]) => [name, value] as const)
  const [whole, broken] = [arrival.body, tampered].map(body => verify({scheme: 'netbox', secret, headers, body}))
  claim(
    stage,
    whole?.valid === true && broken?.valid === false,
    'hookctl verify accepts the body and refuses it with one bit changed',
  )
  stage.narrator.line(`hookctl verify: ${whole?.reason}; with one bit of the body changed: ${broken?.reason}`)
}

async function showActivity({narrator, client}: Stage): Promise<void> {
  narrator.step('Who changed what')
  const {items} = await client.call('activity.list', {organization, all: true, limit: 8})
  for (const {at, message} of items) narrator.line(`${at.slice(11, 19)}  ${message}`)
}
