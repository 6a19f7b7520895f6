import type {Output, Parsed} from '../api/operations.ts'
import type {Attempt} from '../domain/delivery.ts'
import {type JsonText, parseJson} from '../domain/json.ts'
import {jsonDifferences} from '../domain/json-differences.ts'
import {maskUrl} from '../domain/mask.ts'
import type {Organization} from '../domain/organization.ts'
import type {Header} from '../domain/webhook.ts'
import {conflictError} from '../errors.ts'
import {bodyDifferences} from './body-differences.ts'
import {resolveSide, type Side} from './delivery-refs.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import {toInstant} from './instants.ts'
import {namesOf} from './names.ts'
import {configurationAt, webhookChangesBetween} from './webhook-past.ts'

export type Difference = Output<'delivery.diff'>['differences'][number]

/**
 * What differed between two attempts or deliveries: where it was sent, headers, body, the webhook's configuration at each
 * moment, the secrets that signed, the answer; and who changed the webhook in between. With one delivery: its last
 * failure and the success after it, also that of a replay.
 *
 * @throws usage `bad_reference`; not_found `delivery_not_found`, `attempt_not_found`; conflict `nothing_to_compare`
 */
export async function diffDeliveries(
  deps: Deps,
  {organization, delivery, with: other}: Resolved<Parsed<'delivery.diff'>>,
  _caller: Asking,
): Promise<Output<'delivery.diff'>> {
  const first = await resolveSide(deps, organization, delivery)
  const [a, b] =
    other === undefined
      ? await failureAndSuccess(deps, organization, first)
      : [first, await resolveSide(deps, organization, other)]
  const names = await namesOf(deps, [a.delivery, b.delivery])
  const differences = [
    ...attemptDifferences(a.attempt, b.attempt),
    ...(await bodyDifferences(deps, a.delivery, b.delivery)),
    ...(await configurationDifferences(deps, a, b)),
    ...answerDifferences(a.attempt, b.attempt),
  ]
  const changes =
    a.delivery.webhookId === b.delivery.webhookId
      ? await webhookChangesBetween(deps, a.delivery, momentOf(a), momentOf(b))
      : []
  return {a: sideView(a, names(a.delivery)), b: sideView(b, names(b.delivery)), differences, changes}
}

/** When its request was made, or would have been. */
const momentOf = ({delivery, attempt}: Side): number => attempt?.startedAt ?? delivery.createdAt

const sideView = ({delivery, attempt}: Side, webhook: string): Output<'delivery.diff'>['a'] => ({
  deliveryId: delivery.id,
  attempt: attempt?.number ?? null,
  attemptId: attempt?.id ?? null,
  webhook,
  webhookId: delivery.webhookId,
  eventId: delivery.eventId,
  eventType: delivery.eventType,
  state: attempt === null ? delivery.state : attempt.success ? 'delivered' : 'failed',
  status: attempt?.status ?? null,
  errorClass: attempt?.errorClass ?? null,
  at: toInstant(momentOf({delivery, attempt, attempts: []})),
})

/** The last failure, and the success that came after it: its own, or that of a replay, or before it. */
async function failureAndSuccess(deps: Deps, organization: Organization, side: Side): Promise<[Side, Side]> {
  const family = [side, ...(await relatives(deps, organization, side))]
  const all = family.flatMap(each => each.attempts.map(attempt => ({...each, attempt})))
  const inOrder = all.toSorted((x, y) => x.attempt.startedAt - y.attempt.startedAt)
  const success = inOrder.findLast(({attempt}) => attempt.success)
  const failure = inOrder.findLast(
    ({attempt}) => !attempt.success && (success === undefined || attempt.startedAt <= success.attempt.startedAt),
  )
  if (success !== undefined && failure !== undefined) return [failure, success]
  const {id} = side.delivery
  const lacks = success === undefined ? 'no success' : 'no failure before its success'
  throw conflictError('nothing_to_compare', `delivery ${id} has ${lacks}, and neither has a replay of it`, {
    hint: `name the other one too: hookctl delivery diff ${id} dlv_…`,
  })
}

/** The delivery that it replays, and those that replay it. */
async function relatives(deps: Deps, organization: Organization, {delivery}: Side): Promise<readonly Side[]> {
  const {items} = await deps.store.deliveries.list(organization.id, {replayOf: delivery.id}, {limit: 20})
  const ids = [...(delivery.replayOf === null ? [] : [delivery.replayOf]), ...items.map(({id}) => id)]
  return Promise.all(ids.map(id => resolveSide(deps, organization, id)))
}

const differ = (part: Difference['part'], name: string, a: unknown, b: unknown, expected = false): Difference[] => {
  if (JSON.stringify(a) === JSON.stringify(b)) return []
  return [{part, name, expected, ...(a === undefined ? {} : {a}), ...(b === undefined ? {} : {b})}]
}

function attemptDifferences(a: Attempt | null, b: Attempt | null): readonly Difference[] {
  if (a === null || b === null) return []
  return [
    ...differ('request', 'url', maskUrl(a.url), maskUrl(b.url)),
    ...differ('request', 'method', a.method, b.method),
    ...headerDifferences(a.requestHeaders, b.requestHeaders),
    ...keyDifferences(a, b),
  ]
}

/** What is another one in every delivery or at every time, and says nothing by itself. */
const BY_NATURE = /signature$|-timestamp$|^x-hook-(?:delivery|event-id)$|^webhook-id$|^hookctl-replay$/i

function headerDifferences(a: readonly Header[], b: readonly Header[]): readonly Difference[] {
  const [was, is] = [byName(a), byName(b)]
  return [...new Set([...was.keys(), ...is.keys()])].flatMap(name => {
    const [x, y] = [was.get(name), is.get(name)]
    return differ('header', (x ?? y)?.name ?? name, x?.value, y?.value, BY_NATURE.test(name))
  })
}

/** A name that comes more than once has all its values. */
function byName(headers: readonly Header[]): ReadonlyMap<string, {readonly name: string; readonly value: string}> {
  const found = new Map<string, {name: string; value: string}>()
  for (const [name, value] of headers) {
    const known = found.get(name.toLowerCase())
    found.set(name.toLowerCase(), known === undefined ? {name, value} : {name, value: `${known.value}, ${value}`})
  }
  return found
}

/** Unknown where the attempt is from before it was written down. */
const keyDifferences = (a: Attempt, b: Attempt): readonly Difference[] =>
  a.signedWith === null || b.signedWith === null ? [] : differ('key', 'fingerprint', a.signedWith, b.signedWith)

const answerDifferences = (a: Attempt | null, b: Attempt | null): readonly Difference[] =>
  a === null || b === null
    ? []
    : [
        ...differ('answer', 'status', a.status, b.status),
        ...differ('answer', 'errorClass', a.errorClass, b.errorClass),
        ...differ('answer', 'remoteAddress', a.remoteAddress, b.remoteAddress),
      ]

/** What the webhooks said at the two moments. Nothing where the history does not go back that far. */
async function configurationDifferences(deps: Deps, a: Side, b: Side): Promise<readonly Difference[]> {
  const [was, is] = await Promise.all([
    configurationAt(deps, a.delivery, momentOf(a)),
    configurationAt(deps, b.delivery, momentOf(b)),
  ])
  if (was === null || is === null) return []
  return jsonDifferences(was, is).map(({path, a: x, b: y}) => ({
    part: 'configuration',
    name: path,
    expected: false,
    ...member('a', x),
    ...member('b', y),
  }))
}

const member = (name: 'a' | 'b', text: JsonText | null): object => (text === null ? {} : {[name]: parseJson(text)})
