import {HELP_SUBJECTS} from '../cli/help-subjects.ts'
import {isSecretSetting, SETTING_KEYS, SETTINGS, type SettingKey} from '../cli/setting-keys.ts'
import {type GivenFlags, profilesOf, resolveSettings} from '../cli/settings.ts'
import type {Surroundings} from '../cli/surroundings.ts'
import {type NameKind, storedNames} from '../store/names.ts'
import type {Candidate} from './candidate.ts'
import type {AskValues, ValueQuestion} from './candidates.ts'
import type {ValueKind} from './value-kind.ts'

type Answerer = (question: ValueQuestion, surroundings: Surroundings) => Promise<readonly Candidate[]>

const plain = (values: Iterable<string>): Candidate[] => [...values].map(value => ({value, description: ''}))

/** Those of one platform, or of all. */
async function eventTypes(platformName: string | undefined): Promise<readonly Candidate[]> {
  const {findPlatform, platforms} = await import('../platforms/table.ts')
  const spoken =
    platformName === undefined
      ? platforms.map(platform => ({platform, version: platform.defaultVersion}))
      : [findPlatform(platformName)]
  return spoken
    .flatMap(({platform, version}) => platform.eventTypes(version))
    .map(({name, summary}) => ({value: name, description: summary}))
}

/** Those of the organization first. */
async function knownTypes(question: ValueQuestion, surroundings: Surroundings): Promise<readonly Candidate[]> {
  const [own, others] = await Promise.all([
    // Without a store, or with one that cannot be read, there are the platforms'.
    stored({...question, kind: 'ownEventType'}, surroundings).catch(() => []),
    eventTypes(question.given.platform),
  ])
  const names = new Set(own.map(({value}) => value))
  return [...own, ...others.filter(({value}) => !names.has(value))]
}

/** What is not in the store. */
const ANSWERERS: Readonly<Record<Exclude<ValueKind, NameKind>, Answerer>> = {
  eventType: knownTypes,
  async eventPattern(question, surroundings) {
    const types = await knownTypes(question, surroundings)
    const families = new Set(
      types.map(({value}) => value.replace(/\.[^.]*$/, '.*')).filter(name => name.endsWith('.*')),
    )
    return [...types, ...plain(families)]
  },
  async platform() {
    const {platforms} = await import('../platforms/table.ts')
    return platforms.flatMap(({name, title, versions}) => [
      {value: name, description: title},
      ...(versions.length > 1 ? versions.map(version => ({value: `${name}@${version}`, description: title})) : []),
    ])
  },
  profile: async (_, surroundings) => plain(Object.keys(profilesOf(resolveSettings({}, surroundings).userFile))),
  setting: async () => SETTING_KEYS.map(key => ({value: key, description: SETTINGS[key].summary})),
  async settingValue({args, ...question}, surroundings) {
    const key = args[0] as SettingKey
    if (key === 'organization') return stored({...question, args, kind: 'organization'}, surroundings)
    if (key === 'profile') return ANSWERERS.profile({...question, args}, surroundings)
    if (!Object.hasOwn(SETTINGS, key) || isSecretSetting(key)) return []
    const {choices, kind} = SETTINGS[key] as {choices?: readonly string[]; kind?: string}
    if (kind === 'zone') return [...plain(['local']), ...(await ANSWERERS.zone({...question, args}, surroundings))]
    return plain(choices ?? (kind === 'boolean' ? ['true', 'false'] : []))
  },
  subject: async () => plain(HELP_SUBJECTS),
  zone: async () => plain((await import('../domain/zone.ts')).zoneNames()),
  variable: async (_, {env}) => plain(Object.keys(env).filter(name => /^[A-Za-z_]\w*$/.test(name))),
}

/** Names and ids from the store these flags and settings mean; none where a server elsewhere has them. */
async function stored(
  {kind, prefix, given}: ValueQuestion & {readonly kind: NameKind},
  surroundings: Surroundings,
): Promise<readonly Candidate[]> {
  const {store, server, organization, profile} = given
  const flags: GivenFlags = {store, server, organization, profile}
  const settings = resolveSettings(flags, surroundings)
  const location = settings.text('store')
  if (location === undefined || settings.text('server') !== undefined) return []
  const named = kind === 'webhook' && prefix.startsWith('wh_') ? 'webhookId' : kind
  return storedNames(location, {kind: named, prefix, organization: settings.text('organization') ?? ''})
}

const isAnswered = (kind: ValueKind): kind is keyof typeof ANSWERERS => Object.hasOwn(ANSWERERS, kind)

/** Values as this user has them. A configuration or a store that cannot be read has none. */
export const valuesFrom =
  (surroundings: Surroundings): AskValues =>
  async question => {
    const {kind} = question
    try {
      return await (isAnswered(kind)
        ? ANSWERERS[kind](question, surroundings)
        : stored({...question, kind}, surroundings))
    } catch {
      // Whoever pressed a key gets no error in the middle of a line: the command itself will tell.
      return []
    }
  }
