import {once} from 'node:events'
import {mkdtempSync, rmSync} from 'node:fs'
import http from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {expect, test} from 'vitest'
import {post, startServed} from '../harness/served.ts'

/** At most so many requests are on their way at once, and so many outcomes wait for their commit. */
const inFlightCap = 64
const unflushedCommit = 256

/** Counts how often each event arrived. */
async function startReceiver() {
  const arrivals = new Map<string, number>()
  const server = http.createServer((request, response) => {
    const id = String(request.headers['x-hook-event-id'])
    request.resume().on('end', () => {
      arrivals.set(id, (arrivals.get(id) ?? 0) + 1)
      response.writeHead(204).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {arrivals, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`}
}

const until = async (condition: () => boolean | Promise<boolean>, endsAt: number): Promise<void> => {
  while (!(await condition())) {
    if (Date.now() > endsAt) throw new Error('not in time')
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}

test('F1 F3: 10,000 events from 32 clients and 20 SIGKILLs of the server lose no accepted event', {
  timeout: 180_000,
}, async () => {
  const total = 10_000
  const kills = 20
  const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-kill-'))
  const store = path.join(folder, 'hookctl.db')
  const receiver = await startReceiver()
  const agent = new http.Agent({keepAlive: true, maxSockets: 32})
  let running = await startServed({store})
  try {
    const created = await post(running, agent, '/v1/organizations/default/webhooks', {
      name: 'sink',
      platform: 'netbox',
      url: receiver.url,
      eventTypes: ['dcim.site.*'],
      secret: {generate: true},
    })
    expect(created.status, created.body).toBe(201)

    const accepted = new Set<string>()
    let next = 0
    let restarting: Promise<void> | null = null
    const restart = async (): Promise<void> => {
      running.child.kill('SIGKILL')
      await once(running.child, 'exit')
      running = await startServed({store})
    }

    /** One client: sends an event until it is accepted, with a key that makes the second time the first one again. */
    const client = async (): Promise<void> => {
      while (next < total) {
        const number = next++
        for (;;) {
          await restarting
          const answer = await post(running, agent, '/v1/organizations/default/events', {
            type: 'dcim.site.created',
            object: {type: 'dcim.site', id: number, name: `site-${number}`},
            data: {id: number, name: `site-${number}`},
            idempotencyKey: `key-${number}`,
          }).catch(() => null)
          if (answer?.status === 202) {
            accepted.add((JSON.parse(answer.body) as {event: {id: string}}).event.id)
            break
          }
          if (answer) throw new Error(`${answer.status} ${answer.body}`)
          await new Promise(resolve => setImmediate(resolve))
        }
      }
    }

    const killer = async (): Promise<void> => {
      for (let kill = 1; kill <= kills; kill++) {
        const at = Math.floor((total * (kill - Math.random())) / (kills + 1))
        await until(() => accepted.size >= at, Date.now() + 60_000)
        restarting = restart()
        await restarting
        restarting = null
      }
    }

    await Promise.all([killer(), ...Array.from({length: 32}, client)])
    expect(accepted.size).toBe(total)

    await until(() => [...accepted].every(id => receiver.arrivals.has(id)), Date.now() + 60_000)
    const duplicates = [...receiver.arrivals.values()].reduce((sum, count) => sum + count - 1, 0)
    expect(receiver.arrivals.size).toBe(total)
    expect(duplicates).toBeLessThanOrEqual(kills * (inFlightCap + unflushedCommit))

    running.child.kill('SIGTERM')
    await once(running.child, 'exit')
    const database = new DatabaseSync(store)
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({integrity_check: 'ok'})
    database.close()
    console.log(`figure F1: ${total} accepted, ${kills} kills, 0 lost, ${duplicates} duplicates`)
  } finally {
    running.child.kill('SIGKILL')
    agent.destroy()
    receiver.server.closeAllConnections()
    receiver.server.close()
    rmSync(folder, {recursive: true, force: true})
  }
})
