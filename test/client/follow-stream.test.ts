import {expect, test} from 'vitest'
import type {StreamItem} from '../../src/api/stream.ts'
import type {Client} from '../../src/client/client.ts'
import {type Address, createHttpClient} from '../../src/client/http.ts'
import {HookctlError} from '../../src/errors.ts'
import {createApp} from '../../src/server/app.ts'
import {adminAuth} from '../../src/server/auth.ts'
import {fromServices} from '../../src/server/from-services.ts'
import {type RunningServer, startServer} from '../../src/server/serve.ts'
import type {Deps} from '../../src/services/deps.ts'
import {invoke} from '../../src/services/invoke.ts'
import {newToken} from '../../src/services/token-text.ts'
import {admin, aServer, someDeps} from '../server/setup.ts'

const question = {organization: 'default', cursor: null, kinds: ['history' as const]}
const nameOf = (item: StreamItem): string => (item.kind === 'history' ? item.entry.object.name : '')

const create = (deps: Deps, name: string) =>
  invoke(
    deps,
    'webhook.create',
    {organization: 'default', name, platform: 'standard', url: 'https://example.com/', eventTypes: ['*']},
    admin,
  )

/** A server that can be stopped and started anew over the same store, with another port and token each time. */
async function restartable() {
  const deps = await someDeps()
  const {promise: followed, resolve: isFollowed} = Promise.withResolvers<void>()
  const services = fromServices(deps)
  const stream = {
    ...services.stream,
    follow: (...asked: Parameters<typeof services.stream.follow>) => {
      isFollowed()
      return services.stream.follow(...asked)
    },
  }
  let server: RunningServer | null = null
  let address: Address | null = null
  const start = async () => {
    const token = newToken(deps.randomBytes)
    const app = createApp({...services, stream, auth: adminAuth(token)})
    server = await startServer({app, listen: {host: '127.0.0.1', port: 0}, file: null})
    address = {url: server.url, token}
    return address
  }
  /** With no time given connections are cut. */
  const stop = async (graceMs = 0) => {
    address = null
    await server?.close(graceMs)
  }
  return {
    deps,
    start,
    stop,
    /** A stream has begun: what happens from now on is in it. */
    followed,
    address: () => address,
    async [Symbol.asyncDispose]() {
      await stop()
      await deps.store.close()
    },
  }
}

const soon = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

test('a stream survives restarts of the server on other ports with other tokens: nothing skipped, nothing twice', async () => {
  await using server = await restartable()
  const client = createHttpClient({...(await server.start()), rediscover: async () => server.address(), wait: soon})
  const stop = new AbortController()
  const seen: string[] = []
  const items = client.stream(question, stop.signal)[Symbol.asyncIterator]()
  const take = async (count: number) => {
    for (let taken = 0; taken < count; taken++) seen.push(nameOf((await items.next()).value as StreamItem))
  }
  const first = take(1)
  await server.followed
  await create(server.deps, 'w0')
  await first
  for (let round = 1; round <= 5; round++) {
    await create(server.deps, `w${3 * round - 2}`)
    if (round % 2 === 0) await take(1)
    await server.stop(round % 3 === 0 ? 5000 : 0)
    await create(server.deps, `w${3 * round - 1}`)
    await server.start()
    await create(server.deps, `w${3 * round}`)
    await take(round % 2 === 0 ? 2 : 3)
  }
  stop.abort()
  expect((await items.next()).done).toBe(true)
  expect(seen).toEqual(Array.from({length: 16}, (_, index) => `w${index}`))
})

test('a server that is gone is told once, and once that it is back', async () => {
  await using server = await restartable()
  const waits = {count: 0, enough: Promise.withResolvers<void>()}
  const wait = async () => {
    if (++waits.count === 3) waits.enough.resolve()
    await soon()
  }
  const client = createHttpClient({...(await server.start()), rediscover: async () => server.address(), wait})
  const stop = new AbortController()
  const states: string[] = []
  const items = client.stream(question, stop.signal, state => states.push(state))[Symbol.asyncIterator]()
  const first = items.next()
  await server.followed
  await create(server.deps, 'before')
  await first
  expect(states).toEqual([])
  const next = items.next()
  await server.stop()
  await waits.enough.promise
  expect(states).toEqual(['lost'])
  await server.start()
  await create(server.deps, 'after')
  expect(nameOf((await next).value as StreamItem)).toBe('after')
  expect(states).toEqual(['lost', 'restored'])
  stop.abort()
})

test('a connection lost before the first item goes on from where the stream began', async () => {
  await using server = await restartable()
  const client = createHttpClient({...(await server.start()), rediscover: async () => server.address(), wait: soon})
  const stop = new AbortController()
  const items = client.stream(question, stop.signal)[Symbol.asyncIterator]()
  const next = items.next()
  await server.followed
  await server.stop(5000)
  await create(server.deps, 'while away')
  await server.start()
  expect(nameOf((await next).value as StreamItem)).toBe('while away')
  stop.abort()
})

test.each([['a server that is not there', {url: 'http://127.0.0.1:1', token: 'x'}, 'server_unreachable']])(
  'the first connection to %s rejects',
  async (_what, address, code) => {
    const items = createHttpClient(address).stream(question, new AbortController().signal)[Symbol.asyncIterator]()
    await expect(items.next()).rejects.toMatchObject({code})
  },
)

test.each([
  [{...question, cursor: 'nope'}, 'usage', 'bad_cursor'],
  [{...question, organization: 'nobody'}, 'not_found', 'organization_not_found'],
  [{...question, kinds: ['nope' as 'history']}, 'usage', 'invalid_input'],
] as const)('a question that is wrong rejects with what is wrong: %j', async (asked, kind, code) => {
  await using server = await aServer()
  const client = createHttpClient({url: server.url, token: server.token})
  const items = client.stream(asked, new AbortController().signal)[Symbol.asyncIterator]()
  const error = await items.next().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(HookctlError)
  expect(error).toMatchObject({kind, code})
})

test('a wrong token rejects', async () => {
  await using server = await aServer()
  const client = createHttpClient({url: server.url, token: 'hkt_wrong'})
  await expect(
    client.stream(question, new AbortController().signal)[Symbol.asyncIterator]().next(),
  ).rejects.toMatchObject({
    kind: 'not_allowed',
    code: 'token_invalid',
  })
})

test.each(['before the first item', 'while waiting for the server to come back'])(
  'a stream ends quietly when its signal aborts %s',
  async when => {
    await using server = await restartable()
    const client: Client = createHttpClient(await server.start())
    const stop = new AbortController()
    const next = client.stream(question, stop.signal)[Symbol.asyncIterator]().next()
    await server.followed
    if (when !== 'before the first item') await server.stop(5000)
    stop.abort()
    expect((await next).done).toBe(true)
  },
)

test('waits between attempts grow and stay below five seconds', async () => {
  await using server = await restartable()
  const waits: number[] = []
  const stop = new AbortController()
  const client = createHttpClient({
    ...(await server.start()),
    wait: async ms => {
      waits.push(ms)
      if (waits.length === 10) stop.abort()
    },
  })
  const next = client.stream(question, stop.signal)[Symbol.asyncIterator]().next()
  await server.followed
  await server.stop(5000)
  await next
  expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000, 5000])
})

test('a stream that does not follow ends when all was given, also when it was cut on the way', async () => {
  await using server = await restartable()
  for (const name of ['one', 'two', 'three']) await create(server.deps, name)
  const client = createHttpClient({
    ...(await server.start()),
    rediscover: async () => server.address(),
    wait: async () => {},
  })
  const asked = {...question, follow: false, since: '1970-01-01T00:00:00Z'}
  const items = client.stream(asked, AbortSignal.timeout(10_000))[Symbol.asyncIterator]()
  const first = (await items.next()).value as StreamItem
  await server.stop()
  await server.start()
  const rest = await Array.fromAsync({[Symbol.asyncIterator]: () => items} as AsyncIterable<StreamItem>)
  expect([first, ...rest].map(nameOf)).toEqual(['one', 'two', 'three'])
})
