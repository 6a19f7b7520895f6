import type {ParsedBody} from '../domain/platform.ts'
import {HookctlError} from '../errors.ts'
import {badBody} from './shared/members.ts'
import {findPlatform, platforms, type VersionedPlatform} from './table.ts'

export interface Captured extends VersionedPlatform {
  readonly parsed: ParsedBody
}

/**
 * Whose a captured body is, and the events in it: of the platforms that write the very same bytes again (or else of
 * those that can read them) the one that explains the most of it.
 *
 * @param name a platform, with a version or without: then only that one is tried; undefined tries all
 * @throws usage `bad_body` where nobody can read it; `unknown_platform`, `unknown_platform_version`
 */
export function readCaptured(bytes: Uint8Array, name?: string): Captured {
  const failures: HookctlError[] = []
  const readable = candidatesOf(name).flatMap((candidate): Captured[] => {
    const parsed = tryToParse(candidate, bytes, failures)
    return parsed === null ? [] : [{...candidate, parsed}]
  })
  const same = readable.filter(captured => isSame(captured, bytes))
  const [best] = (same.length > 0 ? same : readable).toSorted((a, b) => strangeness(a) - strangeness(b))
  if (best !== undefined) return best
  const [first] = failures
  if (name !== undefined && first !== undefined) throw first
  throw first?.message.startsWith('the body is ')
    ? first
    : badBody(
        'no platform writes such a body',
        undefined,
        `say which it is: ${platforms.map(each => each.name).join(', ')}`,
      )
}

/** How much of a body its platform would have said otherwise: the version that wrote it explains the most. */
const strangeness = ({parsed}: Captured): number =>
  parsed.events.reduce((sum, {extra}) => sum + (extra?.length ?? 0), 0)

/** The default version first, then the others, newest first: old and new spellings of a body may both be read. */
function candidatesOf(name: string | undefined): readonly VersionedPlatform[] {
  if (name?.includes('@')) return [findPlatform(name)]
  const asked = name === undefined ? platforms : [findPlatform(name).platform]
  return asked.flatMap(platform =>
    [...new Set([platform.defaultVersion, ...platform.versions.toReversed()])].map(version => ({platform, version})),
  )
}

function tryToParse(
  {platform, version}: VersionedPlatform,
  bytes: Uint8Array,
  failures: HookctlError[],
): ParsedBody | null {
  try {
    return platform.parse(bytes, version)
  } catch (error) {
    if (!(error instanceof HookctlError)) throw error
    failures.push(error)
    return null
  }
}

function isSame({platform, parsed}: Captured, bytes: Uint8Array): boolean {
  try {
    return Buffer.compare(platform.body(parsed.events, parsed.context), bytes) === 0
  } catch (error) {
    if (error instanceof HookctlError) return false
    throw error
  }
}
