import type {ContextView} from '../../api/contexts.ts'
import type {MemberView} from '../../api/memberships.ts'
import type {OrganizationView} from '../../api/organizations.ts'
import type {TokenView} from '../../api/tokens.ts'
import type {Column} from '../output/column.ts'

export const organizationColumns: readonly Column<OrganizationView>[] = [
  {key: 'slug', whole: true},
  {key: 'name'},
  {key: 'id', title: 'number', align: 'right'},
  {key: 'createdAt', title: 'created', kind: 'time'},
  {key: 'zone'},
]

export const contextColumns: readonly Column<ContextView>[] = [
  {key: 'id', whole: true},
  {key: 'name'},
  {key: 'kind'},
  {key: 'createdAt', title: 'created', kind: 'time'},
]

export const memberColumns: readonly Column<MemberView>[] = [
  {key: 'user', whole: true},
  {key: 'role'},
  {key: 'email'},
  {key: 'createdAt', title: 'since', kind: 'time'},
]

export const tokenColumns: readonly Column<TokenView>[] = [
  {key: 'id', whole: true},
  {key: 'name', telling: true},
  {key: 'user', title: 'of', value: ({user}) => user ?? 'a machine'},
  {key: 'scopes'},
  {key: 'expiresAt', title: 'expires', kind: 'time'},
  {key: 'lastUsedAt', title: 'last used', kind: 'time'},
  {key: 'createdAt', title: 'created', kind: 'time'},
]

/** Its value is shown this once. */
export const createdTokenColumns: readonly Column<TokenView & {readonly value: string}>[] = [
  ...tokenColumns,
  {key: 'value', wide: true, whole: true},
]
