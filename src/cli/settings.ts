import {lstatSync, readlinkSync, realpathSync} from 'node:fs'
import path from 'node:path'
import {isDuration} from '../domain/duration.ts'
import {maskUrl} from '../domain/mask.ts'
import {HookctlError, notFoundError, usageError} from '../errors.ts'
import type {ColorChoice} from './color.ts'
import {type ConfigFile, findProjectFile, readConfigFile, stateFolder, userConfigPath} from './config.ts'
import {parseLimit} from './limits.ts'
import {FORMATS, type Format} from './output/formats.ts'
import {suggest} from './suggest.ts'
import type {Surroundings} from './surroundings.ts'

interface Definition {
  readonly summary: string
  readonly env: string
  readonly choices?: readonly string[]
  readonly kind?: 'boolean' | 'url' | 'slug' | 'list' | 'age' | 'path' | 'count' | 'size'
  /** Never printed, never in a project file: those get committed. */
  readonly secret?: true
  /** Never in a project file: a folder somebody else filled must not open the network of this machine. */
  readonly personal?: true
}

/** What can be configured, by the names `config set` takes. */
export const SETTINGS = {
  store: {summary: 'where state is kept, like sqlite:/path/to/file.db', env: 'HOOKCTL_STORE'},
  server: {summary: 'URL of a hookctl server to talk to', env: 'HOOKCTL_SERVER', kind: 'url'},
  token: {summary: 'token for the server named beside it', env: 'HOOKCTL_TOKEN', secret: true},
  organization: {summary: 'slug of the organization to work in', env: 'HOOKCTL_ORGANIZATION', kind: 'slug'},
  profile: {summary: 'profile to use', env: 'HOOKCTL_PROFILE', kind: 'slug'},
  output: {summary: 'how answers are printed', env: 'HOOKCTL_OUTPUT', choices: FORMATS},
  color: {summary: 'when to use colour', env: 'HOOKCTL_COLOR', choices: ['auto', 'always', 'never']},
  noInput: {summary: 'never ask, not even on a terminal', env: 'HOOKCTL_NO_INPUT', kind: 'boolean'},
  debug: {summary: 'show the stack of unexpected failures', env: 'HOOKCTL_DEBUG', kind: 'boolean'},
  'targets.policy': {
    summary: 'where deliveries may go: local, or public addresses only',
    env: 'HOOKCTL_TARGETS_POLICY',
    choices: ['local', 'public'],
    personal: true,
  },
  'targets.allow': {
    summary: 'targets allowed besides, like 10.0.0.0/8,host:n8n:5678',
    env: 'HOOKCTL_TARGETS_ALLOW',
    kind: 'list',
    personal: true,
  },
  'targets.deny': {
    summary: 'targets refused in any case, like 100.64.0.0/10',
    env: 'HOOKCTL_TARGETS_DENY',
    kind: 'list',
    personal: true,
  },
  'targets.allowMetadata': {
    summary: 'let targets.allow name a metadata or special address',
    env: 'HOOKCTL_TARGETS_ALLOW_METADATA',
    kind: 'boolean',
    personal: true,
  },
  secretKey: {
    summary: 'key under which the store keeps secrets: 32 bytes as base64',
    env: 'HOOKCTL_SECRET_KEY',
    secret: true,
    personal: true,
  },
  secretKeyFile: {
    summary: 'file with that key',
    env: 'HOOKCTL_SECRET_KEY_FILE',
    kind: 'path',
    personal: true,
  },
  'retention.bodies': {
    summary: 'how long bodies, answers and the data of events are kept, like 30d or forever',
    env: 'HOOKCTL_RETENTION_BODIES',
    kind: 'age',
    personal: true,
  },
  'retention.records': {
    summary: 'how long deliveries, attempts and events are kept, like 90d or forever',
    env: 'HOOKCTL_RETENTION_RECORDS',
    kind: 'age',
    personal: true,
  },
  'retention.history': {
    summary: 'how long the history of changes is kept, like 90d or forever',
    env: 'HOOKCTL_RETENTION_HISTORY',
    kind: 'age',
    personal: true,
  },
  'retention.historyEnds': {
    summary: 'keep what made an object and what changed it last, however old',
    env: 'HOOKCTL_RETENTION_HISTORY_ENDS',
    kind: 'boolean',
    personal: true,
  },
  'retention.secureDelete': {
    summary: 'overwrite in the store what is removed from it',
    env: 'HOOKCTL_RETENTION_SECURE_DELETE',
    kind: 'boolean',
    personal: true,
  },
  'limits.waiting': {
    summary: 'so many deliveries may wait before nothing more is accepted, or none for no limit',
    env: 'HOOKCTL_LIMITS_WAITING',
    kind: 'count',
  },
  'limits.diskFree': {
    summary: 'so much is kept free on the disk of the store, like 500mb, or none',
    env: 'HOOKCTL_LIMITS_DISK_FREE',
    kind: 'size',
  },
} as const satisfies Record<string, Definition>

export type SettingKey = keyof typeof SETTINGS
export const SETTING_KEYS = Object.keys(SETTINGS) as readonly SettingKey[]
const definition = (key: SettingKey): Definition => SETTINGS[key]

const projectForbids = ['profiles', ...SETTING_KEYS.filter(key => definition(key).secret || definition(key).personal)]

/** Never printed. */
export const isSecretSetting = (key: SettingKey): boolean => definition(key).secret === true

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

/** `no-input` and `noInput` are the same key. */
export function settingKey(text: string, where = ''): SettingKey {
  const key = text.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
  if (Object.hasOwn(SETTINGS, key)) return key as SettingKey
  const near = suggest(key, SETTING_KEYS)
  throw usageError('unknown_setting', `no setting "${text}"${where}; there are ${SETTING_KEYS.join(', ')}`, {
    hint: near === undefined ? 'hookctl help environment' : `did you mean: ${near}`,
  })
}

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

/**
 * A store as it is written, with a path made whole: a bare one is a SQLite file, a relative one is so to where it was
 * written down, and a link is the file it leads to, beside which a server is found and which is replaced whole.
 */
export function storeLocation(text: string, folder: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase()
  if (scheme !== undefined && scheme !== 'sqlite' && scheme !== 'json') return text
  const rest = scheme === undefined ? text : text.slice(scheme.length + 1)
  return `${scheme ?? 'sqlite'}:${rest === ':memory:' ? rest : throughLinks(path.resolve(folder, rest))}`
}

/** Where a file is that may be a link, and may not be there yet. What leads nowhere is said when the store is opened. */
function throughLinks(file: string, linksLeft = 40): string {
  try {
    if (linksLeft === 0 || !lstatSync(file, {throwIfNoEntry: false})?.isSymbolicLink()) return file
    return throughLinks(path.resolve(realpathSync(path.dirname(file)), readlinkSync(file)), linksLeft - 1)
  } catch {
    return file
  }
}

export const outputChoice = (settings: Settings): Setting<Format> => settings.read('output') as Setting<Format>
export const colorChoice = (settings: Settings): ColorChoice => (settings.text('color') ?? 'auto') as ColorChoice
