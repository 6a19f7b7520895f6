import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {aShell} from '../conformance/shell.ts'
import {type Home, type RunningCli, startCli} from '../harness/cli.ts'
import {answers, openReceiver} from '../harness/receiver.ts'

const total = 1000
const kills = 5

async function serve(home: Home): Promise<RunningCli> {
  const server = startCli(['serve', '--listen', '127.0.0.1:0', '--json'], {home})
  await server.waitFor(/"ready":true/)
  return server
}

test('F7: 1,000 events to an ordered webhook arrive in the order of acceptance, with 20 % failures and 5 SIGKILLs', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  let requests = 0
  const order: number[] = []
  receiver.otherwise((socket, request, stopped) => {
    const {data} = JSON.parse(request.body.toString()) as {data: {n: number}}
    const fails = ++requests % 5 === 0
    if (!fails && !order.includes(data.n)) order.push(data.n)
    return answers.status(fails ? 503 : 204)(socket, request, stopped)
  })
  await shell.json(
    `webhook create --platform standard --name line --allow-http --event line.* --ordered halt --retry until-success:10ms --url ${receiver.url}`,
  )
  const lines = Array.from({length: total}, (_, n) => JSON.stringify({type: 'line.moved', data: {n}}))
  const file = path.join(shell.home.path, 'events.ndjson')
  writeFileSync(file, lines.join('\n'))
  let server = await serve(shell.home)
  await shell.json(`event send --ndjson ${file}`)
  for (let kill = 1; kill <= kills; kill++) {
    await expect.poll(() => order.length, {timeout: 60_000}).toBeGreaterThan((total * kill) / (kills + 1))
    server.kill('SIGKILL')
    await server.ended
    server = await serve(shell.home)
  }
  await expect.poll(() => order.length, {timeout: 60_000}).toBe(total)
  server.kill('SIGTERM')
  await server.ended
  expect(order).toEqual(Array.from({length: total}, (_, n) => n))
  expect((await shell.json<{deliveries: object}>('status')).deliveries).toMatchObject({delivered: total, unfinished: 0})
  console.log(`figure F7: ${total} events, ${requests} requests, ${kills} kills, order kept`)
}, 180_000)
