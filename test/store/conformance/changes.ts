import {expect, it} from 'vitest'
import {aContext, aHistoryEntry, aMember, anEventType, aSource, aWebhook, NOON} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import {anAcceptance, type Open, withWebhook} from './setting.ts'

export function changes(open: Open): void {
  it('makes several changes of what is configured in one go, in their order', async () => {
    await using opened = await open()
    const {store} = opened
    const context = aContext()
    const old = await withWebhook(store, {name: 'a'})
    const next = aWebhook({name: 'a', contextId: context.id})
    const entry = aHistoryEntry()
    const member = aMember()
    const source = aSource({contextId: context.id})
    await store.changes.make([
      {part: 'contexts', method: 'add', input: [context, aHistoryEntry()]},
      {part: 'webhooks', method: 'remove', input: [old, aHistoryEntry(), NOON]},
      // The name is free by then, and only then.
      {part: 'webhooks', method: 'add', input: [next, entry]},
      {part: 'webhooks', method: 'replace', input: [{...next, description: 'x'}, aHistoryEntry(), {was: next}]},
      {part: 'members', method: 'add', input: [member, anAcceptance(old)]},
      {part: 'sources', method: 'add', input: [source, aHistoryEntry()]},
      {part: 'eventTypes', method: 'add', input: [anEventType(), aHistoryEntry()]},
    ])
    expect(await store.contexts.find(1, context.id)).toEqual(context)
    expect(await store.webhooks.all(1)).toEqual([{...next, description: 'x'}])
    expect(await store.members.find(1, member.user)).toEqual(member)
    expect(await store.sources.find(1, source.id)).toEqual(source)
    expect(await store.eventTypes.find(1, 'order.created')).toEqual(anEventType())
    expect(await store.history.find(1, entry.id)).toEqual(entry)
  })

  it('makes none of them where one is refused', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store, {name: 'a'})
    const entry = aHistoryEntry()
    const refused = store.changes.make([
      {part: 'webhooks', method: 'replace', input: [{...webhook, name: 'b'}, entry, {was: webhook}]},
      {part: 'contexts', method: 'add', input: [aContext(), aHistoryEntry()]},
      {part: 'webhooks', method: 'add', input: [aWebhook({name: 'b'}), aHistoryEntry()]},
    ])
    expect(await refusal(refused)).toMatchObject({kind: 'conflict', code: 'webhook_exists'})
    expect(await store.webhooks.all(1)).toEqual([webhook])
    expect((await store.contexts.list(1, {limit: 10})).items).toEqual([])
    expect(await store.history.find(1, entry.id)).toBeNull()
  })

  it('makes none of them where an object is not what it was, or is gone', async () => {
    await using opened = await open()
    const {store} = opened
    const webhook = await withWebhook(store)
    const context = aContext()
    await store.contexts.add(context, aHistoryEntry())
    await store.webhooks.replace({...webhook, description: 'changed'}, aHistoryEntry(), {was: webhook})
    const both = store.changes.make([
      {part: 'contexts', method: 'replace', input: [{...context, name: 'new'}, aHistoryEntry(), {was: context}]},
      {part: 'webhooks', method: 'replace', input: [{...webhook, active: false}, aHistoryEntry(), {was: webhook}]},
    ])
    expect(await refusal(both)).toMatchObject({kind: 'conflict', code: 'changed_meanwhile'})
    expect(await store.contexts.find(1, context.id)).toEqual(context)
    await store.contexts.remove(context, aHistoryEntry())
    const gone = store.changes.make([{part: 'contexts', method: 'remove', input: [context, aHistoryEntry()]}])
    expect(await refusal(gone)).toMatchObject({kind: 'conflict', code: 'changed_meanwhile'})
  })
}
