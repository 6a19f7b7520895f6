import type {JsonText} from '../domain/json.ts'
import {compareCodePoints, kindOf, scalarText, splitItems} from '../domain/json-style.ts'
import type {RenderableEvent} from '../domain/platform.ts'
import {textsOf} from './shared/members.ts'

/** NetBox 4.1.11: a rule's action_data stands among the data; what the object itself has wins. */
export function withActionData(data: JsonText, actionData: unknown): JsonText {
  if (kindOf(data) !== 'object' || typeof actionData !== 'object' || actionData === null) return data
  const own = textsOf(data)
  const added = Object.entries(actionData).filter(([name]) => !own.has(name))
  return objectText([...own, ...added.map(([name, value]) => [name, JSON.stringify(value)] as const)])
}

interface Snapshots {
  readonly prechange: JsonText | null
  readonly postchange: JsonText | null
}

/**
 * The states before and after, as NetBox has them: nothing before a creation and after a deletion, whatever was
 * reported, and tags by their names, sorted. Null where nobody said what was before and after.
 */
export function snapshotsOf({type, before, after}: RenderableEvent): Snapshots | null {
  const prechange = type.endsWith('.created') ? null : snapshotText(before)
  const postchange = type.endsWith('.deleted') ? null : snapshotText(after)
  return prechange === null && postchange === null ? null : {prechange, postchange}
}

function snapshotText(state: JsonText | null): JsonText | null {
  const members = textsOf(state)
  const tags = tagNames(members.get('tags'))
  if (tags === null) return state
  return objectText([...members].map(([name, text]) => [name, name === 'tags' ? JSON.stringify(tags) : text]))
}

/** The API shows a tag as an object, a snapshot by its name. Null where they are neither: those stay as they are. */
function tagNames(tags: JsonText | undefined): string[] | null {
  if (tags === undefined || kindOf(tags) !== 'array') return null
  const names = splitItems(tags).map(tag => scalarText(kindOf(tag) === 'object' ? textsOf(tag).get('name') : tag))
  return names.every(name => name !== null) ? names.sort(compareCodePoints) : null
}

const objectText = (members: readonly (readonly [name: string, text: string])[]): JsonText =>
  `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}` as JsonText
