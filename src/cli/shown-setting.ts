import {maskUrl} from '../domain/mask.ts'
import type {Column} from './output/column.ts'
import {isSecretSetting, SETTINGS, type SettingKey} from './setting-keys.ts'
import {describeOrigin, type Settings} from './settings.ts'

/** A setting as it is printed: a token is only said to be there. */
export interface ShownSetting {
  readonly key: SettingKey
  readonly value: string | boolean | null
  readonly origin: string
  readonly summary: string
}

export const settingColumns: readonly Column<ShownSetting>[] = [
  {key: 'key', whole: true},
  {key: 'value'},
  {key: 'origin'},
  {key: 'summary', wide: true},
]

export function shownSetting(settings: Settings, key: SettingKey): ShownSetting {
  const {value, origin} = settings.read(key)
  const shown = value !== undefined && isSecretSetting(key) ? '(set)' : (value ?? null)
  return {
    key,
    value: typeof shown === 'string' ? withoutPassword(key, shown) : shown,
    origin: describeOrigin(origin),
    summary: SETTINGS[key].summary,
  }
}

function withoutPassword(key: SettingKey, value: string): string {
  if (key === 'store') return shownStore(value)
  return key === 'targets.proxy' ? maskUrl(value) : value
}

/** A store as it is printed: the address of a database without its password. */
export const shownStore = (store: string): string => (/^postgres/i.test(store) ? maskUrl(store) : store)
