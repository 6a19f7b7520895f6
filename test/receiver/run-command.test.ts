import {expect, test} from 'vitest'
import {runCommand} from '../../src/receiver/run-command.ts'

const question = {
  input: Buffer.from('in'),
  env: {PATH: process.env.PATH},
  cwd: process.cwd(),
  timeoutMs: 10_000,
  signal: new AbortController().signal,
}

test('a command that is not there ends with 127, as in a shell', async () => {
  expect(await runCommand({...question, command: 'no-such-command-here'})).toMatchObject({exitCode: 127, signal: null})
})

test('what the system does not start is no failure of ours', async () => {
  const env = {...question.env, LARGE: 'x'.repeat(4_000_000)}
  expect(await runCommand({...question, command: 'true', env})).toMatchObject({
    exitCode: null,
    signal: null,
    output: '',
  })
})

test('a command that ends itself by a signal is told with it', async () => {
  expect(await runCommand({...question, command: 'kill -TERM $$'})).toMatchObject({exitCode: null, signal: 'SIGTERM'})
})

test('one that is not wanted any more is stopped before it has begun', async () => {
  const over = AbortSignal.abort()
  const ran = await runCommand({...question, command: 'exec sleep 60', signal: over})
  expect(ran).toMatchObject({exitCode: null, signal: 'SIGKILL', timedOut: false})
})
