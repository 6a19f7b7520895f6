import {afterAll, beforeAll, expect, test} from 'vitest'
import {type Home, spawnCli, startCli, temporaryHome} from '../harness/cli.ts'
import {type PostgresServer, startPostgres} from '../harness/postgres.ts'
import {answers, openReceiver} from '../harness/receiver.ts'

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres()
}, 60_000)
afterAll(() => server[Symbol.asyncDispose](), 60_000)

const node = (name: string) => [
  'event',
  'send',
  'node.added',
  '--data',
  JSON.stringify({name, nebula_ip: ''}),
  '--json',
]

/** A webhook in a database of its own, and a way to run commands on it. */
async function aDatabase(home: Home, url: string) {
  const env = {HOOKCTL_STORE: await server.database()}
  const made = await spawnCli(
    ['webhook', 'create', '--name', 'ops', '--platform', 'catalyst', '--allow-http', '--event', 'node.*', '--url', url],
    {home, env},
  )
  expect(made, made.stderr).toMatchObject({exitCode: 0})
  return {
    env,
    run: (...argv: string[]) => spawnCli(argv, {home, env}),
    start: (...argv: string[]) => startCli(argv, {home, env}),
  }
}

const away = 'the database is gone; waiting for it\nconnected again\n'

test.skipIf(process.env.HOOKCTL_TEST_PG_URL !== undefined)(
  'tails and a wait go on over a restart of the database, without a gap, and say so once',
  {timeout: 120_000},
  async () => {
    await using home = temporaryHome()
    await using receiver = await openReceiver()
    const {run, start} = await aDatabase(home, receiver.url)
    receiver.otherwise(answers.status(503))
    await using deliveries = start('delivery', 'tail', '--since', '1h', '--count', '2', '--no-screen', '--json')
    await using activity = start('activity', 'tail', '--since', '1h', '--json')
    // The first attempt fails, so that the wait has still to wait when the database is back.
    await using waiting = start(...node('one'), '--wait', '--timeout', '60s')
    await waiting.waitFor(/waiting for its deliveries/, 'stderr')
    await deliveries.waitFor(/"attempt":1/)
    await activity.waitFor(/\n/)
    await server.own!.restart(async () => {
      await Promise.all([deliveries, activity, waiting].map(each => each.waitFor(/the database is gone/, 'stderr')))
      receiver.otherwise(answers.status(204))
    })
    const sent = await waiting.ended
    expect(sent, sent.stderr).toMatchObject({exitCode: 0})
    expect(sent.stderr).toContain(away)
    const told = await deliveries.ended
    expect(told, told.stderr).toMatchObject({exitCode: 0, stderr: away})
    const lines = told.stdout.trim().split('\n')
    expect(lines.map(line => JSON.parse(line).attempt)).toEqual([1, 2])
    await run('webhook', 'disable', 'ops')
    await activity.waitFor(/ops.*\n.*ops/s)
    activity.kill('SIGINT')
    expect((await activity.ended).stderr).toContain(away)
  },
)

test.skipIf(process.env.HOOKCTL_TEST_PG_URL !== undefined)(
  'a server and a worker that are started before their database wait for it',
  {timeout: 120_000},
  async () => {
    await using home = temporaryHome()
    const env = {HOOKCTL_STORE: await server.database()}
    const starts = [
      ['serve', '--listen', '127.0.0.1:0'],
      ['worker', 'run'],
    ]
    const started: ReturnType<typeof startCli>[] = []
    await server.own!.restart(async () => {
      started.push(...starts.map(argv => startCli(argv, {home, env})))
      await Promise.all(
        started.map(each => each.waitFor(/does not answer yet; waiting for it, 30 s at most/, 'stderr')),
      )
    })
    const [serving, working] = started as [(typeof started)[0], (typeof started)[0]]
    await using _ = serving
    await using __ = working
    await serving.waitFor(/listening on/)
    await working.waitFor(/the database answers\n(?:.*\n)*sending/, 'stderr')
    for (const each of started) each.kill('SIGTERM')
    for (const each of started) expect((await each.ended).exitCode).toBe(0)
  },
)

test('a server with a wrong password, or for a database that is not there, ends at once', async () => {
  const good = await server.database()
  for (const [from, to] of [
    [/:[^:@]*@/, ':wrong@'],
    [/[^/]*$/, 'nowhere'],
  ] as const) {
    const {exitCode, stderr} = await spawnCli(['serve', '--store', good.replace(from, to), '--listen', '127.0.0.1:0'])
    expect({exitCode, stderr}).toEqual({exitCode: 6, stderr: expect.not.stringContaining('waiting')})
  }
})

test('worker status lists every process that sends from the database, and only those', {timeout: 60_000}, async () => {
  await using home = temporaryHome()
  await using receiver = await openReceiver()
  const {run, start} = await aDatabase(home, receiver.url)
  const workers = [start('worker', 'run'), start('worker', 'run')]
  await using first = workers[0]!
  await using second = workers[1]!
  for (const each of workers) await each.waitFor(/sending; Ctrl-C stops/, 'stderr')
  type Worker = {readonly owner: {readonly pid: number}; readonly owners: readonly {readonly pid: number}[]}
  const {owner, owners} = (await run('worker', 'status', '--json')).json<Worker>()
  expect(owners.map(({pid}) => pid).toSorted()).toEqual(workers.map(({pid}) => pid).toSorted())
  expect(owner).toEqual(owners[0])
  const told = await run('worker', 'status')
  for (const {pid} of workers) expect(told.stdout).toMatch(new RegExp(`^${pid}\\t`, 'm'))
  second.kill('SIGTERM')
  await second.ended
  expect((await run('worker', 'status', '--json')).json<Worker>().owners).toEqual([
    expect.objectContaining({pid: first.pid}),
  ])
})

test('no command says that no server runs on a database: where its servers are is not known', {
  timeout: 60_000,
}, async () => {
  await using home = temporaryHome()
  await using receiver = await openReceiver()
  const {run, start} = await aDatabase(home, receiver.url)
  await using serving = start('serve', '--listen', '127.0.0.1:0')
  await serving.waitFor(/listening on/)
  const status = await run('status')
  expect(status).toMatchObject({exitCode: 0})
  expect(status.stderr).toMatch(/^answered from postgres:.*, whether servers run on it or not; --server URL asks one\n/)
  const web = await run('web', '--no-open', '--json')
  expect(web.exitCode).toBe(6)
  expect(web.error()).toMatchObject({code: 'no_server', message: expect.not.stringContaining('no server runs')})
  expect(web.error().hint).toContain('hookctl web --server URL')
})
