import {expect, test} from 'vitest'
import {anApp, aServer, exchange, post, requestText, statusOfAnswer} from './setup.ts'

const events = '/v1/organizations/default/events'
const withData = (data: string) => `{"type":"node.added","data":${data}}`
const deep = (levels: number) => withData('['.repeat(levels) + ']'.repeat(levels))
const utf16 = Buffer.from(withData('1'), 'utf16le')

const documents: readonly [name: string, body: string | Uint8Array, status: number, answer: RegExp][] = [
  ['128 levels deep', deep(128), 202, /\[\[\[/],
  ['129 levels deep', deep(129), 422, /"too_deep"/],
  ['100,000 levels deep', deep(100_000), 422, /"too_deep"/],
  [
    '100,000 levels deep around a number that is kept',
    withData(`${'['.repeat(100_000)}1.0${']'.repeat(100_000)}`),
    422,
    /"too_deep"/,
  ],
  ['brackets in a text', withData(JSON.stringify('['.repeat(1000) + '\\"'.repeat(10))), 202, /\[\[\[/],
  ['50,000 keys wide', withData(`{${Array.from({length: 50_000}, (_, i) => `"k${i}":0`).join()}}`), 202, /"k49999":0/],
  ['one key twice', withData('{"a":1,"a":2}'), 202, /"data":\{"a":2\}/],
  ['a __proto__', '{"type":"node.added","__proto__":{"role":"owner"},"data":{}}', 422, /__proto__|invalid_input/],
  ['a __proto__ in the data', withData('{"__proto__":{"polluted":1}}'), 202, /"__proto__":\{"polluted":1\}/],
  [
    'names of digits, and a __proto__, in what is told besides',
    '{"type":"node.added","data":{},"extra":{"b":1,"10":2,"2":3,"__proto__":{"polluted":1}}}',
    202,
    /"extra":\{"b":1,"10":2,"2":3,"__proto__":\{"polluted":1\}\}/,
  ],
  [
    'a list of what is told besides',
    '{"type":"node.added","extra":[]}',
    422,
    /extra is not as expected: expected object/,
  ],
  ['a constructor', '{"type":"node.added","constructor":{"prototype":{"polluted":1}}}', 422, /constructor/],
  ['NaN', withData('NaN'), 400, /"unreadable_body"/],
  ['Infinity', withData('-Infinity'), 400, /"unreadable_body"/],
  ['a byte order mark', `\uFEFF${withData('1')}`, 400, /byte order mark/],
  ['UTF-16', utf16, 400, /NUL bytes/],
  ['UTF-16 with its mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), 400, /not UTF-8/],
  ['bytes that are no UTF-8', Buffer.from([...Buffer.from('{"type":"'), 0xc3, 0x28]), 400, /not UTF-8/],
  ['an escaped lone surrogate', withData('"\\ud800"'), 202, /\\ud800/],
  ['a NUL byte', withData('"\0"'), 400, /NUL bytes/],
  ['1e400', withData('1e400'), 202, /"data":1e400/],
  ['an integer of 20 digits', withData('12345678901234567890'), 202, /"data":12345678901234567890/],
  ['a comma too many', '{"type":"CANARY",}', 400, /no JSON/],
  ['an early end', '{"type":"node.added"', 400, /no JSON/],
  ['a list', '[]', 422, /not a JSON object/],
  ['null', 'null', 422, /not a JSON object/],
  ['nothing', '', 422, /type is required/],
]

test.each(documents)('D7: %s', async (_name, body, status, answer) => {
  await using server = await anApp()
  const response = await server.ask(events, post(body))
  const text = await response.text()
  expect([response.status, text.slice(0, 300)]).toEqual([status, expect.anything()])
  expect(text).toMatch(answer)
  expect(text).not.toContain('CANARY')
  expect(({} as {polluted?: number}).polluted).toBeUndefined()
})

test('a __proto__ among the settings of a webhook is refused by its name, and not left out', async () => {
  await using server = await anApp()
  const body = '{"name":"x","url":"https://x.example/","platform":"netbox","settings":{"__proto__":{"polluted":1}}}'
  const response = await server.ask('/v1/organizations/default/webhooks', post(body))
  expect([response.status, await response.text()]).toEqual([422, expect.stringContaining('no setting \\"__proto__\\"')])
})

test('a million keys are too large for one event, and are taken in bulk or refused, never a failure', async () => {
  await using server = await anApp()
  const data = `{${Array.from({length: 1_000_000}, (_, i) => `"k${i}":0`).join()}}`
  expect((await server.ask(events, post(withData(data)))).status).toBe(413)
  const bulk = await server.ask(`${events}/bulk`, post(`{"events":[${withData(data)}]}`))
  expect(bulk.status).toBe(413)
})

test('a body larger than 1 MiB is refused at its declared length, before a byte of it is read', async () => {
  await using server = await aServer()
  const head = [
    `Host: localhost:${server.server.port}`,
    `Authorization: Bearer ${server.token}`,
    'content-type: application/json',
  ]
  const answer = await exchange(
    server.server.port,
    requestText(`POST ${events} HTTP/1.1`, [...head, 'content-length: 1048577']),
  )
  expect(statusOfAnswer(answer)).toBe(413)
  expect(answer).toMatch(/connection: close/i)
  expect(answer).toContain('"body_too_large"')
})

test('D5: a chunked body is counted as it comes: 413 after 1 MiB, and the connection ends', async () => {
  await using server = await aServer()
  const head = requestText(`POST ${events} HTTP/1.1`, [
    `Host: localhost:${server.server.port}`,
    `Authorization: Bearer ${server.token}`,
    'content-type: application/json',
    'transfer-encoding: chunked',
  ])
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
  const answer = await exchange(server.server.port, head + chunk.repeat(40))
  expect(statusOfAnswer(answer)).toBe(413)
})

test.each([
  ['content-encoding', 'gzip', 415],
  ['transfer-encoding', 'gzip, chunked', 415],
  ['transfer-encoding', 'Chunked', 202],
])('a body is taken as it is, whole or in chunks: %s %s', async (name, encoding, status) => {
  await using server = await aServer()
  const body = withData('1')
  const inChunks = name === 'transfer-encoding'
  const head = requestText(`POST ${events} HTTP/1.1`, [
    `Host: localhost:${server.server.port}`,
    `Authorization: Bearer ${server.token}`,
    'content-type: application/json',
    `${name}: ${encoding}`,
    ...(inChunks ? [] : [`content-length: ${body.length}`]),
    'connection: close',
  ])
  const sent = inChunks ? `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n` : body
  const answer = await exchange(server.server.port, head + sent)
  expect(statusOfAnswer(answer)).toBe(status)
  if (status !== 202) expect(answer).toContain(`${name} \\"${encoding}\\" is not taken here`)
})

test('many events may have up to 16 MiB', async () => {
  await using server = await anApp()
  const big = JSON.stringify('x'.repeat(900_000))
  const lines = Array.from({length: 10}, () => withData(big)).join('\n')
  const accepted = await server.ask(events, post(lines, 'application/x-ndjson'))
  expect([accepted.status, await accepted.json()]).toMatchObject([202, {accepted: 10}])
  const tooMuch = await server.ask(events, post(`${lines}\n${lines}`, 'application/x-ndjson'))
  expect([tooMuch.status, await tooMuch.json()]).toMatchObject([413, {code: 'body_too_large'}])
})

test('newline-delimited events are accepted in one go; empty lines and CRLF do not matter', async () => {
  await using server = await anApp()
  const lines = `{"type":"node.added","data":1.0}\r\n\n{"type":"node.removed"}\n`
  const response = await server.ask(events, post(lines, 'application/x-ndjson; charset=UTF-8'))
  expect([response.status, await response.json()]).toMatchObject([
    202,
    {accepted: 2, eventIds: [expect.any(String), expect.any(String)]},
  ])
})

test.each([
  ['{"type":"node.added"}\n\n{nope}\n', /^line 3 cannot be read/],
  ['{"type":"node.added"}\n\n{"type":1}\n', /^line 3: .*type is 1/],
  ['{"type":"node.added"}\n{"typ":"a"}', /^line 2: /],
  ['"text"', /^line 1: /],
  ['', /events/],
  ['\uFEFF{"type":"node.added"}', /byte order mark/],
])('a bad line among events is named, and none of them is accepted: %j', async (lines, message) => {
  await using server = await anApp()
  const response = await server.ask(events, post(lines, 'application/x-ndjson'))
  const answer = (await response.json()) as {message: string}
  expect(answer.message).toMatch(message)
  expect(response.status).toBe(lines.startsWith('\uFEFF') ? 400 : 422)
  expect((await server.deps.store.events.list(1, {}, {limit: 1})).items).toEqual([])
})

test('newline-delimited JSON is taken for events only', async () => {
  await using server = await anApp()
  const response = await server.ask('/v1/organizations/default/webhooks', post('{}\n{}', 'application/x-ndjson'))
  expect(response.status).toBe(415)
})
