import {expect, it} from 'vitest'
import {aContext, aHistoryEntry, anEventType, anOrganization, aSource, aToken, NOON} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import {countsOf, dueIds, type Open, withDelivery, withWebhook} from './setting.ts'

export function organizations(open: Open): void {
  it('is born with the organization default, number 1', async () => {
    await using opened = await open()
    const {organizations} = opened.store
    const found = {id: 1, slug: 'default', name: 'Default', zone: null, createdAt: NOON}
    expect(await organizations.bySlug('default')).toEqual(found)
    expect(await organizations.byId(1)).toEqual(found)
    expect(await organizations.bySlug('nobody')).toBeNull()
    expect(await organizations.byId(2)).toBeNull()
  })

  it('gives a new organization the next number, and its history entry too', async () => {
    await using opened = await open()
    const {organizations, history} = opened.store
    const entry = aHistoryEntry({organizationId: 0})
    const added = await organizations.add(anOrganization({zone: 'Europe/Berlin'}), entry)
    expect(added).toEqual({id: 2, slug: 'acme', name: 'Acme', zone: 'Europe/Berlin', createdAt: NOON})
    expect(await organizations.byId(2)).toEqual(added)
    expect(await history.find(2, entry.id)).toEqual({...entry, organizationId: 2, object: {...entry.object, id: '2'}})
  })

  it('refuses a slug that is taken and writes nothing', async () => {
    await using opened = await open()
    const {organizations, history} = opened.store
    const entry = aHistoryEntry()
    const refused = await refusal(organizations.add(anOrganization({slug: 'default', name: 'Again'}), entry))
    expect(refused).toMatchObject({kind: 'conflict', code: 'organization_exists'})
    expect(refused.message).toContain('default')
    expect(await history.find(1, entry.id)).toBeNull()
  })

  it('lists organizations by slug, a page at a time', async () => {
    await using opened = await open()
    const {organizations} = opened.store
    for (const slug of ['b', 'c', 'a']) await organizations.add(anOrganization({slug, name: slug}), null)
    const first = await organizations.list({limit: 3})
    expect(first.items.map(({slug}) => slug)).toEqual(['a', 'b', 'c'])
    const second = await organizations.list({limit: 3, cursor: first.next ?? ''})
    expect(second).toMatchObject({items: [{slug: 'default'}], next: null})
  })

  it('gives an organization another slug, name and zone, unless the slug is taken', async () => {
    await using opened = await open()
    const {organizations} = opened.store
    const acme = await organizations.add(anOrganization(), null)
    const next = {...acme, slug: 'acme-2', name: 'Acme Two', zone: '-05:30'}
    await organizations.replace(next, aHistoryEntry({organizationId: acme.id}), {was: acme})
    expect(await organizations.bySlug('acme')).toBeNull()
    expect(await organizations.bySlug('acme-2')).toEqual(next)
    const taken = refusal(organizations.replace({...next, slug: 'default'}, aHistoryEntry(), {was: next}))
    expect(await taken).toMatchObject({kind: 'conflict', code: 'organization_exists'})
  })

  it('deletes an organization with all it has, cancels what it owes, and frees its slug but not its number', async () => {
    await using opened = await open()
    const {store} = opened
    const acme = await store.organizations.add(anOrganization(), null)
    const webhook = await withWebhook(store, {organizationId: acme.id})
    const delivery = await withDelivery(store, webhook)
    const other = await withDelivery(store, await withWebhook(store))
    await store.contexts.add(aContext({organizationId: acme.id}), aHistoryEntry())
    await store.tokens.add(aToken({organizationId: acme.id}), Buffer.alloc(32, 1), aHistoryEntry())
    const source = aSource({organizationId: acme.id})
    await store.sources.add(source, aHistoryEntry())
    const type = anEventType({organizationId: acme.id})
    await store.eventTypes.add(type, aHistoryEntry())
    const entry = aHistoryEntry({organizationId: 1})
    expect(await store.organizations.remove(acme, entry, NOON + 9)).toBe(1)
    expect(await store.organizations.bySlug('acme')).toBeNull()
    expect(await store.organizations.byId(acme.id)).toBeNull()
    expect((await store.organizations.list({limit: 9})).items.map(({slug}) => slug)).toEqual(['default'])
    expect(await store.webhooks.all(acme.id)).toEqual([])
    expect(await store.webhooks.byIds([webhook.id])).toEqual([])
    expect(await store.contexts.list(acme.id, {limit: 9})).toEqual({items: [], next: null})
    expect(await store.tokens.byDigest(Buffer.alloc(32, 1))).toBeNull()
    expect(await store.sources.byId(source.id)).toBeNull()
    expect(await store.eventTypes.find(acme.id, type.name)).toBeNull()
    expect((await store.eventTypes.withSchema(acme.id)).size).toBe(0)
    const ended = await store.deliveries.find(acme.id, delivery.id)
    expect(ended).toMatchObject({state: 'cancelled', reason: 'webhook_deleted', finishedAt: NOON + 9})
    expect(await dueIds(store)).toEqual([other.id])
    expect(await countsOf(store, acme.id)).toEqual({cancelled: 1})
    expect(await store.history.find(1, entry.id)).toEqual(entry)
    const again = await store.organizations.add(anOrganization({slug: 'acme', name: 'Again'}), null)
    expect(again.id).toBeGreaterThan(acme.id)
  })
}
