import {describe, expect, test} from 'vitest'
import {anInstallation, type Installation} from '../harness/installation.ts'
import {openReceiver, type Receiver} from '../harness/receiver.ts'

/** Two organizations with two contexts each, and one webhook at every scope: who is told about what. */

const organizations = ['acme', 'globex'] as const
const scopes = [null, 'north', 'south'] as const
type Scope = (typeof scopes)[number]

const pathOf = (organization: string, context: Scope) => `/${organization}/${context ?? 'all'}`

async function furnish({admin}: Installation, receiver: Receiver, platform: string, eventType: string) {
  for (const slug of organizations) {
    await admin.ask('org.create', {slug})
    for (const id of ['north', 'south'])
      await admin.ask('context.create', {organization: slug, id, name: `${id} of ${slug}`})
    for (const contextId of scopes) {
      await admin.ask('webhook.create', {
        organization: slug,
        name: `webhook ${contextId ?? 'all'}`,
        platform,
        contextId,
        url: `${receiver.url}${pathOf(slug, contextId)}`,
        eventTypes: [eventType],
        policies: {allowHttp: true},
      })
    }
  }
}

/** The paths at which an event was heard of. Others may be heard too: EntryPoint is told of its webhooks' own changes. */
const toldOf = ({requests}: Receiver, eventId: string): string[] =>
  requests
    .filter(request => request.header('x-hook-event-id') === eventId)
    .map(({path}) => path)
    .sort()

const delivered = ({admin}: Installation, organization: string, event: string): Promise<void> =>
  expect
    .poll(async () => (await admin.ask('event.show', {organization, event})).deliveries.map(({state}) => state))
    .toSatisfy((states: string[]) => states.length > 0 && states.every(state => state === 'delivered'))

const platforms: readonly [platform: string, eventType: string][] = [
  ['catalyst', 'node.added'],
  ['entrypoint', 'entrypoint.configuration.audit'],
  ['netbox', 'dcim.site.created'],
  ['standard', 'anything.at.all'],
]

describe.each(platforms)('CAT-01 ENT-01 ENT-10 ENT-11: %s webhooks', (platform, type) => {
  test('of an organization get what happens in it, those of a context what happens there, and no other', async () => {
    await using receiver = await openReceiver()
    await using installation = await anInstallation()
    await furnish(installation, receiver, platform, type)
    const heard: Record<string, string[]> = {}
    const events = new Set<string>()
    for (const organization of organizations) {
      for (const contextId of scopes) {
        const data = {id: 7, name: 'x', description: 'x'}
        const context = contextId === null ? {} : {contextId}
        const {event} = await installation.admin.ask('event.send', {organization, type, data, ...context})
        await delivered(installation, organization, event.id)
        heard[pathOf(organization, contextId)] = toldOf(receiver, event.id)
        events.add(event.id)
      }
    }
    expect(heard).toEqual({
      '/acme/all': ['/acme/all'],
      '/acme/north': ['/acme/all', '/acme/north'],
      '/acme/south': ['/acme/all', '/acme/south'],
      '/globex/all': ['/globex/all'],
      '/globex/north': ['/globex/all', '/globex/north'],
      '/globex/south': ['/globex/all', '/globex/south'],
    })
    // What came late would have come to one more than these ten.
    expect([...events].flatMap(id => toldOf(receiver, id))).toHaveLength(10)
  })
})

test('CAT-01: what belongs to one organization is not found in the other, by whatever id', async () => {
  await using receiver = await openReceiver()
  await using installation = await anInstallation()
  const {admin} = installation
  await furnish(installation, receiver, 'catalyst', 'node.added')
  const {value} = await admin.ask('token.create', {
    organization: 'globex',
    name: 't',
    scopes: ['read', 'ingest', 'admin'],
  })
  const globex = installation.as(value)
  const webhook = (await admin.ask('webhook.list', {organization: 'acme'})).items[0]?.id as string
  const sent = await admin.ask('event.send', {organization: 'acme', type: 'node.added', data: {name: 'secret-node'}})
  const delivery = sent.deliveries[0]?.id as string
  const entry = (await admin.ask('history.list', {organization: 'acme'})).items[0]?.id as string
  const organization = 'globex'
  const asked = [
    () => globex.ask('webhook.show', {organization, webhook}),
    () => globex.ask('webhook.edit', {organization, webhook, description: 'x'}),
    () => globex.ask('webhook.delete', {organization, webhook}),
    () => globex.ask('webhook.disable', {organization, webhook}),
    () => globex.ask('webhook.test', {organization, webhook}),
    () => globex.ask('webhook.rotateSecret', {organization, webhook}),
    () => globex.ask('event.show', {organization, event: sent.event.id}),
    () => globex.ask('delivery.show', {organization, delivery}),
    () => globex.ask('delivery.replay', {organization, deliveries: [delivery], toUrl: `${receiver.url}/stolen`}),
    () => globex.ask('delivery.cancel', {organization, delivery}),
    () => globex.ask('history.show', {organization, entry}),
    () => globex.ask('org.show', {organization: 'acme'}),
    () => globex.ask('webhook.list', {organization: 'acme'}),
    () => globex.ask('event.send', {organization: 'acme', type: 'node.added'}),
  ]
  for (const ask of asked) await expect(ask()).rejects.toMatchObject({kind: 'not_found'})
  expect((await globex.ask('webhook.list', {organization})).items).toHaveLength(3)
  expect(JSON.stringify(await globex.ask('activity.list', {organization, all: true}))).not.toContain('secret-node')
  expect(JSON.stringify(await globex.ask('org.list', {}))).not.toContain('acme')
  expect(receiver.requests.map(({path}) => path).filter(path => path.includes('stolen'))).toEqual([])
})
