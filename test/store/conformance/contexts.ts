import {expect, it} from 'vitest'
import {aContext, aHistoryEntry, NOON} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import {type Open, withWebhook} from './setting.ts'

export function contexts(open: Open): void {
  it('keeps contexts as given, by organization and id', async () => {
    await using opened = await open()
    const {contexts, history} = opened.store
    const campus = aContext({id: 'campus', name: 'Campus Süd', kind: 'domain'})
    const entry = aHistoryEntry()
    await contexts.add(campus, entry)
    await contexts.add({...campus, organizationId: 2, name: 'other'}, aHistoryEntry())
    expect(await contexts.find(1, 'campus')).toEqual(campus)
    expect((await contexts.find(2, 'campus'))?.name).toBe('other')
    expect(await contexts.find(1, 'Campus')).toBeNull()
    expect(await history.find(1, entry.id)).toEqual(entry)
  })

  it('refuses a taken id', async () => {
    await using opened = await open()
    const {contexts, history} = opened.store
    const context = aContext()
    await contexts.add(context, aHistoryEntry())
    const entry = aHistoryEntry()
    expect(await refusal(contexts.add(context, entry))).toMatchObject({kind: 'conflict', code: 'context_exists'})
    const next = {...context, name: 'new', kind: 'domain'}
    await contexts.replace(next, aHistoryEntry(), {was: context})
    expect(await contexts.find(1, context.id)).toEqual(next)
    await contexts.remove(next, aHistoryEntry())
    expect(await contexts.find(1, context.id)).toBeNull()
    expect(await history.find(1, entry.id)).toBeNull()
  })

  it('keeps a context that a webhook is scoped to, until that webhook is gone', async () => {
    await using opened = await open()
    const {contexts, webhooks} = opened.store
    const context = aContext()
    await contexts.add(context, aHistoryEntry())
    await contexts.add({...context, organizationId: 2}, aHistoryEntry())
    await withWebhook(opened.store, {contextId: context.id, organizationId: 2})
    const scoped = await withWebhook(opened.store, {contextId: context.id, name: 'cmdb'})
    const refused = await refusal(contexts.remove(context, aHistoryEntry()))
    expect(refused).toMatchObject({kind: 'conflict', code: 'context_in_use'})
    expect(refused.message).toContain('"cmdb"')
    await webhooks.remove(scoped, aHistoryEntry(), NOON)
    await contexts.remove(context, aHistoryEntry())
  })

  it('lists contexts by id, a page at a time', async () => {
    await using opened = await open()
    const {contexts} = opened.store
    for (const id of ['b', 'c', 'a']) await contexts.add(aContext({id}), aHistoryEntry())
    const first = await contexts.list(1, {limit: 2})
    expect(first.items.map(({id}) => id)).toEqual(['a', 'b'])
    expect(await contexts.list(1, {limit: 2, cursor: first.next ?? ''})).toMatchObject({items: [{id: 'c'}], next: null})
  })
}
