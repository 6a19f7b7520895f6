import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import {connect} from 'node:net'
import {networkInterfaces} from 'node:os'
import path from 'node:path'
import {describe, expect, test} from 'vitest'
import type {DeliveryView} from '../../src/api/deliveries.ts'
import {openStore} from '../../src/store/open.ts'
import {type Home, type RunResult, run, temporaryHome} from '../harness/cli.ts'
import {aHistoryEntry, aWebhook, somePolicies} from '../harness/factories.ts'
import {openReceiver} from '../harness/receiver.ts'

interface ServingCli extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly token: string
  /** What it wrote, once stopped. */
  stop(): Promise<RunResult>
}

const storeOf = (home: Home): string => path.join(home.env.XDG_STATE_HOME!, 'hookctl', 'hookctl.db')

/** `hookctl serve` in this process, from its ready line to a Ctrl-C. */
async function serving(home: Home, flags: readonly string[], env = {}): Promise<ServingCli> {
  let interrupt = () => {}
  const ready = Promise.withResolvers<string>()
  const ended = run(['serve', '--json', ...flags], {
    home,
    env,
    signals: emitter => {
      interrupt = () => emitter.emit('SIGTERM')
    },
    onStdout: line => ready.resolve(line),
  })
  void ended.then(({stderr}) => ready.reject(new Error(`serve ended: ${stderr}`)))
  const {url} = JSON.parse(await ready.promise) as {url: string}
  const {token} = JSON.parse(readFileSync(`${storeOf(home)}.server.json`, 'utf8')) as {token: string}
  const stop = () => {
    interrupt()
    return ended
  }
  return {
    url,
    port: Number(new URL(url).port),
    token,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  }
}

const ownAddresses = Object.values(networkInterfaces()).flatMap(list =>
  (list ?? []).filter(({internal, family}) => !internal && family === 'IPv4').map(({address}) => address),
)

/** Whether something answers there, and with which status, as a client on another machine would ask. */
async function statusAt(address: string, port: number): Promise<number | null> {
  const socket = connect(port, address)
  try {
    await once(socket, 'connect')
  } catch {
    return null
  }
  socket.write(`GET /healthz HTTP/1.1\r\nHost: ${address}:${port}\r\nConnection: close\r\n\r\n`)
  const [data] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(data.toString('latin1'))?.[1])
}

describe('D1: a server that other machines could reach', () => {
  test.each(['0.0.0.0:0', '[::]:0', '10.0.0.1:0'])(
    'does not start on %s before it is said where deliveries may go',
    async listen => {
      const result = await run(['serve', '--listen', listen, '--json'])
      expect([result.exitCode, result.stdout, result.error().code]).toEqual([2, '', 'targets_not_stated'])
      for (const choice of ['targets.policy public', 'targets.policy local', '127.0.0.1']) {
        expect(result.error().hint).toContain(choice)
      }
    },
  )

  test.each(['public', 'local'])('starts once %s is stated, and says that nothing is encrypted', async policy => {
    await using home = temporaryHome()
    await run(['config', 'set', 'targets.policy', policy], {home})
    const server = await serving(home, ['--listen', '0.0.0.0:0'])
    for (const address of ['127.0.0.1', ...ownAddresses]) {
      expect([address, await statusAt(address, server.port)]).toEqual([address, 200])
    }
    expect((await server.stop()).stderr).toContain('put a proxy with TLS before it')
  })

  test('by default answers on loopback alone, and warns of nothing', async () => {
    await using home = temporaryHome()
    const server = await serving(home, ['--listen', '127.0.0.1:0'])
    for (const address of ownAddresses) {
      expect([address, await statusAt(address, server.port)]).toEqual([address, null])
    }
    expect(await statusAt('127.0.0.1', server.port)).toBe(200)
    expect((await server.stop()).stderr).not.toContain('warning')
  })

  test('names the webhooks that the policy refuses, those by name too', async () => {
    await using home = temporaryHome()
    const create = (name: string, url: string) =>
      run(
        ['webhook', 'create', '--name', name, '--platform', 'standard', '--event', '*', '--allow-http', '--url', url],
        {home},
      )
    for (const [name, url] of [
      ['lan', 'http://10.0.0.5/in'],
      ['own', 'http://hooks.localhost:9000/in'],
      ['out', 'https://93.184.215.14/in'],
    ] as const) {
      expect([name, (await create(name, url)).exitCode]).toEqual([name, 0])
    }
    const server = await serving(home, ['--listen', '127.0.0.1:0'], {HOOKCTL_TARGETS_POLICY: 'public'})
    const {stderr} = await server.stop()
    expect(stderr).toContain('2 webhooks are outside the target policy')
    expect(stderr).toContain('lan (default): 10.0.0.5 is not dialled: private')
    expect(stderr).toContain('own (default): hooks.localhost:9000 (127.0.0.1) is not dialled: loopback')
    expect(stderr).not.toContain('out (default)')
    const doctor = await run(['doctor', '--json'], {home, env: {HOOKCTL_TARGETS_POLICY: 'public'}})
    const findings = doctor.json<{data: {check: string; state: string; detail: string}[]}>().data
    expect(findings.filter(({check}) => check === 'targets').map(({state}) => state)).toEqual(['warning', 'warning'])
  })
})

describe('A7: hookctl as its own target', () => {
  test('is refused when a webhook is created at the server, under every one of its addresses', async () => {
    await using home = temporaryHome()
    await using server = await serving(home, ['--listen', '0.0.0.0:0'], {HOOKCTL_TARGETS_POLICY: 'local'})
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '127.9.9.9', ...ownAddresses]) {
      const url = `http://${host}:${server.port}/v1/organizations/default/events`
      const flags = ['--platform', 'standard', '--event', '*', '--allow-http', '--url', url, '--json']
      const result = await run(['webhook', 'create', '--name', 'loop', ...flags], {home})
      expect([host, result.exitCode, result.error().code]).toEqual([host, 2, 'target_denied'])
      expect(result.error().message).toContain('listener of hookctl itself')
    }
  })

  test('is refused at the dial: one attempt, nothing accepted, and the next one only when it is planned', async () => {
    await using home = temporaryHome()
    await using server = await serving(home, ['--listen', '127.0.0.1:0'])
    // As a webhook that was stored before this server listened there.
    const store = await openStore(`sqlite:${storeOf(home)}`, {now: Date.now})
    const url = `http://localhost:${server.port}/v1/organizations/default/events`
    const policies = somePolicies({retry: {kind: 'list', delaysMs: [3_600_000]}})
    await store.webhooks.add(aWebhook({name: 'loop', url, policies}), aHistoryEntry())
    await store.close()
    const data = '{"name":"a","nebula_ip":"10.0.0.1"}'
    expect((await run(['event', 'send', 'node.added', '--data', data], {home})).exitCode).toBe(0)
    const list = async () => (await run(['delivery', 'list', '--json'], {home})).json<{data: DeliveryView[]}>().data
    await expect.poll(async () => (await list())[0]?.attemptCount).toBe(1)
    const [delivery] = await list()
    expect(delivery).toMatchObject({state: 'pending', lastErrorClass: 'target_denied', lastStatus: null})
    expect(Date.parse(delivery!.dueAt!)).toBeGreaterThan(Date.now() + 3_000_000)
    const status = (await run(['status', '--json'], {home})).json<{targets: object}>()
    expect(status.targets).toMatchObject({refusedCount: 1, refused: [{webhook: 'loop'}]})
    expect(await list()).toHaveLength(1)
  })

  test('each delivery says how many brought its event here, and the fourth is the last that is taken', async () => {
    await using home = temporaryHome()
    await using receiver = await openReceiver()
    await using server = await serving(home, ['--listen', '127.0.0.1:0'])
    const flags = ['--platform', 'standard', '--event', '*', '--allow-http', '--url', receiver.url]
    expect((await run(['webhook', 'create', '--name', 'next', ...flags], {home})).exitCode).toBe(0)
    const post = (hops: string | null) =>
      fetch(`${server.url}/v1/organizations/default/events`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${server.token}`,
          'content-type': 'application/json',
          ...(hops === null ? {} : {'hookctl-hops': hops}),
        },
        body: '{"type":"node.added","data":{"name":"a","nebula_ip":"10.0.0.1"}}',
      })
    for (const [index, hops] of [null, '0', '1', '3'].entries()) {
      expect([hops, (await post(hops)).status]).toEqual([hops, 202])
      const requests = await receiver.received(index + 1)
      expect(requests[index]!.header('hookctl-hops')).toBe(String(Number(hops) + 1))
    }
    for (const hops of ['4', '999']) {
      const answer = await post(hops)
      expect([answer.status, await answer.json()]).toEqual([409, expect.objectContaining({code: 'delivery_loop'})])
    }
    for (const hops of ['', 'many', '-1', '1.5', '1, 2', '0x1']) {
      const answer = await post(hops)
      expect([hops, answer.status, await answer.json()]).toEqual([
        hops,
        400,
        expect.objectContaining({code: 'bad_hops'}),
      ])
    }
    expect(receiver.requests).toHaveLength(4)
  })
})
