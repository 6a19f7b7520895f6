import {kindOf, scalarText, splitItems, splitMembers} from '../domain/json-style.ts'

/**
 * A body as form data, as Python's requests makes them of NetBox 2.6's dictionary: what is null is left out, and of an
 * object only the names of its members come through, `data=id&data=name`. The values are lost: that is how 2.6 sent it.
 */
export function formBody(json: string): string {
  const pairs = splitMembers(json).flatMap(([name, value]) => valuesOf(value).map(each => [name, each] as const))
  return pairs.map(([name, value]) => `${quoted(name)}=${quoted(value)}`).join('&')
}

function valuesOf(json: string): string[] {
  const kind = kindOf(json)
  if (kind === 'object') return splitMembers(json).map(([name]) => name)
  if (kind === 'array') return splitItems(json).flatMap(valuesOf)
  if (kind === 'boolean') return [json.trim() === 'true' ? 'True' : 'False']
  const text = scalarText(json)
  return text === null ? [] : [text]
}

/** Python's quote_plus. */
const quoted = (text: string): string =>
  encodeURIComponent(text.toWellFormed())
    .replaceAll('%20', '+')
    .replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
