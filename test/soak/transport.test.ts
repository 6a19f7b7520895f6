import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {fileURLToPath} from 'node:url'
import {expect, test} from 'vitest'
import {createTransport} from '../../src/transport/http.ts'
import {memoryInUse} from '../harness/memory.ts'

test('A10: 40,000 attempts at a certificate nobody trusts leave heap and process as large as 30,000 did', async () => {
  const script = fileURLToPath(new URL('../harness/faults/tls-receiver.ts', import.meta.url))
  const receiver = spawn(process.execPath, [script], {stdio: ['ignore', 'pipe', 'inherit']})
  const transport = createTransport({now: Date.now})
  try {
    const url = String((await once(receiver.stdout, 'data'))[0]).trim()
    const tls = {verify: true, caFile: null}
    const request = {url, method: 'POST' as const, headers: [], body: Buffer.from('{}'), timeoutMs: 10_000, tls}
    const meet = async (times: number) => {
      for (let index = 0; index < times; index += 8) {
        await Promise.all(Array.from({length: 8}, () => transport.send(request)))
      }
    }
    await meet(200)
    const first = await memoryInUse()
    // Until about 20,000 V8 widens the space for new objects, step by step; then the process stays as large as it is.
    await meet(30_000)
    const settled = await memoryInUse()
    await meet(10_000)
    const last = await memoryInUse()
    const grown = (last.heap - first.heap).toFixed(1)
    console.log(
      `figure A10: 40,000 bad certificates: heap grows by ${grown} MiB, the process by ${(last.rss - settled.rss).toFixed(1)} MiB with the last 10,000`,
    )
    expect(last.heap - first.heap).toBeLessThan(10)
    expect(last.rss - settled.rss).toBeLessThan(40)
  } finally {
    await transport.close()
    receiver.kill()
  }
}, 600_000)
