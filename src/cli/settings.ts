import path from 'node:path'
import {HookctlError, notFoundError, usageError} from '../errors.ts'
import {checkSetting} from './check-setting.ts'
import type {ColorChoice} from './color.ts'
import {type ConfigFile, findProjectFile, readConfigFile, stateFolder, userConfigPath} from './config.ts'
import type {Format} from './output/formats.ts'
import {definition, SETTING_KEYS, type SettingKey, settingKey} from './setting-keys.ts'
import {storeLocation} from './store-location.ts'
import {suggest} from './suggest.ts'
import type {Surroundings} from './surroundings.ts'
import type {Zone} from './zone.ts'

const projectForbids = ['profiles', ...SETTING_KEYS.filter(key => definition(key).secret || definition(key).personal)]

export interface Origin {
  readonly kind: 'flag' | 'environment' | 'profile' | 'project' | 'user' | 'default'
  /** The flag, the variable, the profile or the file. */
  readonly name: string
}

export interface Setting<Value = string | boolean> {
  readonly value: Value | undefined
  readonly origin: Origin
}

interface Layer {
  readonly origin: (key: SettingKey) => Origin
  readonly values: Readonly<Partial<Record<SettingKey, unknown>>>
  /** What a relative store path is relative to. */
  readonly folder: string
}

export const describeOrigin = ({kind, name}: Origin): string =>
  ({
    flag: `flag ${name}`,
    environment: name,
    profile: `profile "${name}"`,
    project: name,
    user: name,
    default: 'default',
  })[kind]

function checkedKeys(file: ConfigFile, forbidden: readonly string[]): Partial<Record<SettingKey, unknown>> {
  const values: Partial<Record<SettingKey, unknown>> = {}
  for (const [name, value] of Object.entries(file.values)) {
    if (name === 'profiles' && !forbidden.includes('profiles')) continue
    const key = settingKey(name, ` in ${file.path}`)
    if (forbidden.includes(key)) {
      throw usageError(
        'setting_not_allowed',
        `${file.path} must not hold ${definition(key).personal ? '' : 'a '}${key}: project files get shared`,
        {
          hint: `hookctl config set ${key} …, or ${definition(key).env}`,
        },
      )
    }
    values[key] = checkSetting(key, value, file.path)
  }
  return values
}

/** The profiles of the user's configuration: name to settings. */
export function profilesOf(file: ConfigFile | undefined): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const profiles = file?.values.profiles ?? {}
  const broken = () => usageError('config_broken', `${file?.path}: profiles must be an object of objects`)
  if (typeof profiles !== 'object' || Array.isArray(profiles)) throw broken()
  for (const profile of Object.values(profiles)) if (profile === null || typeof profile !== 'object') throw broken()
  return profiles as Record<string, Record<string, unknown>>
}

function profileLayer(name: string, file: ConfigFile | undefined, folder: string): Layer {
  const profiles = profilesOf(file)
  if (!Object.hasOwn(profiles, name)) {
    const names = Object.keys(profiles)
    const near = suggest(name, names)
    throw notFoundError('profile_not_found', `no profile "${name}"; there are ${names.join(', ') || 'none yet'}`, {
      hint: near === undefined ? `hookctl profile create ${name} --server URL` : `did you mean: ${near}`,
    })
  }
  const values = checkedKeys({path: `${file!.path} (profile "${name}")`, values: profiles[name]!}, [
    'profile',
    'profiles',
  ])
  return {origin: () => ({kind: 'profile', name}), values, folder}
}

export interface Settings {
  readonly projectFile: ConfigFile | undefined
  readonly userFile: ConfigFile | undefined
  readonly userPath: string
  /** The value that counts and where it came from. @throws usage `invalid_setting` */
  read(key: SettingKey): Setting
  text(key: SettingKey): string | undefined
  isOn(key: SettingKey): boolean
  /** The token that was stored or given for this server, and for no other: undefined where there is none. */
  tokenFor(server: Setting): string | undefined
}

export type GivenFlags = Partial<Record<SettingKey, string | boolean | undefined>>

export interface SettingsOptions {
  /** Go on without configuration files that cannot be read: for the commands that help to repair them. */
  readonly ignoreFiles?: boolean
}

/** Flags > environment > profile > project file > user file > default. Reads the two files, and where links lead. */
export function resolveSettings(
  given: GivenFlags,
  surroundings: Surroundings,
  options: SettingsOptions = {},
): Settings {
  const userPath = userConfigPath(surroundings)
  const userFile = options.ignoreFiles ? undefined : readConfigFile(userPath)
  const projectFile = options.ignoreFiles ? undefined : findProjectFile(surroundings.cwd)
  const layers = layersOf({given, surroundings, userFile, projectFile, named: !options.ignoreFiles})
  const layerWith = (key: SettingKey) => layers.find(layer => layer.values[key] !== undefined)!

  const read = (key: SettingKey): Setting => {
    const layer = layerWith(key)
    if (layer === undefined) return {value: undefined, origin: {kind: 'default', name: 'default'}}
    const origin = layer.origin(key)
    const value = checkSetting(key, layer.values[key], describeOrigin(origin))
    return {value: located(key, value, layer.folder), origin}
  }
  return {
    projectFile,
    userFile,
    userPath,
    read,
    text: key => read(key).value as string | undefined,
    isOn: key => read(key).value === true,
    tokenFor(server) {
      const token = read('token')
      const said = token.origin.kind === 'environment' || token.origin.kind === 'flag'
      const beside = token.origin.kind === server.origin.kind && token.origin.name === server.origin.name
      return said || beside ? (token.value as string | undefined) : undefined
    },
  }
}

/** A path is relative to where it was written down. */
function located(key: SettingKey, value: string | boolean, folder: string): string | boolean {
  if (key === 'store') return storeLocation(String(value), folder)
  return definition(key).kind === 'path' ? path.resolve(folder, String(value)) : value
}

interface Sources {
  readonly given: GivenFlags
  readonly surroundings: Surroundings
  readonly userFile: ConfigFile | undefined
  readonly projectFile: ConfigFile | undefined
  readonly named: boolean
}

function layersOf({given, surroundings, userFile, projectFile, named}: Sources): readonly Layer[] {
  const {env, cwd} = surroundings
  const userFolder = path.dirname(userConfigPath(surroundings))
  const flags: Layer = {origin: key => ({kind: 'flag', name: flagName(key)}), values: given, folder: cwd}
  const environment: Layer = {
    origin: key => ({kind: 'environment', name: definition(key).env}),
    values: environmentValues(env),
    folder: cwd,
  }
  const fileLayer = (kind: 'project' | 'user', file: ConfigFile, forbidden: readonly string[]): Layer => ({
    origin: () => ({kind, name: file.path}),
    values: checkedKeys(file, forbidden),
    folder: path.dirname(file.path),
  })
  const project = projectFile && fileLayer('project', projectFile, projectForbids)
  const user = userFile && fileLayer('user', userFile, [])
  profilesOf(userFile)
  const defaults: Layer = {
    origin: () => ({kind: 'default', name: 'default'}),
    values: {
      store: `sqlite:${path.join(stateFolder(surroundings), 'hookctl.db')}`,
      organization: 'default',
      color: 'auto',
      noInput: false,
      'targets.policy': 'local',
      'targets.allowMetadata': false,
      'retention.bodies': '30d',
      'retention.records': '90d',
      'retention.history': '90d',
      'retention.historyEnds': true,
      'retention.secureDelete': false,
    },
    folder: userFolder,
  }
  const profile = [flags, environment, project, user].find(layer => layer?.values.profile !== undefined)?.values.profile
  const chosen = named && profile !== undefined ? profileLayer(String(profile), userFile, userFolder) : undefined
  return [flags, environment, chosen, project, user, defaults].filter(layer => layer !== undefined)
}

const flagName = (key: SettingKey): string =>
  `--${key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`).replace(/^(?:targets|retention)\./, '')}`

/** An empty variable is an unset one: `HOOKCTL_SERVER= hookctl …` is how a shell takes a value back. */
function environmentValues(env: Surroundings['env']): Partial<Record<SettingKey, unknown>> {
  const values: Partial<Record<SettingKey, unknown>> = {}
  for (const key of SETTING_KEYS) if (env[definition(key).env]) values[key] = env[definition(key).env]
  // Every CI service sets it; nobody sits there to answer.
  if (values.noInput === undefined && env.CI && env.CI !== 'false' && env.CI !== '0') values.noInput = true
  return values
}

/**
 * What a parser says of a setting, with where it was set in front.
 *
 * @param where as `describeOrigin` says it
 */
export function naming<T>(where: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof HookctlError)) throw error
    throw usageError(error.code, `${where}: ${error.message}`, {hint: error.hint ?? 'hookctl help environment'})
  }
}

/** Undefined where none is set, which is not the same as that of this machine. */
export function zoneChoice(settings: Settings): {readonly zone: Zone} | undefined {
  const text = settings.text('zone')
  return text === undefined ? undefined : {zone: text === 'local' ? undefined : text}
}

export const outputChoice = (settings: Settings): Setting<Format> => settings.read('output') as Setting<Format>
export const colorChoice = (settings: Settings): ColorChoice => (settings.text('color') ?? 'auto') as ColorChoice
