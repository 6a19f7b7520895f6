import type {EventTypeView} from '../api/event-types.ts'
import type {Output} from '../api/operations.ts'
import type {Client} from '../client/client.ts'
import {allPages} from '../domain/page.ts'
import {HookctlError} from '../errors.ts'

/** The event types that an organization has described, beside those of the platforms. */
export const ownTypes = async (client: Client, organization: string): Promise<readonly EventTypeView[]> =>
  (await orNone(allPages(paging => client.call('eventType.list', {organization, ...paging})))) ?? []

/** One of them; null where it has not described it. */
export const ownType = (client: Client, organization: string, name: string): Promise<EventTypeView | null> =>
  orNone(client.call('eventType.show', {organization, eventType: name}))

type Known = Output<'event.types'>['items'][number]

/** Own ones first, and those of the platforms; of one platform, or one type, where it is named. */
export async function knownTypes(
  client: Client,
  {organization, platform, type}: {organization: string; platform: string | undefined; type: string | undefined},
): Promise<readonly Known[]> {
  const others = async () => (await client.call('event.types', {platform, example: type})).items
  if (platform !== undefined) return others()
  if (type === undefined) return [...(await ownTypes(client, organization)).map(asKnown), ...(await others())]
  const own = await ownType(client, organization, type)
  if (own === null) return others()
  if (own.example !== null) return [asKnown(own)]
  // As `event send --example` sends it: of a platform that knows the type, or takes any.
  const [known] = (await orNone(others())) ?? []
  return [{...known, ...asKnown(own)}]
}

const asKnown = ({name, summary, example}: EventTypeView): Known => ({
  platform: 'own',
  name,
  category: '',
  summary,
  ...(example === null ? {} : {example: {data: example}}),
})

/** A server that is older than they are has none. */
async function orNone<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof HookctlError && error.kind === 'not_found') return null
    throw error
  }
}
