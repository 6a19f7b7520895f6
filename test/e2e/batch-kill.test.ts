import {expect, test} from 'vitest'
import {aShell} from '../conformance/shell.ts'
import {type RunningCli, startCli} from '../harness/cli.ts'
import {answers, openReceiver, type ReceivedRequest} from '../harness/receiver.ts'

/** What is collected is on disk: a server that is killed loses no event of a batch, and freezes none twice. */

async function serve(home: Parameters<typeof startCli>[1] & object): Promise<RunningCli> {
  const server = startCli(['serve', '--listen', '127.0.0.1:0', '--json'], home)
  await server.waitFor(/"ready":true/)
  return server
}

async function killed(server: RunningCli): Promise<void> {
  server.kill('SIGKILL')
  await server.ended
}

const dangersIn = ({body}: ReceivedRequest): number[] =>
  (JSON.parse(body.toString()) as {attributes: {danger: number}}[]).map(({attributes}) => attributes.danger)

test('PRO-02 PRO-04: events collected before a kill go out after the restart, in order, and once', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  const hook = 'webhook create --platform procustodibus --name siem --event alerts'
  await shell.json(`${hook} --batch-every 1h --batch-max 3 --retry until-success:1s --url ${receiver.url}`)
  receiver.otherwise(answers.silent())
  const send = (danger: number) => shell.json('event send alerts --data', {args: [`{"danger":${danger}}`]})
  const first = await serve({home: shell.home})
  for (const danger of [1, 2]) await send(danger)
  await killed(first)
  expect(receiver.requests).toEqual([])

  const second = await serve({home: shell.home})
  // The third one fills the batch: it is frozen and on its way when the server is killed again.
  for (const danger of [3, 4]) await send(danger)
  await receiver.received(1)
  await killed(second)

  receiver.otherwise(answers.status(204))
  await using third = await serve({home: shell.home})
  await receiver.received(2)
  await shell.json('webhook flush siem')
  await receiver.received(3)
  expect(receiver.requests.map(dangersIn)).toEqual([[1, 2, 3], [1, 2, 3], [4]])
  const [before, after] = receiver.requests
  expect(after!.body).toEqual(before!.body)
  expect(after!.header('X-Hook-Delivery')).toBe(before!.header('X-Hook-Delivery'))
  await expect
    .poll(async () => (await shell.json<{deliveries: object}>('status')).deliveries)
    .toMatchObject({collecting: 0, pending: 0, delivered: 2, unfinished: 0})
  third.kill('SIGTERM')
  expect((await third.ended).exitCode).toBe(0)
}, 60_000)
