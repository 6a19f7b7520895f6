import type {Header} from './webhook.ts'

/**
 * - `collecting`: an open batch, without a body so far; takes events until it is full or `dueAt` is there, then it is
 *   frozen and becomes `pending`. It waits longer while its webhook is held or an earlier batch of it is not over.
 * - `pending`: to be sent at `dueAt`.
 * - `delivering`: on its way in some worker; never stored on SQLite, where the one owner knows it by itself.
 * - `delivered`: the receiver took it.
 * - `failed`: given up; a person may replay it.
 * - `skipped`: not sent on purpose, `reason` says why.
 * - `held`: waits until its webhook is on again.
 * - `cancelled`: a person stopped it.
 */
export const deliveryStates = [
  'collecting',
  'pending',
  'delivering',
  'delivered',
  'failed',
  'skipped',
  'held',
  'cancelled',
] as const

export type DeliveryState = (typeof deliveryStates)[number]

/** Why a delivery is skipped, cancelled or has failed without an attempt. Stable: scripts read it. */
export type DeliveryReason =
  | 'inactive'
  | 'condition'
  | 'unconfigured'
  | 'render_failed'
  | 'webhook_deleted'
  | 'cancelled'
  | 'exhausted'
  | 'gone'
  | 'no_retry'

export type DeliveryTrigger = 'event' | 'replay' | 'test'

/** What is owed to one webhook: one event, or one frozen batch of events. */
export interface Delivery {
  /** `dlv_` and a UUIDv7 in hex. */
  readonly id: string
  readonly organizationId: number
  readonly webhookId: string
  /** The event; for a batch its first one. Stable over retries and replays: receivers tell duplicates by it. */
  readonly eventId: string
  readonly eventType: string
  /** 1, or the number of events in the batch. */
  readonly eventCount: number
  readonly trigger: DeliveryTrigger
  /** The delivery this one repeats, or null. */
  readonly replayOf: string | null
  /** Sends to this URL in place of the webhook's (`replay --to`), or null. */
  readonly toUrl: string | null
  /** The event rule of the webhook that made it, by name; null where the webhook has no rules. */
  readonly rule: string | null
  readonly state: DeliveryState
  readonly reason: DeliveryReason | null
  /** When it is to be sent, or closed while it is collecting (ms since the epoch); null once it is over or held. */
  readonly dueAt: number | null
  /** Attempts made so far. */
  readonly attempts: number
  /** Status of the last attempt's answer, or null. */
  readonly lastStatus: number | null
  readonly lastErrorClass: ErrorClass | null
  readonly createdAt: number
  /** When it became delivered, failed, skipped or cancelled; else null. */
  readonly finishedAt: number | null
  /** Bytes of the frozen body; null where nothing was rendered (skipped). */
  readonly bodyBytes: number | null
  /** Present where body and answers are no longer kept: past their time, or taken away by a person. */
  readonly contentGone?: ContentGone
}

export type ContentGone = 'pruned' | 'expunged'

/** Whether nothing more will happen to a delivery by itself. */
export const isFinished = (state: DeliveryState): boolean =>
  state === 'delivered' || state === 'failed' || state === 'skipped' || state === 'cancelled'

/** Why an attempt failed. Stable: scripts read it, and each class has one hint. */
export type ErrorClass =
  | 'dns'
  | 'refused'
  | 'reset'
  | 'timeout'
  | 'tls'
  | 'target_denied'
  | 'oauth'
  | 'bad_response'
  | 'status'
  | 'redirect'
  | 'gone'
  | 'aborted'
  | 'internal'

export const errorClasses: readonly ErrorClass[] = [
  'dns',
  'refused',
  'reset',
  'timeout',
  'tls',
  'target_denied',
  'oauth',
  'bad_response',
  'status',
  'redirect',
  'gone',
  'aborted',
  'internal',
]

/** One HTTP request made for a delivery, and its outcome. */
export interface Attempt {
  /** `att_` and a UUIDv7 in hex. */
  readonly id: string
  readonly deliveryId: string
  /** From 1. */
  readonly number: number
  readonly startedAt: number
  readonly durationMs: number
  readonly success: boolean
  readonly status: number | null
  readonly errorClass: ErrorClass | null
  /** One sentence, remote text in it not yet escaped; null on success. */
  readonly error: string | null
  readonly url: string
  readonly method: string
  /** What was sent, secrets and credentials masked. */
  readonly requestHeaders: readonly Header[]
  readonly responseHeaders: readonly Header[]
  /** The first bytes of the answer, as they came (at most 16 KiB). */
  readonly responseBody: Uint8Array
  /** Bytes read from the answer's body; more than stored when `responseTruncated`. */
  readonly responseBytes: number
  readonly responseTruncated: boolean
  /** The address that was dialled, or null when none was. */
  readonly remoteAddress: string | null
  /** Fingerprints of the secrets that signed it; none where it is unsigned, null where nobody wrote it down. */
  readonly signedWith: readonly string[] | null
}

/** What a transport says of one exchange: an Attempt without its place in a delivery. Never thrown. */
export interface Outcome {
  readonly startedAt: number
  readonly durationMs: number
  readonly status: number | null
  /** Null when an answer came, whatever its status: the success rule judges it. */
  readonly errorClass: Exclude<ErrorClass, 'status' | 'redirect' | 'gone'> | null
  readonly error: string | null
  readonly responseHeaders: readonly Header[]
  readonly responseBody: Uint8Array
  readonly responseBytes: number
  readonly responseTruncated: boolean
  readonly remoteAddress: string | null
}

/** Of an outcome where no answer came. */
export const unanswered = {
  status: null,
  responseHeaders: [],
  responseBody: new Uint8Array(),
  responseBytes: 0,
  responseTruncated: false,
  remoteAddress: null,
} as const
