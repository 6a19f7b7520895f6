import {createHmac} from 'node:crypto'
import {stripVTControlCharacters} from 'node:util'
import {expect, test} from 'vitest'
import {answers} from '../../harness/receiver.ts'
import {aSetting, type Row} from '../../harness/setting.ts'

test('NBX-32 ENT-21: body, attempts, request and answer of a refused delivery are shown', async () => {
  await using setting = await aSetting()
  await setting.webhook('cmdb', '--platform', 'netbox@2.6', '--event', 'dcim.site.*', '--generate-secret')
  setting.receiver.next(answers.status(500, {body: 'boom\u001b[31m', headers: {'X-Why': 'tired'}}))
  const {deliveries} = await setting.json('event', 'send', 'dcim.site.created', '--example')
  const {id} = deliveries[0]
  const {stdout} = await setting.hookctl(['delivery', 'show', id])
  const body = setting.receiver.requests[0]?.body.toString() ?? ''
  expect(stdout).toContain(`\nBody (${body.length} bytes)\n${body}\n`)
  expect(stdout).toMatch(/\nAttempts\n1\t\S+Z\t\d+\tfailed\t500\tstatus\tthe receiver answered 500\t/)
  expect(stdout).toContain('\nError of attempt 1\nthe receiver answered 500\n→ ')
  expect(stdout).toContain(`\nRequest of attempt 1: POST ${setting.url()}\n`)
  expect(stdout).toContain('\nResponse: 500\n')
  expect(stdout).toContain('X-Why\ttired\n')
  expect(stdout).toContain('\nResponse body (9 bytes)\nboom\\x1b[31m\n')
  expect(stdout).not.toContain('\u001b')
})

test('on a narrow terminal the last error and its hint stand whole below the attempts', async () => {
  await using setting = await aSetting()
  await setting.webhook('gone', '--retry', 'manual')
  setting.receiver.next(answers.status(401))
  const {deliveries} = await setting.json('event', 'send', 'node.added', '--example')
  const {attempts} = await setting.json('delivery', 'show', deliveries[0].id)
  const {error, hint} = attempts[0]
  const {stdout} = await setting.hookctl(['delivery', 'show', deliveries[0].id], {tty: true, columns: 40})
  expect(stripVTControlCharacters(stdout)).toContain(`\nError of attempt 1\n${error}\n→ ${hint}\n`)
})

test('ENT-13: --json holds the bytes as they were signed', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const {secret} = await setting.json('webhook', 'rotate-secret', 'ops')
  const {deliveries} = await setting.json(
    'event',
    'send',
    'node.added',
    '--example',
    '--data',
    '{"name":"Köln","nebula_ip":"","a":1.0}',
  )
  const shown = await setting.json('delivery', 'show', deliveries[0].id)
  const signature = createHmac('sha512', secret).update(shown.body.content).digest('hex')
  expect(shown.body).toMatchObject({encoding: 'utf8', truncated: false})
  expect(setting.receiver.requests[0]?.header('x-hook-signature')).toBe(signature)
  expect(shown.attempts).toHaveLength(1)
})

test('a delivery that is not there is not found', async () => {
  await using setting = await aSetting()
  const result = await setting.hookctl(['delivery', 'show', 'dlv_0', '--json'])
  expect(result).toMatchObject({exitCode: 3, stdout: ''})
  expect(result.error() as Row).toEqual({
    code: 'delivery_not_found',
    message: 'no delivery "dlv_0"',
    hint: 'hookctl delivery list',
    path: 'delivery',
  })
})

test('every attempt says by fingerprint which secrets signed it, and never the secret', async () => {
  await using setting = await aSetting()
  await setting.webhook('newest', '--generate-secret', '--retry', 'manual')
  await setting.webhook('each', '--platform', 'standard', '--event', 'node.*', '--generate-secret', '--retry', 'manual')
  await setting.webhook('unsigned')
  const fingerprints: Row = {}
  for (const name of ['newest', 'each']) {
    const {secret, ...rotated} = await setting.json('webhook', 'rotate-secret', name, '--grace', '1h')
    fingerprints[name] = (rotated.webhook ?? rotated).secrets.map((each: Row) => each.fingerprint)
    fingerprints.secret = secret
  }
  const {deliveries} = await setting.json('event', 'send', 'node.added', '--example')
  const signedWith: Row = {}
  for (const {id, webhook} of deliveries) {
    const result = await setting.hookctl(['delivery', 'show', id, '--json'])
    signedWith[webhook] = result.json<Row>().attempts[0].signedWith
    expect(result.stdout).not.toContain(fingerprints.secret)
  }
  expect(signedWith).toEqual({newest: fingerprints.newest.slice(0, 1), each: fingerprints.each, unsigned: []})
})
