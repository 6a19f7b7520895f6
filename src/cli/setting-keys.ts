import {usageError} from '../errors.ts'
import {FORMATS} from './output/formats.ts'
import {suggest} from './suggest.ts'

interface Definition {
  readonly summary: string
  readonly env: string
  readonly choices?: readonly string[]
  readonly kind?: 'boolean' | 'url' | 'slug' | 'list' | 'age' | 'path' | 'count' | 'size' | 'zone'
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
  zone: {
    summary: 'zone of the times a person sees, and of the days of flags: local, +02:00, Europe/Berlin',
    env: 'HOOKCTL_ZONE',
    kind: 'zone',
  },
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
  'targets.proxy': {
    summary: 'proxy that deliveries go through, like http://proxy.example:3128',
    env: 'HOOKCTL_TARGETS_PROXY',
    personal: true,
  },
  'targets.direct': {
    summary: 'targets that are dialled past the proxy, like 10.0.0.0/8,host:*.corp.example',
    env: 'HOOKCTL_TARGETS_DIRECT',
    kind: 'list',
    personal: true,
  },
  'targets.certFile': {
    summary: 'PEM file with a certificate for receivers that ask for one (mutual TLS)',
    env: 'HOOKCTL_TARGETS_CERT_FILE',
    kind: 'path',
    personal: true,
  },
  'targets.keyFile': {
    summary: 'PEM file with its key, where that is another file',
    env: 'HOOKCTL_TARGETS_KEY_FILE',
    kind: 'path',
    personal: true,
  },
  'targets.certFor': {
    summary: 'targets that it is shown to, like host:*.corp.example',
    env: 'HOOKCTL_TARGETS_CERT_FOR',
    kind: 'list',
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
export const definition = (key: SettingKey): Definition => SETTINGS[key]

/** Never printed. */
export const isSecretSetting = (key: SettingKey): boolean => definition(key).secret === true

/** `no-input` and `noInput` are the same key. */
export function settingKey(text: string, where = ''): SettingKey {
  const key = text.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
  if (Object.hasOwn(SETTINGS, key)) return key as SettingKey
  const near = suggest(key, SETTING_KEYS)
  throw usageError('unknown_setting', `no setting "${text}"${where}; there are ${SETTING_KEYS.join(', ')}`, {
    hint: near === undefined ? 'hookctl help environment' : `did you mean: ${near}`,
  })
}
