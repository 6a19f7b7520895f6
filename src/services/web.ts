import type {Operation} from '../api/operation.ts'
import type {Output, Parsed} from '../api/operations.ts'
import {HookctlError, notAllowedError, unreachableError} from '../errors.ts'
import {admit} from './admit.ts'
import type {Asking, Deps} from './deps.ts'
import {toInstant} from './instants.ts'

/**
 * A code that opens the status page once, with the rights the caller's token has at each moment from then on.
 *
 * @throws unreachable `no_server` where this process serves no page; not_allowed `session_bound` for a page's own session,
 * which would otherwise live for ever
 */
export async function makeWebCode(
  {web, store}: Pick<Deps, 'web' | 'store'>,
  {sameUser}: Parsed<'web.code'>,
  caller: Asking,
): Promise<Output<'web.code'>> {
  if (web === undefined) throw noServer(store)
  if (caller.credential === undefined) {
    throw notAllowedError('session_bound', 'a session of the status page opens no other', {hint: 'hookctl web'})
  }
  const {code, expiresAt} = web.newCode(caller.credential, sameUser ? (caller.peerUser?.() ?? null) : null)
  return {code, expiresAt: toInstant(expiresAt)}
}

/** Of a file it is known that no server has it open; of a database nobody knows where the servers are. */
const noServer = ({worker}: Deps['store']): HookctlError =>
  worker.isShared
    ? unreachableError(
        'no_server',
        'the status page is a page of a server, and a database does not say where its servers are',
        {
          hint: 'name one: hookctl web --server URL; or start one: hookctl serve',
        },
      )
    : unreachableError('no_server', 'no server runs on this store, and the status page is a page of the server', {
        hint: 'start one first: hookctl serve',
      })

/** Who asks, and every operation that would be refused to them. */
export async function showRights(
  {store}: Pick<Deps, 'store'>,
  _: object,
  caller: Asking,
): Promise<Output<'web.rights'>> {
  // Every schema there is: only who opens the page pays for that.
  const {operations} = await import('../api/operations.ts')
  const {organizationId: id} = caller
  const organization = id === undefined ? null : await store.organizations.byId(id)
  return {
    name: caller.actor.name,
    role: caller.role,
    scopes: [...caller.scopes],
    organization: organization?.slug ?? null,
    refused: Object.entries(operations).flatMap(([name, operation]) => refusalOf(name, operation, caller)),
  }
}

function refusalOf(operation: string, entry: Operation, caller: Asking): {operation: string; message: string}[] {
  try {
    admit(operation, entry, caller)
    return []
  } catch (error) {
    if (!(error instanceof HookctlError)) throw error
    return [{operation, message: error.message}]
  }
}
