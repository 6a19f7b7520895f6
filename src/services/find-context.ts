import type {Context, Organization} from '../domain/organization.ts'
import {suggest} from '../domain/suggest.ts'
import {notFoundError} from '../errors.ts'
import type {Deps} from './deps.ts'

/** @throws not_found `context_not_found`, with the id that was probably meant */
export async function findContext(
  {store}: Pick<Deps, 'store'>,
  organization: Organization,
  id: string,
): Promise<Context> {
  const context = await store.contexts.find(organization.id, id)
  if (context !== null) return context
  const {items} = await store.contexts.list(organization.id, {limit: 1000})
  const meant = suggest(
    id,
    items.map(item => item.id),
  )
  throw notFoundError('context_not_found', `no context "${id}"`, {
    path: 'context',
    hint: meant === undefined ? 'hookctl context list' : `did you mean "${meant}"?`,
  })
}
