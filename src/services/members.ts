import type {MemberView} from '../api/memberships.ts'
import type {Output, Parsed} from '../api/operations.ts'
import {hasRole, type Member, type Organization, type Role} from '../domain/organization.ts'
import {allPages} from '../domain/page.ts'
import {suggest} from '../domain/suggest.ts'
import type {Token} from '../domain/token.ts'
import {notAllowedError, notFoundError} from '../errors.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import {toInstant} from './instants.ts'
import {memberEvent} from './member-event.ts'
import {tokenRecord} from './token-record.ts'

type In<N extends 'create' | 'list' | 'show' | 'edit' | 'delete'> = Resolved<Parsed<`member.${N}`>>

const memberView = ({user, email, role, createdAt}: Member, organization: string): MemberView => ({
  user,
  organization,
  email,
  role,
  createdAt: toInstant(createdAt),
})

/** Makes a user a member, and tells so with `member.created`. @throws not_allowed `role_too_high`; conflict `member_exists` */
export async function createMember(
  deps: Deps,
  {organization, user, email, role}: In<'create'>,
  caller: Asking,
): Promise<Output<'member.create'>> {
  refuseHigher(caller, role, `make "${user}" ${role}`)
  const member: Member = {organizationId: organization.id, user, email: email ?? null, role, createdAt: deps.now()}
  await deps.store.members.add(member, await memberEvent(deps, caller, organization, {after: member}))
  return memberView(member, organization.slug)
}

/** Members, by user. */
export async function listMembers(
  {store}: Deps,
  {organization, limit, cursor}: In<'list'>,
): Promise<Output<'member.list'>> {
  const {items, next} = await store.members.list(organization.id, {limit, cursor})
  return {items: items.map(member => memberView(member, organization.slug)), next}
}

/** @throws not_found `member_not_found` */
export const showMember = async (deps: Deps, {organization, user}: In<'show'>): Promise<Output<'member.show'>> =>
  memberView(await findMember(deps, organization, user), organization.slug)

/**
 * Changes role or email, and tells so with `member.updated`. The member's tokens have the new role on their next
 * request.
 *
 * @throws not_allowed `role_too_high`; not_found `member_not_found`; conflict `last_owner`
 */
export async function editMember(
  deps: Deps,
  {organization, user, role, email}: In<'edit'>,
  caller: Asking,
): Promise<Output<'member.edit'>> {
  const before = await findMember(deps, organization, user)
  const after = {...before, role: role ?? before.role, email: email === undefined ? before.email : email}
  refuseHigher(caller, before.role, `change "${user}", who is ${before.role}`)
  refuseHigher(caller, after.role, `make "${user}" ${after.role}`)
  if (after.role === before.role && after.email === before.email) return memberView(before, organization.slug)
  const event = await memberEvent(deps, caller, organization, {before, after})
  await deps.store.members.replace(after, event, {was: before})
  return memberView(after, organization.slug)
}

/**
 * Takes a user out of the organization with all tokens they have there, and tells so with `member.deleted`.
 *
 * @throws not_allowed `role_too_high`; not_found `member_not_found`; conflict `last_owner`
 */
export async function deleteMember(
  deps: Deps,
  {organization, user}: In<'delete'>,
  caller: Asking,
): Promise<Output<'member.delete'>> {
  const before = await findMember(deps, organization, user)
  refuseHigher(caller, before.role, `take out "${user}", who is ${before.role}`)
  const tokens = await tokensOf(deps, organization, user)
  const event = await memberEvent(deps, caller, organization, {before})
  const ended = await Promise.all(tokens.map(token => tokenRecord(deps, caller, {before: token})))
  const history = [...event.history, ...ended]
  await deps.store.members.remove(before, {...event, history})
  return {user, tokens: tokens.length}
}

async function tokensOf({store}: Deps, organization: Organization, user: string): Promise<Token[]> {
  const tokens = await allPages(request => store.tokens.list(organization.id, request))
  return tokens.filter(token => token.user === user)
}

/** @throws not_found `member_not_found`, with the name that was probably meant */
export async function findMember({store}: Pick<Deps, 'store'>, organization: Organization, user: string) {
  const member = await store.members.find(organization.id, user)
  if (member !== null) return member
  const {items} = await store.members.list(organization.id, {limit: 1000})
  const meant = suggest(
    user,
    items.map(item => item.user),
  )
  throw notFoundError('member_not_found', `no member "${user}" in ${organization.slug}`, {
    path: 'user',
    hint: meant === undefined ? 'hookctl member list' : `did you mean "${meant}"?`,
  })
}

/** Nobody gives, takes or borrows more than they have. @throws not_allowed `role_too_high` */
export function refuseHigher({role, actor}: Asking, needed: Role, what: string): void {
  if (hasRole(role, needed)) return
  throw notAllowedError('role_too_high', `${actor.name ?? 'the caller'} is ${role} and may not ${what}`, {
    path: 'role',
    hint: 'ask an owner of the organization',
  })
}
