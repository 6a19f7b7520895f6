import {expect, it} from 'vitest'
import type {JsonText} from '../../../src/domain/json.ts'
import {aHistoryEntry, anEventType} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import type {Open} from './setting.ts'

export function eventTypes(open: Open): void {
  it('keeps event types as given, by organization and name, and writes the history entry along', async () => {
    await using opened = await open()
    const {eventTypes, history} = opened.store
    const order = anEventType()
    const bare = anEventType({name: 'Order', summary: '', schema: null, example: null, onMismatch: 'warn'})
    const entry = aHistoryEntry()
    await eventTypes.add(order, entry)
    await eventTypes.add(bare, aHistoryEntry())
    expect(await eventTypes.find(1, 'order.created')).toEqual(order)
    expect(await eventTypes.find(1, 'Order')).toEqual(bare)
    expect(await eventTypes.find(1, 'order')).toBeNull()
    expect(await eventTypes.find(2, 'Order')).toBeNull()
    expect(await history.find(1, entry.id)).toEqual(entry)
  })

  it('refuses a taken name of an event type in the same organization, and writes nothing', async () => {
    await using opened = await open()
    const {eventTypes, history} = opened.store
    await eventTypes.add(anEventType(), aHistoryEntry())
    await eventTypes.add(anEventType({organizationId: 2}), aHistoryEntry())
    const entry = aHistoryEntry()
    const refused = await refusal(eventTypes.add(anEventType({summary: 'other'}), entry))
    expect(refused).toMatchObject({kind: 'conflict', code: 'event_type_exists', path: 'name'})
    expect(await history.find(1, entry.id)).toBeNull()
    expect((await eventTypes.find(1, 'order.created'))?.summary).toBe('An order was placed')
  })

  it('lists event types by name, a page at a time', async () => {
    await using opened = await open()
    const {eventTypes} = opened.store
    for (const name of ['b', 'C', 'a']) await eventTypes.add(anEventType({name}), aHistoryEntry())
    const first = await eventTypes.list(1, {limit: 2})
    expect(first.items.map(({name}) => name)).toEqual(['C', 'a'])
    const second = await eventTypes.list(1, {limit: 2, cursor: first.next ?? ''})
    expect(second).toMatchObject({items: [{name: 'b'}], next: null})
  })

  it('changes an event type whole but for its name, and deletes it', async () => {
    await using opened = await open()
    const {eventTypes} = opened.store
    const was = anEventType()
    await eventTypes.add(was, aHistoryEntry())
    const next = anEventType({summary: 'new', schema: null, example: '1e400' as JsonText, onMismatch: 'warn'})
    await eventTypes.replace(next, aHistoryEntry(), {was})
    expect(await eventTypes.find(1, was.name)).toEqual(next)
    expect(await refusal(eventTypes.replace(was, aHistoryEntry(), {was}))).toMatchObject({code: 'changed_meanwhile'})
    expect(await refusal(eventTypes.remove(was, aHistoryEntry()))).toMatchObject({code: 'changed_meanwhile'})
    await eventTypes.remove(next, aHistoryEntry())
    expect(await eventTypes.find(1, was.name)).toBeNull()
  })

  it('sees soon what another process did to the event types with a schema', async () => {
    await using opened = await open()
    if (opened.again === null) return
    const {eventTypes} = opened.store
    const other = await opened.again()
    const withSchema = async (organizationId = 1) => [...(await eventTypes.withSchema(organizationId)).values()]
    expect(await withSchema()).toEqual([])
    const order = anEventType()
    await eventTypes.add(order, aHistoryEntry())
    await eventTypes.add(anEventType({name: 'bare', schema: null}), aHistoryEntry())
    expect(await withSchema()).toEqual([order])
    expect(await withSchema(2)).toEqual([])
    const next = {...order, onMismatch: 'warn' as const}
    await other.eventTypes.replace(next, aHistoryEntry(), {was: order})
    await expect.poll(() => withSchema()).toEqual([next])
    await other.eventTypes.remove(next, aHistoryEntry())
    await expect.poll(() => withSchema()).toEqual([])
    await other.close()
  })
}
