import type {Output} from '../api/operations.ts'
import type {Delivery} from '../domain/delivery.ts'
import {fieldChanges} from '../domain/field-changes.ts'
import {type JsonText, parseJson, toJsonText} from '../domain/json.ts'
import type {Deps} from './deps.ts'
import {toInstant} from './instants.ts'

type Owner = Pick<Delivery, 'organizationId' | 'webhookId'>
type Change = Output<'delivery.diff'>['changes'][number]

/** A webhook as it was at a moment (ms), as JSON with secrets masked; null where the history does not go back that far. */
export async function configurationAt({store}: Deps, owner: Owner, at: number): Promise<JsonText | null> {
  const filter = {objectTypes: ['Webhook'], objectId: owner.webhookId, until: at + 1}
  const {items} = await store.history.list(owner.organizationId, filter, {limit: 1})
  const after = items[0]?.after ?? null
  return after === null ? null : withoutVolatile(after)
}

/** Without what says when it was saved, and with a secret known by its fingerprint alone. */
function withoutVolatile(text: JsonText): JsonText {
  const {createdAt: _, updatedAt: __, secrets, ...rest} = parseJson(text) as Record<string, unknown>
  const fingerprints = Array.isArray(secrets) ? secrets.map(({fingerprint}) => fingerprint) : secrets
  return toJsonText({...rest, secrets: fingerprints})
}

const MOST_CHANGES = 100

/** What was changed about a webhook between two moments (ms), whichever is the earlier one; newest first. */
export async function webhookChangesBetween({store}: Deps, owner: Owner, a: number, b: number): Promise<Change[]> {
  const [since, until] = a < b ? [a + 1, b + 1] : [b + 1, a + 1]
  const filter = {objectTypes: ['Webhook'], objectId: owner.webhookId, since, until}
  const {items} = await store.history.list(owner.organizationId, filter, {limit: MOST_CHANGES})
  return items.map(entry => ({
    historyId: entry.id,
    at: toInstant(entry.at),
    actor: entry.actor.name,
    fields: fieldChanges(entry.before, entry.after, new Set(entry.rotated)).map(({name}) => name),
  }))
}
