import {randomBytes} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import {HookctlError} from '../../src/errors.ts'
import {formatRequest, type Header, parseRequest} from '../../src/receiver/raw-http.ts'

const parse = (text: string) => parseRequest(Buffer.from(text, 'latin1'))
const bodyOf = (text: string) => Buffer.from(parse(text).body).toString('latin1')

function failure(text: string): HookctlError {
  try {
    parse(text)
  } catch (error) {
    expect(error).toBeInstanceOf(HookctlError)
    return error as HookctlError
  }
  throw new Error('it was accepted')
}

describe('a saved request', () => {
  it('reads back as it was written, for bodies of any bytes', () => {
    for (let round = 0; round < 50; round += 1) {
      const body = randomBytes(round * 7)
      const headers: Header[] = [
        ['Host', '127.0.0.1:9000'],
        ['X-Twice', 'a'],
        ['x-twice', 'b: c'],
        ['X-Latin', 'K\u00f6ln'],
        ['Content-Length', String(body.length)],
      ]
      const request = {method: 'PATCH', target: '/hook?x=%20y', headers, body}
      const parsed = parseRequest(formatRequest(request))
      expect({...parsed, body: Buffer.from(parsed.body).toString('hex')}).toEqual({
        ...request,
        body: body.toString('hex'),
        ignoredBytes: 0,
      })
    }
  })

  it('is a message that can be sent again: what came in chunks is written with its length', () => {
    const headers: Header[] = [
      ['Host', 'h'],
      ['Transfer-Encoding', 'chunked'],
      ['Trailer', 'X-Sum'],
      ['X-After', '1'],
    ]
    const text = formatRequest({method: 'POST', target: '/', headers, body: Buffer.from('4\r\nnot\r\n')}).toString()
    expect(text).toBe('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\nX-After: 1\r\n\r\n4\r\nnot\r\n')
  })

  it.each([
    ['CRLF', 'POST /a HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\n\r\nbody\r\n', 'body\r\n'],
    ['LF', 'POST /a HTTP/1.1\nHost: h\nContent-Type: text/plain\n\nbody\n', 'body\n'],
    ['a byte order mark and empty lines first', '\xef\xbb\xbf\r\nPOST /a HTTP/1.1\r\nHost: h\r\n\r\nbody', 'body'],
    ['no version', 'POST /a\nHost: h\n\nbody', 'body'],
    ['HTTP/2', 'POST /a HTTP/2\nhost: h\n\nbody', 'body'],
    ['no headers at all', 'POST /a HTTP/1.1\n\nbody', 'body'],
    ['an empty body', 'POST /a HTTP/1.1\r\nHost: h\r\n\r\n', ''],
    ['an empty line inside the body', 'POST /a HTTP/1.1\n\n\n\nbody', '\n\nbody'],
  ])('is read with %s', (_, text, body) => {
    expect(bodyOf(text)).toBe(body)
    expect(parse(text)).toMatchObject({method: 'POST', target: '/a'})
  })

  it('keeps repeated headers apart, splits at the first colon and joins folded lines', () => {
    const {headers} = parse('GET / HTTP/1.1\nA: http://x:1/\nA:\t2 \nFolded: one,\n  two\n\n')
    expect(headers).toEqual([
      ['A', 'http://x:1/'],
      ['A', '2'],
      ['Folded', 'one, two'],
    ])
  })

  it('takes header names as gateways and frameworks spell them', () => {
    const {headers} = parse('POST / HTTP/1.1\nHTTP_X_HOOK_SIGNATURE: ab\nx_hook_signature: cd\nCONTENT_TYPE: a/b\n\n')
    expect(headers.map(([name]) => name)).toEqual(['X-HOOK-SIGNATURE', 'x-hook-signature', 'CONTENT-TYPE'])
  })

  it('takes as many body bytes as Content-Length names and says what it left', () => {
    const parsed = parse('POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody\n')
    expect(Buffer.from(parsed.body).toString()).toBe('body')
    expect(parsed.ignoredBytes).toBe(1)
  })

  it.each([
    ['CRLF', '4\r\nbody\r\n6;ext="x"\r\n\r\nmore\r\n0\r\nX-Sum: 1\r\n\r\n'],
    ['LF', '4\nbody\n6\n\r\nmore\n0\n\n'],
  ])('puts chunks with %s line ends together', (_, chunks) => {
    const parsed = parse(`POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`)
    expect(Buffer.from(parsed.body).toString()).toBe('body\r\nmore')
    expect(parsed.ignoredBytes).toBe(0)
  })

  it.each([
    ['', 'request_empty'],
    ['\r\n\r\n', 'request_empty'],
    ['{"a": 1}', 'request_empty'],
    ['{"a": 1}\n', 'request_line_missing'],
    ['X-Hook-Signature: ab\n\nbody', 'request_line_missing'],
    ['POST\n\nbody', 'request_line_missing'],
    ['POST / HTTP/1.1 x\n\nbody', 'request_line_missing'],
    ['HTTP/1.1 200 OK\r\n\r\n', 'request_is_answer'],
    ['POST / HTTP/1.1\r\nHost: h\r\n', 'request_incomplete'],
    ['POST / HTTP/1.1\r\nHost: h', 'request_incomplete'],
    ['POST / HTTP/1.1\nno header\n\nbody', 'request_header_malformed'],
    ['POST / HTTP/1.1\nName : x\n\nbody', 'request_header_malformed'],
    ['POST / HTTP/1.1\n: x\n\nbody', 'request_header_malformed'],
    ['POST / HTTP/1.1\nContent-Length: 5\n\nbody', 'request_body_incomplete'],
    ['POST / HTTP/1.1\nContent-Length: 4\nContent-Length: 3\n\nbody', 'request_length_unclear'],
    ['POST / HTTP/1.1\nContent-Length: four\n\nbody', 'request_length_unclear'],
    ['POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n{"a": 1}', 'request_chunks_broken'],
    ['POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n4\nbo', 'request_chunks_broken'],
    ['POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n4\nbody\n', 'request_chunks_broken'],
    ['POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n4\nbodyx0\n\n', 'request_chunks_broken'],
    ['POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n0\n', 'request_chunks_broken'],
    ['POST / HTTP/1.1\nTransfer-Encoding: gzip, chunked\n\n4\nbody\n0\n\n', 'request_body_coded'],
    ['POST / HTTP/1.1\nTransfer-Encoding: gzip\n\nbody', 'request_body_coded'],
  ])('with a piece missing is refused by name: %j', (text, code) => {
    const error = failure(text)
    expect(error.code).toBe(code)
    expect(error.kind).toBe('usage')
    expect(error.hint).toBeTruthy()
  })

  it('never says what stood in a broken line: it may be a credential', () => {
    expect(failure('POST / HTTP/1.1\nBearer canary\n\n').message).not.toContain('canary')
  })

  it('shares its memory with the file it was read from', () => {
    const file = Buffer.concat([Buffer.from('POST / HTTP/1.1\r\n\r\n'), Buffer.alloc(1_000_000)])
    expect(parseRequest(file).body.buffer).toBe(file.buffer)
  })
})
