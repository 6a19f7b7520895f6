import {spawnSync} from 'node:child_process'
import path from 'node:path'
import process from 'node:process'
import {expect, test} from 'vitest'
import {run, temporaryHome} from '../harness/cli.ts'

const generator = path.join(import.meta.dirname, '../../bench/lib/history.js')

test('the stores of the benchmarks are made as the product has them today', async () => {
  await using home = temporaryHome()
  const store = path.join(home.path, 'history.db')
  const made = spawnSync(process.execPath, [generator, store, '120'], {encoding: 'utf8'})
  expect([made.status, made.stderr]).toEqual([0, ''])
  const status = await run(['status', '--store', store, '--json'], {home})
  expect(JSON.parse(status.stdout).deliveries).toMatchObject({delivered: 114, failed: 6})
  const shown = await run(['webhook', 'show', 'sink-9', '--store', store, '--json'], {home})
  expect(JSON.parse(shown.stdout)).toMatchObject({name: 'sink-9', oauth: null})
})
