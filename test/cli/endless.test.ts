import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {PassThrough} from 'node:stream'
import {expect, test} from 'vitest'
import {readBytes} from '../../src/cli/bytes.ts'
import type {Surroundings} from '../../src/cli/surroundings.ts'
import {run, temporaryHome} from '../harness/cli.ts'

/** What never ends would be read until the machine has no memory left. */

test.each([
  ['a secret', ['sign', '--secret-file', '/dev/zero', '--body', 'body'], '64.0 kB'],
  ['what is no secret', ['sign', '--secret-file', 'large', '--body', 'body'], '64.0 kB'],
  ['a declaration', ['plan', '/dev/zero'], '32.0 MB'],
  ['a request', ['verify', '--request', '/dev/zero', '--secret-env', 'SECRET'], '256 MB'],
])('%s from a file without end, or a far too large one, is refused with what it may have', async (_, argv, most) => {
  await using home = temporaryHome()
  writeFileSync(path.join(home.path, 'body'), '{}')
  writeFileSync(path.join(home.path, 'large'), Buffer.alloc(64_001, 'x'))
  const result = await run([...argv, '--json'], {home, env: {SECRET: 'a secret'}})
  expect(result).toMatchObject({exitCode: 2, stdout: ''})
  expect(result.error()).toMatchObject({
    code: 'file_too_large',
    message: expect.stringMatching(new RegExp(`holds more than ${most}$`)),
    hint: 'is it the right file?',
  })
})

test('a secret key that never ends is refused by every command that would need it', async () => {
  await using home = temporaryHome()
  const result = await run(['webhook', 'list', '--json'], {home, env: {HOOKCTL_SECRET_KEY_FILE: '/dev/zero'}})
  expect(result.exitCode).toBe(2)
  expect(result.error()).toMatchObject({code: 'secret_key_unreadable', message: expect.stringContaining('EFBIG')})
})

test('stdin is read to its limit and no further', async () => {
  const stdin = new PassThrough()
  const surroundings = {stdin, cwd: '/'} as unknown as Surroundings
  stdin.write(Buffer.alloc(10))
  stdin.end()
  expect(await readBytes('-', surroundings, 10)).toHaveLength(10)
  const endless = {
    stdin: (async function* () {
      for (;;) yield Buffer.alloc(4)
    })(),
    cwd: '/',
  } as unknown as Surroundings
  await expect(readBytes('-', endless, 10)).rejects.toMatchObject({code: 'file_too_large'})
})
