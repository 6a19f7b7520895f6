import type {Column} from './output/column.ts'
import type {Settings} from './settings.ts'
import {shownStore} from './shown-setting.ts'
import {requireProfile, storedProfiles} from './stored-settings.ts'
import type {Surroundings} from './surroundings.ts'

/** A profile as it is printed: of a token only that there is one. */
export interface ShownProfile {
  readonly id: string
  readonly inUse: boolean
  readonly server: string | null
  readonly store: string | null
  readonly organization: string | null
  readonly token: boolean
}

export const profileColumns: readonly Column<ShownProfile>[] = [
  {key: 'id', title: 'name', whole: true},
  {key: 'inUse', title: 'in use', value: ({inUse}) => (inUse ? 'yes' : 'no')},
  {key: 'server'},
  {key: 'store'},
  {key: 'organization'},
  {key: 'token', value: ({token}) => (token ? 'set' : '')},
]

export function shownProfile(settings: Settings, surroundings: Surroundings, name: string): ShownProfile {
  const profile = requireProfile(surroundings, name)
  const text = (key: string) => (typeof profile[key] === 'string' ? (profile[key] as string) : null)
  const stored = text('store')
  return {
    id: name,
    inUse: settings.text('profile') === name,
    server: text('server'),
    store: stored === null ? null : shownStore(stored),
    organization: text('organization'),
    token: profile.token !== undefined,
  }
}

export const shownProfiles = (settings: Settings, surroundings: Surroundings): readonly ShownProfile[] =>
  Object.keys(storedProfiles(surroundings))
    .sort()
    .map(name => shownProfile(settings, surroundings, name))
