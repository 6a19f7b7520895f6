import type {Attempt, ErrorClass} from '../domain/delivery.ts'

/** What a person can do about each class of failure. */
const hints: Readonly<Record<ErrorClass, string>> = {
  dns: 'the name does not resolve: check the spelling of the host, and the resolver of the machine that sends',
  refused: 'nothing listens there: check that the receiver runs, its port and its firewall',
  reset: 'the receiver or something before it cut the connection: look at its log and at proxies in between',
  timeout:
    'no whole answer in time: let the receiver answer first and work later, or give the webhook a longer timeout',
  tls: 'the certificate was not accepted: name its authority with a CA file, or correct host and expiry',
  target_denied: 'the target policy of the worker forbids this address: use another URL, or widen the policy',
  bad_response: 'what came back is not HTTP: check that scheme and port fit the receiver',
  status: 'the receiver refused it: its answer below says why',
  redirect: 'redirects are never followed, the signature would go along: set the webhook to the address it points to',
  gone: 'the receiver says the address is gone for good: the webhook is paused until `hookctl webhook enable`',
  aborted: 'the worker was stopped while it waited for the answer: the delivery is sent again',
  internal: 'hookctl failed, not the receiver: see its log and `hookctl doctor`',
}

/** Statuses that say more than their class. */
const statusHints: Readonly<Record<number, string>> = {
  400: 'the receiver does not understand the body: check platform, version and content type of the webhook',
  401: 'the receiver does not accept the credentials or the signature: check headers and secret on both sides',
  403: 'the receiver does not accept the credentials or the signature: check headers and secret on both sides',
  404: 'no such path at the receiver: check the URL of the webhook',
  405: 'the receiver does not take this method: check method and path of the webhook',
  411: 'something before the receiver wants a content length that it already has: look at proxies in between',
  413: 'the body is larger than the receiver takes',
  415: 'the receiver does not take this content type: check the content type of the webhook',
  429: 'the receiver is asked too often: it will be tried again, later where it said when',
}

/** What to do about a failed attempt; null for one that was a success. */
export function attemptHint({
  success,
  errorClass,
  status,
}: Pick<Attempt, 'success' | 'errorClass' | 'status'>): string | null {
  if (success || errorClass === null) return null
  if (errorClass !== 'status' || status === null) return hints[errorClass]
  if (status >= 500) return 'the receiver failed: its log around that time says why'
  return statusHints[status] ?? hints.status
}
