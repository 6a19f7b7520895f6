import {expect, test} from 'vitest'
import {openReceiver, type ReceivedRequest} from '../harness/receiver.ts'
import {aShell, type Shell} from './shell.ts'

/** Integrations report how objects are; what changed is recorded and sent as each platform says it. */

interface Applied {
  readonly created: number
  readonly changed: number
  readonly deleted: number
  readonly unchanged: number
  readonly events: number
  readonly items: readonly {readonly change: string; readonly events: readonly {readonly type: string}[]}[]
}

interface History {
  readonly data: readonly {
    readonly id: string
    readonly change: string
    readonly requestId: string
    readonly actor: {readonly name: string | null}
    readonly changes: readonly {readonly field: string; readonly before: unknown; readonly after: unknown}[]
    readonly before: Record<string, unknown> | null
    readonly after: Record<string, unknown> | null
  }[]
}

const apply = (shell: Shell, platform: string, objects: readonly object[], ...args: string[]) =>
  shell.json<Applied>(`object apply --platform ${platform} --ndjson -`, {
    stdin: objects.map(object => JSON.stringify(object)).join('\n'),
    args,
  })

const bodyOf = <T = Record<string, unknown>>({body}: ReceivedRequest) => JSON.parse(body.toString()) as T
const history = (shell: Shell, flags = '') => shell.json<History>(`history list --limit 1000 ${flags}`.trim())

test('NEB-03: the same NAS twice is one webhook, a changed NAS one more, another change none', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(`webhook create --platform nebularstack --name nas --event * --tls skip --url ${receiver.url}`)
  const subscriber = {id: 'sub-1', domain: 'isp.example.com', username: 'jane@isp.example.com', profile_id: 'p1'}
  const seen = (nas: string, changes: object = {}) =>
    apply(shell, 'nebularstack', [
      {
        type: 'subscriber',
        id: 'sub-1',
        data: {...subscriber, last_known_nas_ip4: nas, last_known_nas_name: `bng-${nas.at(-1)}`, ...changes},
        actor: {kind: 'system', name: null},
      },
    ])
  expect(await seen('198.51.100.7')).toMatchObject({created: 1, events: 1})
  expect(await seen('198.51.100.7')).toMatchObject({unchanged: 1, events: 0})
  expect(receiver.requests).toHaveLength(1)
  expect(await seen('198.51.100.8')).toMatchObject({changed: 1, events: 1})
  expect(await seen('198.51.100.8', {profile_id: 'p2'})).toMatchObject({changed: 1, events: 0})
  expect(receiver.requests.map(request => bodyOf(request))).toMatchObject([
    {context: 'radius-authentication', trigger: 'subscriber-nas-updated', data: {last_known_nas_ip4: '198.51.100.7'}},
    {context: 'radius-authentication', trigger: 'subscriber-nas-updated', data: {last_known_nas_ip4: '198.51.100.8'}},
  ])
  expect(Object.keys(bodyOf<{data: object}>(receiver.requests[1]!).data)).toHaveLength(11)
  expect((await history(shell, '--object-type subscriber')).data).toHaveLength(3)
})

test('NEB-03: a subscriber without NAS, and one that is gone, say nothing', async () => {
  await using shell = aShell()
  const data = {id: 's', username: 'x', last_known_nas_ip4: '', last_known_nas_name: ''}
  expect(await apply(shell, 'nebularstack', [{type: 'subscriber', id: 's', data}])).toMatchObject({
    created: 1,
    events: 0,
  })
  const gone = await shell.json<Applied>('object delete nebularstack subscriber s --yes')
  expect(gone).toMatchObject({deleted: 1, events: 0})
})

test('NBX-29 T22: created, updated, deleted and many at once are one row each; a save that changes nothing is none', async () => {
  await using shell = aShell()
  const site = (id: number, name: string, more: object = {}) => ({type: 'dcim.site', id, data: {id, name, ...more}})
  await apply(shell, 'netbox', [
    site(1, 'ams1', {last_updated: '2026-07-03T12:00:00Z', created: '2026-07-01', _depth: 0}),
  ])
  const again = site(1, 'ams1', {last_updated: '2026-07-04T12:00:00Z', created: '2026-07-02', _depth: 1})
  expect(await apply(shell, 'netbox', [again])).toMatchObject({unchanged: 1, events: 0})
  await apply(shell, 'netbox', [site(1, 'ams2')])
  expect(await apply(shell, 'netbox', [site(2, 'a'), site(3, 'b'), site(4, 'c')])).toMatchObject({
    created: 3,
    events: 3,
  })
  await apply(
    shell,
    'netbox',
    [2, 3, 4].map(id => ({type: 'dcim.site', id, deleted: true})),
  )
  await shell.json('object delete netbox dcim.site 1 --yes')
  const changes = (await history(shell)).data.map(({change}) => change).toReversed()
  expect(changes).toEqual([
    'created',
    'changed',
    'created',
    'created',
    'created',
    'deleted',
    'deleted',
    'deleted',
    'deleted',
  ])
  expect((await shell.json<{data: unknown[]}>('object list')).data).toEqual([])
})

test('NBX-29 T22: a row holds prechange and postchange, and shows the changed keys in order, without what every save changes', async () => {
  await using shell = aShell()
  const before = {
    name: 'ams1',
    status: 'planned',
    tags: ['b'],
    last_updated: '1',
    _path: '/a',
    created: '1',
    same: {a: 1, b: 2},
  }
  const after = {
    name: 'ams1',
    region: 'eu',
    tags: ['a', 'b'],
    last_updated: '2',
    _path: '/b',
    created: '1',
    same: {b: 2, a: 1},
  }
  const report = (data: object) =>
    apply(shell, 'netbox', [{type: 'dcim.site', id: 1, data, requestId: '17af32f0-852a-46ca-a7d4-33ecd0c13de6'}])
  await report(before)
  await report(after)
  const [row] = (await history(shell)).data
  expect(row).toMatchObject({before, after, requestId: '17af32f0-852a-46ca-a7d4-33ecd0c13de6'})
  expect(row!.changes).toEqual([
    {field: 'region', secret: false, before: null, after: 'eu'},
    {field: 'status', secret: false, before: 'planned', after: null},
    {field: 'tags', secret: false, before: ['b'], after: ['a', 'b']},
  ])
  const shown = (await shell.hookctl(`history show ${row!.id}`)).stdout
  expect(shown).toContain('Changes\nregion\t\t"eu"\nstatus\t"planned"\t\ntags\t["b"]\t["a","b"]\n')
})

test('NBX-29 T03 T04: NetBox webhooks get created, updated and deleted with what was before and after', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(
    `webhook create --platform netbox --name cmdb --event *.created,*.updated,*.deleted --url ${receiver.url}`,
  )
  const states = [
    {id: 54, name: 'ams1'},
    {id: 54, name: 'ams2'},
  ]
  for (const data of states)
    await apply(shell, 'netbox', [{type: 'site', id: 54, data, actor: {kind: 'user', name: 'ada'}}])
  await shell.json('object delete netbox site 54 --yes')
  expect(receiver.requests.map(request => bodyOf(request))).toMatchObject([
    {
      event: 'created',
      object_type: 'dcim.site',
      username: 'ada',
      data: states[0],
      snapshots: {prechange: null, postchange: states[0]},
    },
    {
      event: 'updated',
      object_type: 'dcim.site',
      data: states[1],
      snapshots: {prechange: states[0], postchange: states[1]},
    },
    {event: 'deleted', object_type: 'dcim.site', data: states[1], snapshots: {prechange: states[1], postchange: null}},
  ])
})

test('T08 T09 T10: reports of one object in one request are one change, as NetBox joins them', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(`webhook create --platform netbox --name cmdb --event dcim.site.* --url ${receiver.url}`)
  const site = (id: number, name: string | null) => ({
    type: 'dcim.site',
    id,
    requestId: 'r-1',
    ...(name === null ? {deleted: true} : {data: {id, name}}),
  })
  await apply(shell, 'netbox', [
    {...site(2, 'old'), requestId: 'r-0'},
    {...site(3, 'old'), requestId: 'r-0'},
  ])
  const joined = await apply(shell, 'netbox', [
    site(1, 'a'),
    site(2, 'b'),
    site(1, 'a2'),
    site(2, 'b2'),
    site(3, 'c'),
    site(3, null),
    site(4, 'd'),
    site(4, null),
  ])
  expect(joined).toMatchObject({created: 1, changed: 1, deleted: 1, unchanged: 1, events: 3})
  expect(joined.items).toHaveLength(8)
  await receiver.received(5)
  expect(receiver.requests.slice(2).map(request => bodyOf(request))).toMatchObject([
    {event: 'created', data: {name: 'a2'}, snapshots: {prechange: null, postchange: {name: 'a2'}}},
    {event: 'updated', data: {name: 'b2'}, snapshots: {prechange: {name: 'old'}, postchange: {name: 'b2'}}},
    {event: 'deleted', data: {name: 'c'}, snapshots: {prechange: {name: 'old'}, postchange: null}},
  ])
})

test('ENT-22 ENT-23: a change of configuration is an audit event, field by field; no secret is stored or sent', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json('context create campus --name', {args: ['Campus Süd']})
  await shell.json(`webhook create --platform entrypoint --name siem --event * --no-input --url ${receiver.url}`)
  const secrets = ['CANARY-one', 'CANARY-two']
  const profile = (shared: string, vlan: number) => ({
    type: 'Attribute Profile',
    id: 'ap-3',
    contextId: 'campus',
    secrets: ['Community'],
    actor: {kind: 'user', name: 'ada', email: 'ada@example.com', id: 'usr-9'},
    data: {
      name: 'Staff',
      VLAN: vlan,
      'RADIUS shared secret': shared,
      community: shared,
      empty_password: '',
      nested: {psk: shared, mode: 'a'},
      list: [{field: 'pin', secret: true, value: shared}],
    },
  })
  await apply(shell, 'entrypoint', [profile(secrets[0]!, 20)])
  await apply(shell, 'entrypoint', [profile(secrets[0]!, 30)])
  await apply(shell, 'entrypoint', [profile(secrets[1]!, 30)])
  expect(await apply(shell, 'entrypoint', [profile(secrets[1]!, 30)])).toMatchObject({unchanged: 1, events: 0})
  const bodies = receiver.requests.map(request => bodyOf<Record<string, unknown>[]>(request))
  expect(bodies.map(body => body.length)).toEqual([1, 1, 1])
  expect(bodies[1]![0]).toMatchObject({
    eventId: 'entrypoint.configuration.audit',
    contextId: 'campus',
    contextName: 'Campus Süd',
    actor: {type: 'ADMIN', id: 'usr-9', email: 'ada@example.com'},
    action: 'UPDATE',
    description: 'Attribute Profile "Staff" updated',
    changes: [{field: 'VLAN', secret: false, before: 20, after: 30}],
  })
  const rotated = bodies[2]![0]!.changes as {field: string; secret: boolean; before: unknown; after: unknown}[]
  expect(rotated.map(({field, secret}) => [field, secret])).toEqual([
    ['RADIUS shared secret', true],
    ['community', true],
    ['list', true],
    ['nested', true],
  ])
  expect(rotated[0]).toMatchObject({before: '***', after: '***'})
  const created = bodies[0]![0]!.changes as {field: string; after: unknown}[]
  expect(created.find(({field}) => field === 'empty_password')).toMatchObject({secret: true, before: null, after: ''})
  const audit = await history(shell)
  expect(audit.data.find(({change}) => change === 'changed')?.changes.map(({field}) => field)).toContain('nested')
  const everything = [
    ...receiver.requests.map(({body}) => body.toString()),
    ...(await Promise.all(
      ['object list', 'history list', 'event list'].map(async list => (await shell.hookctl(`${list} --json`)).stdout),
    )),
  ].join('\n')
  expect(everything).not.toContain('CANARY')
  const {readFileSync, readdirSync} = await import('node:fs')
  const state = readdirSync(shell.home.path, {recursive: true, withFileTypes: true}).filter(entry => entry.isFile())
  for (const {parentPath, name} of state) expect(readFileSync(`${parentPath}/${name}`).includes('CANARY')).toBe(false)
})

test('ENT-15: the catalog has an example of each of the four triggers, to be sent as it is', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(`webhook create --platform entrypoint --name siem --event * --no-input --url ${receiver.url}`)
  const type = 'entrypoint.configuration.audit'
  const {samples} = await shell.json<{samples: {title: string; example: object}[]}>(`event types ${type} --example`)
  expect(samples.map(({title}) => title)).toEqual([
    'an authentication method is enabled',
    'an attribute profile is edited',
    'a group is added',
    'a secret is rotated',
  ])
  await shell.json('event send --ndjson -', {stdin: samples.map(({example}) => JSON.stringify(example)).join('\n')})
  await receiver.received(4)
  const items = receiver.requests.map(request => bodyOf<{description: string; action: string}[]>(request)[0])
  expect(items.map(item => item!.description).sort()).toEqual([
    'Attribute Profile "Staff" updated',
    'Authentication Method "EAP-TLS" updated',
    'Group "Printers" added',
    'RADIUS Client "Campus switches" updated',
  ])
  const rows = (await history(shell)).data.filter(({change}) => change !== 'created')
  expect(rows).toHaveLength(3)
})

test('ENT-24: the audit log has who, organization, context, action, message and details; by part of the user and time', async () => {
  await using shell = aShell()
  await shell.json('context create campus')
  const group = (id: string, actor: object, at: string) => ({
    type: 'Group',
    id,
    contextId: 'campus',
    occurredAt: at,
    data: {name: `Group ${id}`},
    actor,
  })
  await apply(shell, 'entrypoint', [
    group('1', {kind: 'user', name: 'Ada', email: 'ada@example.com'}, '2026-07-03T10:00:00Z'),
    group('2', {kind: 'user', name: 'bob'}, '2026-07-03T11:00:00Z'),
    group('3', {kind: 'system', name: null}, '2026-07-03T12:00:00Z'),
  ])
  const fields = '--fields actor,organization,contextId,change,message,changes'
  const {stdout} = await shell.hookctl(`history list --object-type Group ${fields}`)
  expect(stdout.trim().split('\n')).toEqual([
    'system\tdefault\tcampus\tcreated\tGroup “Group 3” was created.\tname',
    'bob\tdefault\tcampus\tcreated\tGroup “Group 2” was created.\tname',
    'ada@example.com\tdefault\tcampus\tcreated\tGroup “Group 1” was created.\tname',
  ])
  expect((await history(shell, '--actor AD')).data.map(({actor}) => actor.name)).toEqual(['Ada'])
  expect((await history(shell, '--actor a@exam')).data.map(({actor}) => actor.name)).toEqual(['Ada'])
  expect((await history(shell, '--since 1h --object-type Group')).data).toHaveLength(3)
  expect((await history(shell, '--until 1h --object-type Group')).data).toEqual([])
})

test('ENT-24: its timestamps are shown in the time zone of the organization, to every member', async () => {
  await using shell = aShell()
  const applied = {type: 'Group', id: '1', occurredAt: '2026-07-03T20:00:00Z', data: {name: 'Printers'}}
  await apply(shell, 'entrypoint', [applied])
  await shell.json('org edit default --zone Asia/Kolkata')
  const [entry] = (await shell.json<{data: {id: string; at: string}[]}>('history list --object-type Group')).data
  const now = () => Date.parse(entry!.at) + 60_000
  const shown = async (words: string) => (await shell.hookctl(words, {tty: true, columns: 300, now})).stdout
  const {at} = entry!
  const inKolkata = new Date(Date.parse(at) + 19_800_000).toISOString().replace(/(?:\.000)?Z$/, '+05:30')
  expect(await shown('history list --object-type Group -o wide')).toContain(`  ${inKolkata}  `)
  expect(await shown(`history show ${entry!.id}`)).toContain(`${inKolkata} (1m ago)`)
  // Programs have them as before.
  expect((await shell.hookctl('history list --object-type Group --fields at')).stdout).toBe(
    `${at.replace('.000Z', 'Z')}\n`,
  )
})

test('PRO-14: a changed endpoint is one log_changes item per field, one added or removed an item of its name', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(`webhook create --platform procustodibus --name log --event log_changes --url ${receiver.url}`)
  const endpoint = (data: object) => ({
    type: 'endpoints',
    id: 'EndpAAAAA01',
    data,
    actor: {kind: 'user', name: 'ada', id: 'UserAAAAA01'},
  })
  await apply(shell, 'procustodibus', [
    endpoint({name: 'CI', ip: '203.0.113.43', port: 51820, preshared_key: 'CANARY'}),
  ])
  await apply(shell, 'procustodibus', [
    endpoint({name: 'CI', ip: '203.0.113.44', port: 51821, preshared_key: 'CANARY2'}),
  ])
  await shell.json('webhook flush log')
  await receiver.received(1)
  const items = bodyOf<{attributes: object; relationships: object}[]>(receiver.requests[0]!)
  expect(items.map(({attributes}) => attributes)).toMatchObject([
    {field: 'name', id: 'EndpAAAAA01', new_value: 'CI', old_value: null, type: 'endpoints'},
    {field: 'ip', id: 'EndpAAAAA01', new_value: '203.0.113.44', old_value: '203.0.113.43', type: 'endpoints'},
    {field: 'port', new_value: 51821, old_value: 51820},
    {field: 'preshared_key', new_value: '***', old_value: '***'},
  ])
  expect(items[1]!.relationships).toEqual({user: {data: [{id: 'UserAAAAA01', type: 'users'}]}})
})

test('a standard webhook hears of objects of its own types, with numbers as they were written', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(
    `webhook create --platform standard --name any --event user.* --generate-secret --url ${receiver.url}`,
  )
  const line = (text: string) =>
    shell.json<Applied>('object apply --platform standard --ndjson -', {stdin: `{"type":"user","id":7,"data":${text}}`})
  await line('{"name":"é","n":12345678901234567890,"f":1.0}')
  await line('{"n":12345678901234567890,"f":1.0,"name":"é"}')
  await line('{"name":"é","n":12345678901234567891,"f":1.0}')
  expect(receiver.requests.map(({body}) => /"type":"([^"]+)"/.exec(body.toString())?.[1])).toEqual([
    'user.created',
    'user.updated',
  ])
  expect(receiver.requests[1]!.body.toString()).toContain('"data":{"name":"é","n":12345678901234567891,"f":1.0}')
  expect((await shell.hookctl('object show standard user 7 --json')).stdout).toContain('12345678901234567891')
})

test('what is wrong with a report is said by name, and nothing of the call is kept', async () => {
  await using shell = aShell()
  const good = {platform: 'netbox', type: 'dcim.site', id: 1, data: {name: 'a'}}
  const wrong: readonly [object, code: string, path: string][] = [
    [{...good, type: 'sites!'}, 'unknown_object_type', 'objects/1/type'],
    [{...good, platform: 'netbux'}, 'unknown_platform', 'platform'],
    [{...good, id: ''}, 'missing_object_id', 'objects/1/id'],
    [{...good, data: 7}, 'invalid_input', 'objects/1/data'],
    [{platform: 'netbox', type: 'dcim.site', id: 1}, 'missing_data', 'objects/1/data'],
    [{...good, contextId: 'nowhere'}, 'unknown_context', 'objects/1/contextId'],
    [{...good, source: 'hookctl'}, 'reserved_source', 'objects/1/source'],
    [{...good, colour: 'red'}, 'invalid_input', 'objects/1/colour'],
  ]
  for (const [line, code, path] of wrong) {
    const stdin = [good, line].map(object => JSON.stringify(object)).join('\n')
    const refused = await shell.hookctl('object apply --ndjson - --json', {stdin})
    expect([refused.exitCode, refused.error()]).toMatchObject([2, {code, path}])
  }
  expect((await shell.hookctl('object apply --ndjson - --json', {stdin: '{"a":1}\n{'})).error().message).toContain(
    'line 2',
  )
  expect((await shell.json<{data: unknown[]}>('object list')).data).toEqual([])
  expect((await history(shell)).data).toEqual([])
})
