/** How much is under way and in memory at once. */
export interface Limits {
  /** Requests in flight in all. */
  readonly inFlight: number
  /**
   * Requests in flight to one webhook: where it begins, and what it may grow to while it answers well, by one with each
   * answer. Ten connections are what throughput asks for. Nobody knows yet of a new one whether it will ever answer: with
   * two each, twenty dead ones leave room enough that the others do not notice (measured: test/worker/isolation.test.ts).
   */
  readonly perWebhookFirst: number
  readonly perWebhook: number
  /** Requests in flight to one `host:port`, whichever webhooks they are for. */
  readonly perHost: number
  /** Deliveries of one webhook in memory; what does not fit waits in the store. */
  readonly queued: number
  /** The same while the webhook fails: it needs few, and many such webhooks would fill the memory. */
  readonly queuedFailing: number
  /** Deliveries, and bytes of their bodies, in memory above which no more are fetched. */
  readonly queuedInAll: number
  readonly queuedBytes: number
}

export const defaultLimits: Limits = {
  inFlight: 128,
  perWebhookFirst: 2,
  perWebhook: 10,
  perHost: 32,
  queued: 512,
  queuedFailing: 8,
  queuedInAll: 8192,
  queuedBytes: 32 * 1024 * 1024,
}
