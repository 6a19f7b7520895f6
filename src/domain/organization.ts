export type Role = 'owner' | 'admin' | 'member'

/** The tenant. Everything else belongs to one. */
export interface Organization {
  /** A number, because Catalyst's bodies carry `organization_id` as one. */
  readonly id: number
  /** `[a-z0-9-]{1,63}`, unique: it stands in URLs. */
  readonly slug: string
  readonly name: string
  /** In which its members see times (EntryPoint: "Timestamp (org timezone)"), an offset or a name; null: each in their own. */
  readonly zone: string | null
  readonly createdAt: number
}

const ranks: Record<Role, number> = {member: 0, admin: 1, owner: 2}

/** Whether `role` may do what asks for `needed`. Owner includes admin includes member. */
export const hasRole = (role: Role, needed: Role): boolean => ranks[role] >= ranks[needed]

/** A part of an organization: a context of EntryPoint, a domain of NebularStack, a site group of NetBox. */
export interface Context {
  /** Unique in its organization and never changed: events and webhooks name it. */
  readonly id: string
  readonly organizationId: number
  readonly name: string
  /** The platform's word for such a part: `context`, `domain`, `site-group`. */
  readonly kind: string
  readonly createdAt: number
}

/** A user of an organization. The same user may be in several, with a role in each (Catalyst: Organizations and roles). */
export interface Member {
  readonly organizationId: number
  /** Unique in its organization. */
  readonly user: string
  readonly email: string | null
  readonly role: Role
  readonly createdAt: number
}
