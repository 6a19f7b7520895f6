import {expect, test} from 'vitest'
import {run, temporaryHome} from '../harness/cli.ts'

const profiles = async (home: ReturnType<typeof temporaryHome>) => (await run(['profile', 'list', '-q'], {home})).stdout

test('on a terminal a destroying command asks, on stderr, and goes on after a yes', async () => {
  await using home = temporaryHome()
  await run(['profile', 'create', 'p'], {home})
  const result = await run(['profile', 'delete', 'p', '--json'], {
    home,
    tty: true,
    answers: [[/delete profile p\?/, 'y\n']],
  })
  expect(result.stderr).toContain('delete profile p?')
  expect(result).toMatchObject({exitCode: 0, stdout: '{\n  "id": "p",\n  "deleted": true\n}\n'})
  expect(await profiles(home)).toBe('')
})

test.each([
  ['no', 'n\n', 2],
  ['a bare Enter', '\n', 2],
  ['Ctrl-C', '\u0003', 130],
])('%s does nothing', async (_, typed, exitCode) => {
  await using home = temporaryHome()
  await run(['profile', 'create', 'p'], {home})
  const result = await run(['profile', 'delete', 'p'], {home, tty: true, answers: [[/delete profile p\?/, typed]]})
  expect(result).toMatchObject({exitCode, stdout: ''})
  expect(result.stderr).not.toMatch(/^\s+at /m)
  expect(await profiles(home)).toBe('p\n')
})
