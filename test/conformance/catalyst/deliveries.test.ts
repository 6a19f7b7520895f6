import {once} from 'node:events'
import type {AddressInfo} from 'node:net'
import {createServer} from 'node:net'
import {expect, test} from 'vitest'
import {startCli} from '../../harness/cli.ts'
import {answers, openReceiver, type ReceivedRequest} from '../../harness/receiver.ts'
import {aShell, type Shell} from '../shell.ts'

/** What Catalyst webhooks send, and what becomes of it: typed at the command line, seen by a receiver. */

const create = 'webhook create --platform catalyst --allow-http'
const added = 'event send node.added --example'

const bodyOf = ({body}: ReceivedRequest) => JSON.parse(body.toString()) as Record<string, unknown>

interface Sent {
  readonly id: string
  readonly deliveries: readonly {readonly id: string; readonly state: string}[]
}

interface Shown {
  readonly state: string
  readonly dueAt: string | null
  readonly attempts: readonly {
    readonly startedAt: string
    readonly status: number | null
    readonly errorClass: string | null
    readonly durationMs: number
  }[]
}

test('CAT-13: every webhook subscribed to the type gets the same body, and no other one', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(`${create} --name one --event node.* --url ${receiver.url}/one`)
  await shell.json(`${create} --name two --event cert.issued,node.added --url ${receiver.url}/two`)
  await shell.json(`${create} --name other --event node.removed --url ${receiver.url}/other`)
  await shell.json(`${create} --name off --event node.added --url ${receiver.url}/off --inactive`)
  await shell.json(`${added} --wait`)
  expect(receiver.requests.map(({path}) => path).sort()).toEqual(['/one', '/two'])
  const [one, two] = receiver.requests
  expect(one!.body.equals(two!.body)).toBe(true)
})

test('CAT-14: the event is answered while the receiver still thinks', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  receiver.otherwise(answers.silent())
  await using server = startCli(['serve', '--listen', '127.0.0.1:0', '--json'], {home: shell.home})
  await server.waitFor(/"ready":true/)
  await shell.json(`${create} --name slow --event node.added --url ${receiver.url}`)
  const sent = await shell.json<Sent>(added)
  await receiver.received(1)
  const {data} = await shell.json<{data: unknown[]}>(`delivery list --event-id ${sent.id}`)
  expect(data).toMatchObject([{state: 'pending', attemptCount: 0}])
})

test('CAT-15 CAT-16 CAT-17 CAT-18: POST, JSON, four keys, whole seconds at +00:00, a number, and the node', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(`${create} --name body --event node.added --url ${receiver.url}`)
  const data = {name: 'db-1 “Köln”', nebula_ip: '10.42.0.7'}
  await shell.json('event send node.added --wait --at 2026-07-03T14:00:00.987+02:00 --data', {
    args: [JSON.stringify(data)],
  })
  const [request] = receiver.requests
  expect([request!.method, request!.header('content-type')]).toEqual(['POST', 'application/json'])
  expect(Object.keys(bodyOf(request!))).toEqual(['event', 'organization_id', 'timestamp', 'data'])
  expect(bodyOf(request!)).toEqual({
    event: 'node.added',
    organization_id: 1,
    timestamp: '2026-07-03T12:00:00+00:00',
    data,
  })
})

test('CAT-19: a receiver that hangs ends as a timeout, after 10 s unless said', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  receiver.otherwise(answers.silent())
  const webhook = await shell.json<{policies: {timeoutMs: number}}>(
    `${create} --name usual --event node.removed --url ${receiver.url}`,
  )
  expect(webhook.policies.timeoutMs).toBe(10_000)
  await shell.json(`${create} --name hangs --event node.added --url ${receiver.url} --request-timeout 300ms`)
  const {attempts} = await attemptsOf(shell, await shell.json<Sent>(added))
  expect(attempts).toMatchObject([{status: null, errorClass: expect.stringContaining('timeout')}])
  expect(attempts[0]!.durationMs).toBeLessThan(5000)
})

const attemptsOf = async (shell: Shell, sent: Sent) => shell.json<Shown>(`delivery show ${sent.deliveries[0]!.id}`)

test('CAT-20: 500, 500, 200 are three attempts, the second gap at least twice the first', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  receiver.next(answers.status(500), answers.status(500), answers.status(200))
  await shell.json(`${create} --name busy --event node.added --url ${receiver.url}`, {
    args: ['--retry', 'exponential:150ms,jitter=0'],
  })
  const {state, attempts} = await attemptsOf(shell, await shell.json<Sent>(`${added} --wait`))
  expect([state, attempts.map(({status}) => status)]).toEqual(['delivered', [500, 500, 200]])
  const [first, second, third] = attempts.map(({startedAt}) => Date.parse(startedAt)) as [number, number, number]
  expect(second - first).toBeGreaterThanOrEqual(150)
  expect(third - second).toBeGreaterThanOrEqual(300)
})

test.each([
  ['an error answer', async () => openReceiver()],
  ['a port where nobody listens', async () => ({url: await closedPort(), [Symbol.asyncDispose]: async () => {}})],
])('CAT-20: %s is tried again, 10 s after the first attempt', async (_, open) => {
  await using receiver = await open()
  await using shell = aShell()
  if ('next' in receiver) receiver.next(answers.status(500))
  await shell.json(`${create} --name later --event node.added --url ${receiver.url}`, {
    args: ['--retry', 'exponential:10s,jitter=0'],
  })
  const {dueAt, attempts} = await attemptsOf(shell, await shell.json<Sent>(added))
  const [{startedAt, durationMs}] = attempts as [Shown['attempts'][0]]
  const endedAt = Date.parse(startedAt) + durationMs
  // The wait begins when the outcome is recorded.
  expect(Date.parse(dueAt!) - endedAt).toBeGreaterThanOrEqual(9_999)
  expect(Date.parse(dueAt!) - endedAt).toBeLessThan(12_000)
})

async function closedPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return `http://127.0.0.1:${port}/`
}

test('CAT-21: every attempt carries the ids a receiver can tell a repetition by', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  receiver.next(answers.status(500))
  await shell.json(`${create} --name twice --event node.added --url ${receiver.url} --retry 1ms`)
  const sent = await shell.json<Sent>(`${added} --wait`)
  const ids = receiver.requests.map(request => [request.header('x-hook-delivery'), request.header('x-hook-event-id')])
  expect(ids).toEqual([
    [sent.deliveries[0]!.id, sent.id],
    [sent.deliveries[0]!.id, sent.id],
  ])
})
