import type {Context, Member, Organization} from '../../domain/organization.ts'
import type {Page, PageRequest} from '../../domain/page.ts'
import type {Token} from '../../domain/token.ts'
import type {Acceptance, Telling} from './events.ts'

/**
 * What a change is made from, as it was read. Where that is no longer so, or is gone, a `replace` is rejected with
 * `changed_meanwhile` (conflict) and nothing is written: it would undo what somebody else has done. So is a `remove` of
 * an object that is not as it is handed in. Who reads again and changes that loses nothing of either.
 */
export interface From<T> {
  readonly was: T
}

export interface OrganizationStore {
  bySlug(slug: string): Promise<Organization | null>
  byId(id: number): Promise<Organization | null>
  /** Rejects with `organization_exists` on a taken slug. The store gives the next number, from 1, also to the entry and its object. */
  add(organization: Omit<Organization, 'id'>, entry: Telling | null): Promise<Organization>
  /** By slug. */
  list(page: PageRequest): Promise<Page<Organization>>
  /** Replaces slug, name and zone; rejects with `changed_meanwhile`, and `organization_exists` on a taken slug. */
  replace(organization: Organization, entry: Telling, from: From<Organization>): Promise<void>
  /**
   * Deletes it with its webhooks (unfinished deliveries are cancelled, reason `webhook_deleted`), sources, event types,
   * contexts, members and tokens; its slug is free again, its number is not. Answers how many deliveries were cancelled.
   * The entry says itself in whose history it stands. Rejects with `changed_meanwhile`.
   */
  remove(organization: Organization, entry: Telling, now: number): Promise<number>
}

export interface ContextStore {
  /** Rejects with `context_exists` when the id is taken in its organization. */
  add(context: Context, entry: Telling): Promise<void>
  find(organizationId: number, id: string): Promise<Context | null>
  /** By id. */
  list(organizationId: number, page: PageRequest): Promise<Page<Context>>
  /** Replaces name and kind; rejects with `changed_meanwhile`. */
  replace(context: Context, entry: Telling, from: From<Context>): Promise<void>
  /** Rejects with `context_in_use` naming the webhooks and sources that are scoped to it, and `changed_meanwhile`. */
  remove(context: Context, entry: Telling): Promise<void>
}

/**
 * Every change comes with the event that tells of it: both are written in one transaction, as `EventStore.accept` does.
 * A change that would leave an organization without its last owner is rejected with `last_owner`.
 */
export interface MemberStore {
  /** Rejects with `member_exists` when the user is one already. */
  add(member: Member, event: Acceptance): Promise<void>
  find(organizationId: number, user: string): Promise<Member | null>
  /** By user. */
  list(organizationId: number, page: PageRequest): Promise<Page<Member>>
  /** Replaces email and role; rejects with `changed_meanwhile`. */
  replace(member: Member, event: Acceptance, from: From<Member>): Promise<void>
  /** Takes the user's tokens of this organization along. Rejects with `changed_meanwhile`. */
  remove(member: Member, event: Acceptance): Promise<void>
}

export interface TokenStore {
  /**
   * Keeps the SHA-256 of the token's value and nothing else of it. Rejects with `token_exists` on a taken name, and
   * `changed_meanwhile` where its user is no member.
   */
  add(token: Token, digest: Uint8Array, entry: Telling): Promise<void>
  /** Whatever the organization, also an expired one: the one question of every request with a token. */
  byDigest(digest: Uint8Array): Promise<Token | null>
  /** By id, or by name where no id matches. */
  find(organizationId: number, idOrName: string): Promise<Token | null>
  /** Newest first. */
  list(organizationId: number, page: PageRequest): Promise<Page<Token>>
  /** Nothing of it stays but the history. Rejects with `token_not_found` when it is gone already. */
  remove(token: Token, entry: Telling): Promise<void>
  /** Notes when it was used last; nothing happens where it is gone. */
  touch(id: string, at: number): Promise<void>
}
