import type {Delivery} from '../domain/delivery.ts'
import type {SignaturePolicy} from '../domain/policy.ts'
import {type Header, liveSecrets, type Webhook} from '../domain/webhook.ts'
import {schemeFor} from '../services/scheme.ts'
import type {Scheme} from '../signature/index.ts'
import type {TransportRequest} from '../transport/request.ts'

interface Signing {
  readonly delivery: Pick<Delivery, 'id' | 'eventId' | 'trigger' | 'toUrl'>
  /** Deliveries that brought the event here. */
  readonly hops: number
  readonly webhook: Webhook & {readonly url: string | null}
  /** The frozen bytes. */
  readonly body: Uint8Array
  readonly version: string
  /** Milliseconds since the epoch: the signature's timestamp. */
  readonly now: number
}

/** @throws SignatureError where the webhook's secrets cannot sign */
export type BuildRequest = (signing: Signing) => Omit<TransportRequest, 'signal'>

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

  function schemeOf(policy: SignaturePolicy): Scheme {
    const scheme = schemes.get(policy) ?? schemeFor(policy)
    schemes.set(policy, scheme)
    return scheme
  }

  function signature({webhook, delivery, body, now}: Signing): readonly Header[] {
    const secrets = liveSecrets(webhook, now).map(secret => secret.value)
    const policy = webhook.policies.signature
    if (policy === null || secrets.length === 0) return []
    return schemeOf(policy).headers(secrets, {id: delivery.eventId, timestamp: Math.floor(now / 1000), body})
  }

  return signing => {
    const {delivery, hops, webhook, body, version} = signing
    const own: Header[] = [
      ['Accept-Encoding', 'identity'],
      ['X-Hook-Delivery', delivery.id],
      ['X-Hook-Event-Id', delivery.eventId],
      ['Hookctl-Hops', String(hops + 1)],
      ...(delivery.trigger === 'replay' ? [['Hookctl-Replay', '1'] as const] : []),
    ]
    const {timeoutMs, tls} = webhook.policies
    return {
      url: delivery.toUrl ?? webhook.url ?? '',
      method: webhook.method,
      headers: merge(
        [['Content-Type', webhook.contentType], ['User-Agent', `hookctl/${version}`], ...webhook.headers],
        [...own, ...signature(signing)],
      ),
      body,
      timeoutMs,
      tls,
    }
  }
}

/** By name, whatever its case: of `configured` the last wins in the first one's place, `fixed` wins over it. */
function merge(configured: readonly Header[], fixed: readonly Header[]): readonly Header[] {
  const merged = new Map<string, Header>()
  for (const header of configured) merged.set(header[0].toLowerCase(), header)
  for (const [name] of fixed) merged.delete(name.toLowerCase())
  return [...merged.values(), ...fixed]
}
