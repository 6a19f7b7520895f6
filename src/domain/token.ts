import type {Role} from './organization.ts'

/** What a token may be used for, beside the role of whom it stands for. */
export type Scope = 'read' | 'ingest' | 'admin'

/** A credential for the server: of a member, or of a machine where `user` is null. Its value is kept nowhere. */
export interface Token {
  /** `tok_` and a UUIDv7 in hex. */
  readonly id: string
  readonly organizationId: number
  /** Unique in its organization. */
  readonly name: string
  readonly user: string | null
  readonly scopes: readonly Scope[]
  readonly createdAt: number
  /** From then on it is not valid; null: until it is revoked. */
  readonly expiresAt: number | null
  /** To the minute; null where it was never used. */
  readonly lastUsedAt: number | null
}

export const isExpired = ({expiresAt}: Pick<Token, 'expiresAt'>, now: number): boolean =>
  expiresAt !== null && expiresAt <= now

/** A machine is in no organization's list of members: what it may do follows from its scopes, and is never an owner's. */
export const machineRole = (scopes: readonly Scope[]): Role => (scopes.includes('admin') ? 'admin' : 'member')
