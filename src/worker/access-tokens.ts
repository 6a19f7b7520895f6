import {unanswered} from '../domain/delivery.ts'
import type {Webhook} from '../domain/webhook.ts'
import {cutOffOf} from '../transport/cut-off.ts'
import type {Transport} from '../transport/request.ts'
import {type AccessToken, type Asking, type NoToken, readToken, tokenRequest} from './token-request.ts'

export const asksForToken = (webhook: Webhook): webhook is Asking => webhook.oauth !== null

export interface AccessTokens {
  /**
   * The token of a webhook: one for all who ask with the same credentials, asked for again shortly before it ends.
   *
   * @param signal who is stopped waits no longer
   */
  find(webhook: Asking, signal: AbortSignal): Promise<AccessToken | NoToken>
  /** A receiver did not take it: it is forgotten, and true, unless it has just been given and another would be no better. */
  refused(webhook: Asking, token: AccessToken): boolean
}

export interface AccessTokenOptions {
  readonly transport: Pick<Transport, 'send'>
  /** Of hookctl. */
  readonly version: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** So long a server that gave none is left alone, and a token counts as just given (ms). */
const AGAIN_AFTER_MS = 10_000
const MOST_KEPT = 1000

interface Kept {
  readonly answer: Promise<AccessToken | NoToken>
  /** Null until it is there. */
  token: AccessToken | null
  /** Until then it is not asked for again. */
  until: number
}

/** Asks authorization servers for tokens and keeps them in memory. */
export function createAccessTokens({transport, version, now}: AccessTokenOptions): AccessTokens {
  const kept = new Map<string, Kept>()

  function keep(key: string, webhook: Asking): Kept {
    const answer = transport.send(tokenRequest(webhook, version)).then(outcome => readToken(outcome, webhook))
    const made: Kept = {answer, token: null, until: Number.POSITIVE_INFINITY}
    kept.delete(key)
    kept.set(key, made)
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT) break
      kept.delete(oldest)
    }
    void answer.then(given => {
      made.token = 'authorization' in given ? given : null
      made.until = 'authorization' in given ? given.goodUntil : againAt(given)
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

function unlessStopped(
  answer: Promise<AccessToken | NoToken>,
  signal: AbortSignal,
  now: () => number,
): Promise<AccessToken | NoToken> {
  return new Promise(settle => {
    const waiting = cutOffOf(signal)
    const stop = () => {
      const error = 'stopped before there was a token'
      settle({...unanswered, startedAt: now(), durationMs: 0, errorClass: 'aborted', error})
    }
    waiting.add(stop)
    void answer.then(token => {
      waiting.delete(stop)
      settle(token)
    })
  })
}
