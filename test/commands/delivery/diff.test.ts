import {expect, test} from 'vitest'
import {answers} from '../../harness/receiver.ts'
import {aSetting, type Row, type Setting} from '../../harness/setting.ts'

const site = (name: string) => ['event', 'send', 'dcim.site.created', '--data', `{"id":1,"name":"${name}"}`]
const find = (differences: readonly Row[], part: string) =>
  differences.filter(each => each.part === part).map(({name, a, b}) => [name, a, b])

async function failedThenReplayed(setting: Setting) {
  await setting.webhook(
    'cmdb',
    '--platform',
    'netbox',
    '--event',
    'dcim.site.*',
    '--generate-secret',
    '--header',
    'X-Old: 1',
  )
  setting.receiver.next(answers.status(500))
  const {deliveries} = await setting.json(...site('ams'))
  await setting.json(
    'webhook',
    'edit',
    'cmdb',
    '--url',
    setting.url('/new'),
    '--header',
    'X-New: 2',
    '--request-timeout',
    '5s',
  )
  const rotated = await setting.json('webhook', 'rotate-secret', 'cmdb')
  await setting.hookctl(['delivery', 'replay', deliveries[0].id, '--wait'])
  return {id: deliveries[0].id as string, secret: rotated.secret as string}
}

test('with one delivery its last failure is compared with the success of its replay', async () => {
  await using setting = await aSetting()
  const {id, secret} = await failedThenReplayed(setting)
  const result = await setting.hookctl(['delivery', 'diff', id, '--json'])
  const {a, b, differences, changes} = result.json<Row>()
  expect([a, b]).toMatchObject([
    {deliveryId: id, attempt: 1, state: 'failed', status: 500},
    {attempt: 1, state: 'delivered', status: 204},
  ])
  expect(find(differences, 'request')).toEqual([['url', setting.url(), setting.url('/new')]])
  expect(find(differences, 'header')).toEqual([
    ['X-Old', '1', undefined],
    ['X-New', undefined, '2'],
  ])
  expect(find(differences, 'key')).toEqual([['fingerprint', [expect.any(String)], [expect.any(String)]]])
  expect(find(differences, 'body')).toEqual([])
  expect(find(differences, 'configuration').map(([name]) => name)).toEqual([
    'url',
    'headers.0.name',
    'headers.0.value',
    'policies.timeoutMs',
    'secrets.0',
    'secrets.1',
  ])
  expect(find(differences, 'answer')).toEqual([
    ['status', 500, 204],
    ['errorClass', 'status', null],
  ])
  expect(changes.map(({fields}: Row) => fields)).toEqual([['secrets'], ['headers', 'policies', 'url']])
  expect(result.stdout).not.toContain(secret)
})

test('two deliveries differ in their bodies field by field, and with --expected in what is another one each time', async () => {
  await using setting = await aSetting()
  await setting.webhook('cmdb', '--platform', 'netbox', '--event', 'dcim.site.*', '--generate-secret')
  const [one, two] = [await setting.json(...site('ams')), await setting.json(...site('fra'))]
  const ids = [one.deliveries[0].id, two.deliveries[0].id]
  const {differences} = await setting.json('delivery', 'diff', ...ids)
  expect(find(differences, 'body')).toContainEqual(['data.name', 'ams', 'fra'])
  expect(find(differences, 'header')).toEqual([])
  const all = await setting.json('delivery', 'diff', ...ids, '--expected')
  expect(find(all.differences, 'header').map(([name]) => name)).toEqual([
    'X-Hook-Delivery',
    'X-Hook-Event-Id',
    'X-Hook-Signature',
  ])
  const {stdout} = await setting.hookctl(['delivery', 'diff', ...ids])
  expect(stdout).toContain('body\tdata.name\tams\tfra\n')
})

test('two attempts of one delivery are named by number or by id', async () => {
  await using setting = await aSetting()
  await setting.webhook('cmdb', '--platform', 'netbox', '--event', 'dcim.site.*', '--retry', '1ms')
  setting.receiver.next(answers.status(503))
  const {deliveries} = await setting.json(...site('ams'), '--wait')
  const {id} = deliveries[0]
  const {attempts} = await setting.json('delivery', 'show', id)
  const byNumber = await setting.json('delivery', 'diff', `${id}#1`, `${id}#2`)
  const byId = await setting.json('delivery', 'diff', attempts[0].id, attempts[1].id)
  expect(byNumber.differences).toMatchObject([
    {part: 'answer', name: 'status', a: 503, b: 204},
    {part: 'answer', name: 'errorClass'},
  ])
  expect(byId).toEqual(byNumber)
  expect((await setting.json('delivery', 'diff', id)).differences).toEqual(byNumber.differences)
})

test('the same attempt twice: nothing differs', async () => {
  await using setting = await aSetting()
  await setting.webhook('cmdb', '--platform', 'netbox', '--event', 'dcim.site.*')
  const {deliveries} = await setting.json(...site('ams'))
  const {id} = deliveries[0]
  expect(await setting.hookctl(['delivery', 'diff', id, id])).toMatchObject({exitCode: 0, stderr: 'nothing differs\n'})
})

test.each([
  [['dlv_0'], 'delivery_not_found', 3],
  [['att_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f'], 'attempt_not_found', 3],
  [['nonsense'], 'bad_reference', 2],
  [['dlv_1#0'], 'bad_reference', 2],
  [[], 'missing_argument', 2],
])('delivery diff %j is refused by name', async (argv, code, exitCode) => {
  await using setting = await aSetting()
  const result = await setting.hookctl(['delivery', 'diff', ...argv, '--json'])
  expect(result).toMatchObject({exitCode, stdout: ''})
  expect(result.error()).toMatchObject({code})
})

test('a delivery without a success has nothing to be compared with, and says how to go on', async () => {
  await using setting = await aSetting()
  await setting.webhook('cmdb', '--platform', 'netbox', '--event', 'dcim.site.*')
  setting.receiver.next(answers.status(500))
  const {deliveries} = await setting.json(...site('ams'))
  const {id} = deliveries[0]
  const result = await setting.hookctl(['delivery', 'diff', id, '--json'])
  expect(result.exitCode).toBe(4)
  expect(result.error()).toMatchObject({
    code: 'nothing_to_compare',
    hint: expect.stringContaining(`delivery diff ${id} `),
  })
  expect((await setting.hookctl(['delivery', 'diff', `${id}#2`, id, '--json'])).error().code).toBe('attempt_not_found')
})
