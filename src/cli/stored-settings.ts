import path from 'node:path'
import {conflictError, notFoundError, usageError} from '../errors.ts'
import {readBytes, readBytesOrText} from './bytes.ts'
import {checkSetting} from './check-setting.ts'
import {readConfigFile, userConfigPath} from './config.ts'
import {textFlag} from './flags.ts'
import {withoutLineEnd} from './secrets.ts'
import {definition, isSecretSetting, type SettingKey} from './setting-keys.ts'
import {naming, profilesOf} from './settings.ts'
import {MOST_SECRET_BYTES} from './small-file.ts'
import {storeToKeep} from './store-location.ts'
import type {Surroundings} from './surroundings.ts'
import {changeConfig, without} from './write-config.ts'

/** What the user's own configuration file holds, and how `config` and `profile` commands change it. */

type Profile = Readonly<Record<string, unknown>>

export const storedProfiles = (surroundings: Surroundings): Readonly<Record<string, Profile>> =>
  profilesOf(readConfigFile(userConfigPath(surroundings)))

export function requireProfile(surroundings: Surroundings, name: string): Profile {
  const profiles = storedProfiles(surroundings)
  if (Object.hasOwn(profiles, name)) return profiles[name]!
  throw notFoundError('profile_not_found', `no profile "${name}"`, {hint: 'hookctl profile list'})
}

/** Stores the value, or takes it away where it is undefined; in a profile where one is named. */
export async function storeSetting(
  surroundings: Surroundings,
  key: SettingKey,
  value: string | boolean | undefined,
  profile?: string,
): Promise<void> {
  const changed = (values: Profile) => (value === undefined ? without(values, key) : {...values, [key]: value})
  if (profile === undefined) return changeConfig(surroundings, changed)
  const stored = requireProfile(surroundings, profile)
  return storeProfile(surroundings, profile, changed(stored))
}

const storeProfile = (surroundings: Surroundings, name: string, profile: Profile): Promise<void> =>
  changeConfig(surroundings, values => ({
    ...values,
    profiles: {...(values.profiles as object | undefined), [name]: profile},
  }))

export async function createProfile(surroundings: Surroundings, name: string, profile: Profile): Promise<void> {
  if (Object.hasOwn(storedProfiles(surroundings), name)) {
    throw conflictError('profile_exists', `there is a profile "${name}" already`, {
      hint: `hookctl config set KEY VALUE --in-profile ${name}`,
    })
  }
  await storeProfile(surroundings, name, profile)
}

/** Also stops using it, where it was in use. */
export async function deleteProfile(surroundings: Surroundings, name: string): Promise<void> {
  requireProfile(surroundings, name)
  await changeConfig(surroundings, values => {
    const rest = {...values, profiles: without(values.profiles as Profile, name)}
    return values.profile === name ? without(rest, 'profile') : rest
  })
}

export const inProfileFlag = {
  'in-profile': textFlag({description: 'profile the setting is kept in', helpValue: 'NAME'}),
}

const typedSecret = (key: SettingKey) =>
  usageError(
    'secret_on_command_line',
    `a ${key === 'targets.proxy' ? 'password' : key} on the command line can be seen by every user of the machine`,
    {hint: `hookctl config set ${key} @FILE, or pipe it in: hookctl config set ${key} - < FILE`},
  )

/**
 * The value as typed, or from `@FILE` or `-` without its line end; checked.
 *
 * @throws usage `secret_on_command_line` for a token, or the password of a proxy, that was typed
 */
export async function readSetting(
  key: SettingKey,
  typed: string,
  surroundings: Surroundings,
): Promise<string | boolean> {
  const named = typed === '-' || typed.startsWith('@')
  if (isSecretSetting(key) && !named) throw typedSecret(key)
  const text = named ? withoutLineEnd(await readBytesOrText(typed, surroundings), `the value of ${key}`).text : typed
  const value = checkSetting(key, text, 'config set')
  if (key === 'store') await checkStoredStore(String(value), 'config set')
  if (key.startsWith('targets.')) await checkTargetSetting(key, String(value), named)
  return toKeep(key, value, surroundings)
}

/** Typed paths are relative to where they are typed; kept so, they would be read as relative to the configuration. */
function toKeep(key: SettingKey, value: string | boolean, {cwd}: Surroundings): string | boolean {
  if (key === 'store') return storeToKeep(String(value), cwd)
  return definition(key).kind === 'path' ? path.resolve(cwd, String(value)) : value
}

async function checkTargetSetting(key: SettingKey, value: string, named: boolean): Promise<void> {
  const [{checkRules}, {parseTargetProxy}] = await Promise.all([
    import('./targets.ts'),
    import('../domain/target-proxy.ts'),
  ])
  if (definition(key).kind === 'list') checkRules(value)
  if (key === 'targets.proxy' && parseTargetProxy(value).authorization !== null && !named) throw typedSecret(key)
}

async function checkStoredStore(store: string, where: string): Promise<void> {
  const {checkStore} = await import('../embedded.ts')
  naming(where, () => checkStore(store))
}

export interface ProfileFlags {
  readonly server?: string | undefined
  readonly store?: string | undefined
  readonly organization?: string | undefined
  readonly 'token-file'?: string | undefined
}

/** What a new profile holds: the settings among these flags, each checked. */
export async function profileFromFlags(flags: ProfileFlags, surroundings: Surroundings): Promise<Profile> {
  const file = flags['token-file']
  const token =
    file === undefined
      ? undefined
      : withoutLineEnd(await readBytes(file, surroundings, MOST_SECRET_BYTES), `the token in ${file}`).text
  if (flags.store !== undefined) await checkStoredStore(flags.store, 'profile create')
  const given = {server: flags.server, store: flags.store, organization: flags.organization, token}
  const set = Object.entries(given).filter(([, value]) => value !== undefined) as [SettingKey, string][]
  return Object.fromEntries(
    set.map(([key, value]) => [key, toKeep(key, checkSetting(key, value, 'profile create'), surroundings)]),
  )
}
