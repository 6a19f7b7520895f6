import {once} from 'node:events'
import {mkdtempSync, rmSync, statSync} from 'node:fs'
import http from 'node:http'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {expect, test} from 'vitest'
import {openReceiver} from '../harness/receiver.ts'
import {post, startServed} from '../harness/served.ts'

const organization = '/v1/organizations/default'

test('G7: while 100,000 events are sent and somebody follows them all, the log stays below 64 MB', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-tail-'))
  const store = path.join(folder, 's.db')
  await using receiver = await openReceiver()
  const served = await startServed({store})
  const agent = new http.Agent({keepAlive: true})
  let followed = 0
  const headers = {authorization: `Bearer ${served.token}`, accept: 'text/event-stream'}
  const tail = http.get(new URL('/v1/stream?organization=default&kinds=attempt', served.url), {headers}, response => {
    response.on('data', (chunk: Buffer) => {
      followed += chunk.toString().split('\ndata:').length - 1
    })
  })
  tail.on('error', () => {})
  try {
    const webhook = {
      name: 'all',
      platform: 'standard',
      url: receiver.url,
      eventTypes: ['line.*'],
      policies: {allowHttp: true},
    }
    expect((await post(served, agent, `${organization}/webhooks`, webhook)).status).toBe(201)
    let largest = 0
    for (let sent = 0; sent < 100_000; sent += 500) {
      const events = Array.from({length: 500}, (_, number) => ({type: 'line.moved', data: {number: sent + number}}))
      expect((await post(served, agent, `${organization}/events/bulk`, {events})).status).toBe(202)
      largest = Math.max(largest, statSync(`${store}-wal`).size)
    }
    await expect.poll(() => receiver.requests.length, {timeout: 1_200_000, interval: 1000}).toBe(100_000)
    largest = Math.max(largest, statSync(`${store}-wal`).size)
    console.log(
      `figure G7: 100,000 events followed (${followed} items), the log was ${(largest / 1e6).toFixed(1)} MB at most`,
    )
    expect(largest).toBeLessThan(64e6)
    expect(followed).toBeGreaterThan(1000)
  } finally {
    tail.destroy()
    served.child.kill('SIGKILL')
    await once(served.child, 'close')
    agent.destroy()
    rmSync(folder, {recursive: true, force: true})
  }
})
