import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {fileURLToPath} from 'node:url'
import {expect, test} from 'vitest'
import {createTransport} from '../../src/transport/http.ts'
import {memoryInUse} from '../harness/memory.ts'

test('A10: 10,000 attempts at a certificate nobody trusts leave heap and process as large as 5,000 did', async () => {
  const script = fileURLToPath(new URL('../harness/faults/tls-receiver.ts', import.meta.url))
  const receiver = spawn(process.execPath, [script], {stdio: ['ignore', 'pipe', 'inherit']})
  const url = String((await once(receiver.stdout, 'data'))[0]).trim()
  const transport = createTransport({now: Date.now})
  const tls = {verify: true, caFile: null}
  const request = {
    url,
    method: 'POST' as const,
    headers: [],
    body: Buffer.from('{}'),
    timeoutMs: 10_000,
    tls,
  }
  const meet = async (times: number) => {
    for (let index = 0; index < times; index += 8) {
      await Promise.all(Array.from({length: 8}, () => transport.send(request)))
    }
  }
  await meet(200)
  const first = await memoryInUse()
  await meet(5000)
  const half = await memoryInUse()
  await meet(5000)
  const last = await memoryInUse()
  expect(last.heap - first.heap).toBeLessThan(10)
  expect(last.rss - half.rss).toBeLessThan(40)
  const grown = (last.heap - first.heap).toFixed(1)
  console.log(
    `figure A10: 10,000 bad certificates: heap grows by ${grown} MiB, the process by ${(last.rss - half.rss).toFixed(1)} MiB in the second half`,
  )
  await transport.close()
  receiver.kill()
}, 600_000)
