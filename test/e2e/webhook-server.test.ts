import {type ChildProcess, spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {writeFileSync} from 'node:fs'
import net, {type AddressInfo} from 'node:net'
import path from 'node:path'
import {createInterface} from 'node:readline'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {run, temporaryHome} from '../harness/cli.ts'

/** Debian's `webhook` (adnanh/webhook): a receiver that nobody of us wrote. */
const installed = spawnSync('webhook', ['-version']).status === 0

const secret = 'a secret both sides know'

/** What it answers where a signature does not fit: it counts as an error in the rule. */
const misfit = 500

const hook = {
  id: 'netbox',
  'execute-command': '/bin/true',
  'response-message': 'taken',
  'trigger-rule': {
    match: {type: 'payload-hmac-sha512', secret, parameter: {source: 'header', name: 'X-Hook-Signature'}},
  },
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function startWebhookServer(folder: string): Promise<{child: ChildProcess; url: string}> {
  const hooks = path.join(folder, 'hooks.json')
  writeFileSync(hooks, JSON.stringify([hook]))
  const port = await freePort()
  const child = spawn('webhook', ['-hooks', hooks, '-ip', '127.0.0.1', '-port', String(port), '-verbose'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for await (const line of createInterface({input: child.stderr})) if (line.includes('serving hooks')) break
  child.stderr.resume()
  return {child, url: `http://127.0.0.1:${port}/hooks/netbox`}
}

describe.skipIf(!installed)(`Debian's webhook server${installed ? '' : ' (skipped: webhook is not installed)'}`, () => {
  const home = temporaryHome()
  let server: {child: ChildProcess; url: string}

  beforeAll(async () => {
    server = await startWebhookServer(home.path)
  })
  afterAll(async () => {
    server.child.kill()
    await home[Symbol.asyncDispose]()
  })

  const send = async (name: string, signedWith: string) => {
    const created = await run(
      [
        'webhook',
        'create',
        '--name',
        name,
        '--platform',
        'netbox',
        '--url',
        server.url,
        '--event',
        'dcim.site.created',
        '--secret-env',
        'HOOK_SECRET',
        '--json',
      ],
      {home, env: {HOOK_SECRET: signedWith}},
    )
    expect(created.exitCode, created.stderr).toBe(0)
    const tested = await run(['webhook', 'test', name, '--json'], {home})
    return {tested, status: tested.json<{lastStatus: number}>().lastStatus}
  }

  test('NBX-03: takes a delivery that hookctl signed, by its payload-hmac-sha512 rule', async () => {
    const {tested, status} = await send('right', secret)
    expect([tested.exitCode, status]).toEqual([0, 200])
  })

  test('refuses a delivery that was signed with another secret', async () => {
    const {tested, status} = await send('wrong', 'a secret only one side knows')
    expect([tested.exitCode, status]).toEqual([7, misfit])
  })

  test('refuses a body that was changed on its way', async () => {
    const signed = await run(['sign', '--scheme', 'netbox', '--body', '-', '--secret-env', 'HOOK_SECRET', '--json'], {
      home,
      env: {HOOK_SECRET: secret},
      stdin: '{"event": "created"}',
    })
    const {headers} = signed.json<{headers: {name: string; value: string}[]}>()
    const post = (body: string) =>
      fetch(server.url, {
        method: 'POST',
        body,
        headers: Object.fromEntries(headers.map(({name, value}) => [name, value])),
      })
    expect((await post('{"event": "created"}')).status).toBe(200)
    expect((await post('{"event": "deleted"}')).status).toBe(misfit)
  })
})
