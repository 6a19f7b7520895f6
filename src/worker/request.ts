import type {Delivery} from '../domain/delivery.ts'
import type {SignaturePolicy} from '../domain/policy.ts'
import {type Header, liveSecrets, type Secret, type Webhook} from '../domain/webhook.ts'
import {schemeFor} from '../services/scheme.ts'
import {fingerprint, type Scheme} from '../signature/index.ts'
import type {TransportRequest} from '../transport/request.ts'

interface Signing {
  readonly delivery: Pick<Delivery, 'id' | 'eventId' | 'trigger' | 'toUrl'>
  /** Deliveries that brought the event here. */
  readonly hops: number
  readonly webhook: Webhook & {readonly url: string | null}
  /** The frozen bytes. */
  readonly body: Uint8Array
  readonly version: string
  /** Value of the header, where a token was asked for; else null. */
  readonly authorization: string | null
  /** Milliseconds since the epoch: the signature's timestamp. */
  readonly now: number
}

export interface SignedRequest extends Omit<TransportRequest, 'signal'> {
  /** Fingerprints of the secrets that signed it. */
  readonly signedWith: readonly string[]
}

/** @throws SignatureError where the webhook's secrets cannot sign */
export type BuildRequest = (signing: Signing) => SignedRequest

/**
 * Makes requests from frozen bytes and what the webhook says at this moment: URL, headers, live secrets.
 *
 * Headers in this order: content type; the webhook's own, where the last of a name wins (as in NetBox); ours; the
 * signature, in place of a configured header of that name. Without a live secret nothing is signed, and a configured
 * `X-Hook-Signature` goes out as it is.
 */
export function createRequestBuilder(): BuildRequest {
  // A policy object lives as long as its webhook is unchanged.
  const schemes = new WeakMap<SignaturePolicy, Scheme>()

  function schemeOf(policy: SignaturePolicy, url: string): Scheme {
    const scheme = schemes.get(policy) ?? schemeFor(policy)
    schemes.set(policy, scheme)
    return scheme.signs.url ? schemeFor(policy, url) : scheme
  }

  function sign({webhook, delivery, body, now}: Signing): Pick<SignedRequest, 'headers' | 'signedWith'> {
    const secrets = liveSecrets(webhook, now)
    const policy = webhook.policies.signature
    if (policy === null || secrets.length === 0) return {headers: [], signedWith: []}
    const scheme = schemeOf(policy, urlOf(webhook, delivery))
    const signing = scheme.several ? secrets : secrets.slice(0, 1)
    const message = {id: delivery.eventId, timestamp: Math.floor(now / 1000), body}
    return {
      headers: scheme.headers(
        signing.map(({value}) => value),
        message,
      ),
      signedWith: signing.map(fingerprintOf),
    }
  }

  // So does a secret.
  const fingerprints = new WeakMap<Secret, string>()

  function fingerprintOf(secret: Secret): string {
    const known = fingerprints.get(secret) ?? fingerprint(secret.value)
    fingerprints.set(secret, known)
    return known
  }

  // A webhook object lives until the webhook changes; those with templates are made for each attempt.
  const configured = new WeakMap<Webhook, Configured>()

  /** What the webhook configures, less what is ours: of each webhook the same as long as nothing else is. */
  function headersOf(webhook: Webhook, version: string, fixed: readonly Header[]): readonly Header[] {
    const known = configured.get(webhook)
    if (known?.version === version && sameNames(known.without, fixed)) return [...known.headers, ...fixed]
    const given: Header[] = [
      ['Content-Type', webhook.contentType],
      ['User-Agent', `hookctl/${version}`],
    ]
    const headers = lastOfEach([...given, ...webhook.headers], fixed)
    configured.set(webhook, {version, without: fixed.map(([name]) => name), headers})
    return [...headers, ...fixed]
  }

  return signing => {
    const {delivery, hops, webhook, body, version, authorization} = signing
    const {timeoutMs, tls} = webhook.policies
    const signature = sign(signing)
    const own: Header[] = [
      ['Accept-Encoding', 'identity'],
      ['X-Hook-Delivery', delivery.id],
      // Where it is signed it may stand there already.
      ...(signature.headers.some(isEventId) ? [] : [['X-Hook-Event-Id', delivery.eventId] as const]),
      ['Hookctl-Hops', String(hops + 1)],
      ...(delivery.trigger === 'replay' ? [['Hookctl-Replay', '1'] as const] : []),
      ...(authorization === null ? [] : [['Authorization', authorization] as const]),
    ]
    return {
      url: urlOf(webhook, delivery),
      method: webhook.method,
      headers: headersOf(webhook, version, [...own, ...signature.headers]),
      body,
      timeoutMs,
      tls,
      signedWith: signature.signedWith,
    }
  }
}

const urlOf = ({url}: Signing['webhook'], {toUrl}: Signing['delivery']): string => toUrl ?? url ?? ''

const isEventId = ([name]: Header): boolean => name.toLowerCase() === 'x-hook-event-id'

interface Configured {
  /** What it was made for: the version of hookctl, and the names that are ours. */
  readonly version: string
  readonly without: readonly string[]
  readonly headers: readonly Header[]
}

const sameNames = (names: readonly string[], headers: readonly Header[]): boolean =>
  names.length === headers.length && names.every((name, index) => headers[index]?.[0] === name)

/** By name, whatever its case: the last wins in the first one's place; none of `without`. */
function lastOfEach(headers: readonly Header[], without: readonly Header[]): readonly Header[] {
  const merged = new Map<string, Header>()
  for (const header of headers) merged.set(header[0].toLowerCase(), header)
  for (const [name] of without) merged.delete(name.toLowerCase())
  return [...merged.values()]
}
