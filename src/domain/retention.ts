import {conflictError, type HookctlError} from '../errors.ts'
import type {Attempt, ContentGone} from './delivery.ts'

/** How long what is over is kept, in ms by kind; null is for ever. */
export interface Retention {
  /** What was sent and answered, and what happened: bodies, answers, the data of events. */
  readonly bodies: number | null
  /** Deliveries with their attempts, and events. */
  readonly records: number | null
  /** The history of changes. */
  readonly history: number | null
  /** Keeps, whatever their age, the row that made an object and its last change (NetBox keeps them too). */
  readonly historyEnds: boolean
}

export const retentionKinds = ['bodies', 'records', 'history'] as const
export type RetentionKind = (typeof retentionKinds)[number]

const DAY_MS = 86_400_000

export const defaultRetention: Retention = {
  bodies: 30 * DAY_MS,
  records: 90 * DAY_MS,
  // NetBox: CHANGELOG_RETENTION is 90 days unless set, CHANGELOG_RETAIN_CREATE_LAST_UPDATE is on.
  history: 90 * DAY_MS,
  historyEnds: true,
}

export const keepForEver: Retention = {bodies: null, records: null, history: null, historyEnds: true}

/** What has been removed, or would be. */
export interface Pruned {
  /** Deliveries and events whose content went. */
  readonly bodies: number
  readonly deliveries: number
  readonly attempts: number
  readonly events: number
  readonly history: number
  /** Of content, about. */
  readonly bytes: number
}

export const nothingPruned: Pruned = {bodies: 0, deliveries: 0, attempts: 0, events: 0, history: 0, bytes: 0}

export const addPruned = (a: Pruned, b: Pruned): Pruned => ({
  bodies: a.bodies + b.bodies,
  deliveries: a.deliveries + b.deliveries,
  attempts: a.attempts + b.attempts,
  events: a.events + b.events,
  history: a.history + b.history,
  bytes: a.bytes + b.bytes,
})

const whyGone: Readonly<Record<ContentGone, readonly [why: string, hint: string]>> = {
  pruned: ['was removed when its time was over (retention.bodies)', 'send the event anew: hookctl event send'],
  expunged: ['was taken away for good by a person', 'hookctl history list says by whom'],
}

/** Said of a delivery or an event whose content would be needed: conflict `content_gone`. */
export function contentGoneError(what: string, gone: ContentGone): HookctlError {
  const [why, hint] = whyGone[gone]
  return conflictError('content_gone', `what ${what} carried ${why}`, {hint})
}

/** What is kept of an attempt that came home when the content of its delivery had gone: as much as of those before it. */
export function withoutContent(attempt: Attempt, gone: ContentGone): Attempt {
  const answered = {...attempt, responseBody: new Uint8Array()}
  return gone === 'pruned' ? answered : {...answered, requestHeaders: [], responseHeaders: [], error: null}
}
