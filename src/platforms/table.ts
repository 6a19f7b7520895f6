import type {Platform} from '../domain/platform.ts'
import {suggest} from '../domain/suggest.ts'
import {usageError} from '../errors.ts'
import {catalyst} from './catalyst.ts'
import {entrypoint} from './entrypoint.ts'
import {nebularstack} from './nebularstack.ts'
import {netbox} from './netbox.ts'
import {procustodibus} from './procustodibus.ts'
import {standard} from './standard.ts'

/** Every platform hookctl speaks: one file, one line here. */
export const platforms: readonly Platform[] = [catalyst, entrypoint, nebularstack, netbox, procustodibus, standard]

export interface VersionedPlatform {
  readonly platform: Platform
  readonly version: string
}

/**
 * The platform and version that a name such as `netbox` or `netbox@2.6` stands for; without a version the default one.
 *
 * @throws usage `unknown_platform`, `unknown_platform_version`: the hint lists what there is
 */
export function findPlatform(name: string): VersionedPlatform {
  const [base = '', version, ...rest] = name.split('@')
  const platform = platforms.find(candidate => candidate.name === base)
  if (platform === undefined) throw unknownPlatform(base)
  if (version === undefined) return {platform, version: platform.defaultVersion}
  if (rest.length > 0 || !platform.versions.includes(version)) throw unknownVersion(platform, name)
  return {platform, version}
}

/** `netbox@2.6`: how a webhook stores its platform. */
export const platformId = ({platform, version}: VersionedPlatform): string => `${platform.name}@${version}`

/** The platforms that can speak of an event type, each in its default version or the first other that can. */
export function platformsThatSpeak(type: string): readonly VersionedPlatform[] {
  return platforms.flatMap(platform => {
    const candidates = [platform.defaultVersion, ...platform.versions]
    const version = candidates.find(candidate => platform.eventType(candidate, type) !== null)
    return version === undefined ? [] : [{platform, version}]
  })
}

function unknownPlatform(base: string): Error {
  const names = platforms.map(({name}) => name)
  const near = suggest(base, names)
  const hint = `${near === undefined ? '' : `did you mean ${near}? `}platforms: ${names.join(', ')}`
  return usageError('unknown_platform', `no platform "${base}"`, {hint, path: 'platform'})
}

function unknownVersion(platform: Platform, name: string): Error {
  const ids = platform.versions.map(version => platformId({platform, version}))
  return usageError('unknown_platform_version', `no platform "${name}"`, {
    hint: `there is ${ids.join(', ')}`,
    path: 'platform',
  })
}
