import {type Outcome, unanswered} from '../domain/delivery.ts'
import type {OAuth} from '../domain/oauth.ts'
import type {Header, Webhook} from '../domain/webhook.ts'
import type {TransportRequest} from '../transport/request.ts'

/** A webhook whose deliveries carry a token. */
export type Asking = Webhook & {readonly oauth: OAuth}

/** What deliveries carry until it is no longer good. */
export interface AccessToken {
  /** Value of the header Authorization. */
  readonly authorization: string
  readonly givenAt: number
  readonly goodUntil: number
}

/** Why there is none, as the outcome of an attempt. */
export type NoToken = Outcome & {readonly errorClass: 'oauth' | 'aborted'}

/** Of a token whose end is not told. */
const USUAL_LIFE_S = 300
/** A token ends so long before its end, at most: a request that is under way still has to arrive with it. */
const MARGIN_MS = 30_000

/** Asks an authorization server by client credentials (RFC 6749, section 4.4). @param version of hookctl */
export function tokenRequest({oauth, policies: {timeoutMs, tls}}: Asking, version: string): TransportRequest {
  const {tokenUrl, clientId, clientSecret, scope, audience, authMethod} = oauth
  const inBody = authMethod === 'client_secret_post'
  const fields = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(inBody ? {client_id: clientId, client_secret: clientSecret} : {}),
    ...(scope === null ? {} : {scope}),
    ...(audience === null ? {} : {audience}),
  })
  const headers: Header[] = [
    ['Content-Type', 'application/x-www-form-urlencoded'],
    ['Accept', 'application/json'],
    ['Accept-Encoding', 'identity'],
    ['User-Agent', `hookctl/${version}`],
  ]
  if (!inBody) headers.push(['Authorization', `Basic ${basic(clientId, clientSecret)}`])
  return {
    url: tokenUrl,
    method: 'POST',
    headers,
    body: Buffer.from(fields.toString()),
    timeoutMs,
    // The client secret goes along: whoever takes it has to be the one that is meant (A10).
    tls: {...tls, verify: true},
  }
}

/** Both are encoded like the fields of a form before they are put together (RFC 6749, section 2.3.1). */
const basic = (clientId: string, clientSecret: string): string =>
  Buffer.from(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`).toString('base64')

const formEncoded = (text: string): string => new URLSearchParams({'': text}).toString().slice(1)

/** What came of it. The receiver was not asked: what the authorization server answered is not its answer. */
export function readToken(outcome: Outcome, {oauth: {tokenUrl}}: Asking): AccessToken | NoToken {
  const {errorClass, error, startedAt, durationMs} = outcome
  if (errorClass === 'aborted') return {...outcome, errorClass}
  const host = URL.parse(tokenUrl)?.host ?? tokenUrl
  const none = (why: string): NoToken => ({
    ...unanswered,
    startedAt,
    durationMs,
    errorClass: 'oauth',
    error: `no token: ${why}`,
  })
  if (errorClass !== null) return none(error ?? errorClass)
  const answer = jsonOf(outcome)
  if (outcome.status !== 200) return none(`${host} answered ${[outcome.status, ...faultIn(answer)].join(' ')}`)
  if (outcome.responseTruncated) return none(`the answer of ${host} is longer than any token`)
  const {access_token: token, token_type: type = 'Bearer', expires_in: life} = answer
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) return none(`there is none in the answer of ${host}`)
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer')
    return none(`that of ${host} is no bearer token, and no other kind is known here`)
  const lifeMs = (isLife(life) ? Number(life) : USUAL_LIFE_S) * 1000
  const goodUntil = startedAt + lifeMs - Math.min(MARGIN_MS, lifeMs / 10)
  return {authorization: `Bearer ${token}`, givenAt: startedAt + durationMs, goodUntil}
}

/** Seconds; some servers write them as text. */
const isLife = (life: unknown): boolean =>
  (typeof life === 'number' || (typeof life === 'string' && /^\d+$/.test(life))) && Number(life) > 0

function jsonOf({responseBody}: Outcome): Record<string, unknown> {
  try {
    return Object(JSON.parse(Buffer.from(responseBody).toString('utf8')))
  } catch {
    return {}
  }
}

/** What an authorization server says of itself (RFC 6749, section 5.2), as far as anybody would read it. */
function faultIn({error, error_description: description}: Record<string, unknown>): string[] {
  const short = (text: unknown): string => (typeof text === 'string' ? text.slice(0, 200) : '')
  return [short(error), description === undefined ? '' : `(${short(description)})`].filter(part => part !== '')
}
