import type {Event} from '../domain/event.ts'
import type {OwnEventType} from '../domain/event-type.ts'
import type {JsonText} from '../domain/json.ts'
import type {Organization} from '../domain/organization.ts'
import {argumentWord} from '../domain/shell-word.ts'
import {usageError} from '../errors.ts'
import type {Deps} from './deps.ts'
import {takingTurns} from './turns.ts'

/** JSON Schemas, loaded by those who have one: nobody else pays for it. */
export const jsonSchema = () => import('../domain/json-schema/json-schema.ts')

/** What is wrong with the data of an event, and where. */
export interface Mismatch {
  readonly type: OwnEventType
  /** Of the data; empty: the data as a whole. */
  readonly path: string
  /** One sentence. */
  readonly says: string
}

const MOST_TOLD = 5

/** How data does not fit the schema of its type; null where it does, or where there is none. */
export async function mismatchOf(type: OwnEventType, data: JsonText): Promise<Mismatch | null> {
  if (type.schema === null) return null
  const {misfitsOf, misfitText, TOO_SLOW} = await jsonSchema()
  const misfits = misfitsOf(type.schema, data)
  if (misfits !== null && misfits.length === 0) return null
  const told = misfits?.slice(0, MOST_TOLD).map(misfitText) ?? [TOO_SLOW]
  const rest = (misfits?.length ?? 0) - MOST_TOLD
  return {
    type,
    path: misfits?.[0]?.path ?? '',
    says: `the data does not fit the schema of ${type.name}: ${told.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`,
  }
}

/** @param path where the data stands in the input */
export function mismatchError({type, path, says}: Mismatch, at: string) {
  return usageError('data_mismatch', says, {
    path: path === '' ? at : `${at}/${path}`,
    hint: `see what it wants: hookctl event-type show ${argumentWord(type.name)}`,
  })
}

/** Accepted once it stays accepted: sent again with its key it is answered as it was, whatever its schema says by now. */
async function cameBefore({events}: Deps['store'], {organizationId, idempotencyKey: key}: Event): Promise<boolean> {
  return key !== null && (await events.idByKey(organizationId, key)) !== null
}

/**
 * What is to be told of events whose data does not fit the schema that their organization has for their type.
 *
 * @param path where an event stands in the input
 * @throws usage `data_mismatch` where the type refuses them
 */
export async function misfitting(
  {store}: Pick<Deps, 'store'>,
  organization: Organization,
  events: readonly Event[],
  path: (index: number) => string,
): Promise<ReadonlyMap<Event, string>> {
  const warnings = new Map<Event, string>()
  const types = await store.eventTypes.withSchema(organization.id)
  if (types.size === 0) return warnings
  const turn = takingTurns()
  for (const [index, event] of events.entries()) {
    const over = turn()
    if (over !== null) await over
    const type = types.get(event.type)
    const mismatch = type === undefined ? null : await mismatchOf(type, event.data)
    if (mismatch === null) continue
    if (mismatch.type.onMismatch === 'warn') warnings.set(event, mismatch.says)
    else if (!(await cameBefore(store, event))) throw mismatchError(mismatch, `${path(index)}data`)
  }
  return warnings
}
