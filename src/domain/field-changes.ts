import type {JsonText} from './json.ts'
import {kindOf, sortKeys, splitMembers} from './json-style.ts'
import {isSecretName} from './secret-members.ts'

/** One member of an object that is not what it was. Null: it was not there, or is not any more. */
export interface FieldChange {
  readonly name: string
  /** Its values are masked: before and after may look the same. */
  readonly secret: boolean
  readonly before: JsonText | null
  readonly after: JsonText | null
}

/**
 * The members that differ between two states of an object, by name. Members that change with every save are left out:
 * when it was made and saved last, and those that begin with `_`.
 *
 * @param rotated members in which a secret was replaced, though the masks look the same
 * Source: NetBox, ObjectChange.diff (core/models/change_logging.py): first level, sorted.
 */
export function fieldChanges(
  before: JsonText | null,
  after: JsonText | null,
  rotated: ReadonlySet<string> = new Set(),
): FieldChange[] {
  const [was, is] = [membersOf(before), membersOf(after)]
  const names = [...new Set([...was.keys(), ...is.keys()])].filter(name => !isVolatile(name)).sort()
  return names.flatMap(name => {
    const change = {name, before: was.get(name) ?? null, after: is.get(name) ?? null}
    const secret = rotated.has(name) || isSecretName(name)
    return rotated.has(name) || !isSame(change.before, change.after) ? [{...change, secret}] : []
  })
}

const volatileNames: ReadonlySet<string> = new Set(['created', 'last_updated', 'createdAt', 'updatedAt'])

const isVolatile = (name: string): boolean => volatileNames.has(name) || name.startsWith('_')

const membersOf = (text: JsonText | null): ReadonlyMap<string, JsonText> =>
  text === null || kindOf(text) !== 'object' ? new Map() : new Map(splitMembers(text))

/** The order of members says nothing, that of items does. */
function isSame(before: JsonText | null, after: JsonText | null): boolean {
  if (before === null || after === null) return before === after
  return before === after || sortKeys(before) === sortKeys(after)
}
