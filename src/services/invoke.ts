import {loadOperation} from '../api/load-operation.ts'
import type {Operation} from '../api/operation.ts'
import type {OperationName, Output} from '../api/operations.ts'
import {parseInput} from '../api/parse.ts'
import {type StreamItem, type StreamQuestion, streamInput} from '../api/stream.ts'
import type {Organization} from '../domain/organization.ts'
import {notFoundError} from '../errors.ts'
import {admit} from './admit.ts'
import {deliveryFilterOf} from './delivery-filter.ts'
import type {Asking, Caller, Deps} from './deps.ts'
import {toMs} from './instants.ts'
import {onNewest} from './newest.ts'
import {beginning, type FollowQuestion, follow} from './stream.ts'
import {services} from './table.ts'

/**
 * Asks the product for one operation: who may, what was meant, in which organization, then the service.
 *
 * Every way in (this process, HTTP) comes through here, so every way in enforces the same. Nothing is written before
 * the caller, the input and the organization have been checked. Of changes at the same moment each is made from what the
 * one before it has left, and none is lost.
 *
 * @throws not_allowed `scope_missing`, `role_missing` or `organization_bound`, usage `invalid_input`, not_found `organization_not_found`, and
 * what the service throws
 */
export async function invoke<Name extends OperationName>(
  deps: Deps,
  name: Name,
  rawInput: unknown,
  caller: Caller,
): Promise<Output<Name>> {
  const {operation, service} = loaded.get(name) ?? (await load(name))
  admit(name, operation, caller)
  const input = parseInput(operation.input, rawInput) as Record<string, unknown>
  const asking = askingOf(deps, caller)
  return (await onNewest(async () => service(deps, await resolve(deps, input, caller), asking))) as Output<Name>
}

/** The caller with an id for this request, made when it is asked for: what only reads does without. */
function askingOf({newUuid}: Pick<Deps, 'newUuid'>, caller: Caller): Asking {
  let own = caller.requestId
  return {
    ...caller,
    get requestId() {
      own ??= newUuid()
      return own
    },
  }
}

interface Loaded {
  readonly operation: Operation
  readonly service: (deps: Deps, input: unknown, caller: Asking) => Promise<unknown>
}

/** An import that was made is made again by each call of it, at the price of a small request. */
const loaded = new Map<OperationName, Loaded>()

async function load(name: OperationName): Promise<Loaded> {
  const [operation, service] = await Promise.all([loadOperation(name), services[name]()])
  const found = {operation, service} as Loaded
  loaded.set(name, found)
  return found
}

/**
 * The cursor a stream begins after, once caller, question and cursor have been checked: what `invokeStream` would
 * throw later, and what a client that loses its connection before the first item goes on from.
 */
export async function beginStream(
  deps: Pick<Deps, 'store'>,
  question: StreamQuestion,
  caller: Caller,
): Promise<string> {
  const asked = await streamQuestion(deps, question, caller)
  const cursor = await beginning(deps, asked)
  if (asked.cursor !== null) {
    await deps.store.feed({organizationId: asked.organization.id, cursor, limit: 1, kinds: asked.kinds})
  }
  return cursor
}

/**
 * Follows what happens, behind the same door as `invoke`. What is wrong with the question is thrown at the first item.
 *
 * @throws as `invoke`, and usage `bad_cursor`
 */
export async function* invokeStream(
  deps: Pick<Deps, 'store'>,
  question: StreamQuestion,
  caller: Caller,
  signal: AbortSignal,
): AsyncGenerator<StreamItem> {
  const asked = await streamQuestion(deps, question, caller)
  yield* follow(deps, asked, signal)
}

async function streamQuestion(
  deps: Pick<Deps, 'store'>,
  question: StreamQuestion,
  caller: Caller,
): Promise<FollowQuestion> {
  admit('stream', {role: 'member', scope: 'read'}, caller)
  const {cursor, since, filter: given = {}, ...rest} = question
  const asked = {...given, ...rest, cursor: cursor ?? undefined, since: since ?? undefined}
  const {
    cursor: from,
    kinds,
    follow: goesOn,
    since: begin,
    organization: slug,
    ...input
  } = parseInput(streamInput(), asked)
  const organization = await organizationOf(deps, slug, caller)
  const isFiltered = Object.values(input).some(value => value !== undefined)
  const filter = isFiltered ? await deliveryFilterOf(deps, organization, input) : null
  return {organization, kinds, follow: goesOn, cursor: from ?? null, since: toMs(begin) ?? null, filter}
}

async function resolve(deps: Pick<Deps, 'store'>, input: Record<string, unknown>, caller: Caller): Promise<unknown> {
  if (typeof input.organization !== 'string') return input
  return {...input, organization: await organizationOf(deps, input.organization, caller)}
}

/** Of an organization that is not the caller's own one learns the same as of one that is not there. */
async function organizationOf({store}: Pick<Deps, 'store'>, slug: string, caller: Caller): Promise<Organization> {
  const {organizationId: own} = caller
  const organization = await store.organizations.bySlug(slug)
  if (organization !== null && (own === undefined || organization.id === own)) return organization
  const known =
    own === undefined ? (await store.organizations.list({limit: 10})).items : [await store.organizations.byId(own)]
  const slugs = known.flatMap(item => (item === null ? [] : [item.slug]))
  throw notFoundError('organization_not_found', `no organization "${slug}"`, {
    hint: `there ${slugs.length === 1 ? 'is' : 'are'} ${slugs.join(', ')}`,
  })
}
