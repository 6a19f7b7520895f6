import {memoized} from '../domain/memoized.ts'
import {notAllowedError} from '../errors.ts'
import type {Caller} from '../services/deps.ts'
import {isToken, sameDigest, tokenDigest} from '../services/token-text.ts'
import {Refused} from './refused.ts'
import type {WebSessions} from './web-sessions.ts'

/** Knows who a token stands for, by its SHA-256. Null for all it does not know, revoked and expired ones included. */
export interface Auth {
  byDigest(digest: Uint8Array): Caller | null | Promise<Caller | null>
}

/** One token that may do everything: the one a server makes for itself at its start. Keeps only its digest. */
export function adminAuth(token: string): Auth {
  const digest = tokenDigest(token)
  return {byDigest: given => (sameDigest(given, digest) ? {...admin, credential: given} : null)}
}

/** Asked in turn: the first that knows the token says who it stands for. */
export const anyAuth = (...several: readonly Auth[]): Auth => ({
  async byDigest(digest) {
    for (const auth of several) {
      const caller = await auth.byDigest(digest)
      if (caller !== null) return caller
    }
    return null
  },
})

/**
 * Sessions of the status page: each stands for whoever the token behind it stands for at that moment, so that one that
 * was revoked or lost a right takes its sessions along.
 */
const sessionAuth = (sessions: Pick<WebSessions, 'credentialOf'>, auth: Auth): Auth => ({
  async byDigest(digest) {
    const credential = sessions.credentialOf(digest)
    if (credential === null) return null
    const caller = await auth.byDigest(credential)
    if (caller === null) return null
    const {credential: _, ...session} = caller
    return session
  },
})

/** Everybody a server knows: its own token, those of the store, and the status page's sessions of either. */
export function serverAuth(own: string, stored: Auth, sessions: WebSessions): Auth {
  const tokens = anyAuth(adminAuth(own), stored)
  return anyAuth(tokens, sessionAuth(sessions, tokens))
}

const admin: Caller = {
  actor: {kind: 'token', name: 'admin'},
  role: 'owner',
  scopes: ['read', 'ingest', 'admin'],
  via: 'api',
}

/**
 * Who sends a request, by its `Authorization: Bearer …` header.
 *
 * @throws Refused 401 that names no part of the token
 */
export async function authenticate(auth: Auth, authorization: string | null, requestId: string): Promise<Caller> {
  if (authorization === null) throw unknown('token_missing', 'this needs a token', 'Bearer realm="hookctl"')
  const digest = digestOf(authorization)
  const caller = digest === null ? null : await auth.byDigest(digest)
  if (caller === null) {
    throw unknown('token_invalid', 'the token is not valid here', 'Bearer realm="hookctl", error="invalid_token"')
  }
  return {...caller, requestId}
}

/** The SHA-256 of the token in an `Authorization` header, or null where there is none that could be one. */
export const digestOf = (authorization: string | null): Uint8Array | null => readDigest(authorization ?? '')

// A sender sends the same header with each event.
const readDigest = memoized<Uint8Array | null>(authorization => {
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  return token !== undefined && isToken(token) ? tokenDigest(token) : null
}, 64)

const unknown = (code: string, message: string, challenge: string): Refused =>
  new Refused(
    401,
    notAllowedError(code, message, {
      hint: 'send it as Authorization: Bearer <token>; the command line takes HOOKCTL_TOKEN',
    }),
    {'www-authenticate': challenge},
  )
