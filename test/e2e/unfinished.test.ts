import {expect, test} from 'vitest'
import {spawnCli} from '../harness/cli.ts'

/** Every request of the command gets an answer that never comes, and nothing keeps the process waiting for it. */
const env = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent('globalThis.fetch=()=>new Promise(()=>{})')}`,
}
const argv = ['webhook', 'list', '--server', 'http://127.0.0.1:9']

test('a command that nothing can end any more ends with 1 and says that it was left undone', async () => {
  const ended = await spawnCli(argv, {env})
  expect([ended.exitCode, ended.stdout]).toEqual([1, ''])
  expect(ended.stderr).toMatch(/^hookctl: the command was left undone/)
})

test('and says so as JSON to who asked for JSON', async () => {
  const ended = await spawnCli([...argv, '--json'], {env})
  expect([ended.exitCode, ended.error().code]).toEqual([1, 'left_undone'])
})
