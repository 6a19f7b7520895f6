import {expect, it} from 'vitest'
import type {Header} from '../../src/domain/webhook.ts'
import {AnswerParser} from '../../src/transport/answer-parser.ts'
import type {BadAnswer} from '../../src/transport/failure.ts'

interface Read {
  status: number | null
  headers: readonly Header[]
  body: string
  /** Whether the answer ended before its connection did, with it, or not at all; else what is wrong with it. */
  end: string
  keptMs: number
}

/** What is read of an answer that comes in these pieces, and then of the end of its connection. */
function read(pieces: readonly string[]): Read {
  const parser = new AnswerParser()
  const found: Read = {status: null, headers: [], body: '', end: '', keptMs: 0}
  parser.begin({
    begun: (status, headers) => void Object.assign(found, {status, headers}),
    received(bytes) {
      found.body += bytes.toString('latin1')
    },
  })
  try {
    for (const piece of pieces) parser.feed(Buffer.from(piece, 'latin1'))
    found.end = parser.isOver ? 'whole' : parser.end() ? 'with its connection' : 'cut off'
    found.keptMs = parser.keptMs
  } catch (error) {
    found.end = (error as BadAnswer).sentence('a.example')
  }
  return found
}

const inHalves = (text: string) => Array.from({length: text.length + 1}, (_, at) => [text.slice(0, at), text.slice(at)])

/** However it comes: whole, byte by byte, and cut at each place. */
function readEveryWay(text: string): Read {
  const whole = read([text])
  for (const pieces of [[...text], ...inHalves(text)]) {
    const {keptMs, ...rest} = read(pieces)
    expect([rest, pieces], text).toEqual([{...whole, keptMs: undefined}, pieces].map(dropUndefined))
  }
  return whole
}

const dropUndefined = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

it.each<[title: string, text: string, expected: Partial<Read>]>([
  ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', {status: 200, body: 'ok', end: 'whole', keptMs: 4000}],
  ['a length of nothing', 'HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n', {status: 200, end: 'whole', keptMs: 4000}],
  ['no content', 'HTTP/1.1 204 No Content\r\n\r\n', {status: 204, end: 'whole', keptMs: 4000}],
  ['nothing new, whatever its length', 'HTTP/1.1 304 X\r\nContent-Length: 9\r\n\r\n', {status: 304, end: 'whole'}],
  [
    'chunks, with extensions, zeros before them, blanks behind them and trailers',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n3;a="b"\r\nabc\r\n00A \r\n0123456789\r\n0\r\nX: y\r\n\r\n',
    {status: 200, body: 'abc0123456789', end: 'whole', keptMs: 4000},
  ],
  ['nothing but its connection', 'HTTP/1.1 200 OK\r\n\r\nbye', {body: 'bye', end: 'with its connection', keptMs: 0}],
  [
    'a coding that is not told in chunks',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\nbye',
    {body: 'bye', end: 'with its connection', keptMs: 0},
  ],
])('reads an answer that ends by %s, in whatever pieces it comes', (_title, text, expected) => {
  expect(readEveryWay(text)).toMatchObject({headers: expect.anything(), ...expected})
})

it('keeps names and values as they came, without what stands around a value', () => {
  const text = 'HTTP/1.1 200\r\nX-A:  a b \t\r\nx-a:\r\nX-L: \xe9\xa0\r\nContent-Length: 0\r\n\r\n'
  expect(readEveryWay(text).headers).toEqual([
    ['X-A', 'a b'],
    ['x-a', ''],
    ['X-L', '\xe9\xa0'],
    ['Content-Length', '0'],
  ])
})

it('passes over hints and over empty lines before the answer', () => {
  const hints =
    '\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\nContent-Length: 5\r\n\r\n'
  expect(readEveryWay(`${hints}HTTP/1.1 202 X\r\nContent-Length: 2\r\n\r\nok`)).toMatchObject({
    status: 202,
    headers: [['Content-Length', '2']],
    body: 'ok',
    end: 'whole',
  })
})

it.each([
  ['HTTP/1.1', '', 4000],
  ['HTTP/1.1', 'Keep-Alive: timeout=5\r\n', 3000],
  ['HTTP/1.1', 'Keep-Alive: max=100, timeout=600\r\n', 60_000],
  ['HTTP/1.1', 'Keep-Alive: timeout=1\r\n', 0],
  ['HTTP/1.1', 'Connection: Close\r\n', 0],
  ['HTTP/1.1', 'Connection: x, close\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n', 0],
  ['HTTP/1.0', '', 0],
  ['HTTP/1.0', 'Connection: keep-alive\r\n', 4000],
  ['HTTP/2.0', '', 0],
])('after %s with %j its connection may wait %i ms', (version, headers, expected) => {
  const {end, keptMs} = readEveryWay(`${version} 200 OK\r\n${headers}Content-Length: 0\r\n\r\n`)
  expect([end, keptMs]).toEqual(['whole', expected])
})

it('does not keep a connection on which more came than was asked for', () => {
  const {body, end, keptMs} = read(['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n'])
  expect([body, end, keptMs]).toEqual(['ok', 'whole', 0])
})

it('reads the next answer of a connection like the first', () => {
  const parser = new AnswerParser()
  const statuses: number[] = []
  for (const status of [200, 500]) {
    parser.begin({begun: code => statuses.push(code), received: () => {}})
    parser.feed(Buffer.from(`HTTP/1.1 ${status} X\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n`))
    expect(parser.isOver).toBe(true)
  }
  expect(statuses).toEqual([200, 500])
})

it.each([
  ['its status', 'HTTP/1.1 20'],
  ['its headers', 'HTTP/1.1 200 OK\r\nX-A: b\r\n'],
  ['its length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n1234'],
  ['a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n1234'],
  ['its last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n'],
  ['its trailers', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n'],
])('an answer that ends in the middle of %s is no whole one', (_title, text) => {
  expect(readEveryWay(text).end).toBe('cut off')
})

const ok = 'HTTP/1.1 200 OK\r\n'
const chunked = `${ok}Transfer-Encoding: chunked\r\n\r\n`

it.each([
  ['HTTP/1.1 099 OK\r\n\r\n', 'it begins with "HTTP/1.1 099 OK"'],
  ['HTTP/1.1 2000 OK\r\n\r\n', 'it begins with'],
  ['HTTP/1.1  200 OK\r\n\r\n', 'it begins with'],
  ['HTTP/1.1 200 OK\n\r\n', 'does not end with CR LF'],
  [`${ok}X-A: b\nX-C: d\r\n\r\n`, 'does not end with CR LF'],
  [`${ok}X-A: b\rX-C: d\r\n\r\n`, 'line 1 of its headers'],
  [`${ok}X-A: b\r\nX-B : c\r\n\r\n`, 'line 2 of its headers'],
  [`${ok}X-A: b\r\n folded: c\r\n\r\n`, 'line 2 of its headers'],
  [`${ok}no header\r\n\r\n`, 'line 1 of its headers'],
  [`${ok}: x\r\n\r\n`, 'line 1 of its headers'],
  [`${ok}X-A: \0\r\n\r\n`, 'line 1 of its headers'],
  [`${ok}Content-Length: 5\r\nContent-Length: 5\r\n\r\n`, 'two lengths'],
  [`${ok}Content-Length: 5, 5\r\n\r\n`, 'its length is no number'],
  [`${ok}Content-Length: +5\r\n\r\n`, 'its length is no number'],
  [`${ok}Content-Length: 99999999999999999999\r\n\r\n`, 'its length is no number'],
  [`${ok}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`, 'a length, and codings as well'],
  [`${chunked}x\r\n`, 'does not say how long it is'],
  [`${chunked}\r\n`, 'does not say how long it is'],
  [`${chunked}-1\r\n`, 'does not say how long it is'],
  [`${chunked}ffffffffffffffffff\r\n`, 'does not say how long it is'],
  [`${chunked}1\r\nab\r\n`, 'longer than it says'],
  [`${chunked}0\r\nno trailer\r\n\r\n`, 'of its headers'],
])('takes %j for no HTTP', (text, words) => {
  const {end} = readEveryWay(text)
  expect(end).toMatch(/^the answer of a\.example is not HTTP: /)
  expect(end).toContain(words)
})

it.each(['SSH-2.0-OpenSSH_9.9\r\n', 'http/1.1 200 OK', '220 smtp ready'])(
  'takes %j for no HTTP before its line ends, and tells what there is',
  text => {
    expect(read([text.trimEnd()]).end).toBe(
      `the answer of a.example is not HTTP: it begins with ${JSON.stringify(text.trimEnd())}`,
    )
    expect(read([...text]).end).toBe(`the answer of a.example is not HTTP: it begins with "${text[0]}"`)
  },
)

it('never shows a header that is none: it may be a cookie (A15)', () => {
  expect(read([`${ok}Set-Cookie : session=canary\r\n\r\n`]).end).not.toContain('canary')
})

it.each([
  ['headers', `${ok}`],
  ['trailers', `${chunked}0\r\n`],
])('reads no more than 16 KiB of %s, also of many small ones (A15)', (_title, text) => {
  const line = 'X-A: b\r\n'
  expect(read([text, line.repeat(2047)]).end).toBe('cut off')
  expect(read([text, line.repeat(2049)]).end).toBe('a.example answered with more than 16 KiB of headers')
})

it('takes no upgrade that it did not ask for', () => {
  const text = 'HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'
  expect(readEveryWay(text).end).toBe('a.example sent an answer that was not asked for')
})
