import {expect, it} from 'vitest'
import type {Owner} from '../../../src/store/store.ts'
import {aHistoryEntry, NOON} from '../../harness/factories.ts'
import type {Open} from './setting.ts'

const anOwner = (bootId: string, heartbeatAt = NOON): Owner => ({
  bootId,
  pid: 7,
  host: 'here',
  since: NOON,
  heartbeatAt,
})

export function worker(open: Open): void {
  it('sends from the start, and remembers when it was switched off', async () => {
    await using opened = await open()
    const {worker, history} = opened.store
    expect(await worker.enabled()).toBe(true)
    const entry = aHistoryEntry()
    await worker.setEnabled(false, entry)
    expect(await worker.enabled()).toBe(false)
    expect(await history.find(1, entry.id)).toEqual(entry)
    await worker.setEnabled(true, aHistoryEntry())
    expect(await worker.enabled()).toBe(true)
  })

  it('says of two who switch the worker off which one did, and keeps the history of that one', async () => {
    await using opened = await open()
    const {worker, history} = opened.store
    const entries = [aHistoryEntry(), aHistoryEntry()]
    const changed = await Promise.all(entries.map(entry => worker.setEnabled(false, entry)))
    expect(changed).toEqual([true, false])
    expect(await worker.enabled()).toBe(false)
    expect((await history.list(1, {}, {limit: 10})).items).toEqual([entries[0]])
  })

  it('gives the right to send to one', async () => {
    await using opened = await open()
    const {worker} = opened.store
    if (worker.isShared) return
    expect(await worker.owner()).toBeNull()
    expect(await worker.owners()).toEqual([])
    expect(await worker.own(anOwner('a'), NOON - 30, null)).toBe(true)
    expect(await worker.owners()).toEqual([anOwner('a')])
    expect(await worker.own(anOwner('b'), NOON - 30, null)).toBe(false)
    expect(await worker.owner()).toEqual(anOwner('a'))
    expect(await worker.own(anOwner('a', NOON + 1), NOON - 30, null)).toBe(true)
    expect(await worker.owner()).toEqual(anOwner('a', NOON + 1))
  })

  it('takes the right from one whose heartbeat is old, and the old one notices', async () => {
    await using opened = await open()
    const {worker} = opened.store
    if (worker.isShared) return
    await worker.own(anOwner('a'), NOON - 30, null)
    expect(await worker.own(anOwner('b', NOON + 60), NOON, null)).toBe(false)
    expect(await worker.own(anOwner('b', NOON + 60), NOON + 1, null)).toBe(true)
    expect(await worker.renew('a', NOON + 61)).toBe(false)
    expect(await worker.owner()).toEqual(anOwner('b', NOON + 60))
    expect(await worker.renew('b', NOON + 62)).toBe(true)
    expect(await worker.owner()).toEqual(anOwner('b', NOON + 62))
  })

  it('F4: takes the right at once from one known to be dead, but not from who took it meanwhile', async () => {
    await using opened = await open()
    const {worker} = opened.store
    if (worker.isShared) return
    await worker.own(anOwner('dead'), NOON - 30, null)
    expect(await worker.own(anOwner('a'), NOON - 30, 'dead')).toBe(true)
    expect(await worker.own(anOwner('b'), NOON - 30, 'dead')).toBe(false)
    expect((await worker.owner())?.bootId).toBe('a')
  })

  it('is free again when its holder lets go, and only then', async () => {
    await using opened = await open()
    const {worker} = opened.store
    await worker.own(anOwner('a'), NOON - 30, null)
    await worker.release('b')
    expect(await worker.owner()).toEqual(anOwner('a'))
    await worker.release('a')
    expect(await worker.owner()).toBeNull()
  })
}
