import type {ContextView} from '../api/contexts.ts'
import type {Output, Parsed} from '../api/operations.ts'
import type {Context} from '../domain/organization.ts'
import type {Telling} from '../store/store.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import {findContext} from './find-context.ts'
import {toInstant} from './instants.ts'
import {tell} from './tell.ts'

type In<N extends 'create' | 'list' | 'show' | 'edit' | 'delete'> = Resolved<Parsed<`context.${N}`>>

const contextView = ({id, name, kind, createdAt}: Context, organization: string): ContextView => ({
  id,
  organization,
  name,
  kind,
  createdAt: toInstant(createdAt),
})

/** Creates a part of an organization, to which webhooks can be scoped. @throws conflict `context_exists` */
export async function createContext(
  deps: Deps,
  {organization, id, name = id, kind}: In<'create'>,
  caller: Asking,
): Promise<Output<'context.create'>> {
  const context: Context = {id, organizationId: organization.id, name, kind, createdAt: deps.now()}
  await deps.store.contexts.add(context, await contextRecord(deps, caller, {after: context}))
  return contextView(context, organization.slug)
}

/** Contexts, by id. */
export async function listContexts(
  {store}: Deps,
  {organization, limit, cursor}: In<'list'>,
): Promise<Output<'context.list'>> {
  const {items, next} = await store.contexts.list(organization.id, {limit, cursor})
  return {items: items.map(context => contextView(context, organization.slug)), next}
}

/** @throws not_found `context_not_found` */
export const showContext = async (
  deps: Deps,
  {organization, context: id}: In<'show'>,
): Promise<Output<'context.show'>> => contextView(await findContext(deps, organization, id), organization.slug)

/** Changes name or kind. Events accepted before keep the name of then. @throws not_found `context_not_found` */
export async function editContext(
  deps: Deps,
  {organization, context: id, name, kind}: In<'edit'>,
  caller: Asking,
): Promise<Output<'context.edit'>> {
  const before = await findContext(deps, organization, id)
  const after = {...before, name: name ?? before.name, kind: kind ?? before.kind}
  await deps.store.contexts.replace(after, await contextRecord(deps, caller, {before, after}), {was: before})
  return contextView(after, organization.slug)
}

/** @throws conflict `context_in_use` naming webhooks that are scoped to it; not_found `context_not_found` */
export async function deleteContext(
  deps: Deps,
  {organization, context: id}: In<'delete'>,
  caller: Asking,
): Promise<Output<'context.delete'>> {
  const before = await findContext(deps, organization, id)
  await deps.store.contexts.remove(before, await contextRecord(deps, caller, {before}))
  return {id}
}

function contextRecord(
  deps: Deps,
  caller: Asking,
  {before, after}: {readonly before?: Context; readonly after?: Context},
): Promise<Telling> {
  const {id, name, organizationId} = (after ?? before) as Context
  return tell(deps, caller, {
    organizationId,
    contextId: id,
    change: before === undefined ? 'created' : after === undefined ? 'deleted' : 'changed',
    object: {type: 'Context', id, name},
    ...(before === undefined ? {} : {before: {name: before.name, kind: before.kind}}),
    ...(after === undefined ? {} : {after: {name: after.name, kind: after.kind}}),
  })
}
