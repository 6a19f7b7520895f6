import {Agent, get} from 'node:http'
import {connect, type Socket} from 'node:net'
import {expect, test} from 'vitest'
import {memoryInUse} from '../harness/memory.ts'
import {aServer, requestText, statusOfAnswer} from './setup.ts'

const drips = 450
const clients = 50

/** A request that never ends, a byte at a time. */
function aDrip(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`GET /healthz HTTP/1.1\r\nHost: localhost:${port}\r\nX-Drip: `)
      resolve(socket)
    })
    socket.once('error', reject)
  })
}

test(`D5: ${drips} requests that drip do not keep ${clients} healthy clients from one answer`, async () => {
  await using server = await aServer()
  const {port} = server.server
  const dripping = await Promise.all(Array.from({length: drips}, () => aDrip(port)))
  for (const socket of dripping) socket.on('error', () => {})
  const again = setInterval(() => {
    for (const socket of dripping) socket.write('x')
  }, 100)
  const agent = new Agent({keepAlive: true, maxSockets: clients})
  const ask = () =>
    new Promise<number>((resolve, reject) => {
      get(`${server.url}/healthz`, {agent}, response => {
        response.resume().on('end', () => resolve(response.statusCode!))
      }).on('error', reject)
    })
  const client = async () => {
    for (let count = 0; count < 20; count++) expect(await ask()).toBe(200)
  }
  await Promise.all(Array.from({length: clients}, client))
  expect(dripping.filter(socket => !socket.destroyed)).toHaveLength(drips)
  clearInterval(again)
  for (const socket of dripping) socket.destroy()
  agent.destroy()
  console.log(`figure D5: ${drips} dripping requests beside ${clients} clients with 1,000 requests: 0 errors`)
}, 30_000)

test('D5: an upload without end is cut after the first MiB, and nothing of it stays', async () => {
  await using server = await aServer()
  const head = requestText('POST /v1/organizations/default/events HTTP/1.1', [
    `Host: localhost:${server.server.port}`,
    `Authorization: Bearer ${server.token}`,
    'content-type: application/json',
    'transfer-encoding: chunked',
  ])
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
  const before = await memoryInUse()
  const [answer, taken] = await new Promise<[string, number]>(resolve => {
    let text = ''
    const socket = connect(server.server.port, '127.0.0.1', () => socket.write(head))
    const more = () => {
      while (!socket.destroyed && socket.write(chunk));
    }
    socket.on('drain', more).once('connect', more)
    socket.on('data', part => {
      text += String(part)
    })
    socket.on('error', () => {}).on('close', () => resolve([text, socket.bytesWritten - socket.writableLength]))
  })
  expect(statusOfAnswer(answer)).toBe(413)
  // What the kernel's buffers held when the connection was closed counts as written as well.
  expect(taken).toBeLessThan(16 * 1024 * 1024)
  expect((await memoryInUse()).heap - before.heap).toBeLessThan(8)
})
