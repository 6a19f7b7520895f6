import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, describe, expect, test} from 'vitest'
import {openStore} from '../../src/store/open.ts'
import {type Answer, answers, openReceiver} from '../harness/receiver.ts'
import {startServed} from '../harness/served.ts'
import {putInFlight, stopped} from '../harness/stopping.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-stop-'))
afterAll(() => rmSync(folder, {recursive: true, force: true}))

async function whatIsLeft(file: string) {
  const store = await openStore(file, {now: Date.now})
  const counts = await store.deliveries.counts(null)
  const owner = await store.worker.owner()
  await store.close()
  return {delivered: counts.delivered, pending: counts.pending, owner}
}

describe('F10: a server told to stop', () => {
  test('finishes 16 deliveries that are in flight, sends none twice and leaves nobody in charge', async () => {
    const file = path.join(folder, 'a.db')
    const held: (() => void)[] = []
    const hold: Answer = (socket, request, signal) =>
      new Promise<void>(resolve => {
        held.push(() => resolve(answers.status(204)(socket, request, signal)))
      })
    const receivers = [await openReceiver(), await openReceiver()]
    for (const receiver of receivers) receiver.otherwise(hold)
    const served = await startServed({store: file})
    await putInFlight(served, receivers, 8)
    const stopping = stopped(served, 'SIGTERM')
    // It takes no more connections from here on; only then the receivers answer.
    while (
      await fetch(served.url).then(
        () => true,
        () => false,
      )
    )
      await new Promise(resolve => setTimeout(resolve, 10))
    for (const answer of held) answer()
    const {tookMs, code} = await stopping
    expect(code).toBe(0)
    expect(tookMs).toBeLessThan(5000)
    expect(receivers.map(({requests}) => requests.length)).toEqual([8, 8])
    expect(await whatIsLeft(file)).toEqual({delivered: 16, pending: 0, owner: null})
    for (const receiver of receivers) await receiver.close()
    console.log('figure F10: 16 in flight at SIGTERM: all recorded, 0 sent twice')
  }, 30_000)

  test('ends at once at the second signal, and what hung is still owed', async () => {
    const file = path.join(folder, 'b.db')
    const receiver = await openReceiver()
    receiver.otherwise(answers.silent())
    const served = await startServed({store: file})
    await putInFlight(served, [receiver], 4)
    served.child.kill('SIGTERM')
    while (
      await fetch(served.url).then(
        () => true,
        () => false,
      )
    )
      await new Promise(resolve => setTimeout(resolve, 10))
    const {tookMs} = await stopped(served, 'SIGTERM')
    expect(tookMs).toBeLessThan(2000)
    expect(await whatIsLeft(file)).toMatchObject({delivered: 0, pending: 4})
    await receiver.close()
  }, 30_000)
})
