import type {Client} from '../client/client.ts'
import {matches} from '../domain/subscription.ts'
import {HookctlError} from '../errors.ts'
import {ownTypes} from './own-types.ts'
import {platformNamed} from './platform-named.ts'
import {suggest} from './suggest.ts'

/**
 * Of a webhook's event types those that match nothing its platform knows or its organization has described, and are a
 * slip away from what does. They are taken, as a plugin or a system of one's own may report them; but if they are a slip,
 * nothing is ever sent.
 */
export async function sayNearPatterns(
  client: Client,
  {
    organization,
    eventTypes,
    platform,
  }: {readonly organization: string; readonly eventTypes: readonly string[]; readonly platform: string},
): Promise<readonly string[]> {
  const known = await knownNames(client, organization, async () => (await platformNamed(client, platform)).catalog)
  const patterns = [...new Set(known.flatMap(patternsOf))]
  return eventTypes
    .filter(pattern => !known.some(type => matches(pattern, type)))
    .flatMap(pattern => {
      const near = suggest(pattern, pattern.includes('*') ? patterns : known)
      return near === undefined ? [] : `no event type that ${platform} knows matches ${pattern}: did you mean ${near}?`
    })
}

type AskNames = () => Promise<readonly {readonly name: string}[]>

/** Those that the organization has described, and others. */
const knownNames = async (client: Client, organization: string, others: AskNames): Promise<readonly string[]> => [
  ...(await namesOrNone(() => ownTypes(client, organization))),
  ...(await namesOrNone(others)),
]

/** What was asked for is done by now: a token that may not read, or a server that went away, only costs the hint. */
async function namesOrNone(ask: AskNames): Promise<readonly string[]> {
  try {
    return (await ask()).map(({name}) => name)
  } catch (error) {
    if (error instanceof HookctlError) return []
    throw error
  }
}

/** `dcim.*` and `dcim.site.*` of `dcim.site.created`. */
const patternsOf = (type: string): readonly string[] =>
  type.split('.').flatMap((_, at, parts) => (at === 0 ? [] : `${parts.slice(0, at).join('.')}.*`))

/** Of an event that nobody wants: the type that was meant, where one that is known is a slip away. */
export async function sayNearType(client: Client, organization: string, type: string): Promise<readonly string[]> {
  const known = await knownNames(client, organization, async () => (await client.call('event.types', {})).items)
  const near = known.includes(type) ? undefined : suggest(type, known)
  return near === undefined ? [] : [`no platform knows ${type}: did you mean ${near}?`]
}
