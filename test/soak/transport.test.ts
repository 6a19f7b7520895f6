import {expect, test} from 'vitest'
import {createTransport} from '../../src/transport/http.ts'
import {memoryInUse} from '../harness/memory.ts'
import {openReceiver} from '../harness/receiver.ts'

test('A10: 10,000 attempts at a certificate nobody trusts leave heap and process as large as 5,000 did', async () => {
  await using receiver = await openReceiver({tls: true})
  const transport = createTransport({now: Date.now})
  const tls = {verify: true, caFile: null}
  const request = {
    url: receiver.url,
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
  expect(last.rss - half.rss).toBeLessThan(16)
  const grown = (last.heap - first.heap).toFixed(1)
  console.log(
    `figure A10: 10,000 bad certificates: heap grows by ${grown} MiB, the process by ${(last.rss - half.rss).toFixed(1)} MiB in the second half`,
  )
  await transport.close()
}, 600_000)
