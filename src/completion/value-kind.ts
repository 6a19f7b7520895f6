import type {NameKind} from '../store/names.ts'
import type {KnownFlag} from './manifest.ts'

/** What a flag or an argument takes, where it is more than text. */
export type ValueKind =
  | NameKind
  | 'eventType'
  | 'eventPattern'
  | 'platform'
  | 'profile'
  | 'setting'
  | 'settingValue'
  | 'subject'
  | 'variable'
  | 'zone'

/** By the name that flags and arguments share everywhere. */
const BY_NAME: Readonly<Record<string, ValueKind>> = {
  actor: 'member',
  as: 'platform',
  context: 'context',
  delivery: 'delivery',
  domain: 'context',
  entry: 'history',
  'event-id': 'event',
  'in-profile': 'profile',
  key: 'setting',
  organization: 'organization',
  other: 'delivery',
  platform: 'platform',
  profile: 'profile',
  'secret-env': 'variable',
  slug: 'organization',
  target: 'webhook',
  token: 'token',
  user: 'member',
  webhook: 'webhook',
  zone: 'zone',
}

export function kindOfFlag({name, helpValue, multiple}: KnownFlag): ValueKind | null {
  // Many are subscribed to or looked for, and a pattern stands for many; the one that is sent is one type.
  if (helpValue === 'TYPE' && (name === 'event' || name === 'type')) return multiple ? 'eventPattern' : 'eventType'
  return BY_NAME[name] ?? null
}

/** Null for free text, and for the name of what a command makes: that is not there yet. */
export function kindOfArgument(command: string, argument: string): ValueKind | 'file' | null {
  const [topic = '', verb = ''] = command.split(' ')
  if (verb === 'create') return null
  if (argument === 'event') return 'event'
  // Not the flag: that names what is no source of ours.
  if (argument === 'source') return 'source'
  if (argument === 'type') {
    if (topic === 'event-type' && verb !== 'check') return 'ownEventType'
    return topic === 'event' || topic === 'event-type' ? 'eventType' : null
  }
  if (argument === 'name') return topic === 'profile' ? 'profile' : null
  if (argument === 'value') return topic === 'config' ? 'settingValue' : null
  if (/^files?$/.test(argument)) return 'file'
  return BY_NAME[argument] ?? BY_NAME[argument.replace(/ies$/, 'y').replace(/s$/, '')] ?? null
}
