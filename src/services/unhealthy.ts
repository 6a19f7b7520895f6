import type {Output} from '../api/operations.ts'
import {formatDuration} from '../domain/duration.ts'
import {argumentWord, flagWord} from '../domain/shell-word.ts'
import type {Webhook} from '../domain/webhook.ts'
import type {HookctlError} from '../errors.ts'

type Reason = Output<'status.show'>['reasons'][number]

/** What is looked at to say whether all is well. Instants in ms. */
export interface Vitals {
  readonly now: number
  readonly worker: Pick<Output<'worker.status'>, 'state'>
  /** Deliveries that are to be sent, now or later, and open batches. */
  readonly waiting: number
  /** When the one was due that is overdue the longest, or null. */
  readonly overdueSince: number | null
  readonly paused: readonly Pick<Webhook, 'name' | 'paused'>[]
  /** Also those that are paused or off. */
  readonly failing: readonly FailingWebhook[]
  readonly diskFreeBytes: number | null
  /** Why nothing more is accepted, or null. */
  readonly refusal: Pick<HookctlError, 'code' | 'message' | 'hint'> | null
}

interface FailingWebhook extends Pick<Webhook, 'name' | 'active' | 'paused'> {
  readonly failures: number
  readonly failingSince: number | null
}

/** Sending is behind by then: queues, breakers and the rates of a receiver explain less. */
const LATE_MS = 15 * 60_000

/** A store needs room for its log and for a vacuum: below this a busy hour may fill the disk. */
const LOW_BYTES = 100 * 1024 * 1024

/**
 * Why it is not well, worst first; nothing where all is. A worker that is off, deliveries that nobody sends or that are
 * late, webhooks that fail or were paused because they did, a disk that is about to be full. What failed for good is not
 * in it: it is over, and a webhook that delivers again is well.
 */
export function reasonsOf(vitals: Vitals): readonly Reason[] {
  return [...ofOverload(vitals), ...ofWorker(vitals), ...ofWebhooks(vitals), ...ofDisk(vitals)]
}

const ofOverload = ({refusal}: Vitals): readonly Reason[] =>
  refusal === null ? [] : [{code: refusal.code, explanation: refusal.message, hint: refusal.hint ?? ''}]

function ofWorker({worker: {state}, waiting, overdueSince, now}: Vitals): readonly Reason[] {
  const wait = waiting === 1 ? '1 delivery waits' : `${waiting} deliveries wait`
  if (state === 'inactive') {
    const explanation = waiting === 0 ? 'sending is switched off' : `sending is switched off, ${wait}`
    return [{code: 'worker_inactive', explanation, hint: 'hookctl worker enable'}]
  }
  if (state === 'activating' && waiting > 0) {
    return [
      {code: 'nobody_sends', explanation: `no process sends, ${wait}`, hint: 'hookctl serve, or hookctl worker run'},
    ]
  }
  if (overdueSince === null || now - overdueSince < LATE_MS) return []
  const explanation = `a delivery should have been sent ${ageOf(overdueSince, now)} ago`
  return [{code: 'sending_late', explanation, hint: 'hookctl worker queues'}]
}

/** So many are named, the others counted: the sentence is the same for each. */
const MOST_NAMED = 20

function ofWebhooks({paused, failing, now}: Vitals): readonly Reason[] {
  const trying = failing.filter(webhook => webhook.active && webhook.paused === null)
  return [
    ...named(paused, 'webhook_paused', 'paused', ({name, paused}) => ({
      code: 'webhook_paused',
      explanation: `webhook ${name} is paused (${paused?.reason})`,
      hint: `hookctl webhook enable ${argumentWord(name)}`,
    })),
    ...named(trying, 'webhook_failing', 'failing', ({name, failures, failingSince}) => ({
      code: 'webhook_failing',
      explanation: `webhook ${name} fails${failingSince === null ? '' : ` for ${ageOf(failingSince, now)}`}: ${failures} attempts in a row`,
      hint: `hookctl delivery list ${flagWord('webhook', name)} --limit 5; hookctl delivery show ID says why`,
    })),
  ]
}

/** Whole minutes; what is shorter is not worth a number. */
const ageOf = (since: number, now: number): string =>
  now - since < 60_000 ? 'less than 1m' : formatDuration(Math.floor((now - since) / 60_000) * 60_000)

function named<T>(webhooks: readonly T[], code: string, what: string, toReason: (webhook: T) => Reason) {
  const more = webhooks.length - MOST_NAMED
  const reasons = webhooks.slice(0, MOST_NAMED).map(toReason)
  if (more <= 0) return reasons
  return [...reasons, {code, explanation: `${more} more webhooks are ${what}`, hint: 'hookctl webhook list --all'}]
}

function ofDisk({diskFreeBytes}: Vitals): readonly Reason[] {
  if (diskFreeBytes === null || diskFreeBytes >= LOW_BYTES) return []
  const free = `${Math.floor(diskFreeBytes / (1024 * 1024))} MiB`
  return [{code: 'disk_low', explanation: `only ${free} are free on the disk of the store`, hint: 'make room there'}]
}
