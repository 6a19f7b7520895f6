import type {Parsed} from '../api/operations.ts'
import type {Event} from '../domain/event.ts'
import type {HistoryEntry} from '../domain/history.ts'
import type {JsonText} from '../domain/json.ts'
import type {Organization} from '../domain/organization.ts'
import {checkPattern} from '../domain/subscription.ts'
import {conflictError, HookctlError, usageError} from '../errors.ts'
import {reached} from '../failpoint.ts'
import type {VersionedPlatform} from '../platforms/table.ts'
import type {Acceptance, Accepted, DueDelivery} from '../store/store.ts'
import {changeOf, type KnownType, knownType, problemsOf} from './catalog.ts'
import {misfitting} from './data-schema.ts'
import type {Asking, Deps} from './deps.ts'
import {withObject} from './event-object.ts'
import {fanOut, type Target, targetOf} from './fan-out.ts'
import {toMicros} from './instants.ts'
import {jsonTextOf} from './json-text.ts'
import {inItsContext, knownContexts} from './known-contexts.ts'
import {takingTurns} from './turns.ts'

/** One event as `event.send` takes it, without its organization. */
export type EventToSend = Parsed<'event.sendMany'>['events'][number] & {
  /** Read from a body: `extra` is what its platform found there, and is not held against the event. */
  readonly captured?: true
}

/** An acceptance with the answer of the store to it. */
export interface AcceptedEvent extends Acceptance {
  readonly accepted: Accepted
  /** Present where its data does not fit the schema of its type, which lets it pass. */
  readonly warning?: string
}

/**
 * Accepts events: validates all of them first, then stores each with its deliveries, its bodies and its history row in
 * one durable transaction. All are accepted or none.
 *
 * An event that no webhook wants, or that no platform knows, is accepted all the same: it is part of the record.
 *
 * @param path where an event stands in the input, for errors
 * @throws usage `unknown_event_type`, `unknown_context`, `too_deep`, `reserved_source`, `data_mismatch`; too_large `payload_too_large`;
 * conflict `idempotency_conflict`, `delivery_loop`; overloaded `store_overloaded`
 */
export async function acceptEvents(
  deps: Deps,
  caller: Asking,
  organization: Organization,
  inputs: readonly EventToSend[],
  path: (index: number) => string = () => '',
): Promise<readonly AcceptedEvent[]> {
  try {
    return await acceptAll(deps, caller, organization, inputs, path)
  } catch (error) {
    if (error instanceof HookctlError) deps.meter?.refused(organization.id, error.code, inputs.length)
    throw error
  }
}

async function acceptAll(
  deps: Deps,
  caller: Asking,
  organization: Organization,
  inputs: readonly EventToSend[],
  path: (index: number) => string,
): Promise<readonly AcceptedEvent[]> {
  refuseLoop(caller)
  await refuseOverload(deps)
  for (const [index, {source}] of inputs.entries()) checkSource(source, path(index))
  const acceptances = await prepareEvents(deps, caller, organization, inputs, path)
  const warnings = await misfitting(
    deps,
    organization,
    acceptances.map(({event}) => event),
    path,
  )
  const answers = await deps.store.events.accept(acceptances)
  reached('accept.committed')
  refuseConflicts(inputs, answers, path)
  const accepted = acceptances.map((each, index) => {
    const warning = warnings.get(each.event)
    return {...withAnswer(each, answers[index] as Accepted), ...(warning === undefined ? {} : {warning})}
  })
  deps.offer?.(accepted.flatMap(dueIn))
  deps.meter?.accepted(organization.id, accepted.filter(each => !each.accepted.duplicate).length)
  return accepted
}

/** What is to be sent of an event at once. */
const dueIn = ({event, bodies, deliveries, accepted}: AcceptedEvent): DueDelivery[] =>
  accepted.duplicate
    ? []
    : deliveries.flatMap(({delivery, bodyKey}) => {
        const body = bodies.find(({key}) => key === bodyKey)
        return delivery.state !== 'pending' || body === undefined
          ? []
          : [{delivery, hops: event.hops ?? 0, body: body.bytes}]
      })

/** Before anything is prepared: what is refused should cost little. @throws overloaded `store_overloaded` */
export async function refuseOverload({overload}: Pick<Deps, 'overload'>): Promise<void> {
  const refusal = (await overload?.()) ?? null
  if (refusal !== null) throw refusal
}

/** Through so many deliveries a chain of servers may pass an event on; what goes on longer goes round. */
export const MOST_HOPS = 3

function refuseLoop({hops = 0}: Asking): void {
  if (hops <= MOST_HOPS) return
  throw conflictError('delivery_loop', `the event has come through ${hops} deliveries of hookctl: it goes round`, {
    hint: 'find the webhook whose URL is a hookctl server, and take it out: `hookctl webhook list`',
  })
}

/** An event that joined an open batch is owed by that delivery, not by the one it was offered with. */
function withAnswer(acceptance: Acceptance, accepted: Accepted): AcceptedEvent {
  const joined = new Map(accepted.joined?.map(({offered, deliveryId}) => [offered, deliveryId]))
  const deliveries = acceptance.deliveries.map(each => {
    const id = joined.get(each.delivery.id)
    return id === undefined ? each : {...each, delivery: {...each.delivery, id}}
  })
  return {...acceptance, deliveries, accepted}
}

/** Who says that something happened, and from where: the source of events that name none. */
export type Reporting = Pick<Asking, 'actor' | 'requestId' | 'hops'> & {readonly via: Event['source']}

/** The same events ready to be stored, for changes that are written in one transaction with the event that tells of them. */
export async function prepareEvents(
  deps: Deps,
  caller: Reporting,
  organization: Organization,
  given: readonly EventToSend[],
  path: (index: number) => string = () => '',
): Promise<readonly Acceptance[]> {
  const inputs: EventToSend[] = []
  for (const input of given) inputs.push(await inItsContext(deps, organization, knownType(input.type)?.platform, input))
  const named = inputs.flatMap(({contextId: id}, index) =>
    id === undefined ? [] : [{id, path: `${path(index)}contextId`}],
  )
  const contexts = await knownContexts(deps, organization, named)
  const nameOf = (id: string | undefined) => (id === undefined ? null : (contexts.get(id)?.name ?? null))
  const events = inputs.map((input, index) =>
    toEvent(deps, {...caller, contextName: nameOf(input.contextId)}, organization, input, path(index)),
  )
  const targets = (await deps.store.webhooks.all(organization.id)).map(targetOf)
  const prepared: Acceptance[] = []
  const turn = takingTurns()
  for (const found of events) {
    prepared.push(acceptance(deps, found, targets))
    const over = turn()
    if (over !== null) await over
  }
  return prepared
}

interface Found {
  readonly event: Event
  readonly known: KnownType | null
}

function toEvent(
  deps: Deps,
  caller: Reporting & {readonly contextName: string | null},
  organization: Organization,
  input: EventToSend,
  path: string,
): Found {
  checkType(input.type, path)
  const known = knownType(input.type)
  const acceptedAt = deps.now()
  const data = jsonTextOf(input.data, `${path}data`) ?? ('{}' as JsonText)
  const event: Event = {
    id: deps.newId('evt'),
    organizationId: organization.id,
    contextId: input.contextId ?? null,
    ...(caller.contextName === null ? {} : {contextName: caller.contextName}),
    type: known?.type.name ?? input.type,
    occurredAtMicros:
      input.occurredAt === undefined ? acceptedAt * 1000 : toMicros(input.occurredAt, `${path}occurredAt`),
    acceptedAt,
    actor: actorOf(input.actor) ?? caller.actor,
    source: input.source ?? caller.via,
    requestId: input.requestId ?? caller.requestId,
    object: input.object ?? null,
    data,
    before: nullAsNone(jsonTextOf(input.before, `${path}before`)),
    after: nullAsNone(jsonTextOf(input.after, `${path}after`)),
    extra: jsonTextOf(input.extra, `${path}extra`),
    idempotencyKey: input.idempotencyKey ?? null,
    ...(caller.hops ? {hops: caller.hops} : {}),
  }
  const whole = withObject(event, known)
  if (known !== null) refuseBroken(whole, known, path, input.captured)
  return {event: whole, known}
}

/** What a platform says of its own events: nothing that it could never send is accepted under its names. */
export function refuseBroken(event: Event, spoken: VersionedPlatform, path: string, captured = false): void {
  const problems = problemsOf(spoken, event).filter(problem => !captured || !problem.path.startsWith('extra/'))
  const [first] = problems
  if (first === undefined) return
  throw usageError(first.code, problems.map(({message}) => message).join('; '), {
    path: `${path}${first.path}`,
    ...(first.hint === undefined ? {} : {hint: first.hint}),
  })
}

const nullAsNone = (text: JsonText | null): JsonText | null => (text === 'null' ? null : text)

function actorOf(actor: EventToSend['actor']): Event['actor'] | null {
  if (actor === undefined) return null
  const {kind, name, email, id} = actor
  return {kind, name, ...(email === undefined ? {} : {email}), ...(id === undefined ? {} : {id})}
}

function checkType(type: string, path: string): void {
  const problem = checkPattern(type)
  if (problem === null && !type.includes('*')) return
  throw usageError('unknown_event_type', problem?.message ?? `"${type}" is a pattern: an event has one type`, {
    path: `${path}type`,
    hint: '`hookctl event types` lists what the platforms know: node.added, dcim.site.created',
  })
}

/** Who reads `inbound:…` or `hookctl` must be able to believe it. */
export function checkSource(source: string | undefined, path: string): void {
  if (source === undefined || !/^(?:hookctl$|inbound:)/i.test(source)) return
  throw usageError('reserved_source', `the source "${source}" is hookctl's own`, {
    path: `${path}source`,
    hint: 'name the part of your system that saw it happen',
  })
}

function acceptance(deps: Deps, {event, known}: Found, targets: readonly Target[]): Acceptance {
  return {event, ...fanOut(deps, event, targets), history: known === null ? [] : changeIn(deps, event, known)}
}

/** The history row of the change that an event reports; none where it reports none, or of nothing in particular. */
function changeIn({newId}: Deps, event: Event, known: KnownType): HistoryEntry[] {
  const said = changeOf(known, event)
  if (said === null || event.object === null) return []
  const {objectType, change} = said
  return [
    {
      id: newId('hst'),
      organizationId: event.organizationId,
      at: event.acceptedAt,
      change,
      object: {...event.object, type: objectType},
      actor: event.actor,
      requestId: event.requestId,
      eventId: event.id,
      before: event.before,
      after: event.after,
    },
  ]
}

function refuseConflicts(
  inputs: readonly EventToSend[],
  answers: readonly Accepted[],
  path: (index: number) => string,
): void {
  const index = answers.findIndex(answer => answer.conflict)
  if (index < 0) return
  const first = answers[index]?.eventId
  const key = inputs[index]?.idempotencyKey
  throw conflictError(
    'idempotency_conflict',
    `the key "${key}" was used for other content, by ${first}: nothing was accepted`,
    {
      path: `${path(index)}idempotencyKey`,
      hint: `give every event a key of its own; \`hookctl event show ${first}\` shows the first one`,
    },
  )
}
