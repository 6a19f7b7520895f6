import {expect, test} from 'vitest'
import {openReceiver} from '../../harness/receiver.ts'
import {aShell, type Shell} from '../shell.ts'

/** The feed of the dashboard and the history beneath it, from what integrations report at the command line. */

interface History {
  readonly data: readonly {
    readonly id: string
    readonly at: string
    readonly change: string
    readonly message: string
    readonly object: {readonly type: string; readonly id: string; readonly name: string}
    readonly actor: {readonly kind: string; readonly name: string | null}
    readonly before: unknown
    readonly after: unknown
  }[]
  readonly page?: {readonly next: string}
}

/** Reports the states of objects, one a line, in one call. */
const apply = (shell: Shell, lines: readonly object[]) =>
  shell.json<{changed: number; events: number}>('object apply --platform catalyst --ndjson -', {
    stdin: lines.map(line => JSON.stringify(line)).join('\n'),
  })

const node = (id: number, data: object = {}) => ({
  type: 'Node',
  id,
  data: {name: `db-${id}`, nebula_ip: `10.42.0.${id}`, ...data},
})
const group = (id: number, data: object = {}) => ({type: 'Tag', id, data: {name: `web-${id}`, ...data}})

const eight = [1, 2, 3, 4, 5, 6, 7, 8]

test('CAT-22: of 8 node and 8 group changes, 2 deletions and other objects the feed has ten rows, newest first', async () => {
  await using shell = aShell()
  await apply(
    shell,
    eight.flatMap(id => [node(id), group(id)]),
  )
  await apply(shell, [
    {type: 'Node', id: 1, deleted: true},
    {type: 'Tag', id: 1, deleted: true},
    {type: 'FirewallRule', id: 1, data: {name: 'allow https'}},
    {type: 'Certificate', id: 1, data: {name: 'db-1'}},
    {type: 'Membership', id: 1, data: {email: 'ops@example.com'}},
    {type: 'NetworkRange', id: 1, data: {cidr: '10.42.0.0/16'}},
  ])
  await apply(shell, [group(8, {description: 'web servers'}), node(8, {nebula_ip: '10.42.9.8'})])
  const {data, page} = await shell.json<History>('activity list')
  expect(page).toBe(undefined)
  expect(data.map(({message}) => message)).toEqual([
    'Node “db-8” was updated.',
    'Security group “web-8” was updated.',
    'Security group “web-8” was created.',
    'Node “db-8” was created.',
    'Security group “web-7” was created.',
    'Node “db-7” was created.',
    'Security group “web-6” was created.',
    'Node “db-6” was created.',
    'Security group “web-5” was created.',
    'Node “db-5” was created.',
  ])
  const everything = await shell.json<History>('activity list --everything --limit 100')
  expect(everything.data).toHaveLength(24)
  expect(everything.data.map(({message}) => message)).toContain('Firewall rule “allow https” was created.')
})

test('CAT-23: an entry says the kind of change, the sentence with “ ” and a full stop, and when', async () => {
  await using shell = aShell()
  await apply(shell, [{type: 'node', id: 7, data: {name: 'db-1'}}])
  await apply(shell, [{type: 'security group', id: 3, data: {name: 'web'}}])
  await apply(shell, [{type: 'group', id: 3, data: {name: 'web', description: 'x'}}])
  const {data} = await shell.json<History>('activity list')
  expect(data.map(({change, message}) => [change, message])).toEqual([
    ['changed', 'Security group \u201cweb\u201d was updated.'],
    ['created', 'Security group \u201cweb\u201d was created.'],
    ['created', 'Node \u201cdb-1\u201d was created.'],
  ])
  for (const {at} of data) expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  const lines = (await shell.hookctl('activity list')).stdout.split('\n')
  expect(lines[2]).toMatch(/\tcreated\tNode “db-1” was created\.$/)
})

test('CAT-24 CAT-28: what the signals tell is a history row, and the event of its model where there is one', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(`webhook create --platform catalyst --allow-http --name all --event * --url ${receiver.url}`)
  const certificate = {name: 'edge-7', fingerprint: 'aa', expires_at: '2026-08-01T00:00:00+00:00'}
  const steps: readonly [object, event: string | null][] = [
    [node(7), 'node.added'],
    [node(7, {nebula_ip: '10.42.0.70'}), null],
    [group(3), 'group.created'],
    [group(3, {description: 'x'}), 'group.updated'],
    [{type: 'Tag', id: 3, deleted: true}, 'group.deleted'],
    [{type: 'FirewallRule', id: 1, data: {name: 'allow', port: '80'}}, 'policy.created'],
    [{type: 'FirewallRule', id: 1, data: {name: 'allow', port: '443'}}, 'policy.updated'],
    [{type: 'FirewallRule', id: 1, deleted: true}, 'policy.deleted'],
    [{type: 'Membership', id: 1, data: {email: 'a@example.com', role: 'member'}}, 'member.created'],
    [{type: 'Membership', id: 1, data: {email: 'a@example.com', role: 'admin'}}, 'member.updated'],
    [{type: 'Membership', id: 1, deleted: true}, 'member.deleted'],
    [{type: 'Certificate', id: 9, data: certificate}, 'cert.issued'],
    [{type: 'Certificate', id: 9, data: {...certificate, expires_at: '2027-08-01T00:00:00+00:00'}}, 'cert.renewed'],
    [{type: 'Certificate', id: 9, data: {...certificate, revoked: true}}, 'cert.revoked'],
    [{type: 'Certificate', id: 9, deleted: true}, null],
    [{type: 'NetworkRange', id: 1, data: {cidr: '10.42.0.0/16'}}, null],
    [{type: 'Invitation', id: 1, data: {email: 'b@example.com'}}, null],
    [{type: 'Node', id: 7, deleted: true}, 'node.removed'],
  ]
  for (const [step] of steps) await apply(shell, [{source: 'signal', ...step}])
  const sent = steps.flatMap(([, event]) => event ?? [])
  expect(receiver.requests.map(({body}) => JSON.parse(body.toString()).event)).toEqual(sent)
  expect(JSON.parse(receiver.requests[0]!.body.toString()).data).toEqual({name: 'db-7', nebula_ip: '10.42.0.7'})
  const events = await shell.json<{data: {type: string; source: string}[]}>('event list --limit 100')
  expect(events.data.map(({type, source}) => [type, source])).toEqual(sent.toReversed().map(type => [type, 'signal']))
  const history = await shell.json<History>('history list --limit 100')
  const models = history.data.map(({object}) => object.type).filter(type => type !== 'Webhook')
  expect(models).toHaveLength(steps.length)
})

test('CAT-24: the history of webhooks and of their deliveries has what was created, changed and deleted', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  const create = `webhook create --platform catalyst --allow-http --name ops --event * --url ${receiver.url}`
  const {id} = await shell.json<{id: string}>(create)
  await shell.json('webhook edit ops --description', {args: ['for the pagers']})
  const sent = await shell.json<{deliveries: {id: string}[]}>('event send node.added --example --wait')
  const delivery = sent.deliveries[0]!.id
  await shell.json(`delivery replay ${delivery}`)
  await shell.json('webhook delete ops --yes')
  const webhooks = await shell.json<History>('history list --object-type Webhook')
  expect(webhooks.data.map(({change, object}) => [change, object.id])).toEqual([
    ['deleted', id],
    ['changed', id],
    ['created', id],
  ])
  const one = await shell.json<History>(`history list --object-id ${delivery}`)
  expect(one.data).toMatchObject([
    {
      change: 'changed',
      before: {state: 'pending'},
      after: {state: 'delivered', attempts: 1, status: 204},
      actor: {name: null},
    },
    {change: 'created', after: {state: 'pending'}, actor: {kind: 'system', name: null}},
  ])
  const all = await shell.json<History>('history list --object-type WebhookDelivery --limit 100')
  const rows = all.data.map(({id: entry}) => entry)
  expect(rows.slice(-2)).toEqual(one.data.map(({id: entry}) => entry))
  expect(all.data.filter(({change}) => change === 'created')).toHaveLength(2)
  expect(all.data.find(({change, actor}) => change === 'created' && actor.name !== null)).toMatchObject({
    after: {state: 'pending', replayOf: delivery},
  })
  const paged: string[] = []
  for (let cursor = ''; ; ) {
    const page: History = await shell.json(`history list --object-type WebhookDelivery --limit 1${cursor}`)
    paged.push(...page.data.map(({id: entry}) => entry))
    if (page.page === undefined) break
    cursor = ` --cursor ${page.page.next}`
  }
  expect(paged).toEqual(rows)
  expect(await shell.json(`history show ${rows.at(-1)}`)).toEqual(one.data.at(-1))
})

test('CAT-25: what the system does has no user, what is typed has the one who types, what is reported the one named', async () => {
  await using shell = aShell()
  await apply(shell, [{...node(1), actor: {kind: 'system', name: null}}])
  await shell.json('object apply --platform catalyst --object-type Node --object-id 2 --actor ada --data', {
    args: ['{"name":"db-2"}'],
  })
  await apply(shell, [node(3)])
  const {data} = await shell.json<History>('history list')
  const [typed, named, bySystem] = data.map(({actor}) => actor)
  expect(bySystem).toEqual({kind: 'system', name: null})
  expect(named).toEqual({kind: 'user', name: 'ada'})
  expect(typed).toMatchObject({kind: 'user', name: expect.stringMatching(/./)})
  expect(data[2]).toMatchObject({change: 'created', object: {type: 'Node', id: '1', name: 'db-1'}, before: null})
})

test('CAT-26: fifty changes of one node are fifty rows in the history, and ten in the feed', async () => {
  await using shell = aShell()
  const states = Array.from({length: 50}, (_, load) => node(7, {load}))
  expect(await apply(shell, states)).toMatchObject({created: 1, changed: 49, events: 1})
  const {data} = await shell.json<History>('history list --all --object-type Node --object-id 7')
  expect(data).toHaveLength(50)
  expect(data[0]).toMatchObject({change: 'changed', before: {load: 48}, after: {load: 49}})
  expect((await shell.json<History>('activity list')).data).toHaveLength(10)
  expect((await shell.json<History>('activity list --limit 50')).data).toHaveLength(10)
})
