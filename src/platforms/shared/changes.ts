import type {JsonText} from '../../domain/json.ts'
import {kindOf, scalarText, splitItems, splitMembers} from '../../domain/json-style.ts'
import {isSecretName} from '../../domain/secret-members.ts'
import {textsOf} from './members.ts'

/** What stands for a secret's value: that it changed may be told, not to what. */
const HIDDEN = '"***"'

/**
 * The list of changed fields, `[{field, secret, before, after}]`, as JSON text, values of secrets hidden.
 *
 * @param given such a list already made, or undefined: then the members that differ between before and after
 */
export function changesText(given: JsonText | undefined, before: JsonText | null, after: JsonText | null): string {
  if (given !== undefined && kindOf(given) === 'array') return `[${splitItems(given).map(withoutSecret).join(',')}]`
  return `[${differences(textsOf(before), textsOf(after)).join(',')}]`
}

function withoutSecret(change: JsonText): string {
  if (kindOf(change) !== 'object') return change
  const fields = splitMembers(change)
  if (!isSecret(fields)) return change
  const hidden = fields.map(([name, text]) => [name, name === 'before' || name === 'after' ? hide(text) : text])
  return `{${hidden.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`
}

/** Marked so, or, where nothing is marked, called so. */
function isSecret(fields: readonly (readonly [string, JsonText])[]): boolean {
  const found = new Map(fields)
  const mark = found.get('secret')
  return mark === undefined ? isSecretName(scalarText(found.get('field')) ?? '') : mark === 'true'
}

function differences(before: ReadonlyMap<string, JsonText>, after: ReadonlyMap<string, JsonText>): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].filter(name => before.get(name) !== after.get(name))
  return names.map(name => {
    const secret = isSecretName(name)
    const values = [before.get(name) ?? 'null', after.get(name) ?? 'null']
    const [was, is] = secret ? values.map(hide) : values
    return `{"field":${JSON.stringify(name)},"secret":${secret},"before":${was},"after":${is}}`
  })
}

/** An empty secret may be seen to be empty. */
const hide = (text: string): string => (text === 'null' || text === '""' ? text : HIDDEN)
