/** Which HTTP statuses mean "taken". `ok` is the rule of Python's requests: anything but 400–599. */
export type SuccessRule =
  | {readonly kind: '2xx'}
  | {readonly kind: 'ok'}
  | {readonly kind: '200'}
  | {readonly kind: 'list'; readonly statuses: readonly number[]}

/** When a failed delivery is tried again. Delays in milliseconds. */
export type RetryPolicy =
  /** Only when a person asks. */
  | {readonly kind: 'manual'}
  /** One delay per retry; failed when they are used up. */
  | {readonly kind: 'list'; readonly delaysMs: readonly number[]}
  /** `base × factor^(failures-1)` up to `cap`, spread by ± `jitter` (0–1); failed after `attempts` in all. */
  | {
      readonly kind: 'exponential'
      readonly baseMs: number
      readonly factor: number
      readonly capMs: number
      readonly attempts: number
      readonly jitter: number
    }
  /** The same request every `everyMs`, without limit. */
  | {readonly kind: 'until-success'; readonly everyMs: number}

/**
 * What "off" means for a webhook.
 * - `accept`: an event accepted while it is off is skipped (NetBox).
 * - `delivery`: looked at when the delivery is about to be sent (Catalyst).
 * - `hold`: deliveries wait until it is on again (Pro Custodibus).
 */
type OffSwitch = 'accept' | 'delivery' | 'hold'

/** When an open batch is closed into one delivery: at `maxEvents`, or `everyMs` after its first event. */
export interface BatchPolicy {
  readonly everyMs: number
  readonly maxEvents: number
}

/** By which schemes of `signature` a webhook can be signed, or a source expect it: all that mean one recipe. */
export const signatureSchemes = [
  'netbox',
  'standard-v1',
  'standard-v1a',
  'github',
  'stripe',
  'slack',
  'bitbucket',
  'buildkite',
  'calendly',
  'circleci',
  'convoy',
  'dropbox',
  'gitea',
  'grafana',
  'hubspot',
  'line',
  'linear',
  'mandrill',
  'meta',
  'notion',
  'outpost',
  'paddle',
  'pagerduty',
  'razorpay',
  'sentry',
  'shopify',
  'sonarqube',
  'square',
  'terraform',
  'trello',
  'twilio',
  'twitch',
  'typeform',
  'vercel',
  'woocommerce',
  'xero',
  'zendesk',
  'zoom',
  'hmac',
] as const

/** How the body is signed. Null on a webhook means unsigned; without a secret nothing is signed either way. */
export interface SignaturePolicy {
  readonly scheme: (typeof signatureSchemes)[number]
  readonly header?: string
  readonly algorithm?: 'sha1' | 'sha256' | 'sha512'
  readonly encoding?: 'hex' | 'base64'
  readonly prefix?: string
  /** What is hashed, of `hmac`: `{timestamp}.{body}`. */
  readonly signed?: string
  readonly timestampHeader?: string
  readonly timestampFormat?: 'seconds' | 'milliseconds' | 'rfc3339'
  readonly idHeader?: string
  /** The URL that is signed, as a sender was given it: of a source only, as a webhook signs that which it is sent to. */
  readonly url?: string
}

/**
 * Everything a platform decides about a webhook, resolved when the webhook is created and stored with it: a later edit
 * of a preset never changes a live webhook.
 */
export interface Policies {
  readonly success: SuccessRule
  readonly retry: RetryPolicy
  readonly offSwitch: OffSwitch
  /** Null: every event is a delivery of its own. */
  readonly batch: BatchPolicy | null
  readonly signature: SignaturePolicy | null
  /** From name look-up to the last byte of the answer. */
  readonly timeoutMs: number
  /** Zone of the timestamps in bodies that carry local time: `+00:00`, `-05:30`, `Europe/Berlin` (zone.ts). */
  readonly zone: string
  readonly tls: {readonly verify: boolean; readonly caFile: string | null}
  /** Failing for so long without a success in between it is paused, and what it is owed is held; null: never. */
  readonly pauseAfterMs: number | null
  /**
   * Null: deliveries go out side by side. Else one after the other in the order of acceptance, and the first one blocks
   * the others until it is over. Where it is given up, `halt` pauses the webhook and `skip` goes on with the next.
   */
  readonly ordered: 'halt' | 'skip' | null
  /** Whether plain `http://` may be used where the platform wants HTTPS: for tests on one's own machine. */
  readonly allowHttp: boolean
}
