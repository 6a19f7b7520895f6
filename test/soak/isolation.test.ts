import {spawnSync} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import {expect, test} from 'vitest'

const bench = fileURLToPath(new URL('../../bench/isolation.js', import.meta.url))

interface Row {
  readonly name: string
  readonly median: number
  readonly most?: number
  readonly least?: number
}

test('G1 G2: over real sockets, in pairs: what bad webhooks cost the p99 and the throughput of the others', () => {
  const {stdout, stderr, status} = spawnSync(process.execPath, [bench, '--seconds', '20', '--rounds', '5', '--json'], {
    encoding: 'utf8',
  })
  expect(status, stderr).toBe(0)
  const {rows} = JSON.parse(stdout) as {rows: readonly Row[]}
  for (const {name, median} of rows) console.log(`figure G1 G2: ${name} ${median.toFixed(2)}`)
  for (const {name, median, most = Infinity, least = 0} of rows) {
    expect([name, median, median <= most && median >= least]).toEqual([name, median, true])
  }
})
