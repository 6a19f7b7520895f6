import {expect, test} from 'vitest'
import {run} from '../harness/cli.ts'

test.each([
  ['webhook list --server http://127.0.0.1:9 --store x.db', '--server and --store cannot be used together'],
  ['store info --server http://127.0.0.1:9 --store x.db', '--server and --store cannot be used together'],
  ['webhook list --json -q', '--quiet prints ids only, and --json something else'],
  ['webhook list -q -o table', '--quiet prints ids only, and --output table something else'],
  ['webhook list -q --fields name', '--quiet prints ids only, and --fields something else'],
  ['webhook show x -q -o yaml', '--quiet prints ids only, and --output yaml something else'],
  ['delivery list --since 1h --until 2h', '--since 2026-07-03T11:00:00Z is not before --until 2026-07-03T10:00:00Z'],
  ['event list --since 2h --until 2h', '--since 2026-07-03T10:00:00Z is not before --until 2026-07-03T10:00:00Z'],
  ['history list --since 1h --until 2h', '--since 2026-07-03T11:00:00Z is not before'],
  ['stats --since 1h --until 2h', '--since 2026-07-03T11:00:00Z is not before'],
  ['delivery replay --failed --dry-run --since 1h --until 2h', '--since 2026-07-03T11:00:00Z is not before'],
])('%s contradicts itself and is refused before anything is opened', async (line, message) => {
  const result = await run(line.split(' '), {now: () => Date.parse('2026-07-03T12:00:00Z')})
  expect([result.exitCode, result.stdout, result.stderr]).toEqual([2, '', expect.stringContaining(message)])
})

test.each([
  'webhook list -q -o id',
  'webhook list -q --limit 5',
  'delivery list --since 2h --until 1h',
  'delivery tail --no-follow -q --json',
])('%s does not', async line => {
  expect((await run(line.split(' '))).exitCode).toBe(0)
})

test('--quiet wins over the output that is configured', async () => {
  const result = await run(['profile', 'list', '-q'], {env: {HOOKCTL_OUTPUT: 'json'}})
  expect([result.exitCode, result.stdout]).toEqual([0, ''])
})
