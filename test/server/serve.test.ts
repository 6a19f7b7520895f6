import {spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import {createServer} from 'node:http'
import {type AddressInfo, connect, type Socket} from 'node:net'
import {networkInterfaces, tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, expect, test, vi} from 'vitest'
import {parseServerFile} from '../../src/api/server-file.ts'
import {HookctlError} from '../../src/errors.ts'
import {startServer} from '../../src/server/serve.ts'
import {anApp, aServer, exchange, requestText, statusOfAnswer} from './setup.ts'

const made: string[] = []

function folder(): string {
  made.push(mkdtempSync(path.join(tmpdir(), 'hookctl-server-')))
  return made.at(-1)!
}

afterEach(() => {
  for (const each of made.splice(0)) rmSync(each, {recursive: true})
})

const nobody = {fetch: () => new Response('')}

const refusal = async (promise: Promise<unknown>): Promise<HookctlError> => {
  const error = await promise.catch((thrown: unknown) => thrown)
  if (error instanceof HookctlError) return error
  throw new Error(`expected a refusal, not ${String(error)}`)
}

test.each(['0.0.0.0', '::', '[::]', '192.168.1.1', '10.0.0.1', '128.0.0.1', '2001:db8::1'])(
  'D1: listening on %j is refused until the target policy is stated, and the error names both choices',
  async host => {
    const error = await refusal(startServer({app: nobody, listen: {host, port: 0}, file: null}))
    expect(error).toMatchObject({kind: 'usage', code: 'targets_not_stated'})
    expect(error.message).toContain(JSON.stringify(host))
    for (const choice of ['targets.policy public', 'targets.policy local', '127.0.0.1']) {
      expect(error.hint).toContain(choice)
    }
  },
)

test.each(['example.com', '', '127.0.0.1.nip.io', 'localhost.evil', '0', '127.1', 'fe80::1%lo'])(
  'D1: %j is no address to listen on, whatever the policy',
  async host => {
    const error = await refusal(startServer({app: nobody, listen: {host, port: 0}, file: null, targetsStated: true}))
    expect(error).toMatchObject({kind: 'usage', code: 'bad_listen', hint: expect.stringContaining('127.0.0.1')})
    expect(error.message).toContain(JSON.stringify(host))
  },
)

test('D1: with the policy stated it listens on every address, and tells its own machine a loopback one', async () => {
  const server = await startServer({app: nobody, listen: {host: '0.0.0.0', port: 0}, file: null, targetsStated: true})
  expect(server.address).toBe('0.0.0.0')
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
  await server.close(0)
})

test('D1: a server answers on 127.0.0.1 and on no other address of the machine', async () => {
  await using server = await aServer()
  expect(server.url).toBe(`http://127.0.0.1:${server.server.port}`)
  const others = Object.values(networkInterfaces()).flatMap(list =>
    (list ?? []).filter(({internal, family}) => !internal && family === 'IPv4'),
  )
  for (const {address} of others) {
    const socket = connect(server.server.port, address)
    const outcome = await once(socket, 'connect').then(
      () => 'connected',
      () => 'refused',
    )
    expect([address, outcome]).toEqual([address, 'refused'])
    socket.destroy()
  }
})

test('localhost means 127.0.0.1, and [::1] can be listened on', async () => {
  const named = await startServer({app: nobody, listen: {host: 'localhost', port: 0}, file: null})
  expect(named.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  await named.close(0)
  const six = await startServer({app: nobody, listen: {host: '[::1]', port: 0}, file: null}).catch(() => null)
  if (six !== null) expect(six.url).toMatch(/^http:\/\/\[::1\]:\d+$/)
  await six?.close(0)
})

test('a port that is taken is a conflict that names it', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const {port} = other.address() as AddressInfo
  const error = await refusal(startServer({app: nobody, listen: {host: '127.0.0.1', port}, file: null}))
  expect(error).toMatchObject({
    kind: 'conflict',
    code: 'port_taken',
    message: expect.stringContaining(String(port)),
    hint: expect.stringContaining('--listen'),
  })
  other.close()
})

test('E1: the server file says where the server is, only to its user, and goes with it', async () => {
  const file = path.join(folder(), 'store.db.server.json')
  const place = {path: file, token: 'hkt_x', version: '1.0.0'}
  for (const mask of [0o000, 0o022, 0o077]) {
    const before = process.umask(mask)
    const server = await startServer({app: nobody, listen: {host: '127.0.0.1', port: 0}, file: place}).finally(() =>
      process.umask(before),
    )
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const content = parseServerFile(readFileSync(file, 'utf8'))
    expect(content).toMatchObject({url: server.url, token: 'hkt_x', pid: process.pid, version: '1.0.0'})
    expect(Date.parse(content?.startedAt ?? '')).toBeGreaterThan(Date.now() - 60_000)
    expect(readdirSync(path.dirname(file))).toEqual(['store.db.server.json'])
    await server.close(0)
    expect(existsSync(file)).toBe(false)
  }
})

test('a second server on one store is refused and told where the first one is', async () => {
  const place = {path: path.join(folder(), 's.server.json'), token: 'a', version: '1'}
  const start = () => startServer({app: nobody, listen: {host: '127.0.0.1', port: 0}, file: place})
  const first = await start()
  const error = await refusal(start())
  expect(error).toMatchObject({kind: 'conflict', code: 'server_running'})
  expect(error.message).toContain(first.url)
  await first.close(0)
  await (await start()).close(0)
})

test.each([
  [
    'of a process that is gone',
    {url: 'http://127.0.0.1:1', token: 't', pid: 2 ** 22 - 3, startedAt: new Date().toISOString(), version: '1'},
  ],
  [
    'of an earlier container, whose process had the number of this one',
    {
      url: 'http://127.0.0.1:1',
      token: 't',
      pid: process.pid,
      startedAt: '2020-01-01T00:00:00Z',
      version: '1',
      began: '1',
    },
  ],
  ['that was never finished', null],
])('a server file %s stops nobody', async (_what, content) => {
  const file = path.join(folder(), 's.server.json')
  writeFileSync(file, content === null ? '{"url":"http' : JSON.stringify(content))
  const server = await startServer({
    app: nobody,
    listen: {host: '127.0.0.1', port: 0},
    file: {path: file, token: 'mine', version: '1'},
  })
  expect(parseServerFile(readFileSync(file, 'utf8'))?.token).toBe('mine')
  await server.close(0)
})

test('a server file of another server that is alive is left alone', async () => {
  const file = path.join(folder(), 's.server.json')
  const server = await startServer({
    app: nobody,
    listen: {host: '127.0.0.1', port: 0},
    file: {path: file, token: 'mine', version: '1'},
  })
  const other = {
    url: 'http://127.0.0.1:2',
    token: 'other',
    pid: process.ppid,
    // The clock was set since.
    startedAt: '2020-01-01T00:00:00Z',
    version: '1',
  }
  writeFileSync(file, JSON.stringify(other))
  await server.close(0)
  expect(parseServerFile(readFileSync(file, 'utf8'))).toEqual(other)
  const error = await refusal(
    startServer({app: nobody, listen: {host: '127.0.0.1', port: 0}, file: {path: file, token: 'm', version: '1'}}),
  )
  expect(error.code).toBe('server_running')
})

test('a server file of another user with a living process says whose it is and what to do', async () => {
  const file = path.join(folder(), 's.db.server.json')
  const other = {
    url: 'http://127.0.0.1:2',
    token: 'other',
    pid: process.pid,
    startedAt: '2020-01-01T00:00:00Z',
    version: '1',
  }
  writeFileSync(file, JSON.stringify(other))
  const own = process.getuid?.()
  // Only root can give a file away; everybody can be somebody else.
  const getuid = vi.spyOn(process, 'getuid').mockReturnValue(4321)
  if (own === 0) chownSync(file, 1234, 1234)
  const error = await refusal(
    startServer({app: nobody, listen: {host: '127.0.0.1', port: 0}, file: {path: file, token: 'm', version: '1'}}),
  ).finally(() => getuid.mockRestore())
  expect(error).toMatchObject({kind: 'conflict', code: 'server_file_of_another_user'})
  expect(error.message).toContain(`${file} was left by another user (uid ${own === 0 ? 1234 : own})`)
  expect(error.hint).toContain(`rm ${file}`)
})

test.skipIf(process.getuid?.() !== 0)(
  'a server file of another user that cannot be read is no bug: it says what to do',
  async () => {
    const place = folder()
    const file = path.join(place, 's.db.server.json')
    writeFileSync(file, '{}', {mode: 0o600})
    chmodSync(place, 0o777)
    chownSync(file, 1234, 1234)
    const program = `import {checkServerFile} from '${new URL('../../src/server/server-file.ts', import.meta.url)}'
      process.setuid(4321)
      try { checkServerFile(process.argv[1]) } catch (error) { console.log(error.code) }`
    const {stdout} = spawnSync(process.execPath, ['--input-type=module', '-e', program, file], {encoding: 'utf8'})
    expect(stdout).toBe('server_file_of_another_user\n')
  },
)

test('closing finishes what was asked and takes nothing more', async () => {
  const {promise: asked, resolve: isAsked} = Promise.withResolvers<void>()
  const {promise: finish, resolve: mayFinish} = Promise.withResolvers<void>()
  const parts = await anApp({
    invoke: async () => {
      isAsked()
      await finish
      return {done: true}
    },
  })
  const server = await startServer({app: parts.app, listen: {host: '127.0.0.1', port: 0}, file: null})
  const request = fetch(`${server.url}/v1/worker`, {headers: {authorization: `Bearer ${parts.token}`}})
  await asked
  const closed = server.close(10_000)
  expect(await exchange(server.port, 'x')).toBe('')
  mayFinish()
  const response = await request
  expect(response.headers.get('connection')).toBe('close')
  expect(await response.json()).toEqual({done: true})
  await closed
  await server.close(0)
})

test('a request that was on its way when closing began is answered, as the last one of its connection', async () => {
  await using server = await aServer()
  const socket = connect(server.server.port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write('GET /healthz HTTP/1.1\r\n')
  // Answered later than the half request arrived: the server has seen it.
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  const closed = server.server.close(10_000)
  let answer = ''
  socket.setEncoding('utf8').on('data', chunk => {
    answer += chunk
  })
  socket.write(`Host: localhost:${server.server.port}\r\n\r\n`)
  await once(socket, 'close')
  expect(statusOfAnswer(answer)).toBe(200)
  expect(answer).toMatch(/connection: close/i)
  await closed
})

test('closing cuts what does not finish in its time', async () => {
  const {promise: asked, resolve: isAsked} = Promise.withResolvers<void>()
  const parts = await anApp({
    invoke: () => {
      isAsked()
      return new Promise(() => {})
    },
  })
  const server = await startServer({app: parts.app, listen: {host: '127.0.0.1', port: 0}, file: null})
  const request = fetch(`${server.url}/v1/worker`, {headers: {authorization: `Bearer ${parts.token}`}}).catch(
    () => 'cut',
  )
  await asked
  await server.close(20)
  expect(await request).toBe('cut')
})

const quick = {headersMs: 300, requestMs: 600, idleMs: 200}

test('D5: headers that drip are answered 408 and cut, healthy clients do not notice', async () => {
  await using server = await aServer({}, {limits: quick})
  const drips = Array.from({length: 30}, () => drip(server.server.port, 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Drip: '))
  const healthy = Array.from({length: 20}, () => fetch(`${server.url}/healthz`).then(response => response.status))
  expect(await Promise.all(healthy)).toEqual(Array(20).fill(200))
  for (const answer of await Promise.all(drips)) expect(answer).toMatch(/^HTTP\/1\.1 408 .*"request_timeout"/s)
})

test('D5: a body that drips is cut after the time for a request, and is no failure of the server', async () => {
  await using server = await aServer({}, {limits: quick})
  const head = requestText('POST /v1/organizations/default/events HTTP/1.1', [
    `Host: localhost:${server.server.port}`,
    `Authorization: Bearer ${server.token}`,
    'content-type: application/json',
    'content-length: 1000',
  ])
  const answers = await Promise.all(Array.from({length: 10}, () => drip(server.server.port, head)))
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 (?:408|400) /)
  expect(server.lines.filter(({level}) => level === 'error')).toEqual([])
})

test('D5: a connection that asks nothing more is closed after its time', async () => {
  await using server = await aServer({}, {limits: quick})
  const before = performance.now()
  const head = `GET /healthz HTTP/1.1\r\nHost: localhost:${server.server.port}\r\n\r\n`
  expect(statusOfAnswer(await exchange(server.server.port, head))).toBe(200)
  expect(performance.now() - before).toBeLessThan(4000)
})

test('D5: connections beyond the most are dropped, the others go on', async () => {
  await using server = await aServer({}, {limits: {connections: 5}})
  const sockets: Socket[] = []
  for (let count = 0; count < 5; count++) {
    const socket = connect(server.server.port, '127.0.0.1')
    await once(socket, 'connect')
    sockets.push(socket)
  }
  expect(await exchange(server.server.port, 'GET / HTTP/1.1\r\n\r\n')).toBe('')
  for (const socket of sockets) socket.destroy()
})

test.each([
  ['no HTTP at all', 'hello\r\n\r\n', 400],
  ['an unknown version', 'GET / HTTP/9.9\r\n\r\n', 400],
  ['a space in a header name', 'GET / HTTP/1.1\r\nHo st: x\r\n\r\n', 400],
  ['a folded header', 'GET / HTTP/1.1\r\nHost: x\r\n y: z\r\n\r\n', 400],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
  [
    'a length and chunks',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['a bad chunk', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 400],
  ['a negative length', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n', 400],
  ['headers beyond 16 KiB', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(17_000)}\r\n\r\n`, 431],
  ['a line beyond 16 KiB', `GET /${'a'.repeat(17_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
])('%s is answered with an error of the usual shape', async (_what, text, status) => {
  await using server = await aServer()
  const answer = await server.raw(text)
  expect(statusOfAnswer(answer)).toBe(status)
  expect(answer).toMatch(/"code":"[a-z_]+","message":".+","hint":".+"/)
  expect(answer).not.toMatch(/^\s+at /m)
})

test('clients that go away in the middle do no harm', async () => {
  await using server = await aServer()
  const heads = ['POST /v1/organizations/default/events HTTP/1.1', 'GET /v1/stream?organization=default HTTP/1.1'].map(
    line =>
      requestText(line, [
        `Host: localhost:${server.server.port}`,
        `Authorization: Bearer ${server.token}`,
        ...(line.startsWith('POST') ? ['content-type: application/json', 'content-length: 100'] : []),
      ]),
  )
  const hasAnswer = [false, true]
  await Promise.all(
    Array.from({length: 60}, async (_, index) => {
      const socket = connect(server.server.port, '127.0.0.1')
      await once(socket, 'connect')
      socket.write(heads[index % 2] as string)
      if (hasAnswer[index % 2] && index % 3 === 0) await once(socket, 'data')
      socket.resetAndDestroy()
    }),
  )
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  expect(server.lines.filter(({level}) => level === 'error')).toEqual([])
})

/** Sends a character now and then until the other side hangs up. */
function drip(port: number, head: string): Promise<string> {
  return new Promise(resolve => {
    let timer: NodeJS.Timeout | undefined
    // The drops come after the head also where connecting takes its time: before it they would be part of the method.
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(head)
      timer = setInterval(() => socket.write('x'), 20)
    })
    let answer = ''
    socket.setEncoding('utf8').on('data', chunk => {
      answer += chunk
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      clearInterval(timer)
      resolve(answer)
    })
  })
}
