import type {EventEmitter} from 'node:events'
import {expect, test} from 'vitest'
import {answers} from '../../harness/receiver.ts'
import {aSetting} from '../../harness/setting.ts'

const send = ['event', 'send', 'node.added', '--example']
const waitFor = (...flags: string[]) => ['delivery', 'wait', ...flags]

test('waits until all that match are over, and ends with 0 when all were delivered', async () => {
  await using setting = await aSetting()
  await setting.webhook('one', '--retry', '50ms,50ms')
  setting.receiver.next(answers.status(503), answers.status(503))
  await setting.json(...send)
  const result = await setting.hookctl(waitFor('--webhook', 'one'))
  expect(result).toMatchObject({exitCode: 0, stdout: 'everything is delivered\n', stderr: ''})
  expect(setting.receiver.requests).toHaveLength(3)
})

test('one that was given up ends it with 7, named with what to do; one that is delivered by a replay does not', async () => {
  await using setting = await aSetting()
  await setting.webhook('one', '--retry', 'manual')
  setting.receiver.next(answers.status(404))
  const {deliveries} = await setting.json(...send)
  const lost = await setting.hookctl(waitFor())
  expect(lost).toMatchObject({exitCode: 7, stdout: '1 is undelivered\n'})
  expect(lost.stderr).toContain(`${deliveries[0].id} one node.added: failed (404); no such path`)
  await setting.hookctl(['delivery', 'replay', deliveries[0].id, '--wait'])
  expect(await setting.hookctl(waitFor())).toMatchObject({exitCode: 0})
})

test('one that is held waits for a person: it ends with 7 and says so', async () => {
  await using setting = await aSetting()
  await setting.webhook('gone')
  setting.receiver.next(answers.status(410))
  await setting.json(...send)
  await setting.json(...send)
  const result = await setting.hookctl(waitFor())
  expect(result).toMatchObject({exitCode: 7, stdout: '1 is unfinished, 1 is undelivered\n'})
  expect(result.stderr).toMatch(/: held \(not tried yet\); its webhook is paused or off: hookctl webhook enable /)
})

test('the time is up before a retry is due, or before there are enough: 8', async () => {
  await using setting = await aSetting()
  await setting.webhook('one', '--retry', '1h')
  setting.receiver.next(answers.status(503))
  await setting.json(...send)
  const late = await setting.hookctl(waitFor('--timeout', '200ms'))
  expect(late).toMatchObject({exitCode: 8, stdout: 'the time was up: 1 is unfinished\n'})
  const few = await setting.hookctl(
    waitFor('--webhook', 'one', '--event', 'group.*', '--count', '2', '--timeout', '200ms'),
  )
  expect(few).toMatchObject({exitCode: 8, stdout: 'the time was up: 0 of 2 are there\n'})
})

test('the filter chooses what is waited for, and --count 0 is content with none', async () => {
  await using setting = await aSetting()
  await setting.webhook('one', '--retry', 'manual')
  setting.receiver.next(answers.status(404))
  await setting.json(...send)
  expect((await setting.hookctl(waitFor('--event', 'group.*', '--count', '0'))).exitCode).toBe(0)
  expect((await setting.hookctl(waitFor('--event', 'node.*', '--count', '0'))).exitCode).toBe(7)
})

test('Ctrl-C ends it with 130', async () => {
  await using setting = await aSetting()
  let signals: EventEmitter | undefined
  const waiting = setting.hookctl(waitFor('--count', '5'), {
    signals: emitter => {
      signals = emitter
    },
  })
  // Before the command has asked for it a signal ends it at once: with the same code.
  const again = setInterval(() => signals?.emit('SIGINT'), 50)
  const result = await waiting.finally(() => clearInterval(again))
  expect(result.exitCode).toBe(130)
})

test.each([
  [['--state', 'failed'], 'unknown_flag', 2],
  [['--webhook', 'nobody'], 'webhook_not_found', 3],
  [['--count', '-1'], 'invalid_number', 2],
  [['--where', 'x'], 'bad_comparison', 2],
])('delivery wait %j is refused by name', async (argv, code, exitCode) => {
  await using setting = await aSetting()
  const result = await setting.hookctl([...waitFor(...argv), '--json'])
  expect(result).toMatchObject({exitCode, stdout: ''})
  expect(result.error()).toMatchObject({code})
})
