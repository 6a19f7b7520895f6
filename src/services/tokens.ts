import type {Output, Parsed} from '../api/operations.ts'
import type {Organization} from '../domain/organization.ts'
import type {Token} from '../domain/token.ts'
import {notFoundError, usageError} from '../errors.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import {findMember, refuseHigher} from './members.ts'
import {tokenRecord, tokenView} from './token-record.ts'
import {newToken, tokenDigest} from './token-text.ts'

type In<N extends 'create' | 'list' | 'show' | 'revoke'> = Resolved<Parsed<`token.${N}`>>

/**
 * Makes a token for this organization. Its value is in the answer, this once: the store keeps its SHA-256. A member's
 * token may do what the member may, as long as they are one; a machine's is a member's, or an admin's with that scope.
 *
 * @throws not_allowed `role_too_high` for one of a member who may more than the caller; not_found `member_not_found`;
 * conflict `token_exists`; usage `bad_name`
 */
export async function createToken(
  deps: Deps,
  {organization, name, user, scopes, expiresInMs}: In<'create'>,
  caller: Asking,
): Promise<Output<'token.create'>> {
  refuseIdAsName(name)
  if (user !== undefined) {
    const {role} = await findMember(deps, organization, user)
    refuseHigher(caller, role, `make a token of "${user}", who is ${role}`)
  }
  const value = newToken(deps.randomBytes)
  const createdAt = deps.now()
  const token: Token = {
    id: deps.newId('tok'),
    organizationId: organization.id,
    name,
    user: user ?? null,
    scopes: [...new Set(scopes)],
    createdAt,
    expiresAt: expiresInMs === undefined ? null : createdAt + expiresInMs,
    lastUsedAt: null,
  }
  await deps.store.tokens.add(token, tokenDigest(value), await tokenRecord(deps, caller, {after: token}))
  return {token: tokenView(token, organization.slug), value}
}

/** A token is found by id first: a name that looks like one could not be reached. */
function refuseIdAsName(name: string): void {
  if (/^tok_[0-9a-f]{32}$/.test(name)) throw usageError('bad_name', `"${name}" is an id, not a name`, {path: 'name'})
}

/** Tokens, newest first; expired ones too, until they are revoked. */
export async function listTokens(
  {store}: Deps,
  {organization, limit, cursor}: In<'list'>,
): Promise<Output<'token.list'>> {
  const {items, next} = await store.tokens.list(organization.id, {limit, cursor})
  return {items: items.map(token => tokenView(token, organization.slug)), next}
}

/** @throws not_found `token_not_found` */
export const showToken = async (deps: Deps, {organization, token}: In<'show'>): Promise<Output<'token.show'>> =>
  tokenView(await findToken(deps, organization, token), organization.slug)

/**
 * Ends a token: the very next request with it is refused. Whoever manages the organization may end any of them, an
 * owner's too: one that has leaked must not wait. @throws not_found `token_not_found`
 */
export async function revokeToken(
  deps: Deps,
  {organization, token: idOrName}: In<'revoke'>,
  caller: Asking,
): Promise<Output<'token.revoke'>> {
  const before = await findToken(deps, organization, idOrName)
  await deps.store.tokens.remove(before, await tokenRecord(deps, caller, {before}))
  return {id: before.id, name: before.name}
}

async function findToken({store}: Deps, organization: Organization, idOrName: string): Promise<Token> {
  const token = await store.tokens.find(organization.id, idOrName)
  if (token !== null) return token
  // What was typed may be the token itself: it is not repeated.
  const named = idOrName.startsWith('hkt_') ? 'that' : `"${idOrName}"`
  throw notFoundError('token_not_found', `no token ${named}`, {path: 'token', hint: 'hookctl token list'})
}
