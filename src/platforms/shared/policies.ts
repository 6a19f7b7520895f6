import {PAUSE_AFTER_MS} from '../../domain/health.ts'
import type {Policies} from '../../domain/policy.ts'

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

/** Where a platform says nothing: a few retries over about ten minutes, then a person decides. The choice is ours. */
const someRetries: Policies['retry'] = {
  kind: 'exponential',
  baseMs: 5 * SECOND,
  factor: 2,
  capMs: 10 * MINUTE,
  attempts: 7,
  jitter: 0.2,
}

/** What platforms have in common where they say nothing else. */
export const commonPolicies: Policies = {
  success: {kind: '2xx'},
  retry: someRetries,
  offSwitch: 'delivery',
  batch: null,
  // Used only where a secret is set. The scheme of X-Hook-Signature also for platforms that name none.
  signature: {scheme: 'netbox'},
  timeoutMs: 10 * SECOND,
  zone: '+00:00',
  tls: {verify: true, caFile: null},
  pauseAfterMs: PAUSE_AFTER_MS,
  ordered: null,
  allowHttp: false,
}
