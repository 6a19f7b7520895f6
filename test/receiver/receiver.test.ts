import {randomBytes} from 'node:crypto'
import {once} from 'node:events'
import {request as httpRequest} from 'node:http'
import {connect} from 'node:net'
import {describe, expect, it} from 'vitest'
import {scriptedAnswer, textAnswer} from '../../src/receiver/answer.ts'
import {aReceiver, sendRaw, until} from './sender.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY', 'PROPFIND', 'PURGE']

describe('the local receiver', () => {
  it('an IPv6 address may stand in brackets, as in its URL', async () => {
    await using receiver = await aReceiver({host: '[::1]'})
    expect([receiver.host, receiver.url]).toEqual(['::1', `http://[::1]:${receiver.port}/`])
  })

  it('listens on the loopback interface only and says where', async () => {
    await using receiver = await aReceiver()
    expect(receiver.host).toBe('127.0.0.1')
    expect(receiver.url).toBe(`http://127.0.0.1:${receiver.port}/`)
  })

  it.each(METHODS)('T17: routes the method %s', async method => {
    await using receiver = await aReceiver()
    const answer = await sendRaw(receiver.port, `${method} /x?y=1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/)
    expect(receiver.requests).toMatchObject([{method, target: '/x?y=1', n: 1}])
  })

  it('keeps headers in their order, in their spelling, repeated, and byte for byte', async () => {
    await using receiver = await aReceiver()
    const wire =
      'POST / HTTP/1.1\r\nx-b: 1\r\nX-A: K\xc3\xb6ln\r\nX-Hook-Signature: one\r\nx-hook-signature: two\r\nConnection: close\r\n\r\n'
    await sendRaw(receiver.port, wire)
    expect(receiver.requests[0]?.headers).toEqual([
      ['x-b', '1'],
      ['X-A', 'K\xc3\xb6ln'],
      ['X-Hook-Signature', 'one'],
      ['x-hook-signature', 'two'],
      ['Connection', 'close'],
    ])
  })

  it('keeps the exact bytes of a body, with a length or in chunks', async () => {
    await using receiver = await aReceiver()
    const body = Buffer.concat([Buffer.from('\ufeff\r\n\0'), randomBytes(100_000)])
    const head = 'POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n'
    await sendRaw(receiver.port, Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]))
    const chunk = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')])
    await sendRaw(receiver.port, Buffer.concat([Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`), chunk]))
    expect(receiver.requests.map(({body: taken}) => body.equals(taken))).toEqual([true, true])
  })

  it.each(['gzip, chunked', 'Deflate,chunked'])(
    'a body in a transfer coding that it does not undo is refused, not kept as it came: %s',
    async coding => {
      await using receiver = await aReceiver()
      const head = `POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: ${coding}\r\nConnection: close\r\n\r\n`
      expect(await sendRaw(receiver.port, `${head}4\r\nbody\r\n0\r\n\r\n`)).toMatch(/^HTTP\/1.1 415 /)
      expect(receiver.requests).toEqual([])
      expect(receiver.refused).toMatchObject([{reason: 'coded_body', status: 415}])
    },
  )

  it('takes a body that waits to be asked for', async () => {
    await using receiver = await aReceiver()
    const head = 'POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\nConnection: close\r\n\r\n'
    const answer = await sendRaw(receiver.port, `${head}body`)
    expect(answer).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/)
  })

  it('answers as the script says: status, headers and body', async () => {
    const script = {
      status: 418,
      headers: [['Set-Cookie', 'a'] as const, ['Set-Cookie', 'b'] as const],
      body: Buffer.from('tea'),
    }
    await using receiver = await aReceiver({respond: ({n}) => scriptedAnswer(script, n)})
    const answer = await sendRaw(receiver.port, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1.1 418 /)
    expect(answer.match(/^Set-Cookie: .$/gm)).toEqual(['Set-Cookie: a', 'Set-Cookie: b'])
    expect(answer).toMatch(/Content-Length: 3\r\n[\s\S]*\r\n\r\ntea$/)
  })

  it('fails as many first requests as asked, then recovers', () => {
    const statuses = [1, 2, 3, 4].map(n => scriptedAnswer({failFirst: 2, failStatus: 503, status: 202}, n).status)
    expect(statuses).toEqual([503, 503, 202, 202])
  })

  it('hands over the request before its delay is over', async () => {
    await using receiver = await aReceiver({respond: () => ({...textAnswer(200, 'late'), delayMs: 3_600_000})})
    const pending = sendRaw(receiver.port, 'GET / HTTP/1.1\r\n\r\n')
    await until(() => receiver.requests.length === 1)
    expect(receiver.answered).toEqual([])
    await receiver.close()
    await pending
    expect(receiver.answered).toEqual([[1, false]])
  })

  it('says when a sender was gone before its answer', async () => {
    const gate = Promise.withResolvers<void>()
    await using receiver = await aReceiver({respond: () => gate.promise.then(() => textAnswer(200, 'late'))})
    const socket = connect(receiver.port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n')
    await until(() => receiver.counts().received === 1)
    socket.resetAndDestroy()
    await once(socket, 'close')
    // A whole exchange later the server has seen the reset as well.
    const other = sendRaw(receiver.port, 'BROKEN\r\n\r\n')
    await other
    gate.resolve()
    await until(() => receiver.answered.length === 1)
    expect(receiver.answered).toEqual([[1, false]])
    expect(receiver.counts()).toMatchObject({received: 1, answered: 0})
  })

  it('turns a failing script into a 500 and goes on', async () => {
    await using receiver = await aReceiver({respond: () => Promise.reject(new Error('disk full'))})
    const answer = await sendRaw(receiver.port, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1.1 500 /)
    expect(answer).not.toContain('disk full')
    expect(receiver.failures).toHaveLength(1)
  })

  it('refuses a body over its limit with 413, whatever length was announced', async () => {
    await using receiver = await aReceiver({maxBodyBytes: 10})
    const head = 'POST / HTTP/1.1\r\nHost: h\r\n'
    const announced = await sendRaw(receiver.port, `${head}Content-Length: 11\r\n\r\n12345678901`)
    const chunked = await sendRaw(
      receiver.port,
      `${head}Transfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n`,
    )
    const asked = await sendRaw(receiver.port, `${head}Expect: 100-continue\r\nContent-Length: 11\r\n\r\n`)
    for (const answer of [announced, chunked, asked]) expect(answer).toMatch(/^HTTP\/1.1 413 /)
    expect(receiver.requests).toEqual([])
    expect(receiver.refused.map(({reason, status}) => [reason, status])).toEqual(
      Array.from({length: 3}, () => ['body_too_large', 413]),
    )
    await sendRaw(receiver.port, `${head}Content-Length: 10\r\nConnection: close\r\n\r\n1234567890`)
    expect(receiver.counts()).toEqual({received: 1, answered: 1, refused: 3})
  })

  it('does not let a sender that drips hold on to it', async () => {
    await using receiver = await aReceiver({requestTimeoutMs: 100})
    const head = await sendRaw(receiver.port, 'POST / HTTP/1.1\r\nX-Slow: ')
    const body = await sendRaw(receiver.port, 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12345')
    expect([head, body].map(answer => answer.slice(0, 12))).toEqual(['HTTP/1.1 408', 'HTTP/1.1 408'])
    expect(receiver.refused.map(({reason}) => reason)).toEqual(['incomplete_request', 'incomplete_request'])
  })

  it('tells once of a body that broke off', async () => {
    await using receiver = await aReceiver()
    await sendRaw(receiver.port, 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12345', {hangUp: true})
    await until(() => receiver.refused.length > 0)
    expect(receiver.refused).toMatchObject([
      {reason: 'incomplete_request', detail: expect.stringContaining('ended before')},
    ])
    expect(receiver.requests).toEqual([])
  })

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', /HPE_/, 400],
    ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00', /https:/, 400],
    ['headers without end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`, /larger than/, 431],
    ['a tunnel', 'CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n', /tunnel/, 405],
  ])('answers %s with a reason and goes on', async (_, wire, detail, status) => {
    await using receiver = await aReceiver()
    const answer = await sendRaw(receiver.port, wire)
    expect(answer.startsWith(`HTTP/1.1 ${status} `)).toBe(true)
    expect(receiver.refused).toMatchObject([{reason: 'malformed_request', status}])
    expect(receiver.refused[0]?.detail).toMatch(detail)
    expect(await sendRaw(receiver.port, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/200 OK/)
  })

  it('says what to do when the port is taken', async () => {
    await using receiver = await aReceiver()
    await expect(aReceiver({port: receiver.port})).rejects.toMatchObject({
      kind: 'conflict',
      code: 'port_taken',
      hint: expect.stringContaining('--port 0'),
    })
  })

  it('answers over one connection as often as asked', async () => {
    await using receiver = await aReceiver()
    const two = 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na'
    await sendRaw(receiver.port, two + two.replace('Host', 'Connection: close\r\nHost'))
    expect(receiver.requests.map(({n}) => n)).toEqual([1, 2])
  })

  it('answers HEAD without a body', async () => {
    await using receiver = await aReceiver()
    const response = await new Promise<number | undefined>((resolve, reject) => {
      const outgoing = httpRequest({port: receiver.port, host: '127.0.0.1', method: 'HEAD'}, incoming => {
        incoming.resume()
        resolve(incoming.statusCode)
      })
      outgoing.on('error', reject).end()
    })
    expect(response).toBe(200)
  })
})
