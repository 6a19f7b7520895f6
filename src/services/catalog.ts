import type {Event} from '../domain/event.ts'
import {memoized} from '../domain/memoized.ts'
import type {EventType, Problem} from '../domain/platform.ts'
import type {Webhook} from '../domain/webhook.ts'
import {findPlatform, platformId, platforms, platformsThatSpeak, type VersionedPlatform} from '../platforms/table.ts'

export interface Spoken extends VersionedPlatform {
  /** `netbox@2.6`: what a webhook stores. */
  readonly name: string
}

/** The platform of a name with or without version. @throws usage `unknown_platform`, `unknown_platform_version` */
export const spokenAs = memoized((name: string): Spoken => {
  const found = findPlatform(name)
  return {...found, name: platformId(found)}
}, 1000)

export const spokenBy = (webhook: Pick<Webhook, 'platform'>): Spoken => spokenAs(webhook.platform)

/** An event type as the first platform that speaks of it knows it; null where none does. */
export interface KnownType extends VersionedPlatform {
  readonly type: EventType
}

export const knownType = memoized((type: string): KnownType | null => {
  const [first] = platformsThatSpeak(type)
  const found = first?.platform.eventType(first.version, type) ?? null
  return first === undefined || found === null ? null : {...first, type: found}
}, 1000)

/** What an event says happened to an object; null where it says nothing of that kind. */
export const changeOf = ({platform, type}: KnownType, event: Event): EventType['change'] =>
  type.change ?? platform.changeOf?.(event) ?? null

export const problemsOf = ({platform, version}: VersionedPlatform, event: Event): readonly Problem[] =>
  platform.checkEvent?.(version, event) ?? []

/** A pattern in every spelling the platforms have for it, its own first: `site.*` is also `dcim.site.*`. */
export function spellingsOf(pattern: string): string[] {
  const others = platforms.map(({canonicalType, defaultVersion}) => canonicalType?.(defaultVersion, pattern) ?? pattern)
  return [...new Set([pattern, ...others])]
}
