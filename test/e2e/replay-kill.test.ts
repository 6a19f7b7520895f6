import {type ChildProcess, execFile, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import http from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {expect, test} from 'vitest'

const run = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** At most so many requests are on their way at once, and so many outcomes wait for their commit (README, duplicates). */
const MOST_REPEATED = 128 + 256

/** Counts how often each event came to each target, once it is told to. */
async function startReceiver() {
  const arrivals = new Map<string, number>()
  const state = {counts: false}
  const server = http.createServer((request, response) => {
    const key = `${request.url} ${request.headers['x-hook-event-id']}`
    request.resume().on('end', () => {
      if (state.counts) arrivals.set(key, (arrivals.get(key) ?? 0) + 1)
      response.writeHead(204).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {arrivals, state, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`}
}

const until = async (condition: () => boolean, endsAt: number): Promise<void> => {
  while (!condition()) {
    if (Date.now() > endsAt) throw new Error('not in time')
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

test('F1: 2,000 replays, the process that sends them killed in the middle and the rest resumed: each target gets each once, or again only what was in flight at the kill', {
  timeout: 180_000,
}, async () => {
  const targets = 4
  const events = 500
  const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-replay-'))
  const env = {
    ...process.env,
    HOME: folder,
    XDG_CONFIG_HOME: folder,
    XDG_STATE_HOME: folder,
    HOOKCTL_TOKEN: '',
    CI: '1',
  }
  const hookctl = async (...argv: string[]) => {
    const {stdout} = await promisify(execFile)(process.execPath, [run, ...argv, '--json'], {env, cwd: folder})
    return JSON.parse(stdout)
  }
  const receiver = await startReceiver()
  let child: ChildProcess | null = null
  try {
    for (let target = 0; target < targets; target++) {
      const to = ['--url', `${receiver.url}/${target}`, '--allow-http', '--event', 'node.*']
      await hookctl('webhook', 'create', '--name', `t${target}`, '--platform', 'catalyst', ...to)
    }
    const lines = Array.from({length: events}, (_, n) => JSON.stringify({type: 'node.added', data: {name: `n${n}`}}))
    writeFileSync(path.join(folder, 'events.ndjson'), lines.join('\n'))
    await hookctl('event', 'send', '--ndjson', 'events.ndjson', '--timeout', '2m')
    expect((await hookctl('delivery', 'replay', '--all', '--dry-run')).count).toBe(targets * events)
    receiver.state.counts = true

    const argv = ['delivery', 'replay', '--all', '--confirm', String(targets * events), '--rate', 'unlimited']
    child = spawn(process.execPath, [run, ...argv], {env, cwd: folder, stdio: 'ignore'})
    await until(() => receiver.arrivals.size >= 700, Date.now() + 60_000)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const arrived = receiver.arrivals.size
    const [{id, state, total, delivered}] = (await hookctl('replay', 'list')).data
    expect([state === 'running' || state === 'done', total]).toEqual([true, targets * events])
    expect(delivered).toBeLessThan(total)

    const resumed = await hookctl('replay', 'resume', id, '--wait')
    expect(resumed).toMatchObject({state: 'done', total, handedOver: total, delivered: total, failed: 0, refused: 0})
    const repeated = [...receiver.arrivals.values()].reduce((sum, count) => sum + count - 1, 0)
    expect(receiver.arrivals.size).toBe(targets * events)
    expect(repeated).toBeLessThanOrEqual(MOST_REPEATED)
    expect(Math.max(...receiver.arrivals.values())).toBeLessThanOrEqual(2)
    console.log(`figure F1 replay: ${total} replays, killed after ${arrived}, 0 lost, ${repeated} repeated`)
  } finally {
    child?.kill('SIGKILL')
    receiver.server.closeAllConnections()
    receiver.server.close()
    rmSync(folder, {recursive: true, force: true})
  }
})
