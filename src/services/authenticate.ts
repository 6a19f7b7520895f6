import type {Member, Role} from '../domain/organization.ts'
import {isExpired, machineRole, type Token} from '../domain/token.ts'
import {HookctlError} from '../errors.ts'
import type {Caller, Deps} from './deps.ts'

/** A write for every request would cost more than the request: when a token was used is known to the minute. */
const MINUTE = 60_000

/**
 * Who a stored token stands for, by its SHA-256, and null for what is unknown, revoked, expired, or of a user who is no
 * member any more. Asked anew for every request: revoking, expiring and a changed role hold from the next one on.
 */
export async function authenticateDigest(
  deps: Pick<Deps, 'store' | 'now'>,
  digest: Uint8Array,
): Promise<Caller | null> {
  const token = await deps.store.tokens.byDigest(digest)
  if (token === null || isExpired(token, deps.now())) return null
  const who = await standsFor(deps, token)
  if (who === null) return null
  await noteUse(deps, token)
  return {...who, scopes: token.scopes, via: 'api', organizationId: token.organizationId, credential: digest}
}

async function standsFor(
  {store}: Pick<Deps, 'store'>,
  token: Token,
): Promise<(Pick<Caller, 'actor'> & {readonly role: Role}) | null> {
  if (token.user === null) {
    return {actor: {kind: 'token', name: token.name, id: token.id}, role: machineRole(token.scopes)}
  }
  const member: Member | null = await store.members.find(token.organizationId, token.user)
  if (member === null) return null
  const email = member.email === null ? {} : {email: member.email}
  return {actor: {kind: 'user', name: member.user, ...email}, role: member.role}
}

async function noteUse({store, now}: Pick<Deps, 'store' | 'now'>, {id, lastUsedAt}: Token): Promise<void> {
  if (lastUsedAt !== null && now() - lastUsedAt < MINUTE) return
  try {
    await store.tokens.touch(id, now())
  } catch (error) {
    // A store that is full or busy can still be read.
    if (!(error instanceof HookctlError)) throw error
  }
}
