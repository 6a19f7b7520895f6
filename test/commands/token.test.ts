import {expect, test} from 'vitest'
import {aSetting} from '../harness/setting.ts'

test('with -q a new token is told on stderr: stdout is its id alone', async () => {
  await using setting = await aSetting()
  const made = await setting.hookctl(['token', 'create', 'ci', '--scope', 'ingest', '-q'])
  expect(made, made.stderr).toMatchObject({exitCode: 0})
  expect(made.stdout).toMatch(/^tok_\S+\n$/)
  expect(made.stderr).toMatch(/^token, shown this once: hkt_\S+\n$/)
})
