import {expect, test} from 'vitest'
import {answers} from '../../harness/receiver.ts'
import {aSetting} from '../../harness/setting.ts'

test('NEB-11: one webhook is shown by id or by name, with URL, TLS and events', async () => {
  await using setting = await aSetting()
  const id = await setting.webhook('ops')
  for (const word of [id, 'ops']) {
    const {stdout} = await setting.hookctl(['webhook', 'show', word])
    expect(stdout).toContain(`id\t${id}\n`)
    expect(stdout).toContain(`url\t${setting.url()}\n`)
    expect(stdout).toContain('tls\tverified\n')
    expect(stdout).not.toContain('retry\t')
  }
})

test('--resolved shows what the platform decided; --fields picks from it', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops', '--retry', '1m,5m', '--when-off', 'hold')
  const {stdout} = await setting.hookctl(['webhook', 'show', 'ops', '--resolved'])
  expect(stdout).toContain('retry\tafter 1m, 5m; then failed\n')
  expect(stdout).toContain('whenOff\tdeliveries wait until it is on again\n')
  expect(stdout).toContain('success\t200 to 299\n')
  expect((await setting.hookctl(['webhook', 'show', 'ops', '--fields', 'retry,name'])).stdout).toBe(
    'retry\tafter 1m, 5m; then failed\nname\tops\n',
  )
})

test('--resolved shows when a batch is sent and whether plain HTTP is allowed', async () => {
  await using setting = await aSetting()
  await setting.webhook(
    'bulk',
    '--platform',
    'entrypoint',
    '--event',
    '*',
    '--mode',
    'batch',
    '--batch-every',
    '30s',
    '--batch-max',
    '7',
    '--allow-http',
  )
  await setting.webhook('ops')
  const shown = (await setting.hookctl(['webhook', 'show', 'bulk', '--resolved'], {tty: true, env: {NO_COLOR: '1'}}))
    .stdout
  expect(shown).toMatch(/^batch +every 30s, at most 7 events$/m)
  expect(shown).toMatch(/^allow http +yes$/m)
  expect(shown).toMatch(/^secret fingerprints /m)
  expect((await setting.hookctl(['webhook', 'show', 'ops', '--resolved'])).stdout).toContain('batch\t')
})

test('credentials in headers are masked, whatever the format', async () => {
  await using setting = await aSetting()
  const header = 'Authorization: Bearer CANARY'
  await setting.webhook(
    'ops',
    '--url',
    setting.url('/in?token=CANARY-2'),
    '--header',
    header,
    '--header',
    'X-Foo: a:b & c',
  )
  for (const format of ['json', 'wide', 'yaml', 'tsv']) {
    const shown = await setting.hookctl(['webhook', 'show', 'ops', '--resolved', '-o', format])
    expect(shown.stdout).toContain('a:b & c')
    expect(shown.stdout + shown.stderr).not.toContain('CANARY')
  }
})

test('a webhook that is not there is not found, with the next step', async () => {
  await using setting = await aSetting()
  const result = await setting.hookctl(['webhook', 'show', 'nope'])
  expect(result).toEqual(
    expect.objectContaining({
      exitCode: 3,
      stdout: '',
      stderr: 'hookctl: no webhook "nope"\nnext: hookctl webhook list\n',
    }),
  )
  expect((await setting.hookctl(['webhook', 'show'])).stderr).toMatch(/^hookctl: missing WEBHOOK\n/)
})

test('a webhook that is paused does not say when it will be', async () => {
  await using setting = await aSetting()
  await setting.webhook('gone')
  setting.receiver.next(answers.status(410))
  await setting.json('event', 'send', 'node.added', '--example')
  const {paused, health} = await setting.json('webhook', 'show', 'gone')
  expect([paused.reason, health.pausesAt]).toEqual(['gone', null])
})
