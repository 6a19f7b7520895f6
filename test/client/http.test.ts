import {once} from 'node:events'
import {createServer, type RequestListener} from 'node:http'
import type {AddressInfo} from 'node:net'
import {expect, test} from 'vitest'
import {createHttpClient} from '../../src/client/http.ts'
import {type ErrorKind, HookctlError} from '../../src/errors.ts'
import {anApp, aServer} from '../server/setup.ts'

const refusal = async (promise: Promise<unknown>): Promise<HookctlError> => {
  const error = await promise.catch((thrown: unknown) => thrown)
  if (error instanceof HookctlError) return error
  throw new Error('expected a refusal', {cause: error})
}

async function listening(listener: RequestListener): Promise<{readonly url: string} & AsyncDisposable> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

const kinds: ErrorKind[] = [
  'usage',
  'not_found',
  'conflict',
  'not_allowed',
  'unreachable',
  'too_large',
  'overloaded',
  'timeout',
  'answer_no',
]

test.each(kinds)('an error of kind %s comes back as it was thrown', async kind => {
  const thrown = new HookctlError(kind, 'some_code', 'a “message”', {hint: 'a hint', path: 'a/0/b'})
  await using server = await aServer({invoke: () => Promise.reject(thrown)})
  const client = createHttpClient({url: server.url, token: server.token})
  const error = await refusal(client.call('webhook.delete', {organization: 'default', webhook: 'x'}))
  expect({...error}).toEqual({...thrown})
  expect(error.message).toBe(thrown.message)
})

test('a full disk comes back as what the store said', async () => {
  const thrown = new HookctlError('unreachable', 'store_full', 'the disk is full')
  await using server = await aServer({invoke: () => Promise.reject(thrown)})
  const error = await refusal(createHttpClient({url: server.url, token: server.token}).call('worker.enable', {}))
  expect(error).toMatchObject({kind: 'unreachable', code: 'store_full'})
})

test('a bug in the server comes back as one, without its details', async () => {
  await using server = await aServer({invoke: () => Promise.reject(new Error('CANARY'))})
  const client = createHttpClient({url: server.url, token: server.token})
  const error = await refusal(client.call('worker.status', {}))
  expect(error).toMatchObject({kind: 'internal', code: 'internal', hint: expect.stringContaining('log')})
  expect(error.message).not.toContain('CANARY')
})

test('a server that is not there is named, with what to do', async () => {
  const gone = await listening(() => {})
  await gone[Symbol.asyncDispose]()
  const error = await refusal(createHttpClient({url: gone.url, token: 'x'}).call('worker.status', {}))
  expect(error).toMatchObject({
    kind: 'unreachable',
    code: 'server_unreachable',
    hint: expect.stringContaining('hookctl serve'),
  })
  expect(error.message).toContain(gone.url)
  expect(error.message).toContain('ECONNREFUSED')
})

test.each(['', 'hkt_wrong'])('a server that does not know the token %j says how to give another', async token => {
  await using server = await aServer()
  const error = await refusal(createHttpClient({url: server.url, token}).call('worker.status', {}))
  expect(error).toMatchObject({kind: 'not_allowed', code: token ? 'token_invalid' : 'token_missing'})
  expect(error.hint).toContain('HOOKCTL_TOKEN')
  expect(error.message).toContain(server.url)
})

test.each([
  ['silent', () => {}],
  [
    'dripping its headers',
    (_: unknown, response: import('node:http').ServerResponse) => {
      response.writeProcessing()
    },
  ],
  [
    'dripping its body',
    (_: unknown, response: import('node:http').ServerResponse) => {
      response.writeHead(200, {'content-type': 'application/json'})
      const timer = setInterval(() => response.write(' '), 10)
      response.on('close', () => clearInterval(timer))
    },
  ],
] as const)('a server that is %s does not hold a call longer than its time', async (_what, listener) => {
  await using server = await listening(listener as RequestListener)
  const error = await refusal(createHttpClient({url: server.url, token: 'x', timeoutMs: 150}).call('worker.status', {}))
  expect(error).toMatchObject({kind: 'timeout', code: 'server_timeout'})
  expect(error.message).toContain(server.url)
})

test.each([
  ['a page', 200, {'content-type': 'text/html'}, '<html>'],
  ['a failing proxy', 502, {'content-type': 'text/html'}, '<html>'],
  ['another API', 404, {'content-type': 'application/json'}, '{"detail":"Not found."}'],
  ['a redirect', 302, {location: 'https://hooks.example.com/login', 'content-type': 'text/plain'}, ''],
  ['half an answer', 200, {'content-type': 'application/json'}, '{"state":'],
  ['nothing', 204, {}, ''],
] as const)('%s in place of a hookctl server is told apart', async (_what, status, headers, body) => {
  await using server = await listening(
    (_request, response) => void response.writeHead(status, headers).end(body || undefined),
  )
  const error = await refusal(
    createHttpClient({url: server.url, token: 'x'}).call('webhook.delete', {organization: 'a', webhook: 'b'}),
  )
  expect(error).toMatchObject({kind: 'unreachable', code: 'not_a_hookctl_server'})
  expect(error.message).toContain(`${server.url} answered ${status}`)
  if (status === 302) expect(error.hint).toContain('https://hooks.example.com')
})

test('an answer that breaks off is a server that cannot be reached', async () => {
  await using server = await listening((_request, response) => {
    response.writeHead(200, {'content-type': 'application/json', 'content-length': '100'})
    response.write('{', () => response.destroy())
  })
  const error = await refusal(createHttpClient({url: server.url, token: 'x'}).call('worker.enable', {}))
  expect(error).toMatchObject({kind: 'unreachable', code: 'server_unreachable'})
})

test('questions are asked again while the server is busy, what changes something never is', async () => {
  const asked: string[] = []
  await using server = await aServer({
    invoke: async name => {
      asked.push(name)
      if (asked.length === 1) throw new HookctlError('overloaded', 'busy', 'later')
      throw new HookctlError('conflict', 'no', 'no')
    },
  })
  const client = createHttpClient({url: server.url, token: server.token})
  expect((await refusal(client.call('worker.status', {}))).code).toBe('no')
  expect(asked).toEqual(['worker.status', 'worker.status'])
  asked.length = 0
  expect((await refusal(client.call('worker.enable', {}))).code).toBe('busy')
  expect(asked).toEqual(['worker.enable'])
})

test('an answer of many megabytes arrives whole, numbers as they were written', async () => {
  const items = Array.from({length: 50_000}, (_, index) => ({id: `evt_${index}`, text: 'x'.repeat(100)}))
  const raw = (JSON as unknown as {rawJSON(text: string): unknown}).rawJSON('1.0')
  await using server = await aServer({invoke: async () => ({items, raw})})
  const answer: unknown = await createHttpClient({url: server.url, token: server.token}).call('worker.status', {})
  expect((answer as {items: unknown[]}).items).toHaveLength(50_000)
  expect(JSON.stringify(answer)).toContain('"raw":1.0')
})

test.each([['hkt_a\nb'], ['hkt_a\r\nX-Evil: 1'], ['hkt_ä'], ['hkt a']])(
  'E4: a token that cannot be one is refused and not repeated: %j',
  token => {
    const make = () => createHttpClient({url: 'http://127.0.0.1:1', token})
    expect(make).toThrow(expect.objectContaining({code: 'bad_token'}))
    expect(make).not.toThrow(token)
  },
)

test.each(['127.0.0.1:8700', 'ftp://x', 'http://', ''])('%j is no address of a server', url => {
  expect(() => createHttpClient({url, token: 'x'})).toThrow(
    expect.objectContaining({kind: 'usage', code: 'bad_server_url'}),
  )
})

test.each(['', '.', '..', '\ud800'])(
  'a name that cannot stand in a URL is refused before anything is sent: %j',
  async webhook => {
    await using parts = await anApp()
    const client = createHttpClient({
      url: 'http://127.0.0.1',
      token: parts.token,
      fetch: () => Promise.reject(new Error('sent')),
    })
    const error = await refusal(client.call('webhook.delete', {organization: 'default', webhook}))
    expect(error).toMatchObject({kind: 'usage', path: 'webhook'})
  },
)

test('a server below a path of a proxy is found there', async () => {
  const seen: (string | undefined)[] = []
  await using server = await listening((request, response) => {
    seen.push(request.url)
    response.writeHead(200, {'content-type': 'application/json'}).end('{}')
  })
  for (const url of [`${server.url}/hookctl`, `${server.url}/hookctl/`])
    await createHttpClient({url, token: 'x'}).call('worker.status', {})
  expect(seen).toEqual(['/hookctl/v1/worker', '/hookctl/v1/worker'])
})

test('a call follows a server that was started anew on another port with another token', async () => {
  const first = await aServer()
  await using second = await aServer()
  const client = createHttpClient({
    url: first.url,
    token: first.token,
    rediscover: async () => ({url: second.url, token: second.token}),
  })
  await client.call('worker.status', {})
  await first[Symbol.asyncDispose]()
  expect(await client.call('worker.disable', {})).toMatchObject({enabled: false})
  expect(await second.deps.store.worker.enabled()).toBe(false)
})

test('a call follows a new token at the old address, and reports the refusal where there is no other', async () => {
  await using server = await aServer()
  const moved = createHttpClient({
    url: server.url,
    token: 'hkt_old',
    rediscover: async () => ({url: server.url, token: server.token}),
  })
  expect(await moved.call('worker.status', {})).toMatchObject({enabled: true})
  const stays = createHttpClient({url: server.url, token: 'hkt_old', rediscover: async () => null})
  expect((await refusal(stays.call('worker.status', {}))).code).toBe('token_invalid')
})
