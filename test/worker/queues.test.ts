import {describe, expect, it} from 'vitest'
import {defaultLimits, type Limits} from '../../src/worker/limits.ts'
import {createQueues, type Queues, type Turn} from '../../src/worker/queues.ts'
import {aDelivery} from '../harness/factories.ts'

function someQueues(limits: Partial<Limits> = {}): Queues & {clock: {now: number}} {
  const clock = {now: 0}
  return Object.assign(
    createQueues({...defaultLimits, ...limits}, () => clock.now),
    {clock},
  )
}

const fill = (queues: Queues, webhookId: string, count: number, host = webhookId) => {
  for (let index = 0; index < count; index++) {
    queues.add({delivery: aDelivery({webhookId}), body: new Uint8Array(10), hops: 0, since: 0}, host)
  }
}

/** Takes every turn there is. */
function takeAll(queues: Queues): Turn[] {
  const turns: Turn[] = []
  for (let turn = queues.next(); turn !== null; turn = queues.next()) turns.push(turn)
  return turns
}

const countOf = (turns: readonly Turn[], webhookId: string) =>
  turns.filter(turn => turn.delivery.webhookId === webhookId).length

describe('turns', () => {
  it('go round over the webhooks, however long their queues are', () => {
    const queues = someQueues()
    fill(queues, 'a', 100)
    fill(queues, 'b', 2)
    fill(queues, 'c', 1)
    expect(
      takeAll(queues)
        .map(turn => turn.delivery.webhookId)
        .join(''),
    ).toBe('abcab')
  })

  it('are in the order of the queue within a webhook', () => {
    const queues = someQueues()
    fill(queues, 'a', 3)
    const ids = takeAll(queues).map(turn => turn.delivery.id)
    expect(ids).toEqual(ids.toSorted())
  })

  it('of a webhook that answers well grow to ten at once, and shrink to one when it fails (G1)', () => {
    const queues = someQueues()
    fill(queues, 'a', 200)
    let turns = takeAll(queues)
    expect(turns).toHaveLength(2)
    for (let round = 0; round < 10; round++) {
      for (const turn of turns) queues.end(turn, true)
      turns = takeAll(queues)
    }
    expect(turns).toHaveLength(10)
    for (const turn of turns) queues.end(turn, false)
    expect(takeAll(queues)).toHaveLength(1)
  })

  it('never exceed the limits in all and per host (G1)', () => {
    const queues = someQueues({inFlight: 6, perHost: 3})
    for (const name of ['a', 'b', 'c']) fill(queues, name, 10, 'host-1')
    expect(takeAll(queues)).toHaveLength(3)
    for (const name of ['d', 'e', 'f']) fill(queues, name, 10, 'host-2')
    for (const name of ['g', 'h', 'i']) fill(queues, name, 10, 'host-3')
    expect(takeAll(queues)).toHaveLength(3)
    expect(queues.inFlight).toBe(6)
  })

  it('are not for failing webhooks beyond half of all slots (G2)', () => {
    const queues = someQueues({inFlight: 10})
    const names = Array.from({length: 12}, (_, index) => `dead-${index}`)
    for (const name of names) {
      fill(queues, name, 1)
      for (const turn of takeAll(queues)) queues.end(turn, false)
    }
    for (const name of names) fill(queues, name, 5)
    expect(takeAll(queues)).toHaveLength(5)
    fill(queues, 'fresh', 10)
    expect(countOf(takeAll(queues), 'fresh')).toBeGreaterThan(0)
  })

  it('are not for the unproven beyond half either, but for one each (G2)', () => {
    const queues = someQueues({inFlight: 20})
    for (let index = 0; index < 15; index++) fill(queues, `new-${index}`, 5)
    const turns = takeAll(queues)
    expect(turns).toHaveLength(15)
    fill(queues, 'late', 5)
    expect(countOf(takeAll(queues), 'late')).toBe(1)
  })

  it('of a webhook that hangs count as failing before their time is up (G2)', () => {
    const queues = someQueues({inFlight: 8})
    fill(queues, 'a', 4)
    const [turn] = takeAll(queues)
    queues.clock.now = 999
    queues.suspect(999)
    expect(turn!.lane.health).toBe('new')
    queues.suspect(1000)
    expect(turn!.lane.health).toBe('failing')
  })

  it('that taught nothing change nothing', () => {
    const queues = someQueues()
    fill(queues, 'a', 1)
    const [turn] = takeAll(queues)
    queues.end(turn!, null)
    expect(turn!.lane).toMatchObject({health: 'new', allowed: 2, inFlight: 0})
  })
})

describe('what is kept in memory', () => {
  it('is bounded per webhook, by less where it fails, and the rest stays in the store (G6)', () => {
    const queues = someQueues({queued: 20, queuedFailing: 4})
    fill(queues, 'a', 30)
    expect([...queues.waiting()]).toEqual([['a', 20]])
    expect(queues.full()).toEqual(['a'])
    const turns = takeAll(queues)
    const dropped = turns.flatMap(turn => queues.end(turn, false))
    expect(dropped).toHaveLength(20 - 2 - 4)
  })

  it('is fetched again when little is left and the store has more', () => {
    const queues = someQueues({queued: 20, perWebhookFirst: 20, perWebhook: 20})
    fill(queues, 'a', 20)
    queues.expectMore('a', true)
    for (let taken = 0; taken < 15; taken++) queues.next()
    expect(queues.hungry).toBe(false)
    queues.next()
    expect(queues.hungry).toBe(true)
    queues.expectMore('a', false)
    expect(queues.hungry).toBe(false)
  })

  it('is bounded in bytes and in number over all (G6)', () => {
    const [few, small] = [someQueues({queuedInAll: 3}), someQueues({queuedBytes: 30})]
    for (const queues of [few, small]) {
      fill(queues, 'a', 2)
      expect(queues.overfull).toBe(false)
      fill(queues, 'b', 1)
      expect(queues.overfull).toBe(true)
      expect(queues.clear()).toHaveLength(3)
      expect(queues.overfull).toBe(false)
    }
  })
})
