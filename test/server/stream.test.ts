import {expect, test} from 'vitest'
import {HookctlError, usageError} from '../../src/errors.ts'
import {type AnApp, anApp, aServer, post} from './setup.ts'

const url = '/v1/stream?organization=default'
const webhook = (name: string) => post({name, platform: 'standard', url: 'https://example.com/', eventTypes: ['*']})

/** Reads the stream's text until `enough` says so. */
async function readUntil(response: Response, enough: (text: string) => boolean): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  while (!enough(text)) {
    const {done, value} = await reader.read()
    if (done) return text
    text += decoder.decode(value, {stream: true})
  }
  await reader.cancel()
  return text
}

const create = (server: AnApp, name: string) => server.ask('/v1/organizations/default/webhooks', webhook(name))

test('the stream tells where it begins at once, then every change with its cursor, kind and JSON', async () => {
  await using server = await anApp()
  const response = await server.ask(url)
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  await create(server, 'one')
  const text = await readUntil(response, sofar => sofar.includes('event: history'))
  expect(text).toMatch(/^id: \S+\n\nid: \S+\nevent: history\ndata: \{.*\}\n\n$/)
  expect(JSON.parse(/data: (.*)/.exec(text)?.[1] ?? '')).toMatchObject({
    kind: 'history',
    entry: {object: {name: 'one'}},
  })
})

test('Last-Event-ID goes on where the client was, and beats the cursor it began with', async () => {
  await using server = await anApp()
  const begun = await readUntil(await server.ask(url), text => text.includes('\n\n'))
  const first = /id: (\S+)/.exec(begun)?.[1] as string
  await create(server, 'one')
  await create(server, 'two')
  const both = await readUntil(await server.ask(`${url}&cursor=${encodeURIComponent(first)}`), text =>
    text.includes('"two"'),
  )
  const ids = [...both.matchAll(/id: (\S+)\nevent/g)].map(match => match[1] as string)
  expect(ids).toHaveLength(2)
  const rest = await readUntil(
    await server.ask(`${url}&cursor=${encodeURIComponent(first)}`, {headers: {'last-event-id': ids[0] as string}}),
    text => text.includes('"two"'),
  )
  expect(rest).not.toContain('"one"')
})

test('a stream that does not follow gives what there is since a time, says that this was all, and ends', async () => {
  await using server = await anApp()
  await create(server, 'one')
  await create(server, 'two')
  const whole = await readUntil(await server.ask(`${url}&follow=false&since=1970-01-01T00:00:00Z`), () => false)
  expect([...whole.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name)).toEqual(['history', 'history', 'end'])
  const none = await readUntil(await server.ask(`${url}&follow=false&since=2100-01-01T00:00:00Z`), () => false)
  expect(none).toMatch(/^id: \S+\n\nevent: end\ndata: \{\}\n\n$/)
})

test('a stream that is stopped before it has given everything does not say that this was all', async () => {
  const stop = new AbortController()
  await using server = await anApp({
    stream: {
      begin: async () => 'c0',
      follow: async function* () {
        stop.abort()
        yield* []
      },
    },
  })
  const response = await server.app.fetch(
    new Request(`http://127.0.0.1${url}&follow=false`, {headers: {authorization: `Bearer ${server.token}`}}),
    {stopping: stop.signal},
  )
  expect(await response.text()).toBe('id: c0\n\n')
})

test('a quiet stream says a word every now and then', async () => {
  await using server = await anApp({keepAliveMs: 5})
  const text = await readUntil(await server.ask(url), sofar => sofar.split(':\n\n').length > 3)
  expect(text).toMatch(/^id: \S+\n\n(?::\n\n){3,}$/)
})

test.each([
  ['/v1/stream', 422, 'invalid_input'],
  [`${url}&kinds=attempt,nope`, 422, 'invalid_input'],
  [`${url}&since=nope`, 422, 'invalid_input'],
  [`${url}&follow=nope`, 422, 'invalid_input'],
  [`${url}&nope=1`, 422, 'invalid_input'],
  [`${url}&cursor=nope`, 422, 'bad_cursor'],
  ['/v1/stream?organization=nobody', 404, 'organization_not_found'],
])('%s is refused with a status, before a stream begins', async (path, status, code) => {
  await using server = await anApp()
  const response = await server.ask(path)
  expect([response.status, await response.json()]).toMatchObject([status, {code}])
})

test('an error on the way is told as an event, a bug without its details', async () => {
  const failing = (error: Error) =>
    anApp({
      stream: {
        begin: async () => 'c0',
        // biome-ignore lint/correctness/useYield: it fails first
        follow: async function* () {
          throw error
        },
      },
    })
  await using refused = await failing(usageError('bad_cursor', 'no'))
  expect(await readUntil(await refused.ask(url), () => false)).toBe(
    'id: c0\n\nevent: error\ndata: {"status":422,"code":"bad_cursor","message":"no"}\n\n',
  )
  await using broken = await failing(new Error('CANARY'))
  expect(await readUntil(await broken.ask(url), () => false)).toMatch(/"status":500,"code":"internal"/)
  expect(broken.lines.find(({level}) => level === 'error')?.members.err).toBeInstanceOf(Error)
  expect(HookctlError).toBeDefined()
})

test('streams end when the server stops, and its store is not followed any more', async () => {
  const ended: string[] = []
  await using server = await aServer({
    stream: {
      begin: async () => 'c0',
      follow: async function* (_question, _caller, signal) {
        await new Promise(resolve => signal.addEventListener('abort', resolve))
        ended.push('stream')
        yield* []
      },
    },
  })
  const response = await fetch(`${server.url}${url}`, {headers: {authorization: `Bearer ${server.token}`}})
  const text = readUntil(response, () => false)
  await server.server.close(5000)
  expect(await text).toBe('id: c0\n\n')
  expect(ended).toEqual(['stream'])
})

test('a stream whose client goes away ends too', async () => {
  const {promise: ended, resolve: end} = Promise.withResolvers<void>()
  await using server = await aServer({
    stream: {
      begin: async () => 'c0',
      follow: async function* (_question, _caller, signal) {
        await new Promise(resolve => signal.addEventListener('abort', resolve))
        end()
        yield* []
      },
    },
  })
  const gone = new AbortController()
  const response = await fetch(`${server.url}${url}`, {
    headers: {authorization: `Bearer ${server.token}`},
    signal: gone.signal,
  })
  await (response.body as ReadableStream<Uint8Array>).getReader().read()
  gone.abort()
  await ended
})
