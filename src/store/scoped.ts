import {conflictError, type HookctlError} from '../errors.ts'

/** Null: to no context. */
export interface Scoped {
  readonly organizationId: number
  readonly contextId: string | null
}

/** What may be scoped to a context, and its rows in SQL. */
export const SCOPED = [
  {what: 'webhook', where: 'webhooks WHERE deleted_at IS NULL'},
  {what: 'source', where: 'sources WHERE true'},
] as const

/** @param rows up to five that are scoped to it */
export function contextInUse(
  id: string,
  what: (typeof SCOPED)[number]['what'],
  rows: readonly Readonly<Record<string, unknown>>[],
): HookctlError {
  const names = rows.map(({name}) => `"${name}"`).join(', ')
  return conflictError('context_in_use', `${what}s are scoped to the context "${id}": ${names}`, {
    path: 'context',
    hint: `delete them or scope them to another one first: hookctl ${what} edit`,
  })
}
