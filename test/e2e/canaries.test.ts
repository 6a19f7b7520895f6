import {once} from 'node:events'
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import http from 'node:http'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {beforeAll, describe, expect, test} from 'vitest'
import type {RunOptions} from '../harness/cli.ts'
import {aWorld, cases, type World} from '../harness/every-command.ts'
import {commandModules} from '../harness/program.ts'
import {answers, openReceiver} from '../harness/receiver.ts'
import {post, type Served, startServed} from '../harness/served.ts'

/** Twelve secrets, each to be found again wherever it leaks. */
const canary = {
  secret: 'canary-signing-secret-01',
  nextSecret: 'canary-signing-secret-02',
  bearer: 'canary-bearer-header-03',
  apiKey: 'canary-api-key-header-04',
  query: 'canary-url-query-05',
  profileToken: 'canary-profile-token-06',
  cookie: 'canary-set-cookie-07',
  userinfo: 'canary-url-password-08',
  headerLine: 'canary-header-line-09',
  data: 'canary-event-data-10',
  answer: 'canary-answer-body-11',
  environment: 'canary-environment-token-12',
  inbound: 'canary-inbound-secret-13',
}
/** What is somebody's own data and not a credential: shown to who asks for it, and never logged. */
const {data: _data, answer: _answer, ...credentials} = canary

const leaksIn = (text: string, secrets: object): readonly string[] =>
  Object.entries(secrets as Readonly<Record<string, string>>).flatMap(([name, value]) =>
    text.includes(value) ? [name] : [],
  )

async function aSecretiveWorld(): Promise<World> {
  const world = await aWorld()
  const {setting} = world
  const write = (name: string, text: string) => writeFileSync(path.join(setting.home.path, name), text)
  write('canary-secret', canary.secret)
  write('canary-token', canary.profileToken)
  await setting.json('webhook', 'rotate-secret', 'ops', '--secret-file', 'canary-secret')
  write('canary-inbound', canary.inbound)
  await setting.json('source', 'create', 'in', '--platform', 'netbox', '--secret-file', 'canary-inbound')
  await setting.json('webhook', 'edit', 'ops', '--url', `${setting.url()}?key=${canary.query}`)
  const headers = [`Authorization: Bearer ${canary.bearer}`, `X-Api-Key: ${canary.apiKey}`]
  await setting.json('webhook', 'edit', 'ops', ...headers.flatMap(header => ['--header', header]))
  await setting.json('profile', 'create', 'canary', '--server', 'http://127.0.0.1:1', '--token-file', 'canary-token')
  const cookie = {'Set-Cookie': `session=${canary.cookie}`}
  setting.receiver.otherwise(answers.status(500, {headers: cookie, body: canary.answer}))
  const lines = `X-Auth-Token: ${canary.headerLine}`
  await setting.webhook('sites', '--platform', 'netbox', '--event', 'dcim.site.*', '--header-lines', lines)
  await setting.hookctl(['event', 'send', 'dcim.site.created', '--example'])
  const sent = await setting.json(
    'event',
    'send',
    'node.added',
    '--data',
    JSON.stringify({name: canary.data, nebula_ip: ''}),
  )
  return {...world, event: sent.id, failed: sent.deliveries[0].id, pending: sent.deliveries[0].id}
}

const looks: readonly (readonly [flags: readonly string[], options: Partial<RunOptions>])[] = [
  [['--no-input'], {}],
  [['--no-input', '-o', 'wide'], {tty: true, columns: 10_000}],
  [['--no-input', '-o', 'yaml'], {}],
  [['--no-input', '--json', '--debug'], {}],
]

describe('C4 E4: what is secret is in no answer', () => {
  let world: World
  let runs = 0
  beforeAll(async () => {
    world = await aSecretiveWorld()
    return () => world.setting[Symbol.asyncDispose]()
  }, 30_000)

  const run = async (argv: readonly string[], options: Partial<RunOptions>, goesOn: boolean) => {
    let interrupt = () => {}
    const running = world.setting.hookctl(argv, {
      ...options,
      env: {HOOKCTL_TOKEN: canary.environment},
      signals: emitter => {
        interrupt = () => emitter.emit('SIGINT')
      },
    })
    const again = setInterval(() => interrupt(), goesOn ? 200 : 15_000)
    return running.finally(() => clearInterval(again))
  }

  const present = Object.entries(cases).filter(([name]) => commandModules.has(name))
  test.each(present)('of %s, in any format, whether it works or fails', {timeout: 60_000}, async (_, given) => {
    for (const [flags, options] of looks) {
      for (const argv of [given.works(world), given.fails[0]]) {
        const {stdout, stderr} = await run([...argv, ...flags], options, given.until !== undefined)
        expect([argv, leaksIn(stdout + stderr, credentials)]).toEqual([argv, []])
        runs++
      }
    }
  })

  test.each([
    ['webhook', 'create', '--name', 'x', '--platform', 'standard', '--url', `http://u:${canary.userinfo}@127.0.0.1/`],
    ['webhook', 'edit', 'ops', '--url', `http://u:${canary.userinfo}@127.0.0.1/`],
    ['target', 'check', `http://u:${canary.userinfo}@127.0.0.1/`],
    ['target', 'check', `http://127.0.0.1/?token=${canary.query}`],
    ['webhook', 'edit', 'ops', '--header', `X-Api-Key ${canary.apiKey}`],
    ['webhook', 'edit', 'ops', '--header', `Host: ${canary.apiKey}`],
    ['webhook', 'rotate-secret', 'ops', '--secret', canary.secret],
    ['config', 'set', 'token', canary.profileToken],
    ['status', '--server', `http://u:${canary.userinfo}@127.0.0.1:1`],
    ['status', '--server', 'http://127.0.0.1:1'],
    ['profile', 'show', 'canary'],
    ['delivery', 'replay', 'nope', '--to', `http://u:${canary.userinfo}@127.0.0.1/`],
  ])('E3 E4: hookctl %s %s %s %s does not repeat it', async (...argv) => {
    const given = argv.filter(word => word !== undefined)
    for (const flags of [[], ['--json', '--debug']]) {
      const {stdout, stderr} = await run([...given, ...flags], {}, false)
      expect([given, leaksIn(stdout + stderr, credentials)]).toEqual([given, []])
      runs++
    }
  })

  test('and each was where it could have leaked', async () => {
    const {receiver, home} = world.setting
    const sent = receiver.requests.map(({head}) => head.toString('latin1')).join('')
    for (const name of ['bearer', 'apiKey', 'query', 'headerLine'] as const)
      expect([name, sent.includes(canary[name])]).toEqual([name, true])
    const config = readdirSync(path.join(home.path, 'config'), {recursive: true, withFileTypes: true})
    const written = config
      .filter(entry => entry.isFile())
      .map(entry => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
    expect(written.join('')).toContain(canary.profileToken)
    console.log(
      `figure E4: ${runs} command lines over a store with ${Object.keys(credentials).length} canaries: 0 shown`,
    )
  })
})

test('C4 D4: a server that logs all it can keeps 12 canaries out of its log through 2,000 events, failures and a crash', {
  timeout: 120_000,
}, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-canary-'))
  const store = path.join(folder, 'hookctl.db')
  await using receiver = await openReceiver()
  let count = 0
  receiver.otherwise((socket, request, signal) => {
    const cookie = {headers: {'Set-Cookie': `session=${canary.cookie}`}, body: canary.answer}
    const turns = [
      answers.status(204),
      answers.status(500, cookie),
      answers.reset(),
      answers.redirect(302, `/?t=${canary.query}`),
    ]
    return turns[count++ % turns.length]!(socket, request, signal)
  })
  const start = () => startServed({store, flags: ['--log-level', 'debug'], env: {CANARY: canary.environment}})
  const logs: string[] = []
  let served: Served = await start()
  const agent = new http.Agent({keepAlive: true, maxSockets: 8})
  const ask = (resource: string, body: object) => post(served, agent, `/v1/organizations/default/${resource}`, body)
  for (const platform of ['catalyst', 'netbox']) {
    const created = await ask('webhooks', {
      name: platform,
      platform,
      url: `${receiver.url}/in?key=${canary.query}`,
      eventTypes: ['*'],
      secret: {value: canary.secret},
      headers: [
        {name: 'Authorization', value: `Bearer ${canary.bearer}`},
        {name: 'X-Api-Key', value: canary.apiKey},
      ],
      policies: {allowHttp: true, retry: {kind: 'list', delaysMs: [1, 1]}},
    })
    expect(created.status, created.body).toBe(201)
  }
  const token = JSON.parse((await ask('tokens', {name: 'ci', scopes: ['ingest']})).body) as {
    value?: string
    token?: unknown
  }
  const made = /hkt_[A-Za-z0-9_-]+/.exec(JSON.stringify(token))![0]
  const events = async (from: number) => {
    for (let index = from; index < from + 1000; index += 100) {
      const data = {name: canary.data, nebula_ip: '10.42.0.7'}
      const many = Array.from({length: 100}, () => ({type: 'node.added', data}))
      await ask('events/bulk', {events: many})
    }
  }
  const bad = async () => {
    await ask(`webhooks/${canary.apiKey}?x=${canary.query}`, {url: `http://u:${canary.userinfo}@h/`})
    await ask('webhooks', {name: canary.headerLine, secret: {value: canary.nextSecret}, platform: canary.data})
    await fetch(served.url, {headers: {authorization: `Bearer ${canary.profileToken}`}})
  }
  const tokens = [served.token, made]
  await events(0)
  await bad()
  await receiver.received(400)
  served.child.kill('SIGKILL')
  await once(served.child, 'close')
  logs.push(served.stderr())
  served = await start()
  tokens.push(served.token)
  await events(1000)
  await bad()
  await receiver.received(receiver.requests.length + 400)
  served.child.kill('SIGTERM')
  await once(served.child, 'close')
  logs.push(served.stderr())
  agent.destroy()

  const log = logs.join('')
  expect(log.split('\n').length).toBeGreaterThan(20)
  expect(leaksIn(log, {...canary, ...tokens})).toEqual([])
  // A token is kept as its digest alone; the server's own stands in no store at all.
  const kept = readdirSync(folder)
    .filter(name => name.startsWith('hookctl.db'))
    .map(name => readFileSync(path.join(folder, name), 'latin1'))
  expect(leaksIn(kept.join(''), {...tokens})).toEqual([])
  rmSync(folder, {recursive: true, force: true})
  console.log(
    `figure C4: ${Object.keys(canary).length} canaries and ${tokens.length} tokens through 2,000 events with failures and a crash: 0 in the log at level debug`,
  )
})
