import {copyFileSync, globSync, mkdtempSync, rmSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {openEmbedded} from '../../src/embedded.ts'
import type {Failpoint} from '../../src/failpoint.ts'
import {dieAt} from '../harness/faults/die-at.ts'
import {openReceiver, type Receiver} from '../harness/receiver.ts'

/** More with HOOKCTL_FAILPOINT_RUNS=50. */
const runs = Number(process.env.HOOKCTL_FAILPOINT_RUNS ?? 3)

/** What a process may leave when it dies in this place: events in the store, and how often the event arrives in the end. */
const outcomes: readonly (readonly [Failpoint, stored: number, promised: number, arrivals: number])[] = [
  ['accept.written', 0, 0, 1],
  ['accept.committed', 1, 0, 1],
  ['claim.taken', 1, 1, 1],
  ['send.connected', 1, 1, 1],
  ['send.answered', 1, 1, 2],
  ['record.written', 1, 1, 2],
  ['record.committed', 1, 1, 1],
]

const organization = 'default'
const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-failpoints-'))
const template = path.join(folder, 'template.db')
let receiver: Receiver
beforeAll(async () => {
  receiver = await openReceiver()
  const {client} = await openEmbedded({store: template, storePath: template, version: '0.0.0', user: null})
  await client.call('webhook.create', {
    organization,
    name: 'sink',
    platform: 'catalyst',
    url: receiver.url,
    eventTypes: ['node.*'],
    policies: {allowHttp: true},
  })
  await client.close()
})
afterAll(async () => {
  await receiver.close()
  rmSync(folder, {recursive: true, force: true})
})

/** The next process of the same user on this store, sending from the start. */
async function again(file: string) {
  const {client, worker} = await openEmbedded({store: file, storePath: file, version: '0.0.0', user: 'anna'})
  const sending = await worker({logLevel: 'silent'})
  await sending.start()
  return {
    ask: client.call,
    drained: sending.drained,
    async [Symbol.asyncDispose]() {
      await sending.stop({graceMs: 0})
      await client.close()
    },
  }
}

describe('F3 F5: a process killed', () => {
  const slowest = new Map<Failpoint, number>()

  test.each(outcomes)(
    'at %s leaves what it should, and the next one goes on from there',
    {timeout: 600_000},
    async (place, stored, promised, arrivals) => {
      for (let run = 0; run < runs; run++) {
        const file = path.join(folder, `${place}-${run}.db`)
        copyFileSync(template, file)
        const before = receiver.requests.length
        expect(await dieAt({file, place})).toHaveLength(promised)

        const bootedAt = performance.now()
        await using next = await again(file)
        const found = await next.ask('event.list', {organization})
        expect(found.items).toHaveLength(stored)
        await next.drained()
        const tookMs = performance.now() - bootedAt
        slowest.set(place, Math.max(slowest.get(place) ?? 0, tookMs))
        // Whoever was not told sends it again, with the same key: it is one event in the end, wherever the first try ended.
        const data = {name: 'n0', nebula_ip: '10.42.0.7'}
        const sent = await next.ask('event.send', {
          organization,
          type: 'node.added',
          data,
          idempotencyKey: 'key-0',
        })
        expect(sent.duplicate).toBe(stored === 1)
        await next.drained()
        expect((await next.ask('event.list', {organization})).items).toHaveLength(1)
        expect((await next.ask('delivery.list', {organization, state: ['delivered']})).items).toHaveLength(1)
        const came = receiver.requests.slice(before).map(request => request.header('x-hook-delivery'))
        expect([new Set(came).size, came.length]).toEqual([1, arrivals])
      }
    },
  )

  test('F4: and what it had in flight is sent again within 2 s of the next start', () => {
    const worst = Math.max(...slowest.values())
    expect([...slowest.keys()]).toEqual(outcomes.map(([place]) => place))
    expect(worst).toBeLessThan(2000)
    console.log(
      `figure F3: killed ${runs} times at each of ${outcomes.length} places: 0 lost, duplicates exactly where they are allowed`,
    )
    console.log(
      `figure F4: orphans of ${runs * outcomes.length} killed processes sent again within ${Math.round(worst)} ms of the next start`,
    )
  })
})

test('F3: what is published has no failpoints', async () => {
  const files = globSync('dist/**/*.js')
  expect(files.length).toBeGreaterThan(10)
  for (const file of files)
    expect([file, (await readFile(file, 'utf8')).includes('hookctlFailpoint')]).toEqual([file, false])
})
