import {spawnSync} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import {expect, test} from 'vitest'

const bench = fileURLToPath(new URL('../../bench/isolation.js', import.meta.url))

interface Row {
  readonly name: string
  readonly most: number
  readonly p99: number
  readonly throughput: number
}

test('G1 G2: over real sockets, in pairs: what bad webhooks cost the p99 and the throughput of the others', () => {
  const {stdout, stderr, status} = spawnSync(process.execPath, [bench, '--seconds', '20', '--rounds', '5', '--json'], {
    encoding: 'utf8',
  })
  expect(status, stderr).toBe(0)
  const {rows} = JSON.parse(stdout) as {rows: readonly Row[]}
  for (const {name, p99, throughput} of rows) {
    console.log(`figure G1 G2: ${name}: p99 of the others ${p99.toFixed(2)}, throughput ${throughput.toFixed(2)}`)
  }
  for (const {name, p99, most, throughput} of rows) {
    expect([name, p99 <= most]).toEqual([name, true])
    expect([name, throughput >= 0.95]).toEqual([name, true])
  }
})
