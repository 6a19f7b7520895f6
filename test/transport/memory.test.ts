import {gzipSync} from 'node:zlib'
import {expect, test} from 'vitest'
import {createTransport} from '../../src/transport/http.ts'
import {memoryInUse} from '../harness/memory.ts'
import {answers, openReceiver} from '../harness/receiver.ts'

const request = (url: string) => ({
  url,
  method: 'POST' as const,
  headers: [],
  body: Buffer.from('{}'),
  timeoutMs: 10_000,
  tls: {verify: true, caFile: null},
})

test('A10: a certificate nobody trusts costs no memory, however often it is met', async () => {
  await using receiver = await openReceiver({tls: true})
  const transport = createTransport({now: Date.now})
  const meet = async (times: number) => {
    for (let index = 0; index < times; index += 8) {
      const met = await Promise.all(Array.from({length: 8}, () => transport.send(request(receiver.url))))
      for (const {errorClass} of met) expect(errorClass).toBe('tls')
    }
  }
  await meet(200)
  const before = await memoryInUse()
  await meet(800)
  const after = await memoryInUse()
  expect(after.heap - before.heap).toBeLessThan(10)
  await transport.close()
}, 60_000)

test('A12: 64 endless answers at once are cut, each after at most 192 KiB', async () => {
  await using receiver = await openReceiver()
  receiver.otherwise(answers.flood())
  const transport = createTransport({now: Date.now})
  await transport.send(request(receiver.url))
  const before = await memoryInUse()
  const outcomes = await Promise.all(Array.from({length: 64}, () => transport.send(request(receiver.url))))
  const after = await memoryInUse()
  for (const {responseBytes, responseBody, responseTruncated} of outcomes) {
    expect(responseBytes).toBeLessThanOrEqual(192 * 1024)
    expect([responseBody.length, responseTruncated]).toEqual([16 * 1024, true])
  }
  expect(after.rss - before.rss).toBeLessThan(64)
  const most = Math.max(...outcomes.map(({responseBytes}) => responseBytes))
  console.log(
    `figure A12: 64 endless answers at once: at most ${Math.round(most / 1024)} KiB read of each, 16 KiB kept`,
  )
  await transport.close()
})

test('A13: a bomb of a few hundred bytes stays a few hundred bytes', async () => {
  // Twice compressed, as it is wherever a client undoes both: 64 MiB.
  const bomb = gzipSync(gzipSync(Buffer.alloc(64 * 1024 * 1024), {level: 9}), {level: 9})
  expect(bomb.length).toBeLessThan(1000)
  await using receiver = await openReceiver()
  receiver.otherwise(answers.status(200, {headers: {'Content-Encoding': 'gzip, gzip'}, body: bomb}))
  const transport = createTransport({now: Date.now})
  await transport.send(request(receiver.url))
  const before = await memoryInUse()
  const outcomes = await Promise.all(Array.from({length: 8}, () => transport.send(request(receiver.url))))
  const after = await memoryInUse()
  for (const {responseBody} of outcomes) expect(Buffer.from(responseBody).equals(bomb)).toBe(true)
  // Inflated, each of the eight would be 64 MiB.
  expect(after.heap - before.heap).toBeLessThan(5)
  expect(after.rss - before.rss).toBeLessThan(48)
  console.log(`figure A13: answers of ${bomb.length} bytes that stand for 64 MiB: kept as they came`)
  await transport.close()
})
