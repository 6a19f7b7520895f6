import {expect, it} from 'vitest'
import {aContext, aHistoryEntry, anOAuth, anOrganization, aSecret, aWebhook, NOON} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import {anAcceptance, countsOf, dueIds, type Open, off, switched, withDelivery, withWebhook} from './setting.ts'

export function webhooks(open: Open): void {
  it('gives a webhook back as it was handed in', async () => {
    await using opened = await open()
    await opened.store.contexts.add(aContext({id: 'ctx'}), aHistoryEntry())
    const webhook = await withWebhook(opened.store, {
      contextId: 'ctx',
      description: 'who’s on “call” \u0000 ☎',
      headers: [
        ['X-A', '1'],
        ['X-A', '2'],
      ],
      secrets: [aSecret(), aSecret({value: 'old', expiresAt: NOON + 1})],
      oauth: anOAuth({scope: 'a b', authMethod: 'client_secret_post'}),
      paused: {reason: 'gone', at: NOON},
      settings: {conditions: {and: [{attr: 'x', value: 1.5}]}},
      active: false,
      url: null,
    })
    expect(await opened.store.webhooks.find(1, webhook.id)).toEqual(webhook)
    expect(await opened.store.webhooks.byIds([webhook.id, 'wh_nobody'])).toEqual([webhook])
    expect(await opened.store.webhooks.all(1)).toEqual([webhook])
  })

  it('finds a webhook by id before it looks at names, and only in its organization', async () => {
    await using opened = await open()
    const {store} = opened
    const other = await withWebhook(store, {name: 'other'})
    const namesake = await withWebhook(store, {name: other.id})
    await store.organizations.add(anOrganization(), null)
    expect(await store.webhooks.find(1, other.id)).toEqual(other)
    expect(await store.webhooks.find(1, namesake.id)).toEqual(namesake)
    expect(await store.webhooks.find(1, 'other')).toEqual(other)
    expect(await store.webhooks.find(2, 'other')).toBeNull()
    expect(await store.webhooks.find(2, other.id)).toBeNull()
  })

  it('refuses a name that is taken in the organization, at creation and at an edit, and writes nothing', async () => {
    await using opened = await open()
    const {store} = opened
    await withWebhook(store, {name: 'mine'})
    const second = await withWebhook(store, {name: 'yours'})
    const entry = aHistoryEntry()
    for (const refused of [
      await refusal(store.webhooks.add(aWebhook({name: 'mine'}), entry)),
      await refusal(store.webhooks.replace({...second, name: 'mine'}, entry, {was: second})),
    ]) {
      expect(refused).toMatchObject({kind: 'conflict', code: 'webhook_exists'})
      expect(refused.message).toContain('mine')
    }
    expect(await store.history.find(1, entry.id)).toBeNull()
    await withWebhook(store, {name: 'mine', organizationId: 2})
    await store.webhooks.replace({...second, description: 'same name'}, aHistoryEntry(), {was: second})
  })

  it('replaces a webhook whole, with its history entry', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const changed = {...webhook, name: 'new', url: null, active: false, secrets: [aSecret()], updatedAt: NOON + 1}
    const entry = aHistoryEntry({change: 'changed'})
    await store.webhooks.replace(changed, entry, {was: webhook})
    expect(await store.webhooks.all(1)).toEqual([changed])
    expect(await store.history.find(1, entry.id)).toEqual(entry)
  })

  it('deletes a webhook, cancels what is unfinished of it and keeps the records', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store, {...off, name: 'mine'})
    const bystander = await withWebhook(store)
    const pending = await withDelivery(store, webhook)
    const held = await withDelivery(store, webhook, {state: 'held'})
    const failed = await withDelivery(store, webhook, {state: 'failed'})
    const other = await withDelivery(store, bystander)
    const entry = aHistoryEntry({change: 'deleted'})

    expect(await store.webhooks.remove(webhook, entry, NOON + 9)).toBe(2)

    expect(await store.webhooks.find(1, webhook.id)).toBeNull()
    expect(await store.webhooks.find(1, 'mine')).toBeNull()
    expect(await store.webhooks.byIds([webhook.id])).toEqual([])
    expect(await store.webhooks.all(1)).toEqual([bystander])
    for (const {id} of [pending, held]) {
      expect(await store.deliveries.find(1, id)).toMatchObject({
        webhookId: webhook.id,
        state: 'cancelled',
        reason: 'webhook_deleted',
        dueAt: null,
        finishedAt: NOON + 9,
      })
    }
    expect(await store.deliveries.find(1, failed.id)).toEqual(failed)
    expect(await store.deliveries.find(1, other.id)).toEqual(other)
    expect(await countsOf(store, 1, webhook.id)).toEqual({cancelled: 2, failed: 1})
    expect((await store.deliveries.list(1, {webhookId: webhook.id}, {limit: 10})).items).toHaveLength(3)
    expect(await store.history.find(1, entry.id)).toEqual(entry)
    await withWebhook(store, {name: 'mine'})
  })

  it('G3: a delivery to be held is due at once where its webhook was switched on before it was stored', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store, off)
    const held = await withDelivery(store, webhook, {state: 'held'})
    await switched(store, webhook, true)
    const late = await withDelivery(store, webhook, {state: 'held', createdAt: NOON + 5})
    expect(await store.deliveries.find(1, held.id)).toEqual(held)
    expect(await store.deliveries.find(1, late.id)).toEqual({...late, state: 'pending', dueAt: NOON + 5})
    expect(await countsOf(store)).toEqual({pending: 1, held: 1})
    expect(await dueIds(store, {now: NOON + 5})).toEqual([late.id])
  })

  it('cancels a delivery that is accepted for a webhook deleted meanwhile, and refuses one of a webhook that never was', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    await store.webhooks.remove(webhook, aHistoryEntry(), NOON)
    const delivery = await withDelivery(store, webhook)
    expect(await store.deliveries.find(1, delivery.id)).toMatchObject({
      state: 'cancelled',
      reason: 'webhook_deleted',
      dueAt: null,
    })

    const {event, ...rest} = anAcceptance(aWebhook())
    const refused = await refusal(store.events.accept([{event, ...rest}]))
    expect(refused).toMatchObject({code: 'webhook_not_found'})
    expect(await store.events.find(1, event.id)).toBeNull()
  })

  it('sees in all() what another process changed', async () => {
    await using opened = await open()
    if (opened.again === null) return
    const {store} = opened
    const webhook = await withWebhook(store)
    expect(await store.webhooks.all(1)).toEqual([webhook])
    const other = await opened.again()
    const changed = {...webhook, active: false}
    await other.webhooks.replace(changed, aHistoryEntry(), {was: webhook})
    await expect.poll(() => store.webhooks.all(1)).toEqual([changed])
    await other.webhooks.remove(changed, aHistoryEntry(), NOON)
    await expect.poll(() => store.webhooks.all(1)).toEqual([])
    await other.close()
  })

  it('lists webhooks newest first, filtered, a page at a time', async () => {
    await using opened = await open()
    const {store} = opened
    const oldest = await withWebhook(store, {name: 'Alpha', platform: 'netbox@2.6', createdAt: NOON - 2})
    const middle = await withWebhook(store, {name: 'beta', description: 'ALPHA too', active: false})
    const newest = await withWebhook(store, {name: 'gamma', url: 'https://alpha.example/', platform: 'netbox@4.6'})
    await withWebhook(store, {name: 'alpha of others', organizationId: 2})
    const names = async (filter: Parameters<typeof store.webhooks.list>[1]) =>
      (await store.webhooks.list(1, filter, {limit: 10})).items.map(({name}) => name)
    expect(await names({})).toEqual([newest.name, middle.name, oldest.name])
    expect(await names({text: 'alpha'})).toEqual([newest.name, middle.name, oldest.name])
    expect(await names({text: 'alpha', active: true})).toEqual([newest.name, oldest.name])
    expect(await names({platform: 'netbox'})).toEqual([newest.name, oldest.name])
    expect(await names({platform: 'net'})).toEqual([])
    expect(await names({text: '%'})).toEqual([])

    const first = await store.webhooks.list(1, {}, {limit: 2})
    expect(first.items).toEqual([newest, middle])
    expect(await store.webhooks.list(1, {}, {limit: 2, cursor: first.next ?? ''})).toEqual({
      items: [oldest],
      next: null,
    })
  })
}
