import {expect, it} from 'vitest'
import {aHistoryEntry, NOON} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import type {Open} from './setting.ts'

export function organizations(open: Open): void {
  it('is born with the organization default, number 1', async () => {
    await using opened = await open()
    const {organizations} = opened.store
    const found = {id: 1, slug: 'default', name: 'Default', createdAt: NOON}
    expect(await organizations.bySlug('default')).toEqual(found)
    expect(await organizations.byId(1)).toEqual(found)
    expect(await organizations.bySlug('nobody')).toBeNull()
    expect(await organizations.byId(2)).toBeNull()
  })

  it('gives a new organization the next number, and its history entry too', async () => {
    await using opened = await open()
    const {organizations, history} = opened.store
    const entry = aHistoryEntry({organizationId: 0})
    const added = await organizations.add({slug: 'acme', name: 'Acme', createdAt: NOON}, entry)
    expect(added).toEqual({id: 2, slug: 'acme', name: 'Acme', createdAt: NOON})
    expect(await history.find(2, entry.id)).toEqual({...entry, organizationId: 2})
  })

  it('refuses a slug that is taken and writes nothing', async () => {
    await using opened = await open()
    const {organizations, history} = opened.store
    const entry = aHistoryEntry()
    const refused = await refusal(organizations.add({slug: 'default', name: 'Again', createdAt: NOON}, entry))
    expect(refused).toMatchObject({kind: 'conflict', code: 'organization_exists'})
    expect(refused.message).toContain('default')
    expect(await history.find(1, entry.id)).toBeNull()
  })

  it('lists organizations by slug, a page at a time', async () => {
    await using opened = await open()
    const {organizations} = opened.store
    for (const slug of ['b', 'c', 'a']) await organizations.add({slug, name: slug, createdAt: NOON}, null)
    const first = await organizations.list({limit: 3})
    expect(first.items.map(({slug}) => slug)).toEqual(['a', 'b', 'c'])
    const second = await organizations.list({limit: 3, cursor: first.next ?? ''})
    expect(second).toMatchObject({items: [{slug: 'default'}], next: null})
  })
}
