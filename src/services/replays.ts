import type {Output, Parsed} from '../api/operations.ts'
import {type DeliveryFilterInput, deliveryFilterKeys} from '../domain/filter-grammar.ts'
import type {Organization} from '../domain/organization.ts'
import {checkSelection, type Replay, type ReplayState, replayOver} from '../domain/replay.ts'
import {conflictError, notFoundError, usageError} from '../errors.ts'
import type {NewReplayItem, Telling} from '../store/store.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import {toInstant, toInstantOrNull} from './instants.ts'
import {recordOf} from './record.ts'
import {canonicalUrl, replayable} from './replay.ts'
import {type Candidate, type LeftOut, type SelectQuestion, select} from './replay-select.ts'
import {replayView} from './replay-view.ts'
import {refuseTarget} from './targets.ts'

type In<N extends `replay.${'preview' | 'create' | 'list' | 'show' | 'pause' | 'resume' | 'cancel'}`> = Resolved<
  Parsed<N>
>

/** What would be sent again, and what is left out of it and why. Nothing is written. @throws as `createReplay` */
export async function previewReplay(deps: Deps, input: In<'replay.preview'>): Promise<Output<'replay.preview'>> {
  const question = await questionOf(deps, input)
  const tally = new Tally()
  for await (const page of select(deps, question)) tally.add(page)
  return tally.view(await namesIn(deps, input.organization))
}

/**
 * Writes down what is to be sent again; whoever sends works it off. The number must be what the caller counted on:
 * nothing is sent where it is another by now.
 *
 * @throws usage `filter_not_taken`, what `deliveryFilterOf` throws, `target_denied`; conflict `count_changed`, and for
 * deliveries that are named what `replayDeliveries` throws; `replay_over` where somebody cancels it meanwhile
 */
export async function createReplay(
  deps: Deps,
  input: In<'replay.create'>,
  caller: Asking,
): Promise<Output<'replay.create'>> {
  const {organization, confirm, ratePerSecond, selection, deliveries} = input
  refuseFilter(selection, filterIn(input))
  const question = selection === 'named' ? null : await questionOf(deps, {...input, selection})
  const toUrl = question?.toUrl ?? (await urlOf(deps, input.toUrl))
  const named = question === null ? await namedItems(deps, organization, deliveries ?? [], {now: input.now, toUrl}) : []
  const replay: Replay = {
    id: deps.newId('rpl'),
    organizationId: organization.id,
    selection,
    filter: filterIn(input),
    toUrl,
    now: input.now,
    ratePerSecond: ratePerSecond ?? null,
    state: 'selecting',
    total: 0,
    handedOver: 0,
    refused: 0,
    createdAt: deps.now(),
    finishedAt: null,
  }
  await deps.store.replays.add(replay)
  const total = await write(deps, replay, question === null ? [named] : itemsOf(deps, question))
  if (total !== confirm) {
    await deps.store.replays.discard(replay.id)
    throw conflictError('count_changed', `${total} would be sent again, not ${confirm}`, {
      path: 'confirm',
      hint: 'look at them again with --dry-run, then confirm the number there is now',
    })
  }
  const begun = await deps.store.replays.begin(
    replay.id,
    deps.now(),
    recordReplay(deps, caller, 'created', {...replay, total}),
  )
  return viewOf(deps, organization, begun)
}

async function write(
  {store}: Deps,
  {id}: Replay,
  pages: Iterable<readonly NewReplayItem[]> | AsyncIterable<readonly NewReplayItem[]>,
): Promise<number> {
  let total = 0
  let added = Promise.resolve()
  for await (const items of pages) {
    await added
    // The next ones are read meanwhile. Of a failure the next turn hears.
    added = items.length > 0 ? store.replays.addItems(id, items) : added
    added.catch(() => {})
    total += items.length
  }
  await added
  return total
}

async function* itemsOf(deps: Deps, question: SelectQuestion): AsyncGenerator<readonly NewReplayItem[]> {
  for await (const page of select(deps, question)) {
    yield page.filter(({leftOut}) => leftOut === null).map(({item}) => item)
  }
}

async function namedItems(
  deps: Deps,
  organization: Organization,
  ids: readonly string[],
  how: {readonly now: boolean; readonly toUrl: string | null},
): Promise<readonly NewReplayItem[]> {
  const ready = await replayable(deps, organization, ids, how)
  return ready.map(({original: {id, webhookId, createdAt, eventId, bodyBytes}}) => ({
    webhookId,
    at: createdAt,
    deliveryId: id,
    eventId: bodyBytes === null ? eventId : null,
  }))
}

type Selecting = Pick<In<'replay.preview'>, 'organization' | 'selection' | 'now' | 'toUrl'>

async function questionOf(deps: Deps, input: Selecting): Promise<SelectQuestion> {
  const {organization, selection, now} = input
  const filter = filterIn(input)
  refuseFilter(selection, filter)
  return {organization, selection, filter, now, toUrl: await urlOf(deps, input.toUrl)}
}

function refuseFilter(selection: Replay['selection'], filter: DeliveryFilterInput): void {
  const problem = checkSelection(selection, filter)
  if (problem === null) return
  throw usageError(problem.code, problem.message, {path: problem.path, hint: problem.hint})
}

async function urlOf(deps: Deps, text: string | undefined): Promise<string | null> {
  if (text === undefined) return null
  const url = canonicalUrl(text)
  await refuseTarget(deps, url, 'toUrl')
  return url
}

const filterIn = (input: object): DeliveryFilterInput =>
  Object.fromEntries(Object.entries(input).filter(([name, value]) => name in deliveryFilterKeys && value !== undefined))

/** Newest first. */
export async function listReplays(
  deps: Deps,
  {organization, limit, cursor}: In<'replay.list'>,
): Promise<Output<'replay.list'>> {
  const {items, next} = await deps.store.replays.list(organization.id, {limit, cursor})
  return {items: await Promise.all(items.map(replay => viewOf(deps, organization, replay))), next}
}

/** @throws not_found `replay_not_found` */
export const showReplay = async (
  deps: Deps,
  {organization, replay}: In<'replay.show'>,
): Promise<Output<'replay.show'>> => viewOf(deps, organization, await findReplay(deps, organization, replay))

/** Hands nothing more over until it is resumed; what was is sent. @throws conflict `replay_over` */
export const pauseReplay = (deps: Deps, input: In<'replay.pause'>, caller: Asking): Promise<Output<'replay.pause'>> =>
  move(deps, input, caller, {from: ['running'], to: 'paused'})

/** Goes on where it was; one that is done stays so. Safe to repeat. @throws conflict `replay_over` where it was cancelled */
export const resumeReplay = (
  deps: Deps,
  input: In<'replay.resume'>,
  caller: Asking,
): Promise<Output<'replay.resume'>> => move(deps, input, caller, {from: ['paused'], to: 'running', or: 'done'})

/** Forgets what was not handed over and cancels what was and is not over. @throws conflict `replay_over` where nothing is left */
export async function cancelReplay(
  deps: Deps,
  input: In<'replay.cancel'>,
  caller: Asking,
): Promise<Output<'replay.cancel'>> {
  // Of one that is done, retries may still be to come.
  const {unfinished} = await showReplay(deps, input)
  const open: readonly ReplayState[] = ['selecting', 'running', 'paused']
  return move(deps, input, caller, {from: unfinished > 0 ? [...open, 'done'] : open, to: 'cancelled'})
}

interface Move {
  readonly from: readonly ReplayState[]
  readonly to: ReplayState
  /** A state that is as good. */
  readonly or?: ReplayState
}

async function move(
  deps: Deps,
  {organization, replay: id}: In<'replay.pause'>,
  caller: Asking,
  {from, to, or}: Move,
): Promise<Output<'replay.show'>> {
  const before = await findReplay(deps, organization, id)
  if (before.state === or || (before.state === to && to !== 'cancelled')) return viewOf(deps, organization, before)
  if (!from.includes(before.state)) throw replayOver(before)
  const entry = recordReplay(deps, caller, 'changed', {...before, state: to}, before)
  const {more} = await deps.store.replays.change(id, {from, to, now: deps.now(), entry})
  for (let isMore = more; isMore; ) {
    isMore = (await deps.store.replays.change(id, {from: [], to, now: deps.now(), entry: null})).more
  }
  return viewOf(deps, organization, await findReplay(deps, organization, id))
}

async function findReplay({store}: Pick<Deps, 'store'>, organization: Organization, id: string): Promise<Replay> {
  const replay = await store.replays.find(organization.id, id)
  if (replay !== null) return replay
  throw notFoundError('replay_not_found', `no replay "${id}"`, {path: 'replay', hint: 'hookctl replay list'})
}

const viewOf = async (
  {store}: Pick<Deps, 'store'>,
  {slug}: Organization,
  replay: Replay,
): Promise<Output<'replay.show'>> => replayView(replay, slug, await store.replays.counts(replay.id))

/** One row for the whole of it: the deliveries say which replay made them. */
function recordReplay(
  deps: Deps,
  caller: Asking,
  change: 'created' | 'changed',
  replay: Replay,
  before?: Replay,
): Telling {
  const {organizationId, id, selection, filter, toUrl, total, state} = replay
  const after = change === 'created' ? {selection, filter, toUrl, total} : {state}
  return recordOf(deps, caller, {
    organizationId,
    change,
    object: {type: 'Replay', id, name: id},
    ...(before === undefined ? {} : {before: {state: before.state}}),
    after,
  })
}

async function namesIn({store}: Pick<Deps, 'store'>, {id}: Organization): Promise<ReadonlyMap<string, string>> {
  return new Map((await store.webhooks.all(id)).map(webhook => [webhook.id, webhook.name]))
}

interface Counted {
  count: number
  oldestAt: number | null
  newestAt: number | null
}

const none = (): Counted => ({count: 0, oldestAt: null, newestAt: null})

function count(counted: Counted, at: number): void {
  counted.count++
  counted.oldestAt = Math.min(counted.oldestAt ?? at, at)
  counted.newestAt = Math.max(counted.newestAt ?? at, at)
}

/** Counts candidates as they come. */
class Tally {
  readonly #all = none()
  readonly #webhooks = new Map<string, Counted>()
  readonly #leftOut = new Map<LeftOut, number>()

  add(candidates: readonly Candidate[]): void {
    for (const {item, leftOut} of candidates) {
      if (leftOut !== null) this.#leftOut.set(leftOut, (this.#leftOut.get(leftOut) ?? 0) + 1)
      else {
        const own = this.#webhooks.get(item.webhookId) ?? none()
        this.#webhooks.set(item.webhookId, own)
        count(own, item.at)
        count(this.#all, item.at)
      }
    }
  }

  view(names: ReadonlyMap<string, string>): Output<'replay.preview'> {
    const reasons = [
      'notOver',
      'neverSent',
      'notOriginal',
      'test',
      'contentGone',
      'webhookOff',
      'webhookDeleted',
      'noUrl',
    ] as const
    const leftOut = Object.fromEntries(reasons.map(reason => [reason, this.#leftOut.get(reason) ?? 0]))
    const {count, oldestAt, newestAt} = this.#all
    return {
      count,
      matched: count + [...this.#leftOut.values()].reduce((sum, n) => sum + n, 0),
      oldestAt: toInstantOrNull(oldestAt),
      newestAt: toInstantOrNull(newestAt),
      webhooks: [...this.#webhooks]
        .map(([webhookId, own]) => ({
          webhookId,
          webhook: names.get(webhookId) ?? webhookId,
          count: own.count,
          oldestAt: toInstant(own.oldestAt ?? 0),
          newestAt: toInstant(own.newestAt ?? 0),
        }))
        .toSorted((a, b) => b.count - a.count || a.webhook.localeCompare(b.webhook)),
      leftOut: leftOut as Output<'replay.preview'>['leftOut'],
    }
  }
}
