import type {WebCodes} from '../services/deps.ts'
import {newToken, tokenDigest} from '../services/token-text.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** How long a code can be used; a session lasts at most, and without a request. Milliseconds. */
const lives = {code: MINUTE, session: 8 * HOUR, silence: HOUR} as const

/** Wrong codes a minute before every code is refused: a code has 256 bits, so this only bounds the work and the noise. */
const WRONG_A_MINUTE = 20

/** Of one credential: the oldest goes. Nobody can push out somebody else's. */
const most = {codes: 10, sessions: 50} as const

interface Entry {
  readonly credential: Uint8Array
  readonly expiresAt: number
}

interface Code extends Entry {
  readonly user: number | null
}

interface Session extends Entry {
  usedAt: number
}

export interface WebSessions extends WebCodes {
  /**
   * Begins the session a code was made for; the code is gone then.
   *
   * @param user the user of this machine whose browser asks, or null where the system does not tell
   * @returns null for a code that is unknown, used, too old or another user's; `too_many` after too many of those
   */
  begin(
    code: string,
    user: () => number | null,
  ): {readonly token: string; readonly expiresAt: number} | null | 'too_many'
  /** The credential of a session that is still alive, by the SHA-256 of its token; counts as a use. */
  credentialOf(digest: Uint8Array): Uint8Array | null
  end(digest: Uint8Array): void
}

interface Options {
  readonly now: () => number
  readonly randomBytes: (length: number) => Uint8Array
}

/** Codes and sessions of the status page, in the memory of the server: they end with it. Only digests are kept. */
export function createWebSessions({now, randomBytes}: Options): WebSessions {
  const codes = new Map<string, Code>()
  const sessions = new Map<string, Session>()
  let wrong: number[] = []
  return {
    newCode(credential, user) {
      dropDead(codes, ({expiresAt}) => expiresAt > now())
      makeRoom(codes, credential, most.codes)
      const code = Buffer.from(randomBytes(32)).toString('base64url')
      const expiresAt = now() + lives.code
      codes.set(keyOf(tokenDigest(code)), {credential, user, expiresAt})
      return {code, expiresAt}
    },
    begin(text, user) {
      wrong = wrong.filter(at => now() - at < MINUTE)
      if (wrong.length >= WRONG_A_MINUTE) return 'too_many'
      const key = keyOf(tokenDigest(text))
      const code = codes.get(key)
      // One that somebody else has seen stays good for whom it was made.
      const isTheirs = code === undefined || code.user === null || code.user === user()
      if (isTheirs) codes.delete(key)
      if (code === undefined || !isTheirs || code.expiresAt <= now()) {
        wrong.push(now())
        return null
      }
      dropDead(sessions, session => isAlive(session, now()))
      makeRoom(sessions, code.credential, most.sessions)
      const token = newToken(randomBytes)
      const session = {credential: code.credential, expiresAt: now() + lives.session, usedAt: now()}
      sessions.set(keyOf(tokenDigest(token)), session)
      return {token, expiresAt: session.expiresAt}
    },
    credentialOf(digest) {
      const session = sessions.get(keyOf(digest))
      if (session === undefined || !isAlive(session, now())) return null
      session.usedAt = now()
      return session.credential
    },
    end: digest => void sessions.delete(keyOf(digest)),
  }
}

const isAlive = ({expiresAt, usedAt}: Session, now: number): boolean => now < expiresAt && now - usedAt < lives.silence

const keyOf = (digest: Uint8Array): string => Buffer.from(digest).toString('base64url')

function dropDead<T>(entries: Map<string, T>, isAlive: (entry: T) => boolean): void {
  for (const [key, entry] of entries) if (!isAlive(entry)) entries.delete(key)
}

/** Maps keep their order: the first of a credential is its oldest. */
function makeRoom(entries: Map<string, Entry>, credential: Uint8Array, limit: number): void {
  const own = [...entries].filter(([, entry]) => keyOf(entry.credential) === keyOf(credential))
  for (const [key] of own.slice(0, Math.max(0, own.length - limit + 1))) entries.delete(key)
}
