import type {Output, Parsed} from '../api/operations.ts'
import type {OrganizationView} from '../api/organizations.ts'
import type {Organization} from '../domain/organization.ts'
import {conflictError} from '../errors.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import {toInstant} from './instants.ts'
import {memberEvent} from './member-event.ts'
import {recordOf} from './record.ts'
import {tell} from './tell.ts'

type In<N extends 'create' | 'list' | 'show' | 'edit' | 'delete'> = Resolved<Parsed<`org.${N}`>>

/** The first organization: every store has it, and it keeps the history of what belongs to none. */
const HOME = 1

const organizationView = ({id, slug, name, zone, createdAt}: Organization): OrganizationView => ({
  id,
  slug,
  name,
  zone,
  createdAt: toInstant(createdAt),
})

const named = ({id, slug}: Pick<Organization, 'id' | 'slug'>) => ({type: 'Organization', id: String(id), name: slug})

/** What the history keeps of it. */
const told = ({slug, name, zone}: Pick<Organization, 'slug' | 'name' | 'zone'>) => ({slug, name, zone})

/** Creates an organization. A person who creates one is its first owner. @throws conflict `organization_exists` */
export async function createOrganization(
  deps: Deps,
  {slug, name = slug, zone = null}: In<'create'>,
  caller: Asking,
): Promise<Output<'org.create'>> {
  const createdAt = deps.now()
  const entry = recordOf(deps, caller, {
    organizationId: HOME,
    change: 'created',
    object: named({id: 0, slug}),
    after: told({slug, name, zone}),
  })
  // The store gives the number, also to the entry and its object.
  const organization = await deps.store.organizations.add({slug, name, zone, createdAt}, entry)
  const {kind, name: user, email = null} = caller.actor
  if (kind === 'user' && user !== null && user !== '') {
    const owner = {organizationId: organization.id, user, email, role: 'owner', createdAt} as const
    await deps.store.members.add(owner, await memberEvent(deps, caller, organization, {after: owner}))
  }
  return organizationView(organization)
}

/** Organizations, by slug; who stands for one of them sees that one. */
export async function listOrganizations(
  {store}: Deps,
  {limit, cursor}: In<'list'>,
  {organizationId}: Asking,
): Promise<Output<'org.list'>> {
  if (organizationId !== undefined) {
    const own = await store.organizations.byId(organizationId)
    return {items: own === null ? [] : [organizationView(own)], next: null}
  }
  const {items, next} = await store.organizations.list({limit, cursor})
  return {items: items.map(organizationView), next}
}

export const showOrganization = async (_deps: Deps, {organization}: In<'show'>): Promise<Output<'org.show'>> =>
  organizationView(organization)

/** Changes slug, name or zone; the number stays, and so does everything that refers to it. @throws conflict `organization_exists` */
export async function editOrganization(
  deps: Deps,
  {organization: before, slug = before.slug, name = before.name, zone = before.zone}: In<'edit'>,
  caller: Asking,
): Promise<Output<'org.edit'>> {
  const after = {...before, slug, name, zone}
  const entry = await tell(deps, caller, {
    organizationId: before.id,
    change: 'changed',
    object: named(after),
    before: told(before),
    after: told(after),
  })
  await deps.store.organizations.replace(after, entry, {was: before})
  return organizationView(after)
}

/**
 * Deletes an organization with its webhooks, contexts, members and tokens; what it still owes is cancelled. That it
 * was there and who deleted it stands in the history of the first organization.
 *
 * @throws conflict `organization_needed` for that first one
 */
export async function deleteOrganization(
  deps: Deps,
  {organization}: In<'delete'>,
  caller: Asking,
): Promise<Output<'org.delete'>> {
  const {id, slug} = organization
  if (id === HOME) {
    throw conflictError('organization_needed', `${slug} keeps the history of the whole store and cannot be deleted`, {
      hint: 'delete its webhooks, or begin with a new store',
    })
  }
  const entry = recordOf(deps, caller, {
    organizationId: HOME,
    change: 'deleted',
    object: named(organization),
    before: told(organization),
  })
  return {id, slug, cancelled: await deps.store.organizations.remove(organization, entry, deps.now())}
}
