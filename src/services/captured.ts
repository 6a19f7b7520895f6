import type {Output, Parsed} from '../api/operations.ts'
import {type JsonText, parseJson} from '../domain/json.ts'
import type {Organization} from '../domain/organization.ts'
import type {ParsedEvent} from '../domain/platform.ts'
import {usageError} from '../errors.ts'
import {type Captured, readCaptured} from '../platforms/detect.ts'
import {platformId} from '../platforms/table.ts'
import {acceptEvents, type EventToSend, prepareEvents} from './accept.ts'
import {spokenAs} from './catalog.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import {warningsOf} from './events.ts'
import {microsToInstant} from './instants.ts'

type In<N extends 'event.import' | 'event.render'> = Resolved<Parsed<N>>

const bytesOf = (base64: string): Buffer => Buffer.from(base64, 'base64')

/**
 * Accepts the events of a captured body, as if they had just been reported: times, actors and request ids are those of
 * the body. All of them or none.
 *
 * @throws usage `bad_body`, `unknown_platform`, `unknown_platform_version`, and what `acceptEvents` throws
 */
export async function importEvents(
  deps: Deps,
  {organization, body, platform, contextId}: In<'event.import'>,
  caller: Asking,
): Promise<Output<'event.import'>> {
  const captured = readCaptured(bytesOf(body), platform)
  const inputs = await eventsIn(deps, organization, captured, own => contextId ?? own)
  const found = await acceptEvents(deps, caller, organization, inputs, index => `events/${index}/`)
  return {
    platform: platformId(captured),
    accepted: found.length,
    deliveries: found.reduce((sum, {deliveries}) => sum + deliveries.length, 0),
    eventIds: found.map(({accepted}) => accepted.eventId),
    warnings: warningsOf(found),
  }
}

/**
 * The events of a captured body, ready to be sent.
 *
 * @param contextOf the context of an event whose body names this one; undefined: none that is known here
 */
export async function eventsIn(
  {store}: Pick<Deps, 'store'>,
  organization: Organization,
  {parsed}: Captured,
  contextOf: (own: string | undefined) => string | undefined,
): Promise<readonly EventToSend[]> {
  const inputs: EventToSend[] = []
  for (const event of parsed.events) {
    const own = event.contextId === null ? null : await store.contexts.find(organization.id, event.contextId)
    inputs.push(inputOf(event, contextOf(own?.id)))
  }
  return inputs
}

function inputOf(event: ParsedEvent, contextId: string | undefined): EventToSend {
  const {type, occurredAtMicros, actor, requestId, object, data, before, after, extra} = event
  return {
    captured: true,
    type,
    occurredAt: microsToInstant(occurredAtMicros),
    actor: {...actor},
    data: parseJson(data),
    ...(object === null ? {} : {object}),
    ...member('before', before),
    ...member('after', after),
    ...(extra === null ? {} : {extra: parseJson(extra) as Record<string, unknown>}),
    ...(requestId === '' ? {} : {requestId}),
    ...(contextId === undefined ? {} : {contextId}),
  }
}

const member = (name: string, text: JsonText | null): object => (text === null ? {} : {[name]: parseJson(text)})

/** A captured body read and written again: the same bytes where the platform is the one that made them. */
export async function renderCaptured(
  _deps: Deps,
  {platform: name, body}: Parsed<'platform.render'>,
): Promise<Output<'platform.render'>> {
  const captured: Captured = readCaptured(bytesOf(body), name)
  const {platform, version, parsed} = captured
  return {
    platform: platformId(captured),
    contentType: platform.preset(version).contentType,
    events: parsed.events.map(({type, occurredAtMicros}) => ({type, occurredAt: microsToInstant(occurredAtMicros)})),
    body: Buffer.from(platform.body(parsed.events, parsed.context)).toString('base64'),
  }
}

/**
 * What a platform would send of an event: nothing is stored, and no webhook gets it.
 *
 * @throws usage `unknown_event_type`, `render_failed`, and what `acceptEvents` throws for a bad event
 */
export async function renderEvent(
  deps: Deps,
  {organization, platform: name, zone, settings, ...input}: In<'event.render'>,
  caller: Asking,
): Promise<Output<'event.render'>> {
  const spoken = spokenAs(name)
  const {platform, version} = spoken
  if (platform.eventType(version, input.type) === null) {
    throw usageError('unknown_event_type', `${spoken.name} has no event type "${input.type}"`, {
      path: 'type',
      hint: `hookctl event types --platform ${platform.name}`,
    })
  }
  const [prepared] = await prepareEvents(deps, caller, organization, [input])
  const event = prepared?.event
  if (event === undefined) throw new Error('one event was prepared')
  const preset = platform.preset(version)
  const bytes = platform.body([event], {
    version,
    organizationId: organization.id,
    zone: zone ?? preset.policies.zone,
    settings: settings ?? {},
  })
  return {
    platform: spoken.name,
    eventId: event.id,
    eventType: event.type,
    method: preset.method,
    contentType: preset.contentType,
    signature: structuredClone(preset.policies.signature) as Output<'event.render'>['signature'],
    timeoutMs: preset.policies.timeoutMs,
    success: structuredClone(preset.policies.success) as Output<'event.render'>['success'],
    body: Buffer.from(bytes).toString('base64'),
  }
}
