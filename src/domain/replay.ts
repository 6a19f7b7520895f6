import {conflictError, type HookctlError} from '../errors.ts'
import type {DeliveryState} from './delivery.ts'
import {type DeliveryFilterInput, deliveryFilterKeys} from './filter-grammar.ts'

/** Which deliveries a replay sends again: those named; failures; what was never tried; everything that was sent. */
export const replaySelections = ['named', 'failed', 'missing', 'all'] as const

export type ReplaySelection = (typeof replaySelections)[number]

/**
 * `selecting`: what is to be sent again is still being written down. `running`: handed over bit by bit, by whichever
 * process sends. `done`: all was handed over.
 */
export const replayStates = ['selecting', 'running', 'paused', 'done', 'cancelled'] as const

export type ReplayState = (typeof replayStates)[number]

/** A wish that many deliveries be sent again, kept until it is done: whoever sends works it off, after a crash too. */
export interface Replay {
  /** `rpl_` and a UUIDv7 in hex. */
  readonly id: string
  readonly organizationId: number
  readonly selection: ReplaySelection
  /** As it was asked for. */
  readonly filter: DeliveryFilterInput
  /** Sends to this URL in place of the webhook's, or null. */
  readonly toUrl: string | null
  /** Also what an automatic retry is still to come for. */
  readonly now: boolean
  /** A webhook gets no more than so many of them a second; null: as fast as it takes them. */
  readonly ratePerSecond: number | null
  readonly state: ReplayState
  /** Things to be sent again. */
  readonly total: number
  /** Of these, how many deliveries were made. */
  readonly handedOver: number
  /** Of these, how many could not be: their webhook was deleted or switched off meanwhile, their event is gone. */
  readonly refused: number
  readonly createdAt: number
  /** When it was done or cancelled; else null. */
  readonly finishedAt: number | null
}

/** What has become of the deliveries of a replay. */
export type ReplayCounts = Readonly<Record<DeliveryState, number>> & {
  /** Pending, and not yet tried. */
  readonly untried: number
}

/** What a webhook gets a second of a replay, unless said. */
export const USUAL_RATE = 10

const perMs = {s: 1000, m: 60_000, h: 3_600_000} as const

/** `10`, `10/s`, `30/m`, `100/h`: so many a second; `unlimited` is null. */
export function readRate(
  text: string,
): number | null | {readonly code: string; readonly message: string; readonly hint: string} {
  if (text === 'unlimited') return null
  const [, count = '', unit = 's'] = /^(\d{1,6})(?:\/([smh]))?$/.exec(text) ?? []
  const rate = (Number(count) * 1000) / perMs[unit as keyof typeof perMs]
  if (count !== '' && rate > 0) return rate
  return {
    code: 'bad_rate',
    message: `"${text.slice(0, 80)}" is no rate`,
    hint: 'so many a second, minute or hour, 10/s, 30/m, 100/h; or unlimited',
  }
}

/** How many may be handed over to a webhook now, and when each is due. */
export interface Pace {
  /** Ms since the epoch. */
  readonly dueAt: readonly number[]
  /** When the next one is due. */
  readonly nextAt: number
}

/** So far ahead deliveries are made: a worker looks for what falls due in between. */
const AHEAD_MS = 1000
/** A webhook has no more untried deliveries of an unlimited replay than this: what is new is not kept waiting by all of it. */
const MOST_UNTRIED = 1000
/** What is due for longer and not under way waits for something else than its time: nobody sends, or did a moment ago. */
export const OVERDUE_MS = 300

interface PaceQuestion {
  readonly ratePerSecond: number | null
  /** As the last answer said; 0 where nobody remembers. */
  readonly nextAt: number
  readonly now: number
  /** Deliveries made and not yet tried. */
  readonly untried: number
  /** When the last of these is due, or null: who drove before may have made them. */
  readonly lastDueAt: number | null
  /** Of these, due for more than `OVERDUE_MS` and not in flight. */
  readonly overdue: number
}

/**
 * Spaces deliveries evenly, so many a second, and makes them only a second ahead: what is new for a webhook never waits
 * behind thousands. Where nobody takes them no more are made, and what is overdue then goes out at once counts as the
 * next second's: a receiver that comes back sees no more than it would have.
 */
export function pace({ratePerSecond, nextAt, now, untried, lastDueAt, overdue}: PaceQuestion): Pace {
  if (ratePerSecond === null) {
    const room = untried > MOST_UNTRIED / 2 ? 0 : MOST_UNTRIED - untried
    return {dueAt: Array.from({length: room}, () => now), nextAt: now}
  }
  const every = 1000 / ratePerSecond
  const from = Math.max(nextAt, (lastDueAt ?? 0) + every, overdue > 0 ? now + AHEAD_MS + OVERDUE_MS : now)
  const room = Math.max(1, Math.ceil(ratePerSecond)) - untried
  const fit = Math.ceil((now + AHEAD_MS - from) / every)
  const count = Math.max(0, Math.min(room, fit))
  return {
    dueAt: Array.from({length: count}, (_, index) => Math.round(from + index * every)),
    nextAt: from + count * every,
  }
}

/** Members of a filter that a selection has no use for, because it says them itself or there is nothing they could be of. */
const without: Readonly<Record<ReplaySelection, readonly (keyof DeliveryFilterInput)[]>> = {
  named: Object.keys(deliveryFilterKeys) as (keyof DeliveryFilterInput)[],
  failed: ['state', 'undelivered'],
  missing: ['state', 'undelivered', 'status', 'errorClass', 'trigger'],
  all: [],
}

/** A filter that a selection cannot enforce is refused, never ignored. */
export function checkSelection(
  selection: ReplaySelection,
  filter: DeliveryFilterInput,
): {readonly code: string; readonly message: string; readonly hint: string; readonly path: string} | null {
  const key = without[selection].find(name => filter[name] !== undefined && filter[name] !== false)
  if (key === undefined) return null
  const flag = `--${deliveryFilterKeys[key].flag}`
  const why: Readonly<Record<ReplaySelection, string>> = {
    named: `deliveries that are named by their ids are not filtered by ${flag}`,
    failed: `--failed says which state itself: ${flag} cannot be given beside it`,
    missing: `what was never tried has no ${flag}`,
    all: '',
  }
  return {code: 'filter_not_taken', message: why[selection], hint: `leave out ${flag}, or take --all`, path: key}
}

/** Who would add to a replay, begin it or switch it finds it in a state that has an end. */
export const replayOver = ({id, state}: Pick<Replay, 'id' | 'state'>): HookctlError =>
  conflictError('replay_over', `replay ${id} is ${state}: nothing of it is still to be handed over`, {
    hint: `hookctl delivery list --replay ${id}`,
  })
