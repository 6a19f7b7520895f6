import type {Context, Organization} from '../domain/organization.ts'
import type {Platform} from '../domain/platform.ts'
import {suggest} from '../domain/suggest.ts'
import {usageError} from '../errors.ts'
import type {Deps} from './deps.ts'

/** A context that an input names: an unknown one would be an event that no scoped webhook ever gets. */
export interface Named {
  readonly id: string
  /** Where it stands in the input, for errors. */
  readonly path: string
}

/**
 * The contexts that an input names, by id; each is looked up once.
 *
 * @throws usage `unknown_context` that names the ones there are
 */
export async function knownContexts(
  {store}: Pick<Deps, 'store'>,
  organization: Organization,
  named: readonly Named[],
): Promise<ReadonlyMap<string, Context>> {
  const found = new Map<string, Context>()
  for (const {id, path} of named) {
    if (found.has(id)) continue
    const context = await store.contexts.find(organization.id, id)
    if (context === null) throw await unknownContext({store}, organization, id, path)
    found.set(id, context)
  }
  return found
}

/**
 * An input with the context that its data names, where its platform keeps it there and the organization has one of that
 * id. What the input itself says comes first, and data may name what is no context here.
 */
export async function inItsContext<Given extends {readonly contextId?: string | undefined; readonly data?: unknown}>(
  {store}: Pick<Deps, 'store'>,
  organization: Organization,
  platform: Platform | undefined,
  input: Given,
): Promise<Given> {
  if (input.contextId !== undefined || platform?.contextIn === undefined) return input
  const id = platform.contextIn(input.data)
  const context = id === null ? null : await store.contexts.find(organization.id, id)
  return context === null ? input : {...input, contextId: context.id}
}

async function unknownContext({store}: Pick<Deps, 'store'>, organization: Organization, id: string, path: string) {
  const {items, next} = await store.contexts.list(organization.id, {limit: 20})
  const ids = items.map(context => context.id)
  const meant = suggest(id, ids)
  const there = `there ${ids.length === 1 ? 'is' : 'are'} ${ids.join(', ')}${next === null ? '' : ' and more'}`
  const hint = ids.length === 0 ? 'there is none yet: hookctl context create' : there
  return usageError('unknown_context', `the organization ${organization.slug} has no context "${id}"`, {
    path,
    hint: meant === undefined ? hint : `did you mean "${meant}"? ${hint}`,
  })
}
