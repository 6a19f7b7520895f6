import type {TokenView} from '../api/tokens.ts'
import type {Token} from '../domain/token.ts'
import type {Telling} from '../store/store.ts'
import type {Asking, Deps} from './deps.ts'
import {toInstant, toInstantOrNull} from './instants.ts'
import {tell} from './tell.ts'

/** A token as it is shown: never its value, which nobody keeps. */
export const tokenView = (token: Token, organization: string): TokenView => {
  const {id, name, user, scopes, createdAt, expiresAt, lastUsedAt} = token
  return {
    id,
    organization,
    name,
    user,
    scopes: [...scopes],
    createdAt: toInstant(createdAt),
    expiresAt: toInstantOrNull(expiresAt),
    lastUsedAt: toInstantOrNull(lastUsedAt),
  }
}

/** The history row of a token's beginning or end, and the events that tell of it: everything but its value. */
export function tokenRecord(
  deps: Deps,
  caller: Asking,
  {before, after}: {readonly before?: Token; readonly after?: Token},
): Promise<Telling> {
  const {id, name, organizationId} = (after ?? before) as Token
  return tell(deps, caller, {
    organizationId,
    change: before === undefined ? 'created' : 'deleted',
    object: {type: 'Token', id, name},
    ...(before === undefined ? {} : {before: masked(before)}),
    ...(after === undefined ? {} : {after: masked(after)}),
  })
}

function masked(token: Token): object {
  const {organization: _, lastUsedAt: __, ...shown} = tokenView(token, '')
  return shown
}
