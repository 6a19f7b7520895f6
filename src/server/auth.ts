import {notAllowedError} from '../errors.ts'
import type {Caller} from '../services/deps.ts'
import {isToken, sameDigest, tokenDigest} from '../services/token-text.ts'
import {Refused} from './refused.ts'

/** Knows who a token stands for. Null for every token it does not know, revoked and expired ones included. */
export interface Auth {
  authenticate(token: string): Caller | null | Promise<Caller | null>
}

/** One token that may do everything: the one a server makes for itself at its start. Keeps only its digest. */
export function adminAuth(token: string): Auth {
  const digest = tokenDigest(token)
  return {
    authenticate: given => (isToken(given) && sameDigest(tokenDigest(given), digest) ? {...admin} : null),
  }
}

/** Asked in turn: the first that knows the token says who it stands for. */
export const anyAuth = (...several: readonly Auth[]): Auth => ({
  async authenticate(token) {
    for (const auth of several) {
      const caller = await auth.authenticate(token)
      if (caller !== null) return caller
    }
    return null
  },
})

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
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  const caller = token === undefined ? null : await auth.authenticate(token)
  if (caller === null) {
    throw unknown('token_invalid', 'the token is not valid here', 'Bearer realm="hookctl", error="invalid_token"')
  }
  return {...caller, requestId}
}

const unknown = (code: string, message: string, challenge: string): Refused =>
  new Refused(
    401,
    notAllowedError(code, message, {
      hint: 'send it as Authorization: Bearer <token>; the command line takes HOOKCTL_TOKEN',
    }),
    {'www-authenticate': challenge},
  )
