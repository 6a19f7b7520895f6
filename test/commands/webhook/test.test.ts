import {expect, test} from 'vitest'
import {answers} from '../../harness/receiver.ts'
import {aSetting} from '../../harness/setting.ts'

test('an example event goes to the one webhook only, and the answer is shown', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops', '--url', setting.url('/ops'))
  await setting.webhook('other', '--url', setting.url('/other'))
  const result = await setting.hookctl(['webhook', 'test', 'ops', '--type', 'node.removed'])
  expect(result).toMatchObject({exitCode: 0})
  expect(result.stdout).toMatch(/^state\tdelivered$/m)
  expect(result.stdout).toMatch(/\nAttempts\n1\t\S+\t\d+\tdelivered\t204\t/)
  expect(setting.receiver.requests.map(({path}) => path)).toEqual(['/ops'])
  expect(JSON.parse(setting.receiver.requests[0]?.body.toString() ?? '')).toMatchObject({event: 'node.removed'})
})

test('a receiver that refuses makes it exit 7, one that does not answer in time 8', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  setting.receiver.next(answers.status(500))
  expect((await setting.hookctl(['webhook', 'test', 'ops'])).exitCode).toBe(7)
  setting.receiver.next(answers.silent())
  await setting.json('webhook', 'edit', 'ops', '--request-timeout', '400ms')
  const late = await setting.hookctl(['webhook', 'test', 'ops', '--timeout', '100ms', '--json'])
  expect(late.exitCode).toBe(8)
  expect(late.json()).toMatchObject({trigger: 'test'})
})

test('whatever the time given, the exit code says what is shown: 0 delivered, 8 no answer yet', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  for (const timeout of ['0s', '0ms', '1ms', '20ms', '10s']) {
    const test = await setting.hookctl(['webhook', 'test', 'ops', '--timeout', timeout, '--json'])
    const {state} = test.json<{state: string}>()
    expect([timeout, state, test.exitCode]).toEqual([timeout, state, state === 'delivered' ? 0 : 8])
    const sent = await setting.hookctl(['event', 'send', 'node.added', '--example', '--wait', '--timeout', timeout])
    expect([timeout, sent.stdout, sent.exitCode]).toEqual([
      timeout,
      expect.stringMatching(sent.exitCode === 0 ? 'delivered to 1 of 1' : 'delivered to 0 of 1'),
      sent.exitCode,
    ])
  }
})

test.each([
  [['ops', '--type', 'cert.issued'], 'not_subscribed', 2],
  [['ops', '--timeout', 'soon'], undefined, 2],
  [['nope'], 'webhook_not_found', 3],
  [['off'], 'webhook_inactive', 4],
])('%j is refused, nothing is sent', async (argv, code, exitCode) => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  await setting.webhook('off', '--inactive')
  const result = await setting.hookctl(['webhook', 'test', ...argv, '--json'])
  expect(result).toMatchObject({exitCode, stdout: ''})
  if (code !== undefined) expect(result.error().code).toBe(code)
  expect(setting.receiver.requests).toHaveLength(0)
})

test('patterns that match no event type there is an example of are named', async () => {
  await using setting = await aSetting()
  await setting.webhook('plugins', '--platform', 'netbox', '--event', 'widgets.*')
  const result = await setting.hookctl(['webhook', 'test', 'plugins', '--json'])
  expect(result.exitCode).toBe(2)
  expect(result.error()).toMatchObject({
    code: 'not_subscribed',
    message: 'no known event type matches widgets.*',
    hint: 'hookctl event types --platform netbox',
  })
})

test.each([
  ['foo.bar', '*', 'netbox@4.6 cannot speak of "foo.bar"', 'hookctl event types --platform netbox'],
  ['dcim.site', 'dcim.*', 'netbox@4.6 cannot speak of "dcim.site"', 'did you mean: dcim.site'],
])(
  'a type the platform cannot speak of is refused for that: %s where %s is subscribed to',
  async (type, event, message, hint) => {
    await using setting = await aSetting()
    await setting.webhook('ops', '--platform', 'netbox', '--event', event)
    const result = await setting.hookctl(['webhook', 'test', 'ops', '--type', type, '--json'])
    expect(result).toMatchObject({exitCode: 2, stdout: ''})
    expect(result.error()).toMatchObject({code: 'unknown_event_type', message})
    expect(result.error().hint).toContain(hint)
    expect(setting.receiver.requests).toHaveLength(0)
  },
)
