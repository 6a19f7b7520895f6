import {expect, it} from 'vitest'
import type {LastReceived} from '../../../src/domain/source.ts'
import {aContext, aHistoryEntry, aSource, NOON} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import type {Open} from './setting.ts'

const nothing: LastReceived = {acceptedAt: null, refusedAt: null, refusal: null}

export function sources(open: Open): void {
  it('keeps sources as given, by id and by name, and writes the history entry along', async () => {
    await using opened = await open()
    const {sources, history} = opened.store
    const netbox = aSource({name: 'netbox'})
    const bare = aSource({
      name: 'bare',
      eventType: 'alert.raised',
      dedupeBy: '{body.id}',
      signature: null,
      secrets: [],
      active: false,
    })
    const entry = aHistoryEntry()
    await sources.add(netbox, entry)
    await sources.add(bare, aHistoryEntry())
    expect(await sources.byId(netbox.id)).toEqual({source: netbox, last: nothing})
    expect(await sources.find(1, netbox.id)).toEqual(netbox)
    expect(await sources.find(1, 'bare')).toEqual(bare)
    expect(await sources.find(2, 'bare')).toBeNull()
    expect(await sources.find(2, netbox.id)).toBeNull()
    expect(await sources.byId('src_nobody')).toBeNull()
    expect(await history.find(1, entry.id)).toEqual(entry)
  })

  it('refuses a taken name in the same organization, and writes nothing', async () => {
    await using opened = await open()
    const {sources, history} = opened.store
    await sources.add(aSource({name: 'netbox'}), aHistoryEntry())
    await sources.add(aSource({name: 'netbox', organizationId: 2}), aHistoryEntry())
    const entry = aHistoryEntry()
    const refused = await refusal(sources.add(aSource({name: 'netbox'}), entry))
    expect(refused).toMatchObject({kind: 'conflict', code: 'source_exists', path: 'name'})
    expect(await history.find(1, entry.id)).toBeNull()
    const other = aSource({name: 'other'})
    await sources.add(other, aHistoryEntry())
    const renamed = refusal(sources.replace({...other, name: 'netbox'}, aHistoryEntry(), {was: other}))
    expect(await renamed).toMatchObject({code: 'source_exists'})
  })

  it('lists sources by name, a page at a time', async () => {
    await using opened = await open()
    const {sources} = opened.store
    for (const name of ['b', 'C', 'a']) await sources.add(aSource({name}), aHistoryEntry())
    const first = await sources.list(1, {limit: 2})
    expect(first.items.map(({name}) => name)).toEqual(['C', 'a'])
    const second = await sources.list(1, {limit: 2, cursor: first.next ?? ''})
    expect(second).toMatchObject({items: [{name: 'b'}], next: null})
  })

  it('changes a source whole, and deletes it', async () => {
    await using opened = await open()
    const {sources} = opened.store
    const was = aSource()
    await sources.add(was, aHistoryEntry())
    const next = aSource({
      id: was.id,
      name: 'new',
      platform: 'standard',
      eventType: 'github.{header.X-GitHub-Event}',
      signature: {scheme: 'github'},
      active: false,
    })
    await sources.replace(next, aHistoryEntry(), {was})
    expect(await sources.find(1, was.id)).toEqual(next)
    await sources.remove(next, aHistoryEntry())
    expect(await sources.byId(was.id)).toBeNull()
  })

  it('notes what came last to each, which changes nothing else of it and outlives a change', async () => {
    await using opened = await open()
    const {sources} = opened.store
    const [was, other] = [aSource({name: 'a'}), aSource({name: 'b'})]
    for (const source of [was, other, aSource({organizationId: 2})]) await sources.add(source, aHistoryEntry())
    await sources.noteReceived(was.id, NOON, null)
    await sources.noteReceived(was.id, NOON + 1, 'signature_invalid')
    await sources.noteReceived('src_nobody', NOON, null)
    const last = {acceptedAt: NOON, refusedAt: NOON + 1, refusal: 'signature_invalid'}
    expect(await sources.byId(was.id)).toEqual({source: was, last})
    expect(await sources.lastReceived(1)).toEqual(
      new Map([
        [was.id, last],
        [other.id, nothing],
      ]),
    )
    const next = {...was, name: 'c'}
    await sources.replace(next, aHistoryEntry(), {was})
    expect(await sources.byId(was.id)).toEqual({source: next, last})
    await sources.noteReceived(was.id, NOON + 2, null)
    expect((await sources.lastReceived(1)).get(was.id)).toEqual({...last, acceptedAt: NOON + 2})
    await sources.remove(next, aHistoryEntry())
    expect((await sources.lastReceived(1)).has(was.id)).toBe(false)
  })

  it('takes no source of a context that is not there, and keeps a context that one belongs to', async () => {
    await using opened = await open()
    const {contexts, sources} = opened.store
    const campus = aContext({id: 'campus'})
    const refused = await refusal(sources.add(aSource({contextId: 'campus'}), aHistoryEntry()))
    expect(refused).toMatchObject({code: 'changed_meanwhile'})
    await contexts.add(campus, aHistoryEntry())
    const source = aSource({name: 'netbox', contextId: 'campus'})
    await sources.add(source, aHistoryEntry())
    const used = await refusal(contexts.remove(campus, aHistoryEntry()))
    expect(used).toMatchObject({kind: 'conflict', code: 'context_in_use', hint: expect.stringContaining('source edit')})
    expect(used.message).toContain('sources are scoped to the context "campus": "netbox"')
    const free = {...source, contextId: null}
    await sources.replace(free, aHistoryEntry(), {was: source})
    await contexts.remove(campus, aHistoryEntry())
    const again = refusal(sources.replace(source, aHistoryEntry(), {was: free}))
    expect(await again).toMatchObject({code: 'changed_meanwhile'})
  })
}
