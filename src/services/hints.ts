import type {Attempt, Delivery, DeliveryReason, ErrorClass} from '../domain/delivery.ts'

/** What a person can do about each class of failure. */
const hints: Readonly<Record<ErrorClass, string>> = {
  dns: 'the name does not resolve: check the spelling of the host, and the resolver of the machine that sends',
  refused: 'nothing listens there: check that the receiver runs, its port and its firewall',
  reset: 'the receiver or something before it cut the connection: look at its log and at proxies in between',
  timeout: 'no whole answer in time: let the receiver answer first and work later, or give it a longer timeout',
  tls: 'the certificate was not accepted: name its authority with a CA file, or correct host and expiry',
  target_denied: 'the target policy of the worker forbids this address: use another URL, or widen the policy',
  oauth:
    'the receiver was not asked, the authorization server gave no token: check what `hookctl webhook show` says of oauth, and the client secret',
  bad_response: 'what came back is not HTTP: check that scheme and port fit the receiver',
  status: 'the receiver refused it: its answer says why',
  redirect: 'redirects are never followed, the signature would go along: use the address it points to',
  gone: 'the receiver says the address is gone for good: the webhook is paused until `hookctl webhook enable`',
  aborted: 'the worker was stopped while it waited for the answer: the delivery is sent again',
  internal: 'hookctl failed, not the receiver: see its log and `hookctl doctor`',
}

/** Of class `tls` too, but nothing came from the receiver yet. What transport/tls.ts says of a CA file begins so. */
const OF_CA_FILE = /^the CA file /

/** What transport/tunnel.ts says of a proxy, whatever its class: the receiver was not asked. */
const OF_PROXY =
  /^(?:no connection to |TLS with |the name in |the answer of )?the proxy |: the proxy gave no connection to it$/

const proxyHint =
  'the receiver was not reached, the proxy of the machine that sends is at fault or does not let it through: see hookctl config get targets.proxy and targets.direct there'

/** As of a CA file, of what the machine that sends has to show. */
const OF_OWN_CERTIFICATE = /^the certificate of this machine /

const certificateHint =
  'nothing was sent, the file is at fault: see hookctl doctor, and hookctl config get targets.certFile, on the machine that sends'

const caFileHint =
  'nothing was sent, the file is at fault: name one with certificates in PEM that the machine that sends can read, by hookctl webhook edit … --ca-file'

/** Statuses that say more than their class. */
const statusHints: Readonly<Record<number, string>> = {
  400: 'the receiver does not understand the body: check platform, version and content type',
  401: 'the receiver does not accept the credentials or the signature: check headers and secret on both sides',
  403: 'the receiver does not accept the credentials or the signature: check headers and secret on both sides',
  404: 'no such path at the receiver: check the URL',
  405: 'the receiver does not take this method: check method and path',
  411: 'something before the receiver wants a content length that it already has: look at proxies in between',
  413: 'the body is larger than the receiver takes',
  415: 'the receiver does not take this content type: check the content type',
  407: 'a proxy on the way wants credentials: that of targets.proxy takes them in its URL, others stand before the receiver',
  408: 'the receiver or a proxy before it did not wait for the whole request: look at the way there',
  409: 'the receiver says that it conflicts with what it has: it may have got this event before',
  421: 'the server there does not answer for this host: check host and scheme of the URL',
  422: 'the receiver understands the body and does not want it: its answer says why',
  429: 'the receiver is asked too often: a retry waits as long as it asks, up to twice the planned delay',
  431: 'the headers are larger than the receiver takes: check the headers',
  502: 'a proxy before the receiver does not reach it: check that the receiver runs behind it',
  503: 'the receiver is overloaded or not ready: its log around that time says why',
  504: 'a proxy before the receiver got no answer in time: let the receiver answer first and work later',
}

/** What a person can do about a delivery that ended without an attempt that says it. */
const reasonHints: Readonly<
  Record<DeliveryReason, ((delivery: Pick<Delivery, 'eventId' | 'webhookId'>) => string) | null>
> = {
  inactive: ({webhookId}) => `the webhook was off: hookctl webhook enable ${webhookId}, then replay what it missed`,
  condition: ({eventId, webhookId}) =>
    `its conditions or rules kept the event back: hookctl event why ${eventId} ${webhookId} says which`,
  unconfigured: ({webhookId}) => `the webhook has no URL yet: hookctl webhook edit ${webhookId} --url URL`,
  render_failed: ({eventId, webhookId}) =>
    `the body cannot be made from this event: hookctl event why ${eventId} ${webhookId} says what is wrong`,
  webhook_deleted: () => 'its webhook was deleted while it waited: nothing more will happen to it',
  cancelled: () => 'somebody stopped it: hookctl delivery replay sends it again',
  // Its last attempt says why.
  exhausted: null,
  gone: null,
  no_retry: null,
}

/** What to do about a failed attempt; null for one that was a success. */
export function attemptHint({
  success,
  errorClass,
  status,
  error = null,
}: Pick<Attempt, 'success' | 'errorClass' | 'status'> & {readonly error?: string | null}): string | null {
  if (success || errorClass === null) return null
  if (error !== null && OF_CA_FILE.test(error)) return caFileHint
  if (error !== null && OF_PROXY.test(error)) return proxyHint
  if (error !== null && OF_OWN_CERTIFICATE.test(error)) return certificateHint
  if (errorClass !== 'status' || status === null) return hints[errorClass]
  return statusHints[status] ?? familyHint(status)
}

function familyHint(status: number): string {
  if (status >= 500) return 'the receiver failed: its log around that time says why'
  if (status >= 200 && status <= 299) return 'the receiver took it, and the success rule wants another status'
  return hints.status
}

/** What to do about a delivery as it stands; null where all is well or nothing has happened yet. */
export function deliveryHint(delivery: Delivery): string | null {
  const {id, state, reason, lastErrorClass, lastStatus, webhookId} = delivery
  if (state === 'delivered') return null
  if (state === 'held') return `its webhook is paused or off: hookctl webhook enable ${webhookId} sends it`
  const said = reason === null ? null : reasonHints[reason]
  if (said) return said(delivery)
  // Of its last attempt a delivery keeps no sentence, only the class.
  if (lastErrorClass === 'tls')
    return `the certificate was not accepted, or the CA file cannot be read: hookctl delivery show ${id} says which`
  return attemptHint({success: false, errorClass: lastErrorClass, status: lastStatus})
}
