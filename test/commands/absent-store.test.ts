import {existsSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {run, temporaryHome} from '../harness/cli.ts'

const named = [
  ['--store', (file: string) => ({argv: ['--store', file], env: {}})],
  ['HOOKCTL_STORE', (file: string) => ({argv: [], env: {HOOKCTL_STORE: file}})],
] as const

test.each(named)('a command that only reads makes no store where %s names none, and says so', async (_, place) => {
  await using home = temporaryHome()
  for (const store of ['typo', 'sqlite:not/there/x.db', 'json:typo.json']) {
    const {argv, env} = place(store)
    const file = path.join(home.path, store.replace(/^\w+:/, ''))
    for (const command of [['webhook', 'list'], ['status'], ['delivery', 'tail', '--no-follow'], ['store', 'info']]) {
      const refused = await run([...command, ...argv, '--json'], {home, env})
      expect([command, refused.exitCode, refused.stdout]).toEqual([command, 3, ''])
      expect(refused.error()).toEqual({
        code: 'store_not_found',
        message: `there is no store at ${file}`,
        hint: expect.stringContaining('hookctl webhook create'),
      })
    }
    expect(existsSync(file) || existsSync(path.join(home.path, 'not'))).toBe(false)
  }
})

test.each(named)('a command that writes makes the store that %s names, and what reads finds it', async (_, place) => {
  for (const command of [
    ['webhook', 'create', '--name', 'abc', '--platform', 'entrypoint'],
    ['event', 'send', 'node.added', '--example'],
    ['worker', 'disable'],
    ['org', 'create', 'acme'],
    ['worker', 'run', '--drain'],
  ]) {
    await using home = temporaryHome()
    const {argv, env} = place('folder/new.db')
    const made = await run([...command, ...argv], {home, env})
    expect(made, made.stderr).toMatchObject({exitCode: 0})
    expect(await run(['webhook', 'list', ...argv], {home, env})).toMatchObject({exitCode: 0})
  }
})

test.each(named)('what asks nothing of a store answers without the one that %s names', async (_, place) => {
  await using home = temporaryHome()
  const {argv, env} = place('new.db')
  for (const command of [
    ['platform', 'list'],
    ['platform', 'show', 'netbox'],
    ['event', 'types'],
    ['retry', 'preview', '--platform', 'netbox'],
  ]) {
    const answer = await run([...command, ...argv], {home, env})
    expect([command, answer.exitCode, answer.stderr]).toEqual([command, 0, ''])
  }
  expect(existsSync(path.join(home.path, 'new.db'))).toBe(false)
})

test('the usual store is made by the first command, whichever it is', async () => {
  await using home = temporaryHome()
  expect(await run(['webhook', 'list'], {home})).toMatchObject({exitCode: 0})
  expect(existsSync(path.join(home.path, 'state/hookctl/hookctl.db'))).toBe(true)
})
