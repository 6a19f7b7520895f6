import {expect, it} from 'vitest'
import type {Store} from '../../../src/store/store.ts'
import {
  aContext,
  aHistoryEntry,
  aMember,
  anAttempt,
  anEvent,
  anOrganization,
  aSecret,
  aSource,
  aWebhook,
  NOON,
} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import {failure, type Open, withDelivery, withWebhook} from './setting.ts'

type Entry = ReturnType<typeof aHistoryEntry>

/** One object of each kind, and what can be done to it: from another state than the one that is there, or from that. */
const kinds: readonly (readonly [name: string, make: (store: Store) => Promise<Kind>])[] = [
  [
    'a webhook',
    async store => {
      const was = await withWebhook(store, {secrets: [aSecret()]})
      const next = {...was, secrets: [aSecret({value: 'rotated'})]}
      return {
        change: entry => store.webhooks.replace(next, entry, {was}),
        undo: entry => store.webhooks.replace({...was, description: 'older'}, entry, {was}),
        remove: entry => store.webhooks.remove(was, entry, NOON),
        removeNow: entry => store.webhooks.remove(next, entry, NOON),
        is: () => store.webhooks.find(1, was.id),
        next,
      }
    },
  ],
  [
    'a source',
    async store => {
      const was = aSource()
      await store.sources.add(was, aHistoryEntry())
      const next = {...was, secrets: [aSecret({value: 'rotated'})]}
      return {
        change: entry => store.sources.replace(next, entry, {was}),
        undo: entry => store.sources.replace({...was, active: false}, entry, {was}),
        remove: entry => store.sources.remove(was, entry),
        removeNow: entry => store.sources.remove(next, entry),
        is: () => store.sources.find(1, was.id),
        next,
      }
    },
  ],
  [
    'a context',
    async store => {
      const was = aContext()
      await store.contexts.add(was, aHistoryEntry())
      const next = {...was, name: 'Lab'}
      return {
        change: entry => store.contexts.replace(next, entry, {was}),
        undo: entry => store.contexts.replace({...was, kind: 'older'}, entry, {was}),
        remove: entry => store.contexts.remove(was, entry),
        removeNow: entry => store.contexts.remove(next, entry),
        is: () => store.contexts.find(1, was.id),
        next,
      }
    },
  ],
  [
    'a member',
    async store => {
      const was = aMember({role: 'owner'})
      const told = (entry: Entry) => ({event: anEvent(), bodies: [], deliveries: [], history: [entry]})
      await store.members.add(was, told(aHistoryEntry()))
      await store.members.add(aMember({role: 'owner', user: 'bob'}), told(aHistoryEntry()))
      const next = {...was, role: 'member'} as const
      return {
        change: entry => store.members.replace(next, told(entry), {was}),
        undo: entry => store.members.replace({...was, email: 'older@example.com'}, told(entry), {was}),
        remove: entry => store.members.remove(was, told(entry)),
        removeNow: entry => store.members.remove(next, told(entry)),
        is: () => store.members.find(1, was.user),
        next,
      }
    },
  ],
  [
    'an organization',
    async store => {
      const was = await store.organizations.add(anOrganization(), null)
      const next = {...was, name: 'Acme Two'}
      return {
        change: entry => store.organizations.replace(next, entry, {was}),
        undo: entry => store.organizations.replace({...was, slug: 'older'}, entry, {was}),
        remove: entry => store.organizations.remove(was, entry, NOON),
        removeNow: entry => store.organizations.remove(next, entry, NOON),
        is: () => store.organizations.byId(was.id),
        next,
      }
    },
  ],
]

interface Kind {
  change(entry: Entry): Promise<unknown>
  undo(entry: Entry): Promise<unknown>
  remove(entry: Entry): Promise<unknown>
  removeNow(entry: Entry): Promise<unknown>
  is(): Promise<unknown>
  readonly next: object
}

const conflict = {kind: 'conflict', code: 'changed_meanwhile'}

export function meanwhile(open: Open): void {
  it.each(kinds)(
    'changes and removes %s only as it was read: nothing that was done meanwhile is undone',
    async (_, make) => {
      await using opened = await open()
      const {store} = opened
      const kind = await make(store)
      await kind.change(aHistoryEntry())
      const entry = aHistoryEntry()
      for (const stale of [kind.undo, kind.remove]) expect(await refusal(stale(entry))).toMatchObject(conflict)
      expect(await kind.is()).toEqual(kind.next)
      await kind.removeNow(aHistoryEntry())
      for (const late of [kind.change, kind.removeNow]) expect(await refusal(late(entry))).toMatchObject(conflict)
      expect(await store.history.find(1, entry.id)).toBeNull()
    },
  )

  it.each(kinds)('of two changes of %s at the same moment, made from the same, it makes one', async (_, make) => {
    await using opened = await open()
    const {change, undo} = await make(opened.store)
    const outcomes = await Promise.allSettled([change(aHistoryEntry()), undo(aHistoryEntry())])
    expect(outcomes).toMatchObject([{status: 'fulfilled'}, {status: 'rejected', reason: conflict}])
  })

  it('G3: does not lift a pause by a change that was made from before it', async () => {
    await using opened = await open()
    const {store} = opened
    const was = await withWebhook(store)
    const delivery = await withDelivery(store, was)
    const pause = {pause: {reason: 'gone', at: NOON} as const, entry: aHistoryEntry()}
    const attempt = anAttempt({deliveryId: delivery.id, status: 410})
    await store.deliveries.record([failure(delivery, {attempt, state: 'failed', reason: 'gone', dueAt: null, pause})])
    const stale = store.webhooks.replace({...was, description: 'older'}, aHistoryEntry(), {was})
    expect(await refusal(stale)).toMatchObject(conflict)
    expect((await store.webhooks.find(1, was.id))?.paused).toEqual(pause.pause)
  })

  it('takes no webhook into a context that is not there, and keeps one whose context was gone before', async () => {
    await using opened = await open()
    const {store} = opened
    const campus = aContext({id: 'campus'})
    await store.contexts.add(campus, aHistoryEntry())
    const was = await withWebhook(store, {contextId: 'campus'})
    const entry = aHistoryEntry()
    expect(await refusal(store.webhooks.add(aWebhook({contextId: 'nowhere'}), entry))).toMatchObject(conflict)
    expect(await refusal(store.webhooks.add(aWebhook({contextId: 'campus', organizationId: 2}), entry))).toMatchObject(
      conflict,
    )
    const moved = store.webhooks.replace({...was, contextId: 'nowhere'}, entry, {was})
    expect(await refusal(moved)).toMatchObject(conflict)
    expect(await store.webhooks.all(1)).toEqual([was])
    expect(await store.history.find(1, entry.id)).toBeNull()
    await store.webhooks.replace({...was, active: false}, aHistoryEntry(), {was})
  })

  it('takes a webhook that was compared with others only as long as none of them changes', async () => {
    await using opened = await open()
    const {store} = opened
    const {webhooks} = store
    const other = await withWebhook(store)
    const {seen} = await webhooks.allSeen(1)
    const [one, two] = [aWebhook(), aWebhook()]
    const both = await Promise.allSettled([
      webhooks.add(one, aHistoryEntry(), seen),
      webhooks.add(two, aHistoryEntry(), seen),
    ])
    expect(both).toMatchObject([{status: 'fulfilled'}, {status: 'rejected', reason: conflict}])
    const edit = () => webhooks.replace({...other, description: 'x'}, aHistoryEntry(), {was: other, seen: again.seen})
    let again = await webhooks.allSeen(1)
    expect(new Set(again.webhooks.map(({id}) => id))).toEqual(new Set([other.id, one.id]))
    await webhooks.remove(one, aHistoryEntry(), NOON)
    expect(await refusal(edit())).toMatchObject(conflict)
    again = await webhooks.allSeen(1)
    await edit()
    await webhooks.add(two, aHistoryEntry(), (await webhooks.allSeen(1)).seen)
  })

  it('makes changes that were compared with other webhooks only as long as none of these changes', async () => {
    await using opened = await open()
    const {store} = opened
    const {seen} = await store.webhooks.allSeen(1)
    const [one, two] = [aWebhook(), aWebhook()]
    const make = () => [
      {part: 'webhooks', method: 'add', input: [one, aHistoryEntry()]} as const,
      {part: 'webhooks', method: 'add', input: [two, aHistoryEntry()]} as const,
    ]
    await withWebhook(store, {name: 'other'})
    expect(await refusal(store.changes.make(make(), seen))).toMatchObject(conflict)
    await store.changes.make(make(), (await store.webhooks.allSeen(1)).seen)
    expect(await store.webhooks.all(1)).toHaveLength(3)
  })

  it('sees at once what another process did to the webhooks that one is compared with', async () => {
    await using opened = await open()
    if (opened.again === null) return
    const {store} = opened
    await withWebhook(store)
    const other = await opened.again()
    for (let round = 2; round < 12; round++) {
      await withWebhook(other)
      expect((await store.webhooks.allSeen(1)).webhooks).toHaveLength(round)
    }
    await other.close()
  })
}
