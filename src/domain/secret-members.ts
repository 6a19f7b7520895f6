import {isRawNumber} from './json.ts'
import {MASK} from './mask.ts'

const SECRET_NAME =
  /secret|passw|pass.?(?:phrase|code)|token|credential|psk|(?:private|shared|api|access|signing|encryption|radius|wpa|wep).?key|(?<![a-z])pwd(?![a-z])/i

/** Whether a member is called what secrets are called. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name)

/**
 * Whether the values of a list entry are a secret's, `{"field": …, "secret": true, "before": …}`: where it is marked, by
 * anything truthy, or called so. A mark that says no does not make a secret of that name public.
 *
 * @param called what the entry says as `field` or `name`
 */
export const isSecretEntry = (mark: unknown, called: readonly unknown[]): boolean =>
  Boolean(mark) || called.some(name => typeof name === 'string' && isSecretName(name))

/** Where such an entry has its values. */
export const valueNames: ReadonlySet<string> = new Set(['value', 'before', 'after', 'old_value', 'new_value'])

export interface Masked {
  readonly value: unknown
  /** What was masked, as JSON text, by JSON pointer. */
  readonly secrets: ReadonlyMap<string, string>
}

/**
 * A JSON value with every secret in it replaced by `***`: texts and numbers below a member that is called like a secret
 * or named in `names`, and the values of a list entry that marks itself (`isSecretEntry`).
 * An empty text, null, true and false stay: that a secret is not set may be seen.
 *
 * @param names more members to mask, whatever their case
 */
export function maskSecrets(value: unknown, names: readonly string[] = []): Masked {
  const secrets = new Map<string, string>()
  const named = new Set(names.map(name => name.toLowerCase()))
  const isSecret = (name: string) => isSecretName(name) || named.has(name.toLowerCase())
  const walk = (part: unknown, at: string, hidden: boolean): unknown => {
    if (Array.isArray(part)) return part.map((item, index) => walk(item, `${at}/${index}`, hidden))
    if (isObject(part)) {
      const marked = isSecretEntry(part.secret, [part.field, part.name])
      return Object.fromEntries(
        Object.entries(part).map(([name, member]) => [
          name,
          walk(member, `${at}/${pointer(name)}`, hidden || isSecret(name) || (marked && valueNames.has(name))),
        ]),
      )
    }
    if (!hidden || !isHideable(part)) return part
    secrets.set(at, JSON.stringify(part))
    return MASK
  }
  return {value: walk(value, '', false), secrets}
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !isRawNumber(value)

const isHideable = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && value !== '') || isRawNumber(value)

/** The member a JSON pointer begins with: `/radius/secret` is in `radius`. */
export const firstMember = (path: string): string =>
  (path.split('/')[1] ?? '').replaceAll('~1', '/').replaceAll('~0', '~')

const pointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')
