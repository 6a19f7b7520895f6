import {expect, test} from 'vitest'
import {aSetting} from '../../harness/setting.ts'

const planned = ['--data', '{"id":54,"name":"ams","status":{"value":"planned"}}']
const onlyActive = ['--conditions', '{"attr":"status.value","value":"active"}']

test('before anything is sent, why says no with what was seen, exit 7, and yes with 0', async () => {
  await using setting = await aSetting()
  await setting.webhook('cmdb', '--platform', 'netbox', '--event', 'dcim.site.*', ...onlyActive)
  const no = await setting.hookctl(['event', 'why', 'dcim.site.created', 'cmdb', ...planned])
  expect(no).toMatchObject({exitCode: 7, stderr: ''})
  expect(no.stdout).toContain('because\t0 of 1 hold: not enough\n')
  expect(no.stdout).toContain('no\t  condition\tstatus.value eq "active": saw "planned"\n')
  const active = planned.map(word => word.replace('planned', 'active'))
  const yes = await setting.hookctl(['event', 'why', 'dcim.site.created', 'cmdb', ...active])
  expect(yes).toMatchObject({exitCode: 0})
  expect(yes.stdout).toContain('wanted\tyes\n')
  expect(await setting.rows('event', 'list')).toEqual([])
})

test('of an event that was sent why says what became of it; without a webhook, of every one', async () => {
  await using setting = await aSetting()
  await setting.webhook('cmdb', '--platform', 'netbox', '--event', 'dcim.site.*')
  await setting.webhook('active', '--platform', 'netbox', '--event', 'dcim.site.*', ...onlyActive)
  await setting.webhook('nodes')
  const {id} = await setting.json('event', 'send', 'dcim.site.created', ...planned)
  expect(await setting.json('event', 'why', id, 'cmdb')).toMatchObject({
    event: {id, type: 'dcim.site.created'},
    wanted: true,
    deliveries: [{state: 'delivered', hint: null}],
  })
  const skipped = await setting.hookctl(['event', 'why', id, 'active', '--json'])
  expect(skipped.exitCode).toBe(7)
  expect(skipped.json()).toMatchObject({deliveries: [{state: 'skipped', reason: 'condition'}]})
  const {stdout, exitCode} = await setting.hookctl(['event', 'why', id])
  expect(exitCode).toBe(0)
  expect(stdout.split('\n').sort()).toEqual([
    '',
    'active\tno\tskipped\t0 of 1 hold: not enough',
    'cmdb\tyes\tdelivered\t',
    'nodes\tno\tnone\tnone of node.* matches dcim.site.created',
  ])
})

test('asked of every webhook, why ends with 7 where nobody would get it or was sent it, and with 0 where one is', async () => {
  await using setting = await aSetting()
  await setting.webhook('cmdb', '--platform', 'netbox', '--event', 'dcim.site.*', ...onlyActive)
  const why = async (...argv: readonly string[]) => (await setting.hookctl(['event', 'why', ...argv])).exitCode
  expect(await why('dcim.site.created', ...planned)).toBe(7)
  expect(await why('dcim.site.created', ...planned.map(word => word.replace('planned', 'active')))).toBe(0)
  const {id} = await setting.json('event', 'send', 'dcim.site.created', ...planned)
  expect(await why(id)).toBe(7)
  await setting.webhook('active', '--platform', 'netbox', '--event', 'dcim.site.*')
  expect(await why('dcim.site.created', ...planned)).toBe(0)
  expect(await why(id)).toBe(7)
})

test('why without any webhook leads to making one, and with one it does not', async () => {
  await using setting = await aSetting()
  const question = ['event', 'why', 'node.added', '--example']
  const nobody = await setting.hookctl(question, {tty: true})
  expect(nobody).toMatchObject({exitCode: 7, stdout: ''})
  expect(nobody.stderr).toBe('nothing found\nnext: hookctl webhook create\n')
  await setting.webhook('nodes')
  expect((await setting.hookctl(question, {tty: true})).stderr).not.toContain('webhook create')
})

test('hostile data stay text', async () => {
  await using setting = await aSetting()
  await setting.webhook('cmdb', '--platform', 'netbox', '--event', 'dcim.site.*', ...onlyActive)
  const data = JSON.stringify({id: 1, status: {value: '\u001b[31mred\u202e'}})
  const {stdout} = await setting.hookctl(['event', 'why', 'dcim.site.created', 'cmdb', '--data', data], {tty: true})
  expect(stdout).not.toContain('\u001b[31mred')
  expect(stdout).not.toContain('\u202e')
})

test.each([
  [['evt_0', 'cmdb'], 'event_not_found', 3],
  [['node.added', 'nobody', '--example'], 'webhook_not_found', 3],
  [['evt_0', 'cmdb', '--data', '{}'], 'unexpected_value', 2],
  [['evt_0', 'cmdb', '--example'], 'unexpected_value', 2],
  [['node.added', 'cmdb', '--data', '{'], 'invalid_json', 2],
  [['no de'], 'unknown_event_type', 2],
  [[], 'missing_argument', 2],
])('event why %j is refused by name', async (argv, code, exitCode) => {
  await using setting = await aSetting()
  const result = await setting.hookctl(['event', 'why', ...argv, '--json'])
  expect(result).toMatchObject({exitCode, stdout: ''})
  expect(result.error()).toMatchObject({code})
})
