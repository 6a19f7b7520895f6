import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {expect, test} from 'vitest'
import {answers, openReceiver} from '../harness/receiver.ts'
import {startServed} from '../harness/served.ts'
import {putInFlight, stopped} from '../harness/stopping.ts'

test('F10: with a receiver that never answers, a stop ends within 26 s', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-stop-'))
  const receiver = await openReceiver()
  receiver.otherwise(answers.silent())
  const served = await startServed({store: path.join(folder, 's.db')})
  await putInFlight(served, [receiver], 4)
  const {tookMs, code} = await stopped(served, 'SIGTERM')
  expect(code).toBe(0)
  expect(tookMs).toBeLessThan(26_000)
  console.log(`figure F10: with hung receivers SIGTERM ends after ${(tookMs / 1000).toFixed(1)} s`)
  await receiver.close()
  rmSync(folder, {recursive: true, force: true})
}, 60_000)
