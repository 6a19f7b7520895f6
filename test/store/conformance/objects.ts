import {expect, it} from 'vitest'
import type {TrackedObject} from '../../../src/domain/tracked.ts'
import {aHistoryEntry, anEvent, anOrganization, aTrackedObject, NOON} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import {anAcceptance, type Open, withWebhook} from './setting.ts'

const keyOf = ({organizationId, platform, type, id}: TrackedObject) => ({organizationId, platform, type, id})

export function objects(open: Open): void {
  it('keeps tracked objects as given, by organization, platform, type and id', async () => {
    await using opened = await open()
    const {objects} = opened.store
    const site = aTrackedObject({
      data: '{"n":1.0}' as TrackedObject['data'],
      secrets: {salt: 'c2FsdA==', digests: {'/psk': 'eA=='}},
      contextId: 'campus',
    })
    const others = [{organizationId: 2}, {platform: 'catalyst'}, {type: 'dcim.rack'}, {id: '55'}]
    for (const object of [site, ...others.map(change => ({...site, ...change, name: 'other'}))]) {
      await objects.write([{key: keyOf(object), seen: null, object}], [])
    }
    const [found, missing] = await objects.find([keyOf(site), {...keyOf(site), id: '56'}])
    expect(found).toEqual({...site, seen: expect.any(Number)})
    expect(missing).toBeNull()
    expect(await objects.find([])).toEqual([])
  })

  it('writes an object only where it is as it was seen, also when it was deleted and made again meanwhile', async () => {
    await using opened = await open()
    const {objects, history} = opened.store
    const object = aTrackedObject()
    const key = keyOf(object)
    const seen = async () => (await objects.find([key]))[0]?.seen ?? null
    await objects.write([{key, seen: null, object}], [])
    const first = await seen()
    await objects.write([{key, seen: first, object: {...object, name: 'second'}}], [])
    const entry = aHistoryEntry()
    for (const stale of [null, first]) {
      const refused = await refusal(objects.write([{key, seen: stale, object}], [entry]))
      expect(refused).toMatchObject({kind: 'conflict', code: 'object_changed'})
    }
    const second = await seen()
    await objects.write([{key, seen: second, object: null}], [])
    await objects.write([{key, seen: null, object}], [])
    expect(await refusal(objects.write([{key, seen: second, object: null}], []))).toMatchObject({
      code: 'object_changed',
    })
    expect(await history.find(1, entry.id)).toBeNull()
    expect((await objects.find([key]))[0]?.name).toBe(object.name)
  })

  it('writes objects, rows and the events that tell of them together, in the order given, or not at all', async () => {
    await using opened = await open()
    const {objects, history, events, deliveries} = opened.store
    const webhook = await withWebhook(opened.store)
    const before = await opened.store.feedEnd()
    const raised = [anAcceptance(webhook), anAcceptance(webhook)]
    const tellings = [
      {...aHistoryEntry({rotated: ['psk'], contextId: 'campus'}), raised: [raised[0]!]},
      {...aHistoryEntry(), raised: [raised[1]!]},
    ]
    const object = aTrackedObject()
    await objects.write([{key: keyOf(object), seen: null, object}], tellings)
    const [{raised: _, ...entry}] = tellings as [(typeof tellings)[0]]
    expect(await history.find(1, entry.id)).toEqual(entry)
    for (const {event, deliveries: owed} of raised) {
      expect(await events.find(1, event.id)).toEqual(event)
      expect((await deliveries.find(1, owed[0]?.delivery.id as string))?.state).toBe('pending')
    }
    const {items} = await opened.store.feed({organizationId: 1, cursor: before, limit: 10, kinds: ['history']})
    expect(items.map(item => item.kind === 'history' && item.entry.id)).toEqual(tellings.map(({id}) => id))

    const nowhere = anAcceptance({...webhook, id: 'wh_of_nobody'})
    const failing = objects.write(
      [{key: {...keyOf(object), id: '99'}, seen: null, object: {...object, id: '99'}}],
      [{...aHistoryEntry(), raised: [nowhere]}],
    )
    expect(await refusal(failing)).toMatchObject({code: 'webhook_not_found'})
    expect(await objects.find([{...keyOf(object), id: '99'}])).toEqual([null])
  })

  it('lists objects by platform, type and id, filtered, a page at a time', async () => {
    await using opened = await open()
    const {objects} = opened.store
    const given = ['b/y/2', 'a/x/1', 'b/x/3', 'b/x/10', 'a/y/1'].map(
      text => text.split('/') as [string, string, string],
    )
    for (const [platform, type, id] of given) {
      const object = aTrackedObject({platform, type, id, name: `É-${id}`})
      await objects.write([{key: keyOf(object), seen: null, object}], [])
    }
    const other = aTrackedObject({organizationId: 2})
    await objects.write([{key: keyOf(other), seen: null, object: other}], [])
    const names = async (filter: object, limit = 100) => {
      const found: string[] = []
      let cursor: string | undefined
      do {
        const page = await objects.list(1, filter, {limit, ...(cursor === undefined ? {} : {cursor})})
        expect(page.items.length).toBeLessThanOrEqual(limit)
        found.push(...page.items.map(({platform, type, id}) => `${platform}/${type}/${id}`))
        cursor = page.next ?? undefined
      } while (cursor !== undefined)
      return found
    }
    const all = ['a/x/1', 'a/y/1', 'b/x/10', 'b/x/3', 'b/y/2']
    for (const limit of [1, 2, 5, 100]) expect(await names({}, limit)).toEqual(all)
    expect(await names({platform: 'b'}, 1)).toEqual(all.slice(2))
    expect(await names({platform: 'b', type: 'x'}, 1)).toEqual(['b/x/10', 'b/x/3'])
    expect(await names({type: 'x'})).toEqual(['a/x/1', 'b/x/10', 'b/x/3'])
    expect(await names({text: 'é-1'}, 1)).toEqual(['a/x/1', 'a/y/1', 'b/x/10'])
    expect(await names({text: 'none'})).toEqual([])
    expect(await refusal(objects.list(1, {}, {limit: 0}))).toMatchObject({code: 'bad_limit'})
    expect(await refusal(objects.list(1, {}, {limit: 1, cursor: 'x'}))).toMatchObject({code: 'bad_cursor'})
  })

  it('forgets the tracked objects of an organization that is deleted', async () => {
    await using opened = await open()
    const {objects, organizations} = opened.store
    const made = await organizations.add(anOrganization(), null)
    const object = aTrackedObject({organizationId: made.id})
    await objects.write([{key: keyOf(object), seen: null, object}], [])
    await organizations.remove(made, aHistoryEntry(), NOON)
    expect(await objects.find([keyOf(object)])).toEqual([null])
  })

  it('writes the events that tell of a change together with the change, whatever it is of', async () => {
    await using opened = await open()
    const {webhooks, worker, events, history} = opened.store
    const webhook = await withWebhook(opened.store)
    const telling = () => {
      const acceptance = anAcceptance(webhook, {}, anEvent())
      return {telling: {...aHistoryEntry(), raised: [acceptance]}, id: acceptance.event.id}
    }
    const [replaced, failed, switched, added] = [telling(), telling(), telling(), telling()]
    await webhooks.replace({...webhook, description: 'x'}, replaced.telling, {was: webhook})
    expect(await refusal(webhooks.replace(webhook, failed.telling, {was: webhook}))).toMatchObject({
      code: 'changed_meanwhile',
    })
    await worker.setEnabled(false, switched.telling)
    await history.add([added.telling])
    for (const {id} of [replaced, switched, added]) expect((await events.find(1, id))?.id).toBe(id)
    expect(await events.find(1, failed.id)).toBeNull()
    expect(await history.find(1, failed.telling.id)).toBeNull()
  })

  it('finds who changed something by part of the address too', async () => {
    await using opened = await open()
    const {history} = opened.store
    const ada = aHistoryEntry({actor: {kind: 'user', name: 'Ada', email: 'lovelace@Example.com'}})
    await history.add([ada, aHistoryEntry({actor: {kind: 'user', name: 'bob', email: null}})])
    for (const actor of ['AD', 'lace@ex', 'example.COM']) {
      expect((await history.list(1, {actor}, {limit: 10})).items).toEqual([ada])
    }
  })
}
