import {hash} from 'node:crypto'
import {type IdTemplate, readIdTemplate} from '../domain/id-template.ts'
import type {Organization} from '../domain/organization.ts'
import type {SignaturePolicy} from '../domain/policy.ts'
import {requestIdIn} from '../domain/request-id.ts'
import {inboundOf, type LastReceived, type Source, signedUrlOf} from '../domain/source.ts'
import {readTypeTemplate, type TypeTemplate} from '../domain/type-template.ts'
import {type Header, liveSecrets} from '../domain/webhook.ts'
import {conflictError, HookctlError, notAllowedError, notFoundError, usageError} from '../errors.ts'
import {readCaptured} from '../platforms/detect.ts'
import {readTypedRequest} from '../platforms/typed-request.ts'
import {
  challengeAnswer,
  describeReason,
  type Handshake,
  handshakeAnswer,
  type Scheme,
  verify,
} from '../signature/index.ts'
import {acceptEvents, type EventToSend} from './accept.ts'
import {admit} from './admit.ts'
import {eventsIn} from './captured.ts'
import type {Asking, Caller, Deps} from './deps.ts'
import {schemeFor} from './scheme.ts'

/** A request to the address of a source. What costs something is asked for when it is wanted. */
export interface InboundRequest {
  readonly source: string
  /** Every line, repeated ones repeated. */
  readonly headers: readonly Header[]
  /** Reads the body, and does this with it when it is its turn. */
  readonly withBody: <T>(work: (body: Uint8Array) => Promise<T>) => Promise<T>
  /** Who the token stands for that came along; throws where there is none. */
  readonly caller: () => Promise<Caller>
  readonly requestId: string
  readonly hops: number
}

export interface Inbound {
  readonly accepted: number
  readonly eventIds: string[]
}

/** What is answered: to a handshake, before there is any event, what the sender wants to hear. */
export type Received = Inbound | Handshake

/** How old a signed timestamp may be, in seconds. Source: Standard Webhooks and Stripe, five minutes. */
const TOLERANCE_S = 300

/**
 * Takes a webhook of a platform: checks its signature, reads its body and accepts the events in it, all of them or none.
 * A request that is sent again with the same id is answered with the events of before.
 *
 * @throws not_found `source_not_found`; conflict `source_disabled`, `idempotency_conflict`, `delivery_loop`; not_allowed
 * `signature_invalid`, `scope_missing`; usage `bad_body`, `no_event_type` and what `acceptEvents` throws
 */
export async function receiveInbound(deps: Deps, request: InboundRequest): Promise<Received> {
  const found = await deps.store.sources.byId(request.source)
  const organization = found === null ? null : await deps.store.organizations.byId(found.source.organizationId)
  if (found === null || organization === null) throw noSource()
  const {source, last} = found
  const received = await receive(deps, {source, organization}, request).catch(async error => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'internal'
    deps.meter?.received(source, code)
    await note(deps, source, last, code)
    throw error
  })
  deps.meter?.received(source, 'accepted')
  await note(deps, source, last, null)
  return received
}

/**
 * What is answered to a sender that looks whether somebody is there before it sends anything: null to Trello and Mandrill,
 * which only want it to go well; its challenge to Dropbox and Meta.
 *
 * @throws not_found `source_not_found`; conflict `source_disabled`
 */
export async function greetSender({store}: Deps, id: string, query: URLSearchParams): Promise<string | null> {
  const found = await store.sources.byId(id)
  if (found === null) throw noSource()
  if (!found.source.active) throw disabled(found.source)
  const {signature} = found.source
  return signature === null ? null : challengeAnswer(signature.scheme, query)
}

/** Each note is a write: anybody who knows the address may have that many made, and a busy source as many in vain. */
const NOTED_EVERY_MS = {accepted: 10_000, refused: 1000}

/** For those who set up the source: the answer goes to the platform only. */
async function note({store, now}: Deps, {id}: Source, last: LastReceived, refusal: string | null): Promise<void> {
  const [before, every] =
    refusal === null ? [last.acceptedAt, NOTED_EVERY_MS.accepted] : [last.refusedAt, NOTED_EVERY_MS.refused]
  const at = now()
  // A clock that was set back must not keep it from being noted.
  if (before !== null && Math.abs(at - before) < every) return
  try {
    await store.sources.noteReceived(id, at, refusal)
  } catch (error) {
    // What was accepted is accepted, and what was refused is told why, also where a store is full or busy.
    if (!(error instanceof HookctlError)) throw error
  }
}

/** What was sent: the bytes, and the signature over them among the headers. */
type Message = Pick<InboundRequest, 'headers'> & {readonly body: Uint8Array}

/** Where a request came to. */
interface Addressed {
  readonly source: Source
  readonly organization: Organization
}

async function receive(deps: Deps, addressed: Addressed, request: InboundRequest): Promise<Received> {
  const {source} = addressed
  if (source.signature === null) await admitCaller(source, await request.caller())
  if (!source.active) throw disabled(source)
  return request.withBody(body => take(deps, addressed, request, {headers: request.headers, body}))
}

async function take(
  deps: Deps,
  addressed: Addressed,
  {hops, requestId}: InboundRequest,
  message: Message,
): Promise<Received> {
  const {source, organization} = addressed
  const {signature} = source
  if (signature !== null) {
    const secret = secretThatFits(deps, {...source, signature}, message)
    const handshake = handshakeAnswer(signature.scheme, secret, message.body)
    if (handshake !== null) return handshake
  }
  const {events, id: told} = await eventsOf(deps, addressed, message)
  const id = told ?? requestIdIn(message.headers, signature?.idHeader)
  const keyed = id === null ? events : events.map((event, at) => ({...event, idempotencyKey: keyOf(source, id, at)}))
  const accept = () => acceptFrom(deps, addressed, {hops, requestId}, keyed)
  if (told === null) return accept()
  // Some say in the body that they repeat it: what came first counts, however it is told again.
  const before = async (): Promise<Received | null> => {
    const known = await deps.store.events.idByKey(organization.id, keyOf(source, told, 0))
    return known === null ? null : {accepted: 1, eventIds: [known]}
  }
  return (
    (await before()) ??
    accept().catch(async error => {
      // Two looked before either was there.
      const meanwhile = error instanceof HookctlError && error.code === 'idempotency_conflict' ? await before() : null
      if (meanwhile === null) throw error
      return meanwhile
    })
  )
}

async function acceptFrom(
  deps: Deps,
  {source, organization}: Addressed,
  from: Pick<InboundRequest, 'hops' | 'requestId'>,
  events: readonly EventToSend[],
): Promise<Received> {
  const caller: Asking = {
    actor: {kind: 'system', name: source.name},
    role: 'member',
    scopes: ['ingest'],
    organizationId: organization.id,
    via: inboundOf(source),
    ...from,
  }
  const found = await acceptEvents(deps, caller, organization, events, index => `events/${index}/`)
  return {accepted: found.length, eventIds: found.map(({accepted}) => accepted.eventId)}
}

interface Told {
  readonly events: readonly EventToSend[]
  /** That the sender gives its event, as the source makes it; null where it makes none. */
  readonly id: string | null
}

/** Those in a body of the platform, or what no platform sent as one. */
async function eventsOf(deps: Deps, {source, organization}: Addressed, message: Message): Promise<Told> {
  const {eventType, contextId, platform} = source
  if (eventType !== null) return typedEvent({...source, eventType}, message)
  const inContext = (own: string | undefined) => own ?? contextId ?? undefined
  return {events: await eventsIn(deps, organization, readCaptured(message.body, platform), inContext), id: null}
}

function typedEvent({eventType, dedupeBy, contextId}: Source & {readonly eventType: string}, message: Message): Told {
  // Both were checked when they came.
  const template = {
    type: readTypeTemplate(eventType) as TypeTemplate,
    ...(dedupeBy === null ? {} : {id: readIdTemplate(dedupeBy) as IdTemplate}),
  }
  const {type, id, data} = readTypedRequest(template, message)
  const told = id === null ? null : `${dedupeBy} ${id}`
  if (type !== null) return {events: [{type, data, ...(contextId === null ? {} : {contextId})}], id: told}
  throw usageError('no_event_type', `the request has nothing of which its type is made: ${eventType}`, {
    hint: 'compare it with what the sender sends; `hookctl source edit --event-type` changes it',
  })
}

async function admitCaller(source: Source, caller: Caller): Promise<void> {
  if (caller.organizationId !== undefined && caller.organizationId !== source.organizationId) throw noSource()
  admit(`/in/${source.id}`, {role: 'member', scope: 'ingest'}, caller)
}

/** @throws not_allowed `signature_invalid` where none does */
function secretThatFits(
  deps: Deps,
  source: Source & {readonly signature: SignaturePolicy},
  {headers, body}: Message,
): string {
  const now = deps.now()
  const secrets = liveSecrets(source, now).map(({value}) => value)
  const verdict = verify({
    scheme: expectedBy(source),
    secrets,
    headers,
    body,
    now: Math.floor(now / 1000),
    tolerance: TOLERANCE_S,
  })
  const secret = verdict.valid ? secrets[verdict.secretIndex ?? 0] : undefined
  if (secret !== undefined) return secret
  throw notAllowedError(
    'signature_invalid',
    `the signature is not valid (${verdict.reason}): ${describeReason(verdict.reason)}`,
    {
      hint: 'sign the exact bytes of the body with the secret of the source',
    },
  )
}

function expectedBy({signature, ...source}: Source & {readonly signature: SignaturePolicy}): Scheme {
  const {url} = signature
  return schemeFor(url === undefined ? signature : {...signature, url: signedUrlOf(source, url)})
}

/** Its own for each source: what one sender says of ids says nothing about those of another. */
const keyOf = ({id}: Source, request: string, at: number): string => `${id}:${hash('sha256', request)}:${at}`

const noSource = () => notFoundError('source_not_found', 'there is no such source', {hint: 'hookctl source list'})

const disabled = ({name}: Source) =>
  conflictError('source_disabled', `the source ${name} is switched off: nothing was taken`, {
    hint: `hookctl source enable ${name}`,
  })
