import {expect, test} from 'vitest'
import {aSetting, type Setting} from '../../harness/setting.ts'

const aBatcher = (setting: Setting, ...flags: readonly string[]) =>
  setting.webhook('siem', '--platform', 'procustodibus', '--event', 'alerts', ...flags)

const send = (setting: Setting, danger: number) =>
  setting.hookctl(['event', 'send', 'alerts', '--data', `{"danger":${danger}}`])

test('an event that is collected says when its batch is closed, and how to send it now', async () => {
  await using setting = await aSetting()
  await aBatcher(setting)
  const sent = await send(setting, 1)
  expect(sent.exitCode).toBe(0)
  expect(sent.stderr).toMatch(
    /siem: collected; its batch \(1 event so far\) is closed in \S+, or at once by hookctl webhook flush siem\n/,
  )
  expect(setting.receiver.requests).toEqual([])
})

test('without a server, flush sends from this process what was collected', async () => {
  await using setting = await aSetting()
  await aBatcher(setting)
  for (const danger of [1, 2]) await send(setting, danger)
  const flushed = await setting.hookctl(['webhook', 'flush', 'siem'])
  expect(flushed).toMatchObject({exitCode: 0, stdout: 'siem: 2 events in 1 batch\n'})
  expect(setting.receiver.requests.map(({body}) => JSON.parse(body.toString()).length)).toEqual([2])
  expect((await setting.hookctl(['webhook', 'flush', 'siem'])).stdout).toBe('siem: had collected nothing\n')
  expect(setting.receiver.requests).toHaveLength(1)
})

test('a webhook that is off keeps what it collected, and flush says so', async () => {
  await using setting = await aSetting()
  await aBatcher(setting)
  await setting.json('webhook', 'disable', 'siem')
  await send(setting, 1)
  const flushed = await setting.hookctl(['webhook', 'flush', 'siem'])
  expect(flushed.stderr).toContain('siem is off or paused: nothing is sent before hookctl webhook enable siem')
  expect(setting.receiver.requests).toEqual([])
})

test('event send --wait waits until the batch is over', async () => {
  await using setting = await aSetting()
  await aBatcher(setting, '--batch-every', '50ms')
  const sent = await setting.hookctl(['event', 'send', 'alerts', '--example', '--wait'])
  expect(sent).toMatchObject({exitCode: 0, stdout: expect.stringContaining('delivered to 1 of 1')})
  const late = await setting.hookctl(['webhook', 'edit', 'siem', '--batch-every', '1h'])
  expect(late.exitCode).toBe(0)
  const timedOut = await setting.hookctl(['event', 'send', 'alerts', '--example', '--wait', '--timeout', '100ms'])
  expect(timedOut.exitCode).toBe(8)
})

test('a batch is made of as many events as said, and only where the platform has batches', async () => {
  await using setting = await aSetting()
  await aBatcher(setting, '--batch-max', '2', '--batch-every', '1h')
  expect(await setting.json('webhook', 'show', 'siem')).toMatchObject({
    policies: {batch: {everyMs: 3_600_000, maxEvents: 2}},
  })
  expect(await setting.json('webhook', 'edit', 'siem', '--batch-max', '3')).toMatchObject({
    policies: {batch: {everyMs: 3_600_000, maxEvents: 3}},
  })
  const words = ['webhook', 'create', '--name', 'x', '--platform', 'catalyst', '--event', 'node.*', '--allow-http']
  const refused = await setting.hookctl([...words, '--url', setting.url(), '--batch-max', '2', '--json'])
  expect(refused.exitCode).toBe(2)
  for (const max of ['0', '20001', 'x']) {
    expect((await setting.hookctl(['webhook', 'edit', 'siem', '--batch-max', max])).exitCode).toBe(2)
  }
})

test('delivery show of a batch lists its events', async () => {
  await using setting = await aSetting()
  await aBatcher(setting)
  for (const danger of [1, 2]) await send(setting, danger)
  const [batch] = await setting.rows('delivery', 'list', '--state', 'collecting')
  const shown = await setting.hookctl(['delivery', 'show', batch?.id])
  const events = await setting.rows('event', 'list')
  for (const {id} of events) expect(shown.stdout).toContain(id)
  expect(shown.stdout).toMatch(/^Events$/m)
})
