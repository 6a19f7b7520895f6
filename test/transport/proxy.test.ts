import {once} from 'node:events'
import {rm, writeFile} from 'node:fs/promises'
import {createServer, type Socket} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {getCACertificates, setDefaultCACertificates} from 'node:tls'
import {afterEach, expect, it, vi} from 'vitest'
import {parseRule, parseTargetPolicy} from '../../src/domain/target-policy.ts'
import {parseTargetProxy} from '../../src/domain/target-proxy.ts'
import {createTransport, type TransportOptions} from '../../src/transport/http.ts'
import {certificate} from '../harness/certificate.ts'
import {openProxy, type ProxyOptions} from '../harness/proxy.ts'
import {openReceiver, type ReceiverOptions} from '../harness/receiver.ts'
import {aRequest} from './a-request.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function aReceiver(options: ReceiverOptions = {}) {
  const receiver = await openReceiver(options)
  cleanups.push(() => receiver.close())
  return receiver
}

async function aProxy(options: ProxyOptions) {
  const proxy = await openProxy(options)
  cleanups.push(() => proxy[Symbol.asyncDispose]())
  return proxy
}

const notFound = async (): Promise<readonly string[]> => {
  throw Object.assign(new Error('not found'), {code: 'ENOTFOUND'})
}

/** Behind this proxy; no name exists here unless a resolver is given. */
function aTransport(proxy: string, options: Partial<TransportOptions> & {readonly direct?: readonly string[]} = {}) {
  const {direct = [], ...rest} = options
  const through = parseTargetProxy(proxy, direct.map(parseRule))
  const transport = createTransport({now: Date.now, resolve: notFound, proxy: through, ...rest})
  cleanups.push(() => transport.close())
  return transport
}

async function aCaFile(): Promise<string> {
  const file = join(tmpdir(), `hookctl-proxy-${process.pid}-${Math.random()}.pem`)
  await writeFile(file, certificate)
  cleanups.push(() => rm(file, {force: true}))
  return file
}

const verified = async () => ({verify: true, caFile: await aCaFile()})

it('asks the proxy for the whole URL where a target speaks no TLS, with the headers and bytes of the request', async () => {
  const receiver = await aReceiver()
  const proxy = await aProxy({leads: {'hooks.example:8080': receiver.port}})
  const transport = aTransport(proxy.url)
  for (const path of ['/in?x=1%20', '/']) {
    expect(await transport.send(aRequest(`http://hooks.example:8080${path}`))).toMatchObject({
      status: 204,
      remoteAddress: '127.0.0.1',
    })
  }
  expect(proxy.asked).toEqual(['POST http://hooks.example:8080/in?x=1%20', 'POST http://hooks.example:8080/'])
  expect(proxy.credentials).toEqual([undefined, undefined])
  const [request] = receiver.requests
  expect([request?.path, request?.header('host'), `${request?.body}`]).toEqual([
    '/in?x=1%20',
    'hooks.example:8080',
    '{"a":1}',
  ])
})

it('asks the proxy for a tunnel where a target speaks TLS, and for one only while its connection is kept', async () => {
  const receiver = await aReceiver({tls: true})
  const proxy = await aProxy({leads: {'secure.example.com:443': receiver.port}})
  const transport = aTransport(proxy.url)
  const tls = await verified()
  for (let round = 0; round < 3; round++) {
    expect(await transport.send(aRequest('https://secure.example.com/in', {tls}))).toMatchObject({
      status: 204,
      error: null,
    })
  }
  expect(proxy.asked).toEqual(['CONNECT secure.example.com:443'])
  expect(receiver.requests[0]?.header('host')).toBe('secure.example.com')
  expect(receiver.requests[0]?.header('content-type')).toBe('application/json')
})

it('checks the certificate of the target through the tunnel', async () => {
  const receiver = await aReceiver({tls: true})
  const proxy = await aProxy({leads: {'secure.example.com:443': receiver.port, 'other.example:443': receiver.port}})
  const transport = aTransport(proxy.url)
  expect(await transport.send(aRequest('https://secure.example.com/'))).toMatchObject({errorClass: 'tls', status: null})
  const named = await transport.send(aRequest('https://other.example/', {tls: await verified()}))
  expect(named).toMatchObject({errorClass: 'tls'})
  expect(named.error).toContain('TLS with other.example failed')
  expect(receiver.requests).toEqual([])
})

it('gives the proxy its credentials, and the target none of them', async () => {
  const [plain, secure] = [await aReceiver(), await aReceiver({tls: true})]
  const proxy = await aProxy({leads: {'hooks.example:80': plain.port, 'secure.example.com:443': secure.port}})
  const transport = aTransport(proxy.url.replace('//', '//us%40er:p%3Aß@'))
  await transport.send(aRequest('http://hooks.example/'))
  await transport.send(aRequest('https://secure.example.com/', {tls: await verified()}))
  const basic = `Basic ${Buffer.from('us@er:p:ß').toString('base64')}`
  expect(proxy.credentials).toEqual([basic, basic])
  for (const receiver of [plain, secure]) {
    expect(receiver.requests).toHaveLength(1)
    expect(receiver.requests[0]?.header('proxy-authorization')).toBeUndefined()
  }
})

it('speaks TLS with a proxy that does', async () => {
  const [plain, secure] = [await aReceiver(), await aReceiver({tls: true})]
  const leads = {'secure.example.com:443': secure.port, 'hooks.example:80': plain.port}
  const proxy = await aProxy({tls: true, leads})
  const untrusted = await aTransport(proxy.url).send(aRequest('https://secure.example.com/', {tls: await verified()}))
  expect(untrusted).toMatchObject({errorClass: 'tls'})
  expect(untrusted.error).toContain(`TLS with the proxy ${proxy.host} failed`)
  expect(await aTransport(proxy.url).send(aRequest('http://hooks.example/'))).toMatchObject({errorClass: 'tls'})
  expect(proxy.asked).toEqual([])
  const authorities = getCACertificates('default')
  setDefaultCACertificates([...authorities, certificate])
  cleanups.push(() => setDefaultCACertificates(authorities))
  const trusted = aTransport(proxy.url.replace('//', '//user:pass@'))
  const sent = await trusted.send(aRequest('https://secure.example.com/', {tls: await verified()}))
  expect(sent).toMatchObject({status: 204, error: null})
  expect(await trusted.send(aRequest('http://hooks.example/'))).toMatchObject({status: 204, error: null})
  expect(proxy.asked).toEqual(['CONNECT secure.example.com:443', 'POST http://hooks.example/'])
})

it.each([
  ['loopback, where the proxy would reach itself', '127.0.0.1', []],
  ['localhost', 'localhost', []],
  ['a host that a rule names', 'direct.example', ['host:*.example']],
])('dials %s past the proxy', async (_what, host, direct) => {
  const receiver = await aReceiver()
  const proxy = await aProxy({leads: {}})
  const transport = aTransport(proxy.url, {direct, resolve: async () => ['127.0.0.1']})
  expect(await transport.send(aRequest(`http://${host}:${receiver.port}/`))).toMatchObject({status: 204})
  expect(proxy.asked).toEqual([])
})

it('A9: judges what a URL says, and what its name leads to here, before it asks the proxy', async () => {
  const proxy = await aProxy({leads: {}})
  const policy = parseTargetPolicy({reach: 'public', deny: ['host:*.evil.example']})
  const zone: Record<string, readonly string[]> = {'inside.example': ['10.1.2.3'], 'meta.example': ['169.254.169.254']}
  const resolve = async (name: string) => zone[name] ?? notFound()
  const transport = aTransport(proxy.url, {policy, resolve})
  for (const host of ['10.9.8.7', '169.254.169.254', 'inside.example', 'meta.example', 'not-here.evil.example']) {
    for (const scheme of ['http', 'https']) {
      const outcome = await transport.send(aRequest(`${scheme}://${host}/`))
      expect([host, outcome.errorClass]).toEqual([host, 'target_denied'])
    }
  }
  expect(proxy.asked).toEqual([])
})

it('A9: leaves a name that nobody knows here, or not soon, to the proxy', async () => {
  const receiver = await aReceiver()
  const proxy = await aProxy({leads: {'only-outside.example:80': receiver.port, 'slow.example:80': receiver.port}})
  const policy = parseTargetPolicy({reach: 'public'})
  const resolve = (name: string) => (name === 'slow.example' ? new Promise<never>(() => {}) : notFound())
  const transport = aTransport(proxy.url, {policy, resolve})
  for (const host of ['only-outside.example', 'slow.example'])
    expect(await transport.send(aRequest(`http://${host}/`))).toMatchObject({status: 204})
})

it('tells what the proxy answered, of which the target knows nothing', async () => {
  const proxy = await aProxy({leads: {}, status: 403})
  const outcome = await aTransport(proxy.url).send(aRequest('https://hooks.example/'))
  expect(outcome).toMatchObject({
    status: null,
    errorClass: 'refused',
    error: `the proxy ${proxy.host} gave no connection to hooks.example:443: it answered 403`,
  })
  expect(await aTransport(proxy.url).send(aRequest('http://hooks.example/'))).toMatchObject({status: 403})
})

it('says so where there is no proxy, or none that answers', async () => {
  const listening = createServer().listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const {port} = listening.address() as {port: number}
  await new Promise(done => listening.close(done))
  for (const url of ['http://hooks.example/', 'https://hooks.example/']) {
    expect(await aTransport(`http://127.0.0.1:${port}`).send(aRequest(url))).toMatchObject({
      errorClass: 'refused',
      error: `no connection to the proxy 127.0.0.1:${port} (ECONNREFUSED)`,
    })
  }
})

it.each([
  ['closes the connection', (socket: Socket) => socket.destroy(), 'reset'],
  ['speaks no HTTP', (socket: Socket) => socket.end('220 smtp ready\r\n'), 'bad_response'],
  ['never answers', () => {}, 'timeout'],
])('ends in time and says what was in the way where the proxy %s', async (_what, onConnect, errorClass) => {
  const proxy = await aProxy({leads: {}, onConnect: socket => void onConnect(socket)})
  const outcome = await aTransport(proxy.url).send(aRequest('https://hooks.example/', {timeoutMs: 500}))
  expect(outcome).toMatchObject({errorClass, status: null})
  expect(outcome.error).toContain('the proxy')
})

it('ends a tunnel that is being asked for when it is stopped', async () => {
  const asked = vi.fn()
  const proxy = await aProxy({leads: {}, onConnect: asked})
  const transport = aTransport(proxy.url)
  const sending = transport.send(aRequest('https://hooks.example/', {timeoutMs: 60_000}))
  await vi.waitFor(() => expect(asked).toHaveBeenCalled())
  await transport.close()
  expect(await sending).toMatchObject({errorClass: 'aborted'})
  await vi.waitFor(() => expect(proxy.connections).toEqual({opened: 1, open: 0}))
})

it.each(['http', 'https'])(
  'dials no proxy for an %s exchange that ended while its name was looked up',
  async scheme => {
    const proxy = await aProxy({leads: {}})
    const {promise, resolve} = Promise.withResolvers<readonly string[]>()
    const transport = aTransport(proxy.url, {resolve: () => promise})
    const late = await transport.send(aRequest(`${scheme}://hooks.example/`, {timeoutMs: 50}))
    expect(late).toMatchObject({errorClass: 'timeout'})
    resolve(['10.1.2.3'])
    // Whatever would be dialled is on its way before this one is answered.
    await transport.send(aRequest('http://10.9.9.9/', {timeoutMs: 5000}))
    expect(proxy.asked).toEqual(['POST http://10.9.9.9/'])
    expect(proxy.connections.opened).toBe(1)
  },
)

it('shows no password of a proxy that is wrongly written', () => {
  for (const text of ['proxy.example:3128', 'socks5://u:geheim@p', 'http://u:geheim@p/path', 'http://']) {
    expect(() => parseTargetProxy(text)).toThrow(expect.objectContaining({code: 'bad_proxy'}))
    expect(() => parseTargetProxy(text)).not.toThrow(/geheim/)
  }
})
