import {once} from 'node:events'
import {mkdtempSync, rmSync} from 'node:fs'
import http from 'node:http'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, describe, expect, test} from 'vitest'
import {openStore} from '../../src/store/open.ts'
import {type RunResult, spawnCli} from '../harness/cli.ts'
import {post, startServed} from '../harness/served.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-shared-'))
afterAll(() => rmSync(folder, {recursive: true, force: true}))

const writers = 20

/** So many command lines at once, each an event of its own. */
const sendAll = (store: string): Promise<readonly RunResult[]> =>
  Promise.all(
    Array.from({length: writers}, (_, index) =>
      spawnCli(['event', 'send', 'node.added', '--data', `{"name":"cli-${index}","nebula_ip":""}`, '--store', store]),
    ),
  )

function expectDone(results: readonly RunResult[]): void {
  for (const {stdout, stderr, exitCode} of results) {
    expect(stdout + stderr).not.toMatch(/locked|busy/i)
    expect([exitCode, stderr]).toEqual([0, stderr])
  }
}

async function eventsIn(file: string): Promise<number> {
  const store = await openStore(file, {now: Date.now})
  const {items} = await store.events.list(1, {types: ['node.added']}, {limit: 1000})
  await store.close()
  return items.length
}

describe('F11: one file, many processes', () => {
  test(`${writers} commands write beside a server under load, and nobody is told that the file is locked`, {
    timeout: 120_000,
  }, async () => {
    const store = path.join(folder, 'served.db')
    const served = await startServed({store})
    const agent = new http.Agent({keepAlive: true, maxSockets: 8})
    let [accepted, isOver] = [0, false]
    const load = Array.from({length: 8}, async () => {
      while (!isOver && accepted < 900) {
        accepted++
        const data = {name: 'load', nebula_ip: ''}
        const {status, body} = await post(served, agent, '/v1/organizations/default/events', {type: 'node.added', data})
        expect([status, body]).toEqual([202, body])
      }
    })
    expectDone(await sendAll(store))
    isOver = true
    await Promise.all(load)
    agent.destroy()
    served.child.kill('SIGTERM')
    await once(served.child, 'close')
    expect(served.stderr()).not.toMatch(/locked|SQLITE_BUSY/)
    expect(await eventsIn(store)).toBe(Math.min(1000, accepted + writers))
    console.log(
      `figure F11: ${writers} commands beside a server with 8 clients: ${accepted + writers} events, 0 told that the file is locked`,
    )
  })

  test(`${writers} commands write without a server, all at once`, {timeout: 120_000}, async () => {
    const store = path.join(folder, 'alone.db')
    expectDone(await sendAll(store))
    expect(await eventsIn(store)).toBe(writers)
  })
})
