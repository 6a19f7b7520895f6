import {spawn} from 'node:child_process'
import {once} from 'node:events'
import process from 'node:process'
import {fileURLToPath} from 'node:url'
import {expect, test} from 'vitest'
import {type Home, spawnCli, startCli, temporaryHome} from '../harness/cli.ts'
import {openReceiver} from '../harness/receiver.ts'

const bin = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** A server on a port of its own choice, ready. */
async function serve(home: Home) {
  const server = startCli(['serve', '--listen', '127.0.0.1:0', '--json'], {home})
  const ready = JSON.parse(await server.waitFor(/\n/)) as {url: string}
  return {server, url: ready.url}
}

const send = (home: Home, name: string) =>
  spawnCli(['event', 'send', 'node.added', '--data', JSON.stringify({name, nebula_ip: ''}), '--json'], {home})

const CATALYST = ['--platform', 'catalyst', '--allow-http', '--event', 'node.*']

test('delivery tail follows over a restart of the server on another port, without a gap and without a repeat', {
  timeout: 90_000,
}, async () => {
  await using home = temporaryHome()
  await using receiver = await openReceiver()
  const made = await spawnCli(['webhook', 'create', '--name', 'ops', ...CATALYST, '--url', receiver.url], {home})
  expect(made, made.stderr).toMatchObject({exitCode: 0})
  const sent: string[] = []
  const sendTo = async (name: string) => {
    const result = await send(home, name)
    expect(result, result.stderr).toMatchObject({exitCode: 0})
    sent.push(result.json<{id: string}>().id)
  }

  const first = await serve(home)
  await using tail = startCli(['delivery', 'tail', '--since', '1h', '--count', '5', '--json'], {home})
  await sendTo('one')
  await sendTo('two')
  await tail.waitFor(new RegExp(sent[1] as string))
  first.server.kill('SIGTERM')
  expect((await first.server.ended).exitCode).toBe(0)
  // Nobody serves: this process delivers by itself, and the tail learns of it later.
  await sendTo('three')
  const second = await serve(home)
  await using again = second.server
  expect(second.url).not.toBe(first.url)
  await sendTo('four')
  await sendTo('five')
  const told = await tail.ended
  expect(told, told.stderr).toMatchObject({exitCode: 0})
  const ids = told.stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line).eventId)
  expect(ids).toEqual(sent)
  expect(told.stderr).toBe('the server is gone; waiting for it\nconnected again\n')
  again.kill('SIGTERM')
  await again.ended
})

test('a list or a tail whose reader has seen enough ends quietly', {timeout: 60_000}, async () => {
  await using home = temporaryHome()
  const lines = Array.from({length: 2000}, (_, n) =>
    JSON.stringify({type: 'node.added', data: {name: `n${n}`, nebula_ip: ''}}),
  )
  const sent = await spawnCli(['event', 'send', '--ndjson', '-'], {home, stdin: lines.join('\n')})
  expect(sent, sent.stderr).toMatchObject({exitCode: 0})
  for (const argv of [
    'event list --all',
    'history list --all -o jsonl',
    'activity tail --since 1h',
    'event list --all -q',
  ]) {
    const shell = spawn(
      'bash',
      ['-o', 'pipefail', '-c', `"$0" "$1" ${argv} | head -1; echo "\${PIPESTATUS[0]}"`, process.execPath, bin],
      {
        cwd: home.path,
        env: {PATH: process.env.PATH, ...home.env} as NodeJS.ProcessEnv,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    const text = {stdout: '', stderr: ''}
    shell.stdout.on('data', chunk => {
      text.stdout += chunk
    })
    shell.stderr.on('data', chunk => {
      text.stderr += chunk
    })
    await once(shell, 'close')
    expect([argv, text.stderr, text.stdout.trim().split('\n').at(-1)]).toEqual([argv, '', '0'])
  }
})
