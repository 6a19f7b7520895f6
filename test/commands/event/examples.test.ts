import {expect, test} from 'vitest'
import {aSetting, type Row} from '../../harness/setting.ts'

test('event send --example works for every event type of every platform', {timeout: 60_000}, async () => {
  await using setting = await aSetting()
  const types = await setting.rows<{name: string; platform: string}>('event', 'types')
  expect(types.length).toBeGreaterThan(300)
  // One line each: what `event types NAME --example --json` prints is what `event send --ndjson` takes.
  const platforms = [...new Set(types.map(({platform}) => platform))]
  expect(platforms).toHaveLength(6)
  const lines: string[] = []
  for (const {name, platform} of types) {
    // NetBox alone has hundreds, all of one kind: every tenth of them.
    if (platform === 'netbox' && lines.length % 10 !== 0) continue
    const {example} = (await setting.json('event', 'types', name, '--platform', platform, '--example')) as Row
    lines.push(JSON.stringify(example))
  }
  const result = await setting.hookctl(['event', 'send', '--ndjson', '-', '--json'], {stdin: lines.join('\n')})
  expect(result, result.stderr).toMatchObject({exitCode: 0})
  expect(result.json<Row>().accepted).toBe(lines.length)
})
