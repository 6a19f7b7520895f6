import type {Outcome} from '../domain/delivery.ts'
import type {OAuth} from '../domain/oauth.ts'
import type {Header, Webhook} from '../domain/webhook.ts'
import {cutOffOf} from '../transport/cut-off.ts'
import type {Transport} from '../transport/request.ts'

/** What deliveries carry until it is no longer good. */
export interface Token {
  /** Value of the header Authorization. */
  readonly authorization: string
  readonly givenAt: number
  readonly goodUntil: number
}

/** Why there is none, as the outcome of an attempt. */
export type NoToken = Outcome & {readonly errorClass: 'token' | 'aborted'}

/** A webhook whose deliveries carry a token. */
export type Asking = Webhook & {readonly oauth: OAuth}

export const asksForToken = (webhook: Webhook): webhook is Asking => webhook.oauth !== null

export interface Tokens {
  /**
   * The token of a webhook: one for all who ask with the same credentials, asked for again shortly before it ends.
   *
   * @param signal who is stopped waits no longer
   */
  find(webhook: Asking, signal: AbortSignal): Promise<Token | NoToken>
  /** A receiver did not take it: it is forgotten, and true, unless it has just been given and another would be no better. */
  refused(webhook: Asking, token: Token): boolean
}

export interface TokenOptions {
  readonly transport: Pick<Transport, 'send'>
  /** Of hookctl. */
  readonly version: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** So long a server that gave none is left alone, and a token counts as just given (ms). */
const AGAIN_AFTER_MS = 10_000
/** Of a token whose end is not told. */
const USUAL_LIFE_S = 300
/** A token ends so long before its end, at most: a request that is under way still has to arrive with it. */
const MARGIN_MS = 30_000
const MOST_KEPT = 1000

interface Kept {
  readonly answer: Promise<Token | NoToken>
  /** Null until it is there. */
  token: Token | null
  /** Until then it is not asked for again. */
  until: number
}

/** Asks authorization servers for tokens by client credentials (RFC 6749, section 4.4) and keeps them in memory. */
export function createTokens({transport, version, now}: TokenOptions): Tokens {
  const kept = new Map<string, Kept>()

  function ask({oauth, policies: {timeoutMs, tls}}: Asking): Promise<Token | NoToken> {
    const {headers, body} = requestOf(oauth)
    const request = {
      url: oauth.tokenUrl,
      method: 'POST' as const,
      headers: [...headers, ['User-Agent', `hookctl/${version}`] as const],
      body,
      timeoutMs,
      // The client secret goes along: whoever takes it has to be the one that is meant (A10).
      tls: {...tls, verify: true},
    }
    return transport
      .send(request)
      .then(outcome => readToken(outcome, URL.parse(oauth.tokenUrl)?.host ?? oauth.tokenUrl))
  }

  function keep(key: string, webhook: Asking): Kept {
    const made: Kept = {answer: ask(webhook), token: null, until: Number.POSITIVE_INFINITY}
    kept.delete(key)
    kept.set(key, made)
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT) break
      kept.delete(oldest)
    }
    void made.answer.then(answer => {
      made.token = 'authorization' in answer ? answer : null
      made.until = 'authorization' in answer ? answer.goodUntil : againAt(answer)
    })
    return made
  }

  /** Of who was stopped nothing follows for the others. */
  const againAt = ({errorClass}: NoToken): number => (errorClass === 'aborted' ? 0 : now() + AGAIN_AFTER_MS)

  return {
    find(webhook, signal) {
      const key = keyOf(webhook)
      const known = kept.get(key)
      const {answer} = known !== undefined && now() < known.until ? known : keep(key, webhook)
      return unlessStopped(answer, signal, now)
    },
    refused(webhook, token) {
      if (now() - token.givenAt < AGAIN_AFTER_MS) return false
      const key = keyOf(webhook)
      // Another delivery may have asked for the next one already.
      if (kept.get(key)?.token === token) kept.delete(key)
      return true
    },
  }
}

const keyOf = ({oauth, policies: {tls}}: Asking): string => JSON.stringify([oauth, tls.caFile])

function requestOf({clientId, clientSecret, scope, audience, authMethod}: OAuth) {
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
  ]
  if (!inBody) headers.push(['Authorization', `Basic ${basic(clientId, clientSecret)}`])
  return {headers, body: Buffer.from(fields.toString())}
}

/** Both are encoded like the fields of a form before they are put together (RFC 6749, section 2.3.1). */
const basic = (clientId: string, clientSecret: string): string =>
  Buffer.from(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`).toString('base64')

const formEncoded = (text: string): string => new URLSearchParams({'': text}).toString().slice(1)

function readToken(outcome: Outcome, host: string): Token | NoToken {
  const {errorClass, error, startedAt, durationMs} = outcome
  if (errorClass === 'aborted') return {...outcome, errorClass}
  const none = (why: string): NoToken => ({
    ...outcome,
    ...nothingAnswered,
    errorClass: 'token',
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

/** The attempt never came to the receiver: what the authorization server answered is not its answer. */
const nothingAnswered = {
  status: null,
  responseHeaders: [],
  responseBody: new Uint8Array(),
  responseBytes: 0,
  responseTruncated: false,
  remoteAddress: null,
} as const

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

function unlessStopped(
  answer: Promise<Token | NoToken>,
  signal: AbortSignal,
  now: () => number,
): Promise<Token | NoToken> {
  return new Promise(settle => {
    const waiting = cutOffOf(signal)
    const stop = () =>
      settle({
        ...nothingAnswered,
        startedAt: now(),
        durationMs: 0,
        errorClass: 'aborted',
        error: 'stopped before there was a token',
      })
    waiting.add(stop)
    void answer.then(token => {
      waiting.delete(stop)
      settle(token)
    })
  })
}
