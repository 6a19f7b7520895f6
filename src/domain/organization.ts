export type Role = 'owner' | 'admin' | 'member'

/** The tenant. Everything else belongs to one. */
export interface Organization {
  /** A number, because Catalyst's bodies carry `organization_id` as one. */
  readonly id: number
  /** `[a-z0-9-]{1,63}`, unique: it stands in URLs. */
  readonly slug: string
  readonly name: string
  readonly createdAt: number
}

const ranks: Record<Role, number> = {member: 0, admin: 1, owner: 2}

/** Whether `role` may do what asks for `needed`. Owner includes admin includes member. */
export const hasRole = (role: Role, needed: Role): boolean => ranks[role] >= ranks[needed]
