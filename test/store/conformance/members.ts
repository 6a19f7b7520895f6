import {expect, it} from 'vitest'
import type {Member} from '../../../src/domain/organization.ts'
import type {Acceptance} from '../../../src/store/store.ts'
import {aHistoryEntry, aMember, anEvent, aToken, NOON} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import {anAcceptance, bytesOf, type Open, withWebhook} from './setting.ts'

/** An event without deliveries, and the history row it brings. */
function told(organizationId = 1): Acceptance {
  const event = anEvent({organizationId, type: 'member.created', source: 'hookctl'})
  return {event, bodies: [], deliveries: [], history: [aHistoryEntry({organizationId, eventId: event.id})]}
}

export function members(open: Open): void {
  it('keeps members as given, by organization and user', async () => {
    await using opened = await open()
    const {members} = opened.store
    const ada = aMember({user: 'ada', email: 'ada@example.com', role: 'owner'})
    const elsewhere: Member = {...ada, organizationId: 2, role: 'member', email: null}
    await members.add(ada, told())
    await members.add(elsewhere, told(2))
    expect(await members.find(1, 'ada')).toEqual(ada)
    expect(await members.find(2, 'ada')).toEqual(elsewhere)
    expect(await members.find(1, 'bob')).toBeNull()
  })

  it('writes the event that tells of a new member, its deliveries and its history in the same transaction', async () => {
    await using opened = await open()
    const {store} = opened
    const acceptance = anAcceptance(await withWebhook(store))
    const entry = aHistoryEntry()
    await store.members.add(aMember({user: 'ada'}), {...acceptance, history: [entry]})
    expect(await store.events.find(1, acceptance.event.id)).toEqual(acceptance.event)
    const delivery = acceptance.deliveries[0]?.delivery.id as string
    expect(await store.deliveries.body(delivery)).toEqual(bytesOf('{}'))
    expect(await store.history.find(1, entry.id)).toEqual(entry)
  })

  it('refuses a user who is a member already, and writes no event', async () => {
    await using opened = await open()
    const {members, events} = opened.store
    await members.add(aMember({user: 'ada'}), told())
    const event = told()
    const refused = await refusal(members.add(aMember({user: 'ada', role: 'owner'}), event))
    expect(refused).toMatchObject({kind: 'conflict', code: 'member_exists'})
    expect((await members.find(1, 'ada'))?.role).toBe('member')
    expect(await events.find(1, event.event.id)).toBeNull()
  })

  it('changes role and email of a member', async () => {
    await using opened = await open()
    const {members} = opened.store
    const ada = aMember({user: 'ada'})
    await members.add(ada, told())
    await members.replace({...ada, role: 'admin', email: 'a@example.com'}, told(), {was: ada})
    expect(await members.find(1, 'ada')).toEqual({...ada, role: 'admin', email: 'a@example.com'})
  })

  it('never lets the last owner of an organization go or become less', async () => {
    await using opened = await open()
    const {members} = opened.store
    const ada = aMember({user: 'ada', role: 'owner'})
    await members.add(ada, told())
    await members.add(aMember({user: 'other', organizationId: 2, role: 'owner'}), told(2))
    const event = told()
    expect(await refusal(members.remove(ada, event))).toMatchObject({kind: 'conflict', code: 'last_owner'})
    const less = {...ada, role: 'admin'} as const
    expect(await refusal(members.replace(less, event, {was: ada}))).toMatchObject({code: 'last_owner'})
    expect(await opened.store.events.find(1, event.event.id)).toBeNull()
    const still = {...ada, email: 'still@example.com'}
    await members.replace(still, told(), {was: ada})
    await members.add(aMember({user: 'bob', role: 'owner'}), told())
    await members.replace(less, told(), {was: still})
    await members.remove(less, told())
    expect(await members.find(1, 'ada')).toBeNull()
  })

  it('takes the tokens of a member along, of that organization only', async () => {
    await using opened = await open()
    const {members, tokens} = opened.store
    const ada = aMember({user: 'ada'})
    await members.add(ada, told())
    await members.add({...ada, organizationId: 2}, told(2))
    await tokens.add(aToken({name: 'here', user: 'ada'}), Buffer.alloc(32, 1), aHistoryEntry())
    await tokens.add(aToken({name: 'machine', user: null}), Buffer.alloc(32, 2), aHistoryEntry())
    await tokens.add(aToken({name: 'there', user: 'ada', organizationId: 2}), Buffer.alloc(32, 3), aHistoryEntry())
    await members.remove(ada, told())
    expect(await tokens.byDigest(Buffer.alloc(32, 1))).toBeNull()
    expect((await tokens.byDigest(Buffer.alloc(32, 2)))?.name).toBe('machine')
    expect((await tokens.byDigest(Buffer.alloc(32, 3)))?.name).toBe('there')
  })

  it('lists members by user, a page at a time', async () => {
    await using opened = await open()
    const {members} = opened.store
    for (const user of ['b', 'é', 'a']) await members.add(aMember({user}), told())
    const first = await members.list(1, {limit: 2})
    expect(first.items.map(({user}) => user)).toEqual(['a', 'b'])
    expect(await members.list(1, {limit: 2, cursor: first.next ?? ''})).toMatchObject({
      items: [{user: 'é'}],
      next: null,
    })
    expect((await members.list(2, {limit: 2})).items).toEqual([])
    expect(await refusal(members.list(1, {limit: 0}))).toMatchObject({code: 'bad_limit'})
    expect(await refusal(members.list(1, {limit: 1, cursor: 'x'}))).toMatchObject({code: 'bad_cursor'})
  })
}

export function tokens(open: Open): void {
  const digest = (n: number) => Buffer.alloc(32, n)

  it('finds a token by its digest, its id and its name, and keeps it as given', async () => {
    await using opened = await open()
    const {members, tokens, history} = opened.store
    await members.add(aMember({user: 'ada'}), told())
    const token = aToken({user: 'ada', scopes: ['read', 'ingest'], expiresAt: NOON + 5})
    const entry = aHistoryEntry()
    await tokens.add(token, digest(1), entry)
    expect(await tokens.byDigest(digest(1))).toEqual(token)
    expect(await tokens.find(1, token.id)).toEqual(token)
    expect(await tokens.find(1, token.name)).toEqual(token)
    expect(await tokens.find(2, token.id)).toBeNull()
    expect(await tokens.byDigest(digest(2))).toBeNull()
    expect(await history.find(1, entry.id)).toEqual(entry)
  })

  it('refuses a taken name in the same organization only', async () => {
    await using opened = await open()
    const {tokens} = opened.store
    await tokens.add(aToken({name: 'ci'}), digest(1), aHistoryEntry())
    const refused = await refusal(tokens.add(aToken({name: 'ci'}), digest(2), aHistoryEntry()))
    expect(refused).toMatchObject({kind: 'conflict', code: 'token_exists'})
    expect(await tokens.byDigest(digest(2))).toBeNull()
    await tokens.add(aToken({name: 'ci', organizationId: 2}), digest(2), aHistoryEntry())
  })

  it('forgets a removed token at once and whole, and says so the second time', async () => {
    await using opened = await open()
    const {tokens} = opened.store
    const token = aToken()
    await tokens.add(token, digest(1), aHistoryEntry())
    await tokens.remove(token, aHistoryEntry())
    expect(await tokens.byDigest(digest(1))).toBeNull()
    expect(await tokens.find(1, token.name)).toBeNull()
    expect(await refusal(tokens.remove(token, aHistoryEntry()))).toMatchObject({code: 'token_not_found'})
  })

  it('keeps no token of a user who is no member', async () => {
    await using opened = await open()
    const {tokens} = opened.store
    const token = aToken({user: 'nobody'})
    expect(await refusal(tokens.add(token, digest(1), aHistoryEntry()))).toMatchObject({
      kind: 'conflict',
      code: 'changed_meanwhile',
    })
    expect(await tokens.byDigest(digest(1))).toBeNull()
  })

  it('notes when a token was used, and lists them newest first', async () => {
    await using opened = await open()
    const {tokens} = opened.store
    for (const [n, name] of ['a', 'b', 'c'].entries()) await tokens.add(aToken({name}), digest(n), aHistoryEntry())
    const used = (await tokens.find(1, 'b')) as {id: string}
    await tokens.touch(used.id, NOON + 7)
    await tokens.touch('tok_gone', NOON)
    expect((await tokens.find(1, 'b'))?.lastUsedAt).toBe(NOON + 7)
    const first = await tokens.list(1, {limit: 2})
    expect(first.items.map(({name}) => name)).toEqual(['c', 'b'])
    expect(await tokens.list(1, {limit: 2, cursor: first.next ?? ''})).toMatchObject({items: [{name: 'a'}], next: null})
    expect(await refusal(tokens.list(1, {limit: 1, cursor: 'x'}))).toMatchObject({code: 'bad_cursor'})
  })
}
