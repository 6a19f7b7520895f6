import {createHmac} from 'node:crypto'
import {once} from 'node:events'
import type {AddressInfo} from 'node:net'
import {createServer} from 'node:net'
import {describe, expect, it} from 'vitest'
import type {Answer} from '../../src/receiver/answer.ts'
import {forwardRequest, forwardTarget} from '../../src/receiver/forward.ts'
import type {Header} from '../../src/receiver/raw-http.ts'
import {aReceiver} from './sender.ts'

const body = Buffer.from([0, 0xff, 0x0d, 0x0a, 0xef, 0xbb, 0xbf])
const signature = createHmac('sha512', 'key').update(body).digest('hex')

const aRequest = (overrides: {target?: string; method?: string; headers?: Header[]; body?: Uint8Array} = {}) => ({
  method: 'POST',
  target: '/in?x=1',
  headers: [
    ['Host', 'sender.example'],
    ['X-Hook-Signature', signature],
    ['X-Twice', '1'],
    ['x-twice', '2'],
    ['Content-Length', '7'],
  ] as Header[],
  body,
  ...overrides,
})

/** A target on a socket of its own that does to it what is asked. */
async function aRawTarget(onConnection: Parameters<typeof createServer>[1]) {
  const server = createServer({}, onConnection!).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  return {url, [Symbol.asyncDispose]: async () => void server.close()}
}

describe('forwarding', () => {
  it('hands the target the same bytes and headers, and the sender the target’s answer', async () => {
    const answer: Answer = {
      status: 422,
      headers: [
        ['X-From', 'target'],
        ['Set-Cookie', 'a'],
        ['Set-Cookie', 'b'],
      ],
      body: Buffer.from([0xff, 0]),
    }
    await using target = await aReceiver({respond: () => answer})
    const got = await forwardRequest(aRequest(), {url: new URL(target.url)})
    expect(got.status).toBe(422)
    expect(Buffer.from(got.body)).toEqual(answer.body)
    expect(got.headers).toEqual(expect.arrayContaining([...answer.headers]))
    const [seen] = target.requests
    expect(seen?.body.toString()).toBe(body.toString())
    expect(seen?.headers.slice(0, 4)).toEqual([
      ['Host', `127.0.0.1:${target.port}`],
      ['X-Hook-Signature', signature],
      ['X-Twice', '1'],
      ['x-twice', '2'],
    ])
  })

  it('drops the headers that belong to one connection', async () => {
    await using target = await aReceiver()
    const headers: Header[] = [
      ['Connection', 'close, X-Mine'],
      ['X-Mine', '1'],
      ['Transfer-Encoding', 'chunked'],
      ['Keep-Alive', 'timeout=5'],
      ['X-Stays', '1'],
    ]
    await forwardRequest(aRequest({headers}), {url: new URL(target.url)})
    const names = target.requests[0]?.headers.map(([name]) => name.toLowerCase())
    expect(names).toEqual(['host', 'x-stays', 'hookctl-hops', 'content-length', 'connection'])
  })

  it.each([
    ['/', '/in?x=1', '/in?x=1'],
    ['/hooks/a', '/in?x=1', '/hooks/a?x=1'],
    ['/hooks/a?k=v', '/in?x=1', '/hooks/a?k=v'],
    ['/hooks/a', '/', '/hooks/a'],
    ['/', '*', '/'],
  ])('to %s sends what came for %s to %s', async (path, target, expected) => {
    await using receiver = await aReceiver()
    await forwardRequest(aRequest({target}), {url: new URL(path, receiver.url)})
    expect(receiver.requests[0]?.target).toBe(expected)
  })

  it('uses the credentials of the URL for the target and never tells them', async () => {
    await using target = await aReceiver()
    const url = new URL(target.url)
    url.username = 'user'
    url.password = 'p%40ss'
    await forwardRequest(aRequest({headers: [['Authorization', 'Bearer sender']]}), {url})
    const sent = target.requests[0]?.headers.filter(([name]) => name === 'Authorization')
    expect(sent).toEqual([['Authorization', `Basic ${Buffer.from('user:p@ss').toString('base64')}`]])
    await target.close()
    const answer = await forwardRequest(aRequest(), {url})
    expect(Buffer.from(answer.body).toString()).not.toContain('p@ss')
    expect(Buffer.from(answer.body).toString()).not.toContain('p%40ss')
  })

  it('answers 502 for a target that is not there, so that a sender tries again', async () => {
    const target = await aReceiver()
    await target.close()
    const answer = await forwardRequest(aRequest(), {url: new URL(target.url)})
    expect(answer.status).toBe(502)
    expect(Buffer.from(answer.body).toString()).toContain('ECONNREFUSED')
  })

  it.each([
    ['hangs up', 502, (socket: import('node:net').Socket) => socket.destroy()],
    [
      'breaks off',
      502,
      (socket: import('node:net').Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx'),
    ],
    ['floods', 502, (socket: import('node:net').Socket) => socket.write(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(5000)}`)],
    ['speaks no HTTP', 502, (socket: import('node:net').Socket) => socket.end('hello\r\n\r\n')],
    ['says nothing', 504, () => {}],
    [
      'drips',
      504,
      (socket: import('node:net').Socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx'),
    ],
  ])('answers for a target that %s with %d', async (_, status, behave) => {
    await using target = await aRawTarget(socket => {
      socket.on('error', () => {})
      socket.once('data', () => behave(socket))
    })
    const answer = await forwardRequest(aRequest(), {url: target.url, timeoutMs: 200, maxAnswerBytes: 1000})
    expect(answer.status).toBe(status)
  })

  it('ends a circle of listeners', async () => {
    let url = new URL('http://127.0.0.1/')
    await using receiver = await aReceiver({respond: request => forwardRequest(request, {url})})
    url = new URL(receiver.url)
    const answer = await forwardRequest(aRequest(), {url})
    expect(answer.status).toBe(508)
    expect(receiver.counts().received).toBe(3)
  })

  it.each(['ftp://x/', 'localhost:3000', '/hooks', 'http://', 'http:///x', 'http://x:99999/', ''])(
    'to %j is refused before anything starts',
    text => {
      expect(() => forwardTarget(text)).toThrow(expect.objectContaining({code: 'invalid_forward_url', kind: 'usage'}))
    },
  )

  it('asks a HEAD target for its length only', async () => {
    await using target = await aRawTarget(socket => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'))
    })
    const answer = await forwardRequest(aRequest({method: 'HEAD', headers: [], body: Buffer.alloc(0)}), {
      url: target.url,
    })
    expect(answer.headers).toContainEqual(['Content-Length', '9'])
    expect(answer.body.length).toBe(0)
  })
})
