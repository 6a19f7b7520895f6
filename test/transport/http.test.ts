import {spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {type AddressInfo, createServer, type Socket} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {TLSSocket} from 'node:tls'
import {gzipSync} from 'node:zlib'
import {afterEach, describe, expect, it, vi} from 'vitest'
import {parseTargetPolicy} from '../../src/domain/target-policy.ts'
import {AnswerReader} from '../../src/transport/answer.ts'
import {createConnector} from '../../src/transport/connector.ts'
import type {Guard} from '../../src/transport/guard.ts'
import {createTransport, type TransportOptions} from '../../src/transport/http.ts'
import {openLine} from '../../src/transport/lines.ts'
import type {Transport} from '../../src/transport/request.ts'
import {certificate} from '../harness/certificate.ts'
import {answers, openReceiver, type ReceiverOptions} from '../harness/receiver.ts'
import {aRequest} from './a-request.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Names that nobody scripted do not exist; the host's own resolver is never asked. */
function aTransport(
  options: Partial<TransportOptions> & {readonly zone?: Record<string, readonly string[]>} = {},
): Transport {
  const {zone = {}, ...rest} = options
  const resolve = async (hostname: string) => {
    if (zone[hostname] === undefined) throw Object.assign(new Error('not found'), {code: 'ENOTFOUND'})
    return zone[hostname]
  }
  const transport = createTransport({now: () => 1_800_000_000_000, resolve, ...rest})
  cleanups.push(() => transport.close())
  return transport
}

async function aReceiver(options: ReceiverOptions = {}) {
  const receiver = await openReceiver(options)
  cleanups.push(() => receiver.close())
  return receiver
}

describe('an exchange', () => {
  it('puts exactly the given headers and bytes on the wire, in their order (A11)', async () => {
    const receiver = await aReceiver()
    const body = Buffer.from([0, 255, 13, 10, 13, 10, 1])
    const headers = [
      ['Content-Type', 'x/y'],
      ['X-Twice', 'a'],
      ['x-twice', 'b, c'],
      ['X-Latin', 'caf\u00e9'],
    ] as const
    const outcome = await aTransport().send(aRequest(`${receiver.url}/in?x=1%20&y`, {headers, body}))
    expect(outcome).toMatchObject({status: 204, errorClass: null, error: null, remoteAddress: '127.0.0.1'})
    expect(outcome.startedAt).toBe(1_800_000_000_000)
    const [request] = receiver.requests
    expect(request!.path).toBe('/in?x=1%20&y')
    expect(request!.body).toEqual(body)
    expect(request!.headers).toEqual([
      ['host', `127.0.0.1:${receiver.port}`],
      ['connection', 'keep-alive'],
      ...headers,
      ['content-length', '7'],
    ])
  })

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const)(
    'sends the body and its length with %s (NBX-20)',
    async method => {
      const receiver = await aReceiver()
      const transport = aTransport()
      for (const round of [1, 2])
        expect(await transport.send(aRequest(receiver.url, {method})), `${round}`).toMatchObject({status: 204})
      for (const request of receiver.requests) {
        expect([request.method, request.header('content-length'), `${request.body}`]).toEqual([method, '7', '{"a":1}'])
      }
    },
  )

  it('keeps the answer: status, headers in order, body, size', async () => {
    const receiver = await aReceiver()
    receiver.next(answers.status(418, {headers: {'X-A': '1', 'x-b': '\u00ff'}, body: 'short and stout'}))
    const outcome = await aTransport().send(aRequest(receiver.url))
    expect(outcome).toMatchObject({status: 418, errorClass: null, responseBytes: 15, responseTruncated: false})
    expect(Buffer.from(outcome.responseBody).toString()).toBe('short and stout')
    expect(outcome.responseHeaders).toEqual([
      ['Content-Length', '15'],
      ['X-A', '1'],
      ['x-b', '\u00ff'],
    ])
  })

  it('keeps a body that comes in pieces', async () => {
    const receiver = await aReceiver()
    receiver.next(socket => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 202\r\n\r\nab')
      setTimeout(() => socket.write('c'.repeat(200)), 20)
    })
    const {responseBody} = await aTransport().send(aRequest(receiver.url))
    expect(Buffer.from(responseBody).toString()).toBe(`ab${'c'.repeat(200)}`)
  })

  it('uses one connection for requests that follow each other', async () => {
    const receiver = await aReceiver()
    const transport = aTransport()
    for (let index = 0; index < 20; index++) await transport.send(aRequest(receiver.url))
    expect(receiver.connections.opened).toBe(1)
  })

  it('takes what comes before the answer for no answer', async () => {
    const receiver = await aReceiver()
    receiver.next(answers.hintsFirst(202))
    expect(await aTransport().send(aRequest(receiver.url))).toMatchObject({status: 202, responseBytes: 2})
  })

  it.each(['000', '099'])('takes the status %s for no HTTP, which is the receiver’s failure', async status => {
    const receiver = await aReceiver()
    receiver.next(answers.raw(`HTTP/1.1 ${status} X\r\nContent-Length: 0\r\n\r\n`))
    const transport = aTransport()
    const outcome = await transport.send(aRequest(receiver.url))
    expect(outcome).toMatchObject({errorClass: 'bad_response', status: null})
    expect(outcome.error).toContain('is not HTTP')
    expect(await transport.send(aRequest(receiver.url))).toMatchObject({status: 204})
  })

  it('has no status when only hints came before the connection broke', async () => {
    const receiver = await aReceiver()
    receiver.next(socket => void socket.end('HTTP/1.1 103 Early Hints\r\n\r\n'))
    expect(await aTransport().send(aRequest(receiver.url))).toMatchObject({errorClass: 'reset', status: null})
  })

  it('takes an answer that ends with its connection', async () => {
    const receiver = await aReceiver()
    receiver.next(answers.untilClose('bye'))
    expect(await aTransport().send(aRequest(receiver.url))).toMatchObject({
      status: 200,
      errorClass: null,
      responseBytes: 3,
    })
  })

  it('is sent again, once, when an idle connection turns out to be closed', async () => {
    const receiver = await aReceiver()
    const transport = aTransport()
    await transport.send(aRequest(receiver.url))
    const start = Date.now() - performance.now()
    const late = vi.spyOn(performance, 'now').mockImplementation(() => Date.now() - start + 3000)
    cleanups.push(() => late.mockRestore())
    receiver.next(answers.reset())
    expect(await transport.send(aRequest(receiver.url, {timeoutMs: 60_000}))).toMatchObject({status: 204})
    expect(receiver.requests.map(request => request.connection)).toEqual([1, 1, 2])
  })

  it('is not sent again when a busy connection breaks', async () => {
    const receiver = await aReceiver()
    const transport = aTransport()
    await transport.send(aRequest(receiver.url))
    receiver.next(answers.reset())
    expect(await transport.send(aRequest(receiver.url))).toMatchObject({errorClass: 'reset', status: null})
    expect(receiver.requests).toHaveLength(2)
  })
})

describe('a connection that waits', () => {
  const once = (text: string, then: (socket: Socket) => void) => (socket: Socket) => {
    socket.write(text, () => then(socket))
  }
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'

  it('and is closed by the receiver is not written to', async () => {
    const receiver = await aReceiver()
    const transport = aTransport()
    receiver.next(once(answer, socket => socket.end()))
    await transport.send(aRequest(receiver.url))
    await vi.waitFor(() => expect(receiver.connections.open).toBe(0))
    expect(await transport.send(aRequest(receiver.url))).toMatchObject({status: 204})
    expect(receiver.requests.map(({connection}) => connection)).toEqual([1, 2])
  })

  it('and is closed with its answer, which does not say so, is not written to', async () => {
    const receiver = await aReceiver()
    const transport = aTransport()
    receiver.otherwise(socket => void socket.end(answer))
    for (let round = 1; round <= 20; round++) {
      expect(await transport.send(aRequest(receiver.url)), `${round}`).toMatchObject({status: 200})
    }
    expect(receiver.connections.opened).toBe(20)
  })

  it('and gets an answer to nothing is closed: it is no answer to what is sent next', async () => {
    const receiver = await aReceiver()
    const transport = aTransport()
    const sockets: Socket[] = []
    receiver.next(once(answer, socket => void sockets.push(socket)))
    expect(await transport.send(aRequest(receiver.url))).toMatchObject({status: 200})
    await vi.waitFor(() => expect(sockets).toHaveLength(1))
    sockets[0]!.write(answer.replace('200', '500'))
    await vi.waitFor(() => expect(receiver.connections.open).toBe(0))
    expect(await transport.send(aRequest(receiver.url))).toMatchObject({status: 204})
  })

  it('and was closed is passed over for one that is open', async () => {
    const receiver = await aReceiver()
    const transport = aTransport()
    const sockets: Socket[] = []
    receiver.otherwise(once(answer, socket => void sockets.push(socket)))
    await Promise.all([transport.send(aRequest(receiver.url)), transport.send(aRequest(receiver.url))])
    await vi.waitFor(() => expect(sockets).toHaveLength(2))
    sockets[1]!.end()
    await vi.waitFor(() => expect(receiver.connections.open).toBe(1))
    await transport.send(aRequest(receiver.url))
    await transport.send(aRequest(receiver.url))
    expect(receiver.connections.opened).toBe(2)
  })

  it('is closed, and no other opened, when the request is stopped before it was written', async () => {
    const receiver = await aReceiver()
    const transport = aTransport()
    await transport.send(aRequest(receiver.url))
    const stopping = new AbortController()
    const sent = transport.send(aRequest(receiver.url, {signal: stopping.signal}))
    stopping.abort()
    expect(await sent).toMatchObject({errorClass: 'aborted'})
    await vi.waitFor(() => expect(receiver.connections.open).toBe(0))
    expect([receiver.connections.opened, receiver.requests.length]).toEqual([1, 1])
  })

  it('is closed at once where its answer came with another one', async () => {
    const receiver = await aReceiver()
    const transport = aTransport()
    receiver.next(once(answer + answer.replace('200', '500'), () => {}))
    expect(await transport.send(aRequest(receiver.url))).toMatchObject({status: 200, errorClass: null})
    await vi.waitFor(() => expect(receiver.connections.open).toBe(0))
    expect(await transport.send(aRequest(receiver.url))).toMatchObject({status: 204})
  })

  it.each(['Connection: close', 'Keep-Alive: timeout=1'])('is closed at once after %j', async header => {
    const receiver = await aReceiver()
    const transport = aTransport()
    receiver.next(once(answer.replace('OK', `OK\r\n${header}`), () => {}))
    expect(await transport.send(aRequest(receiver.url))).toMatchObject({status: 200})
    await vi.waitFor(() => expect(receiver.connections.open).toBe(0))
  })

  it('is closed after four seconds', async () => {
    vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout', 'performance']})
    cleanups.push(() => vi.useRealTimers())
    const receiver = await aReceiver()
    const transport = aTransport()
    await transport.send(aRequest(receiver.url))
    vi.advanceTimersByTime(3500)
    await transport.send(aRequest(receiver.url))
    expect(receiver.connections.opened).toBe(1)
    vi.advanceTimersByTime(5000)
    vi.useRealTimers()
    await vi.waitFor(() => expect(receiver.connections.open).toBe(0))
  })

  it('and has waited its time is not taken, though it is still open', async () => {
    const receiver = await aReceiver()
    const transport = aTransport()
    await transport.send(aRequest(receiver.url))
    const start = Date.now() - performance.now()
    const late = vi.spyOn(performance, 'now').mockImplementation(() => Date.now() - start + 4000)
    cleanups.push(() => late.mockRestore())
    await transport.send(aRequest(receiver.url, {timeoutMs: 60_000}))
    expect(receiver.requests.map(({connection}) => connection)).toEqual([1, 2])
  })
})

it('takes an answer that comes before the request was read, and leaves the rest of the request', async () => {
  const receiver = await aReceiver({
    onConnection: socket => {
      socket.once('data', () => socket.pause().write('HTTP/1.1 413 X\r\nContent-Length: 0\r\n\r\n'))
    },
  })
  const transport = aTransport()
  expect(await transport.send(aRequest(receiver.url, {body: Buffer.alloc(16 << 20)}))).toMatchObject({status: 413})
  const again = transport.send(aRequest(receiver.url))
  expect(await again).toMatchObject({status: 413})
  expect(receiver.connections.opened).toBe(2)
})

describe('redirects are never followed (A3)', () => {
  it.each(
    [301, 302, 303, 307, 308].flatMap(status =>
      ['absolute', '/relative', '//host'].map(form => [status, form] as const),
    ),
  )('%i to %s', async (status, form) => {
    const [receiver, honeypot] = [await aReceiver(), await aReceiver()]
    const location = {absolute: `${honeypot.url}/x`, '/relative': '/x', '//host': `//127.0.0.1:${honeypot.port}/x`}[
      form
    ]!
    receiver.next(answers.redirect(status, location))
    const outcome = await aTransport().send(aRequest(receiver.url))
    expect(outcome).toMatchObject({status, errorClass: null})
    expect(outcome.responseHeaders).toContainEqual(['Location', location])
    expect([receiver.requests.length, honeypot.connections.opened]).toEqual([1, 0])
  })
})

describe('an answer too large', () => {
  it('is read up to 64 KiB and kept up to 16 KiB, then the connection is destroyed (A12)', async () => {
    const receiver = await aReceiver()
    receiver.otherwise(answers.flood())
    const transport = aTransport()
    const outcomes = await Promise.all(Array.from({length: 8}, () => transport.send(aRequest(receiver.url))))
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({status: 200, errorClass: null, responseTruncated: true})
      expect(outcome.responseBody).toHaveLength(16 * 1024)
      expect(outcome.responseBytes).toBeLessThanOrEqual(192 * 1024)
    }
    await vi.waitFor(() => expect(receiver.connections.open).toBe(0))
  })

  it.each([
    ['hints before the answer', '', 'HTTP/1.1 103 Early Hints\r\n\r\n', null],
    ['empty lines before the answer', '', '\r\n', null],
    ['words beside the status', 'HTTP/1.1 200 ', 'x', null],
    ['words beside a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;', 'x', 200],
    ['digits of a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '0', 200],
    ['hints under TLS', '', 'HTTP/1.1 103 Early Hints\r\n\r\n', null, true],
  ])('is cut as well where what has no end is %s (A12)', async (_title, first, again, status, tls = false) => {
    let sent = 0
    const receiver = await aReceiver({tls})
    receiver.next((socket, ...rest) => {
      socket.on('close', () => {
        sent = socket.bytesWritten
      })
      return answers.endless(first, again)(socket, ...rest)
    })
    const outcome = await aTransport().send(
      aRequest(receiver.url, {timeoutMs: 1000, tls: {verify: false, caFile: null}}),
    )
    expect([outcome.status, outcome.errorClass]).toEqual([status, status === null ? 'bad_response' : null])
    if (status === null) expect(outcome.error).toContain('192 KiB')
    else expect(outcome.responseTruncated).toBe(true)
    await vi.waitFor(() => expect(receiver.connections.open).toBe(0))
    // What the kernels of both sides hold is sent, and never read.
    expect(sent).toBeLessThan(16 << 20)
  })

  it('is cut as well where nobody has asked for anything (A12)', async () => {
    const receiver = await aReceiver()
    receiver.next((socket, ...rest) => {
      socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=600\r\nContent-Length: 0\r\n\r\n')
      return answers.endless('', '\r\n')(socket, ...rest)
    })
    const transport = aTransport()
    expect(await transport.send(aRequest(receiver.url))).toMatchObject({status: 200})
    await vi.waitFor(() => expect(receiver.connections.open).toBe(0))
    expect(await transport.send(aRequest(receiver.url))).toMatchObject({status: 204})
  })

  it('keeps its connection when it is whole within 64 KiB', async () => {
    const receiver = await aReceiver()
    receiver.otherwise(answers.status(200, {body: 'x'.repeat(60_000)}))
    const transport = aTransport()
    // Together more than may come in for one of them.
    for (const _ of [1, 2, 3, 4]) {
      const outcome = await transport.send(aRequest(receiver.url))
      expect(outcome).toMatchObject({responseBytes: 60_000, responseTruncated: true})
      expect(outcome.responseBody).toHaveLength(16 * 1024)
    }
    expect(receiver.connections.opened).toBe(1)
  })

  it('is not inflated, and none is asked to deflate (A13)', async () => {
    const bomb = gzipSync(gzipSync(Buffer.alloc(8 * 1024 * 1024)))
    const receiver = await aReceiver()
    receiver.next(answers.status(200, {headers: {'Content-Encoding': 'gzip, gzip'}, body: bomb}))
    const outcome = await aTransport().send(aRequest(receiver.url))
    expect(Buffer.from(outcome.responseBody)).toEqual(bomb)
  })

  it('fails when its headers exceed 16 KiB (A15)', async () => {
    const receiver = await aReceiver()
    receiver.next(answers.bigHeaders(64 * 1024))
    const outcome = await aTransport().send(aRequest(receiver.url))
    expect(outcome).toMatchObject({errorClass: 'bad_response', status: null})
    expect(outcome.error).toContain('16 KiB')
  })

  it('keeps fifty headers and no cookie (A15)', async () => {
    const receiver = await aReceiver()
    receiver.next(answers.manyHeaders(200), answers.status(200, {headers: {'Set-Cookie': 'session=canary'}}))
    const transport = aTransport()
    expect((await transport.send(aRequest(receiver.url))).responseHeaders).toHaveLength(50)
    const {responseHeaders} = await transport.send(aRequest(receiver.url))
    expect(responseHeaders).toContainEqual(['Set-Cookie', '***'])
  })
})

describe('one deadline from look-up to last byte (A14)', () => {
  it.each([
    ['says nothing', answers.silent(), null, 'no answer came'],
    ['drips its headers', answers.dripHeaders(20), null, 'no answer came'],
    ['drips its body', answers.dripBody(20), 200, 'did not end'],
  ])('ends an exchange with a receiver that %s', async (_title, answer, status, words) => {
    const receiver = await aReceiver()
    receiver.otherwise(answer)
    const outcome = await aTransport().send(aRequest(receiver.url, {timeoutMs: 300}))
    expect(outcome).toMatchObject({errorClass: 'timeout', status})
    expect(outcome.error).toContain(words)
    expect(outcome.durationMs).toBeGreaterThanOrEqual(299)
    expect(outcome.durationMs).toBeLessThan(800)
    await vi.waitFor(() => expect(receiver.connections.open).toBe(0))
  })

  it('ends an exchange whose connection is accepted and never read', async () => {
    const receiver = await aReceiver({onConnection: socket => socket.pause()})
    const outcome = await aTransport().send(aRequest(receiver.url, {timeoutMs: 300, body: Buffer.alloc(8 << 20)}))
    expect(outcome).toMatchObject({errorClass: 'timeout', status: null})
  })

  it('takes an answer that was there in time for one, however long this process stood still meanwhile', async () => {
    const receiver = await aReceiver()
    receiver.next(socket => {
      socket.write('HTTP/1.1 204 X\r\n\r\n')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400)
    })
    const outcome = await aTransport().send(aRequest(receiver.url, {timeoutMs: 300}))
    expect(outcome).toMatchObject({status: 204, errorClass: null})
  })

  it('ends a look-up that hangs', async () => {
    const transport = aTransport({resolve: () => new Promise(() => {})})
    const outcome = await transport.send(aRequest('http://hang.example/', {timeoutMs: 100}))
    expect(outcome).toMatchObject({errorClass: 'timeout', remoteAddress: null})
    expect(outcome.error).toContain('did not resolve')
  })

  it('ends a TLS handshake that hangs', async () => {
    const receiver = await aReceiver({onConnection: () => {}})
    const outcome = await aTransport().send(aRequest(`https://127.0.0.1:${receiver.port}/`, {timeoutMs: 100}))
    expect(outcome).toMatchObject({errorClass: 'timeout', remoteAddress: '127.0.0.1'})
    expect(outcome.error).toContain('TLS')
  })
})

describe('a failure has a class and a sentence', () => {
  it.each([
    ['a reset', answers.reset(), 'reset', null],
    ['a connection that is half closed', answers.halfClose(), 'reset', null],
    ['an answer shorter than it says', answers.lyingLength(100, 10), 'reset', 200],
    ['what is not HTTP', answers.raw('SSH-2.0-OpenSSH_9.9\r\n'), 'bad_response', null],
    [
      'an upgrade nobody asked for',
      answers.raw('HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
      'bad_response',
      null,
    ],
  ])('for %s', async (_title, answer, errorClass, status) => {
    const receiver = await aReceiver()
    receiver.next(answer)
    const outcome = await aTransport().send(aRequest(receiver.url))
    expect(outcome).toMatchObject({errorClass, status})
    expect(outcome.error).toContain(`127.0.0.1:${receiver.port}`)
  })

  it('for a closed port, with the address that was tried', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const {port} = server.address() as AddressInfo
    await new Promise(done => server.close(done))
    const outcome = await aTransport().send(aRequest(`http://localhost:${port}/`))
    expect(outcome).toMatchObject({errorClass: 'refused', status: null})
    expect(outcome.error).toBe(`no connection to localhost:${port} (ECONNREFUSED)`)
    expect(['127.0.0.1', '::1']).toContain(outcome.remoteAddress)
  })

  it('for a name that does not exist, and for one without addresses', async () => {
    const transport = aTransport({zone: {'empty.example': []}})
    for (const host of ['nx.example', 'empty.example']) {
      const outcome = await transport.send(aRequest(`http://${host}/`))
      expect(outcome).toMatchObject({errorClass: 'dns', remoteAddress: null})
      expect(outcome.error).toContain(host)
    }
  })

  it.each([
    [['X-A', 'a\r\nX-Evil: 1']],
    [['X-A', 'a\u0000']],
    [['X-A', '\u20ac']],
    [['X A', 'a']],
    [['', 'a']],
    [['Host', 'evil.example']],
    [['content-length', '1']],
    [['Transfer-Encoding', 'chunked']],
    [['Connection', 'upgrade']],
  ] as [readonly [string, string]][])('for the header %j, which never reaches the wire (A11)', async header => {
    const receiver = await aReceiver()
    const outcome = await aTransport().send(aRequest(receiver.url, {headers: [header]}))
    expect(outcome.errorClass).toBe('internal')
    expect(outcome.error).toMatch(/no header name|belongs to the connection|holds a character/)
    expect(receiver.connections.opened).toBe(0)
  })

  it('never shows the value of a header that it refuses (A11)', async () => {
    const outcome = await aTransport().send(aRequest('http://127.0.0.1:8080/', {headers: [['X-Key', 'canary\n']]}))
    expect(JSON.stringify(outcome)).not.toContain('canary')
  })

  it('for an abort, whether before or in the middle', async () => {
    const receiver = await aReceiver()
    receiver.otherwise(answers.silent())
    const stop = new AbortController()
    const sent = aTransport().send(aRequest(receiver.url, {signal: stop.signal}))
    await receiver.received(1)
    stop.abort()
    expect(await sent).toMatchObject({errorClass: 'aborted'})
    expect(await aTransport().send(aRequest(receiver.url, {signal: stop.signal}))).toMatchObject({
      errorClass: 'aborted',
    })
    await vi.waitFor(() => expect(receiver.connections.open).toBe(0))
  })

  it('for everything in flight when the transport is closed', async () => {
    const receiver = await aReceiver()
    receiver.otherwise(answers.silent())
    const transport = aTransport()
    const sent = transport.send(aRequest(receiver.url))
    await receiver.received(1)
    await transport.close()
    expect(await sent).toMatchObject({errorClass: 'aborted'})
    expect(await transport.send(aRequest(receiver.url))).toMatchObject({errorClass: 'aborted'})
  })
})

describe('the target policy at the dial', () => {
  const publicOnly = parseTargetPolicy({reach: 'public'})

  it('holds against a name that changes its address: 200 turns, no visit (A2)', async () => {
    const honeypot = await aReceiver()
    let turn = 0
    // TEST-NET-1 stands for the harmless turns: refused as `special`, so nothing is dialled off this machine.
    const resolve = async () => (turn++ % 2 === 0 ? ['192.0.2.1'] : ['127.0.0.1'])
    const transport = aTransport({policy: publicOnly, resolve})
    for (let round = 0; round < 200; round++) {
      const outcome = await transport.send(aRequest(`http://rebind.example:${honeypot.port}/`))
      expect(outcome).toMatchObject({errorClass: 'target_denied', remoteAddress: null})
    }
    expect([turn, honeypot.connections.opened]).toEqual([200, 0])
  })

  it.each(['127.0.0.1', '2130706433', '[::ffff:127.0.0.1]', 'localhost', 'LOCALHOST.'])(
    'holds for %s, which no resolver is asked for (finding 6)',
    async host => {
      const honeypot = await aReceiver()
      const outcome = await aTransport({policy: publicOnly}).send(aRequest(`http://${host}:${honeypot.port}/`))
      expect(outcome.errorClass).toBe('target_denied')
      expect(outcome.error).toContain('loopback')
      expect(honeypot.connections.opened).toBe(0)
    },
  )

  it('refuses a mixed answer whole (A4)', async () => {
    const honeypot = await aReceiver()
    const transport = aTransport({policy: publicOnly, zone: {'mixed.example': ['127.0.0.1', '93.184.215.14']}})
    expect(await transport.send(aRequest(`http://mixed.example:${honeypot.port}/`))).toMatchObject({
      errorClass: 'target_denied',
    })
    expect(honeypot.connections.opened).toBe(0)
  })

  it('never lets a metadata address be dialled, under any policy (A6)', async () => {
    const policy = parseTargetPolicy({reach: 'local', allow: ['0.0.0.0/0', '::/0']})
    const transport = aTransport({policy, zone: {'meta.example': ['169.254.169.254']}})
    for (const host of ['169.254.169.254', 'meta.example', '[fe80::1]']) {
      expect(await transport.send(aRequest(`http://${host}/`))).toMatchObject({errorClass: 'target_denied'})
    }
  })

  it('looks at the address at the other end of the socket, whatever the look-up said (A2)', async () => {
    const honeypot = await aReceiver()
    const target = {hostname: 'sly.example', port: honeypot.port}
    const origin = {origin: `http://sly.example:${honeypot.port}`, target, key: '', tls: {}, proxy: null}
    const checked: string[] = []
    // Lets the name through as if its look-up had been fooled, and says no to what was reached.
    const fooled: Guard = {
      admit: async () => ['127.0.0.1'],
      admitThrough: async () => {},
      check(_, address) {
        checked.push(address)
        throw new Error('not there')
      },
    }
    const line = openLine(origin, createConnector(origin, fooled, Buffer.alloc(1024)), fooled)
    cleanups.push(() => line.kill())
    const ended = Promise.withResolvers<unknown>()
    const request = {head: 'POST / HTTP/1.1\r\n\r\n', body: new Uint8Array()}
    line.send(request, new AnswerReader(ended.resolve), () => {})
    expect(String(await ended.promise)).toContain('not there')
    expect(checked).toEqual(['127.0.0.1'])
    expect(honeypot.requests).toHaveLength(0)
  })

  it('never sends to a listener of hookctl itself (A7)', async () => {
    const own = await aReceiver()
    const ownListeners = () => [{address: '127.0.0.1', port: own.port}]
    const transport = aTransport({ownListeners, zone: {'me.example': ['127.0.0.1']}})
    for (const host of ['127.0.0.1', 'localhost', 'me.example']) {
      const outcome = await transport.send(aRequest(`http://${host}:${own.port}/`))
      expect(outcome.errorClass).toBe('target_denied')
      expect(outcome.error).toContain('hookctl itself')
    }
    expect(own.connections.opened).toBe(0)
  })

  it('refuses a URL that should never have been stored', async () => {
    const transport = aTransport()
    for (const url of ['file:///etc/passwd', 'http://user:pw@127.0.0.1/', 'http://127.0.0.1:22/', '']) {
      const outcome = await transport.send(aRequest(url))
      expect(outcome.errorClass).toBe('target_denied')
      expect(outcome.error).not.toContain('pw')
    }
  })

  it('lets a name lead to loopback under the local policy', async () => {
    const receiver = await aReceiver()
    const transport = aTransport({zone: {'hooks.example': ['127.0.0.1']}})
    expect(await transport.send(aRequest(`http://hooks.example:${receiver.port}/`))).toMatchObject({status: 204})
    expect(receiver.requests[0]!.header('host')).toBe(`hooks.example:${receiver.port}`)
  })

  it('goes on to the next address of a name when one does not answer', async () => {
    const receiver = await aReceiver()
    const transport = aTransport({zone: {'two.example': ['::1', '127.0.0.1']}})
    expect(await transport.send(aRequest(`http://two.example:${receiver.port}/`))).toMatchObject({
      status: 204,
      remoteAddress: '127.0.0.1',
    })
  })
})

describe('TLS is verified per webhook (A10, NBX-19)', () => {
  async function aCaFile(content = certificate): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'hookctl-ca-'))
    cleanups.push(() => rm(folder, {recursive: true}))
    const caFile = join(folder, 'ca.pem')
    await writeFile(caFile, content)
    return caFile
  }

  it('refuses a certificate nobody vouches for, takes it with its CA file, takes anything when told to', async () => {
    const receiver = await aReceiver({tls: true})
    const transport = aTransport()
    const caFile = await aCaFile()
    const refused = await transport.send(aRequest(receiver.url))
    expect(refused).toMatchObject({errorClass: 'tls', status: null})
    expect(refused.error).toContain('self-signed certificate')
    expect(await transport.send(aRequest(receiver.url, {tls: {verify: true, caFile}}))).toMatchObject({status: 204})
    expect(await transport.send(aRequest(receiver.url, {tls: {verify: false, caFile: null}}))).toMatchObject({
      status: 204,
    })
    expect(await transport.send(aRequest(receiver.url))).toMatchObject({errorClass: 'tls'})
    expect(receiver.requests).toHaveLength(2)
  })

  it('resumes the TLS session of the connection before', async () => {
    const receiver = await aReceiver({tls: true})
    const resumed: boolean[] = []
    receiver.otherwise(socket => {
      resumed.push((socket as TLSSocket).isSessionReused())
      socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    })
    const transport = aTransport()
    const tls = {verify: false, caFile: null}
    for (const _ of [1, 2, 3]) expect(await transport.send(aRequest(receiver.url, {tls}))).toMatchObject({status: 200})
    expect(resumed).toEqual([false, true, true])
  })

  it('refuses a certificate made out to another name', async () => {
    const receiver = await aReceiver({tls: true})
    const transport = aTransport({zone: {'secure.example.com': ['127.0.0.1'], 'other.example.com': ['127.0.0.1']}})
    const tls = {verify: true, caFile: await aCaFile()}
    const send = (host: string) => transport.send(aRequest(`https://${host}:${receiver.port}/`, {tls}))
    expect(await send('secure.example.com')).toMatchObject({status: 204})
    expect(await send('other.example.com')).toMatchObject({errorClass: 'tls'})
  })

  const unusable: readonly [what: string, make: () => Promise<string>][] = [
    ['is not there', async () => '/nowhere/ca.pem'],
    ['is a folder', async () => tmpdir()],
    ['is a pipe that nobody writes to (A14)', aPipe],
    ['has no end', async () => '/dev/zero'],
    ['holds no certificate', () => aCaFile('root:x:0:0')],
    ['is larger than 1 MiB', () => aCaFile(`${certificate}${' '.repeat(1024 * 1024)}`)],
  ]

  async function aPipe(): Promise<string> {
    const file = `${await aCaFile('')}.pipe`
    expect(spawnSync('mkfifo', [file]).status).toBe(0)
    return file
  }

  it.each(unusable)('a CA file that %s is refused at once, in the same words as any other', async (_what, make) => {
    const caFile = await make()
    const outcome = await aTransport().send(aRequest('https://127.0.0.1:8443/', {tls: {verify: true, caFile}}))
    expect(outcome).toMatchObject({
      errorClass: 'tls',
      error: `the CA file ${caFile} cannot be read: it has to be a file of up to 1 MiB with certificates in PEM, on the machine that sends`,
    })
  })

  it('reads a CA file again when it was renewed', async () => {
    const receiver = await aReceiver({tls: true})
    const transport = aTransport()
    const caFile = await aCaFile('')
    expect(await transport.send(aRequest(receiver.url, {tls: {verify: true, caFile}}))).toMatchObject({
      errorClass: 'tls',
    })
    await writeFile(caFile, certificate)
    expect(await transport.send(aRequest(receiver.url, {tls: {verify: true, caFile}}))).toMatchObject({status: 204})
  })

  it('says so when the receiver speaks no TLS', async () => {
    const receiver = await aReceiver()
    receiver.otherwise(answers.status(400))
    const plain = await aReceiver({
      onConnection: socket => void socket.once('data', () => socket.end('HTTP/1.1 400 X\r\n\r\n')),
    })
    const outcome = await aTransport().send(aRequest(`https://127.0.0.1:${plain.port}/`))
    expect(outcome).toMatchObject({errorClass: 'tls', status: null})
  })
})

it('takes no proxy from the environment (A9)', async () => {
  const [receiver, proxy] = [await aReceiver(), await aReceiver()]
  vi.stubEnv('HTTP_PROXY', proxy.url)
  vi.stubEnv('http_proxy', proxy.url)
  vi.stubEnv('ALL_PROXY', proxy.url)
  cleanups.push(() => vi.unstubAllEnvs())
  expect(await aTransport().send(aRequest(receiver.url))).toMatchObject({status: 204})
  expect(proxy.connections.opened).toBe(0)
})

it('forgets the connections of receivers used long ago', async () => {
  const receiver = await aReceiver()
  const zone = Object.fromEntries(Array.from({length: 300}, (_, index) => [`r${index}.example`, ['127.0.0.1']]))
  const transport = aTransport({zone})
  for (const host of Object.keys(zone)) await transport.send(aRequest(`http://${host}:${receiver.port}/`))
  expect(receiver.connections.opened).toBe(300)
  await vi.waitFor(() => expect(receiver.connections.open).toBeLessThanOrEqual(256))
})
