import {expect, test} from 'vitest'
import {drain} from '../../../src/client/drain.ts'
import {createLocalClient} from '../../../src/client/local.ts'
import {aCaller, aProduct, refusal} from '../../harness/product.ts'
import {answers} from '../../harness/receiver.ts'
import {serving} from '../../harness/serving.ts'
import {aSetting, type Setting} from '../../harness/setting.ts'

const node = (name: string) => ['event', 'send', 'node.added', '--data', `{"name":"${name}","nebula_ip":""}`]

/** Events that were accepted while sending was off. */
async function backlog(setting: Setting, count = 3): Promise<void> {
  await setting.json('worker', 'disable')
  for (let n = 1; n <= count; n++) await setting.json(...node(`n${n}`))
  await setting.json('worker', 'enable')
}

test('what is due is sent, of every organization, and sending is off then', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  await setting.json('org', 'create', 'acme')
  await setting.webhook('theirs', '--organization', 'acme')
  await backlog(setting)
  await setting.json(...node('a'), '--organization', 'acme')
  const drained = await setting.hookctl(['worker', 'drain'])
  expect(drained).toMatchObject({exitCode: 0, stdout: 'sending is off; 0 deliveries are unfinished\n'})
  expect(setting.receiver.requests).toHaveLength(4)
  expect(await setting.json('worker', 'status')).toMatchObject({enabled: false})
  await setting.json(...node('later'))
  expect(setting.receiver.requests).toHaveLength(4)
})

test('a server is waited for until it has sent, and what was on its way is recorded', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  await backlog(setting)
  setting.receiver.otherwise(answers.status(204, {delayMs: 100}))
  await using _server = await serving(setting)
  expect(await setting.json('worker', 'drain')).toMatchObject({drained: true, enabled: false, unfinished: 0})
  expect(await setting.rows('delivery', 'list', '--state', 'delivered')).toHaveLength(3)
})

test('a retry that is planned for later is not waited for, and what stands behind it in order neither', async () => {
  await using setting = await aSetting()
  setting.receiver.next(answers.status(500))
  await setting.webhook('ops', '--retry', '1h', '--ordered', 'halt')
  await backlog(setting, 2)
  const drained = await setting.hookctl(['worker', 'drain'])
  expect(drained).toMatchObject({exitCode: 0, stdout: 'sending is off; 2 deliveries are unfinished\n'})
  expect(setting.receiver.requests).toHaveLength(1)
})

test('when the time is up first sending stays on: exit code 8', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  await backlog(setting, 1)
  setting.receiver.otherwise(answers.status(204, {delayMs: 3000}))
  await using _server = await serving(setting)
  const late = await setting.hookctl(['worker', 'drain', '--timeout', '100ms'])
  expect(late).toMatchObject({exitCode: 8, stdout: 'the time was up: sending is on, 1 delivery is unfinished\n'})
  expect(await setting.json('worker', 'status')).toMatchObject({enabled: true})
})

test('sending that is off, or that nobody does, cannot be drained', async () => {
  await using setting = await aSetting()
  await setting.json('worker', 'disable')
  const off = await setting.hookctl(['worker', 'drain', '--json'])
  expect(off).toMatchObject({exitCode: 4, stdout: ''})
  expect(off.error()).toMatchObject({code: 'worker_already_inactive', hint: 'hookctl worker enable'})
  await using product = await aProduct()
  const client = createLocalClient(product.deps, aCaller(), {location: 'memory:', sender: null})
  const nobody = refusal(drain(client, {timeoutMs: 1000, signal: new AbortController().signal}))
  expect(await nobody).toMatchObject({kind: 'conflict', code: 'nobody_sends'})
})
