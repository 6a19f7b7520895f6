import type {Output, Parsed} from '../api/operations.ts'
import type {Platform} from '../domain/platform.ts'
import {HookctlError, notFoundError} from '../errors.ts'
import {platforms} from '../platforms/table.ts'
import {type Spoken, spokenAs} from './catalog.ts'
import type {Deps} from './deps.ts'

type PlatformView = Output<'platform.list'>['items'][number]

const platformView = (
  {name, title, versions, defaultVersion, modes, ...platform}: Platform,
  version: string,
): PlatformView => ({
  name,
  title,
  versions: [...versions],
  defaultVersion,
  modes: [...modes],
  eventTypes: platform.eventTypes(version).length,
  asksUrlLater: platform.asksUrlLater === true,
  httpsOnly: platform.httpsOnly === true,
})

/** The platforms whose webhooks hookctl speaks. */
export const listPlatforms = async (): Promise<Output<'platform.list'>> => ({
  items: platforms.map(platform => platformView(platform, platform.defaultVersion)),
})

/** What a platform, in one version, decides for a new webhook. @throws not_found `unknown_platform`, `unknown_platform_version` */
export async function showPlatform(_deps: Deps, input: Parsed<'platform.show'>): Promise<Output<'platform.show'>> {
  const {platform, version} = find(input.platform)
  const {mode, method, contentType, policies, locked} = platform.preset(version)
  return {
    ...platformView(platform, version),
    version,
    mode,
    method,
    contentType,
    policies: structuredClone(policies) as Output<'platform.show'>['policies'],
    locked: [...locked],
    catalog: platform.eventTypes(version).map(({name, category, summary}) => ({name, category, summary})),
  }
}

/** Asked for itself, a platform that is not there is not found; named in an input, it is a bad input. */
function find(name: string): Spoken {
  try {
    return spokenAs(name)
  } catch (error) {
    if (!(error instanceof HookctlError)) throw error
    const {code, message, hint} = error
    throw notFoundError(code, message, hint === undefined ? {} : {hint})
  }
}
