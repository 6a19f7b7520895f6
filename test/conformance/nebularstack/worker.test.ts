import {expect, test} from 'vitest'
import {startCli} from '../../harness/cli.ts'
import {aClockedServer, type ClockedServer} from '../../harness/clocked-server.ts'
import {answers, openReceiver} from '../../harness/receiver.ts'
import {aShell, type Shell} from '../shell.ts'

/** NebularStack's webhook worker and its queues per domain. */

const organization = 'default'
const type = 'radius-authentication.subscriber-nas-updated'

async function serve(shell: Shell) {
  const server = startCli(['serve', '--listen', '127.0.0.1:0', '--json'], {home: shell.home})
  await server.waitFor(/"ready":true/)
  return server
}

const refused = async (shell: Shell, words: string) => {
  const result = await shell.hookctl(`${words} --json`)
  return [result.exitCode, result.error().code, result.error().message]
}

test('NEB-08 NEB-09: Active, Inactive, Activating; Enable is refused where it is on, Disable where it is off', async () => {
  await using shell = aShell()
  expect(await shell.json('worker status')).toMatchObject({state: 'activating', owner: null})
  expect(await refused(shell, 'worker enable')).toEqual([
    4,
    'worker_already_active',
    'the worker is activating already: nothing to do',
  ])
  expect(await shell.json('worker disable')).toMatchObject({state: 'inactive'})
  expect(await refused(shell, 'worker disable')).toEqual([
    4,
    'worker_already_inactive',
    'the worker is inactive already: nothing to do',
  ])
  expect(await shell.json('worker enable')).toMatchObject({state: 'activating'})
  await using server = await serve(shell)
  expect(await shell.json('worker status')).toMatchObject({state: 'active', owner: {pid: server.pid}})
  expect(await refused(shell, 'worker enable')).toEqual([
    4,
    'worker_already_active',
    'the worker is active already: nothing to do',
  ])
  expect(await shell.json('worker disable')).toMatchObject({state: 'inactive'})
  expect(await shell.json('worker status')).toMatchObject({state: 'inactive'})
  expect(await shell.json('worker enable')).toMatchObject({state: 'active'})
})

test('NEB-10: while the worker is inactive the queue grows; enabled, it is drained in order', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(`webhook create --platform nebularstack --tls skip --name nas --event * --url ${receiver.url}`)
  await using _server = await serve(shell)
  await shell.json('worker disable')
  const ids = ['a', 'b', 'c', 'd', 'e']
  for (const id of ids) await shell.json(`event send ${type} --data`, {args: [`{"id":"${id}"}`]})
  const {data} = await shell.json<{data: unknown[]}>('worker queues')
  expect(data).toMatchObject([{webhook: 'nas', state: 'active', depth: 5, inFlight: 0, oldestAt: expect.any(String)}])
  expect(receiver.requests).toEqual([])
  await shell.json('worker enable')
  const requests = await receiver.received(5)
  // They set out in their order; several may be on their way at once.
  expect(requests.map(({body}) => JSON.parse(body.toString()).data.id).sort()).toEqual(ids)
  await expect.poll(async () => (await shell.json<{data: {depth: number}[]}>('worker queues')).data[0]?.depth).toBe(0)
})

async function aDomain({ask, receiver}: ClockedServer, domain: string): Promise<void> {
  await ask('context.create', {organization, id: domain, name: domain})
  await ask('webhook.create', {
    organization,
    name: domain,
    contextId: domain,
    platform: 'nebularstack',
    url: `${receiver.url}/${domain}`,
    eventTypes: [type],
    policies: {tls: {verify: false}},
  })
}

const nas = (domain: string) => ({type, contextId: domain, data: {domain}})

test('NEB-07: a domain whose receiver hangs does not delay another, although they share a host', async () => {
  await using server = await aClockedServer()
  const {ask, receiver} = server
  for (const domain of ['hangs', 'goes']) await aDomain(server, domain)
  receiver.otherwise((socket, request, stopped) =>
    request.path === '/hangs' ? undefined : answers.status(204)(socket, request, stopped),
  )
  await ask('event.sendMany', {organization, events: Array.from({length: 50}, () => nas('hangs'))})
  await receiver.received(1)
  await ask('event.sendMany', {organization, events: Array.from({length: 50}, () => nas('goes'))})
  await expect
    .poll(() => receiver.requests.filter(({path}) => path === '/goes').length, {timeout: 5000, interval: 10})
    .toBe(50)
  await expect
    .poll(async () => (await ask('worker.queues', {organization, domain: 'goes'})).queues[0]?.depth, {interval: 10})
    .toBe(0)
  const {domains, queues} = await ask('worker.queues', {organization})
  expect(domains).toMatchObject([
    {domain: 'hangs', webhooks: 1, depth: 50, inFlight: expect.any(Number), oldestAt: '2026-07-03T12:00:00.000Z'},
    {domain: 'goes', webhooks: 1, depth: 0, inFlight: 0, oldestAt: null},
  ])
  const [hanging] = queues
  expect(hanging).toMatchObject({webhook: 'hangs', domain: 'hangs', host: `127.0.0.1:${receiver.port}`})
  expect(hanging?.inFlight).toBeGreaterThan(0)
  expect(hanging?.inFlight).toBeLessThanOrEqual(10)
})

test('NEB-07: an event of one domain goes to no webhook of another', async () => {
  await using server = await aClockedServer()
  for (const domain of ['one', 'two']) await aDomain(server, domain)
  await server.ask('event.send', {organization, ...nas('two')})
  await server.pass(0)
  expect(server.receiver.requests.map(({path}) => path)).toEqual(['/two'])
})

test('queues show what is held and what is collected, and only the domain asked for', async () => {
  await using server = await aClockedServer()
  const {ask, receiver} = server
  await aDomain(server, 'isp.example.com')
  await ask('webhook.create', {
    organization,
    name: 'siem',
    platform: 'procustodibus',
    url: receiver.url,
    eventTypes: ['alerts'],
  })
  await ask('webhook.disable', {organization, webhook: 'isp.example.com'})
  await ask('event.send', {organization, ...nas('isp.example.com')})
  await server.pass(1000)
  for (const _ of [1, 2]) await ask('event.send', {organization, type: 'alerts', data: {danger: 1}})
  await server.pass(0)
  const {queues, domains} = await ask('worker.queues', {organization})
  expect(queues).toMatchObject([
    {webhook: 'isp.example.com', state: 'inactive', depth: 0, held: 1, collecting: 0, closesAt: null},
    {
      webhook: 'siem',
      state: 'active',
      depth: 0,
      held: 0,
      batches: 1,
      collecting: 2,
      oldestAt: '2026-07-03T12:00:01.000Z',
      closesAt: '2026-07-03T12:05:01.000Z',
    },
  ])
  expect(domains.map(({domain, held, collecting}) => [domain, held, collecting])).toEqual([
    ['isp.example.com', 1, 0],
    [null, 0, 2],
  ])
  const one = await ask('worker.queues', {organization, domain: 'isp.example.com'})
  expect(one.queues.map(({webhook}) => webhook)).toEqual(['isp.example.com'])
})

test('NEB-15: deliveries that do not arrive: doctor asks for worker, URL and SSL settings, and a refresh', async () => {
  await using shell = aShell()
  await shell.json('webhook create --platform nebularstack --name nas --event * --url https://hooks.example.com/')
  await shell.json('worker disable')
  await shell.json(`event send ${type} --example`)
  const {stderr} = await shell.hookctl('doctor')
  for (const hint of [
    'is the worker active?',
    'Are URL and TLS settings of the webhook valid?',
    'refresh the status',
  ]) {
    expect(stderr).toContain(hint)
  }
})
