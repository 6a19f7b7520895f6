import type {JsonText} from '../../domain/json.ts'
import {kindOf} from '../../domain/json-style.ts'
import {isSecretName} from '../../domain/secret-members.ts'
import {textsOf} from './members.ts'

/**
 * The list of changed fields, `[{field, secret, before, after}]`, as JSON text. Values of secrets are in it: who prints
 * it hides them.
 *
 * @param given such a list already made, or undefined: then the members that differ between before and after
 */
export const changesText = (given: JsonText | undefined, before: JsonText | null, after: JsonText | null): string =>
  given !== undefined && kindOf(given) === 'array'
    ? given
    : `[${differences(textsOf(before), textsOf(after)).join(',')}]`

function differences(before: ReadonlyMap<string, JsonText>, after: ReadonlyMap<string, JsonText>): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].filter(name => before.get(name) !== after.get(name))
  return names.map(name => {
    const about = `"field":${JSON.stringify(name)},"secret":${isSecretName(name)}`
    return `{${about},"before":${before.get(name) ?? 'null'},"after":${after.get(name) ?? 'null'}}`
  })
}
