import {isDuration} from '../domain/duration.ts'
import {maskUrl} from '../domain/mask.ts'
import {isZone, zoneNames} from '../domain/zone.ts'
import {usageError} from '../errors.ts'
import {parseLimit} from './limits.ts'
import {definition, type SettingKey} from './setting-keys.ts'
import {suggest} from './suggest.ts'

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['true', true],
  ['yes', true],
  ['0', false],
  ['false', false],
  ['no', false],
])

/** The value as this setting takes it. @throws usage `invalid_setting` naming where it came from, never a secret. */
export function checkSetting(key: SettingKey, value: unknown, where: string): string | boolean {
  const {choices, kind, secret} = definition(key)
  const wrong = (expected: string, hint = `hookctl config set ${key} …`) =>
    usageError(
      'invalid_setting',
      `${where}: ${key} must be ${expected}${secret ? '' : `, not ${JSON.stringify(kind === 'url' ? maskUrl(String(value)) : value)}`}`,
      {hint},
    )
  if (kind === 'boolean') {
    const flag = typeof value === 'boolean' ? value : BOOLEANS.get(String(value).toLowerCase())
    if (flag === undefined) throw wrong('true or false')
    return flag
  }
  if (kind === 'list') return listText(value) ?? fail(wrong('a list, as text with commas or as an array of texts'))
  if (kind === 'age') return ageText(value) ?? fail(wrong('an age like 30d, or forever'))
  if (kind === 'count' || kind === 'size') {
    const text = typeof value === 'number' ? String(value) : value
    if (typeof text === 'string' && parseLimit(text) !== undefined) return text
    throw wrong(kind === 'count' ? 'a whole number, or none' : 'a size like 500mb or 2gb, or none')
  }
  if (typeof value !== 'string' || value === '') throw wrong('a text that is not empty')
  if (choices !== undefined && !choices.includes(value)) {
    const near = suggest(value, choices)
    throw wrong(`one of ${choices.join(', ')}`, near && `did you mean: ${near}`)
  }
  if (kind === 'url') checkServerUrl(value, wrong)
  if (kind === 'slug' && !/^[a-z0-9][a-z0-9_-]{0,62}$/.test(value))
    throw wrong('a slug (a-z, 0-9, - and _)', 'like default')
  if (kind === 'zone' && value !== 'local' && !isZone(value)) {
    const near = suggest(value, zoneNames())
    throw wrong(
      'local, an offset or a name of the time zone database',
      near === undefined ? 'like Europe/Berlin, +02:00 or local' : `did you mean: ${near}`,
    )
  }
  return value
}

/** Its credential is a token, which a URL would show in every message and in the list of processes. */
function checkServerUrl(value: string, wrong: (expected: string, hint: string) => Error): void {
  const url = /^https?:\/\/[^/]/.test(value) ? URL.parse(value) : null
  if (url === null) throw wrong('an http or https URL', 'like http://127.0.0.1:8700')
  if (url.username === '' && url.password === '') return
  throw wrong(
    'a URL without user name and password',
    'give the token in HOOKCTL_TOKEN, or in a profile by --token-file',
  )
}

/** A list is kept as one text with commas: the same in a flag, a variable and a file. */
function listText(value: unknown): string | null {
  const items = typeof value === 'string' ? value.split(',') : value
  if (!Array.isArray(items) || !items.every(item => typeof item === 'string')) return null
  const trimmed = items.map(item => item.trim())
  return trimmed.length === 0 || trimmed.some(item => item === '' || item.includes(',')) ? null : trimmed.join(',')
}

/** `forever` and `0` are the same, as NetBox has it. */
function ageText(value: unknown): string | null {
  if (value === 'forever' || value === '0' || value === 0) return 'forever'
  return typeof value === 'string' && isDuration(value) ? value : null
}

const fail = (error: Error): never => {
  throw error
}
