import type {Operation} from '../api/operation.ts'
import {hasRole} from '../domain/organization.ts'
import {notAllowedError} from '../errors.ts'
import type {Caller} from './deps.ts'

/**
 * Lets a caller in to an operation, or says why not.
 *
 * @throws not_allowed `scope_missing`, `role_missing` or `organization_bound`
 */
export function admit(
  name: string,
  {role, scope, everywhere}: Pick<Operation, 'role' | 'scope' | 'everywhere'>,
  caller: Caller,
): void {
  const who = caller.actor.name ?? 'the caller'
  if (!caller.scopes.includes(scope) && !caller.scopes.includes('admin')) {
    throw notAllowedError('scope_missing', `the token of ${who} may not call ${name}: it needs the scope ${scope}`, {
      hint: `its scopes are: ${caller.scopes.join(', ') || 'none'}`,
    })
  }
  if (!hasRole(caller.role, role)) {
    throw notAllowedError(
      'role_missing',
      `${who} is a ${caller.role} and may not call ${name}: it needs ${needed[role]}`,
      {
        hint: 'ask an owner or an admin of the organization',
      },
    )
  }
  if (everywhere && caller.organizationId !== undefined) {
    throw notAllowedError(
      'organization_bound',
      `${who} stands for one organization, and ${name} concerns all of them`,
      {
        hint: 'run it on the machine of the server, where the command line may do everything',
      },
    )
  }
}

const needed = {owner: 'an owner', admin: 'an owner or admin', member: 'a member'} as const
