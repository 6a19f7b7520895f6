import {spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import http from 'node:http'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, describe, expect, test} from 'vitest'
import {post, startServed} from '../harness/served.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-fsync-'))
afterAll(() => rmSync(folder, {recursive: true, force: true}))

const accepts = 50

/** Answers 202 that left after the log was flushed since its last write, of those that left. */
interface Flushes {
  readonly answers: number
  readonly flushed: number
}

/** Reads what strace wrote of a server that takes one event after the other. */
function flushesIn(trace: string): Flushes {
  let [answers, flushed] = [0, 0]
  let step: 'nothing' | 'written' | 'flushed' = 'nothing'
  /** Threads whose flush of the log began and was interrupted in the trace by a call of another thread. */
  const flushing = new Set<string>()
  for (const line of trace.split('\n')) {
    const thread = /^\d+/.exec(line)?.[0] ?? ''
    const isFlush = /\bf(?:data)?sync\(\d+<[^>]*-wal>/.test(line)
    if (isFlush && line.includes('<unfinished')) flushing.add(thread)
    const isOver = (isFlush || (line.includes('sync resumed>') && flushing.delete(thread))) && /= 0$/.test(line)
    // What follows a flush within one turn is the heartbeat of the worker, on its way to a flush of its own.
    if (/-wal>/.test(line) && /\bp?write(?:64|v)?\(/.test(line)) step = step === 'flushed' ? step : 'written'
    else if (isOver && step === 'written') step = 'flushed'
    else if (line.includes('"HTTP/1.1 202')) {
      answers++
      if (step === 'flushed') flushed++
      step = 'nothing'
    }
  }
  return {answers, flushed}
}

async function traced(name: string, program = root): Promise<Flushes> {
  const trace = path.join(folder, `${name}.trace`)
  const calls = 'trace=fsync,fdatasync,write,writev,pwrite64,sendto,sendmsg'
  const under = ['strace', '-f', '-qq', '-y', '-s', '16', '-e', calls, '-o', trace]
  const served = await startServed({store: path.join(folder, `${name}.db`), under, program})
  const agent = new http.Agent({keepAlive: true, maxSockets: 1})
  for (let index = 0; index <= accepts; index++) {
    const answer = await post(served, agent, '/v1/organizations/default/events', {type: 'node.added', data: {index}})
    expect(answer.status, answer.body).toBe(202)
  }
  agent.destroy()
  process.kill(JSON.parse(readFileSync(`${path.join(folder, name)}.db.server.json`, 'utf8')).pid, 'SIGTERM')
  await once(served.child, 'close')
  // What came before the first answer is the start of the server, which flushes in any mode.
  const [, ...since] = readFileSync(trace, 'utf8').split(/(?<="HTTP\/1\.1 202.*\n)/)
  return flushesIn(since.join(''))
}

/** The program as it is, but for the one setting. */
function weaker(): string {
  const copy = path.join(folder, 'weaker')
  for (const part of ['bin', 'dist', 'package.json', 'oclif.manifest.json']) {
    cpSync(path.join(root, part), path.join(copy, part), {recursive: true})
  }
  let changed = 0
  for (const file of globSync('dist/**/*.js', {cwd: copy}).map(each => path.join(copy, each))) {
    const text = readFileSync(file, 'utf8')
    const weak = text
      .replaceAll('synchronous = full', 'synchronous = normal')
      .replaceAll(/(.synchronous.\)\s*!==\s*)2/g, '$11')
    if (weak === text) continue
    writeFileSync(file, weak)
    changed++
  }
  expect(changed).toBeGreaterThan(0)
  return copy
}

const hasStrace = spawnSync('strace', ['-V']).status === 0

describe('F2: power may go at any moment', () => {
  test.runIf(hasStrace)(
    `the log is on the disk before each of ${accepts} answers 202 leaves (needs strace)`,
    {timeout: 120_000},
    async () => {
      expect(await traced('full')).toEqual({answers: accepts, flushed: accepts})
      console.log(
        `figure F2: ${accepts} of ${accepts} answers 202 left after an fsync of the log; 0 of ${accepts} with the weaker setting`,
      )
    },
  )

  test.runIf(hasStrace)(
    'a build with the weaker setting is caught by the same look (needs strace)',
    {timeout: 120_000},
    async () => {
      expect(await traced('weaker', weaker())).toEqual({answers: accepts, flushed: 0})
    },
  )

  test('a flush before the last write counts for nothing, nor does one of another file', () => {
    const wal = '23</x/s.db-wal>'
    const [write, sync, answer] = [
      `pwrite64(${wal}, "", 1, 0) = 1`,
      `fdatasync(${wal}) = 0`,
      'write(9<TCP>, "HTTP/1.1 202 Acc"..., 9) = 9',
    ]
    expect(flushesIn([write, sync, answer].join('\n'))).toEqual({answers: 1, flushed: 1})
    expect(flushesIn([sync, write, answer].join('\n'))).toEqual({answers: 1, flushed: 0})
    expect(flushesIn([write, 'fsync(7</x/s.db>) = 0', answer].join('\n'))).toEqual({answers: 1, flushed: 0})
    expect(flushesIn([write, `fsync(${wal} <unfinished ...>`, answer].join('\n'))).toEqual({answers: 1, flushed: 0})
  })
})
