import {once} from 'node:events'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import http from 'node:http'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {expect, test} from 'vitest'
import {post, type Served, startServed} from '../harness/served.ts'

/** A million under `npm run soak`. */
const total = Number(process.env.HOOKCTL_BACKLOG ?? 20_000)
const isSoak = total >= 1_000_000
const perRequest = 250
const organization = '/v1/organizations/default'
const padding = 'x'.repeat(isSoak ? 500 : 8000)

const megabytes = ({child}: Served): number => {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024
}

/** The p99 of 300 single events, one after the other. */
async function p99(served: Served, agent: http.Agent): Promise<number> {
  const times: number[] = []
  for (let number = 0; number < 300; number++) {
    const startedAt = performance.now()
    const {status} = await post(served, agent, `${organization}/events`, {type: 'line.moved', data: {number}})
    expect(status).toBe(202)
    times.push(performance.now() - startedAt)
  }
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)]!
}

test.runIf(process.platform === 'linux')(
  'G6: what waits for a receiver that is down waits in the store: the server stays as small as it was',
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-backlog-'))
    const served = await startServed({store: path.join(folder, 's.db'), env: {HOOKCTL_LIMITS_WAITING: 'none'}})
    const agent = new http.Agent({keepAlive: true})
    try {
      const webhook = {
        name: 'down',
        platform: 'standard',
        url: 'http://127.0.0.1:9000/',
        eventTypes: ['line.*'],
        policies: {retry: {kind: 'until-success', everyMs: 300_000}, allowHttp: true},
      }
      expect((await post(served, agent, `${organization}/webhooks`, webhook)).status).toBe(201)
      const before = isSoak ? await p99(served, agent) : 0
      let settled = 0
      for (let sent = 0; sent < total; sent += perRequest) {
        const events = Array.from({length: perRequest}, (_, number) => ({type: 'line.moved', data: {number, padding}}))
        const {status, body} = await post(served, agent, `${organization}/events/bulk`, {events})
        expect(status, body).toBe(202)
        // The heap has its usual size by then.
        if (settled === 0 && sent >= total / 2) settled = megabytes(served)
      }
      const grown = megabytes(served)
      console.log(
        `figure G6: ${total} events wait, ${Math.round(settled)} MB half way, ${Math.round(grown)} MB at the end`,
      )
      // Were they in memory, it would be half of them with 8 kB each.
      expect(grown).toBeLessThan(Math.max(settled * 1.1, settled + 60))
      if (isSoak) {
        const after = await p99(served, agent)
        console.log(
          `figure G6: p99 of accepting ${after.toFixed(1)} ms with ${total} waiting, ${before.toFixed(1)} ms with none`,
        )
        expect(after).toBeLessThan(before * 2)
      }
    } finally {
      served.child.kill('SIGKILL')
      await once(served.child, 'close')
      agent.destroy()
      rmSync(folder, {recursive: true, force: true})
    }
  },
  1_800_000,
)
