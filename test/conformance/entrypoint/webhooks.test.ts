import {expect, test} from 'vitest'
import {answers, openReceiver, type ReceivedRequest} from '../../harness/receiver.ts'
import {aShell, type Shell} from '../shell.ts'

/** An EntryPoint webhook, from the form that asks two things to the body its receiver gets. */

const TYPE = 'entrypoint.configuration.audit'
const create = 'webhook create --platform entrypoint --no-input'

interface Webhook {
  readonly id: string
  readonly url: string | null
  readonly contextId: string | null
  readonly mode: string
  readonly eventTypes: readonly string[]
  readonly headers: readonly {readonly name: string; readonly value: string}[]
}

const eventsOf = ({body}: ReceivedRequest) => JSON.parse(body.toString()) as Record<string, unknown>[]

/** An audit event as an integration reports it; the worker of this process sends it. */
const send = (shell: Shell, data: object, ...more: readonly string[]) =>
  shell.json<{id: string; deliveries: {id: string; state: string}[]}>(`event send ${TYPE} --wait`, {
    args: ['--data', JSON.stringify(data), ...more],
  })

test('ENT-01 ENT-11: a webhook belongs to the organization or to exactly one context, and the list says which', async () => {
  await using shell = aShell()
  for (const id of ['campus', 'lab']) await shell.json(`context create ${id}`)
  const whole = await shell.json<Webhook>(`${create} --name whole`)
  const one = await shell.json<Webhook>(`${create} --name one --context campus`)
  const two = await shell.json<Webhook>(`${create} --name two --context campus`)
  expect([whole.contextId, one.contextId, two.contextId]).toEqual([null, 'campus', 'campus'])
  const listed = await shell.hookctl('webhook list --fields name,contextId')
  expect(listed.stdout).toBe('two\tcampus\none\tcampus\nwhole\torganization\n')
  const several = await shell.hookctl(`${create} --name three --context campus --context lab`)
  expect(several.exitCode).toBe(2)
  const unknown = await shell.hookctl(`${create} --name four --context nowhere --json`)
  expect([unknown.exitCode, unknown.error().hint]).toEqual([2, 'there are campus, lab'])
})

test('ENT-02 ENT-03: there is one event type; RADIUS outcomes are none, and none is ever sent', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  const {data} = await shell.json<{data: {name: string}[]}>('event types --platform entrypoint')
  expect(data.map(({name}) => name)).toEqual([TYPE])
  for (const type of ['entrypoint.radius.accept', 'entrypoint.radius.accounting', 'radius.auth.reject']) {
    const refused = await shell.hookctl(`${create} --name radius --url ${receiver.url} --event ${type} --json`)
    expect([refused.exitCode, refused.error().code]).toEqual([2, 'unknown_event_type'])
  }
  await shell.json(`${create} --name all --url ${receiver.url} --event *`)
  for (const type of ['entrypoint.radius.accept', 'entrypoint.radius.accounting']) {
    const sent = await shell.json<{deliveries: unknown[]}>(`event send ${type} --wait`)
    expect(sent.deliveries).toEqual([])
    const rendered = await shell.hookctl(`event send ${type} --as entrypoint --url ${receiver.url} --json`)
    expect(rendered.exitCode).toBe(2)
  }
  expect(receiver.requests).toEqual([])
})

test('ENT-04: type and name are enough; it is not configured then, and is sent nothing', async () => {
  await using shell = aShell()
  const webhook = await shell.json<Webhook>(`${create} --mode instant --name Ops`)
  expect([webhook.url, webhook.eventTypes]).toEqual([null, []])
  expect((await shell.hookctl('webhook list --fields name,state')).stdout).toBe('Ops\tunconfigured\n')
  await shell.json('webhook edit Ops --event', {args: [TYPE]})
  const sent = await send(shell, {description: 'x'})
  expect(sent.deliveries.every(({state}) => state === 'skipped')).toBe(true)
})

test('ENT-05: instant is what it is unless said, and what is recommended; batch is the other', async () => {
  await using shell = aShell()
  expect((await shell.json<Webhook>(`${create} --name usual`)).mode).toBe('instant')
  expect((await shell.json<Webhook>(`${create} --name many --mode batch`)).mode).toBe('batch')
  const asked = await shell.hookctl('webhook create --platform entrypoint --name asked', {
    tty: true,
    answers: [[/How are events delivered\?/, '\n']],
  })
  expect(asked.stderr).toMatch(/instant \(recommended\)/)
  expect((await shell.json<Webhook>('webhook show asked')).mode).toBe('instant')
})

test('ENT-06: URL, headers and event types are set afterwards, each on its own, and the next event has them', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  const {id} = await shell.json<Webhook>(`${create} --name Ops`)
  await shell.json(`webhook edit Ops --url ${receiver.url}/ops`)
  expect((await shell.hookctl('webhook list --fields state')).stdout).toBe('unconfigured\n')
  expect(await shell.json<Webhook>('webhook show Ops')).toMatchObject({url: `${receiver.url}/ops`, headers: []})
  await shell.json('webhook edit Ops --header', {args: ['X-Team: network: ops']})
  await shell.json('webhook edit Ops --event', {args: [TYPE]})
  expect(await shell.json<Webhook>('webhook show Ops')).toMatchObject({
    id,
    url: `${receiver.url}/ops`,
    headers: [{name: 'X-Team', value: 'network: ops'}],
    eventTypes: [TYPE],
  })
  await send(shell, {description: 'x'})
  expect(receiver.requests.map(request => [request.path, request.header('x-team')])).toEqual([['/ops', 'network: ops']])
})

test('ENT-07: a list of no webhooks is a good answer, and says how to make one', async () => {
  await using shell = aShell()
  expect(await shell.json('webhook list')).toEqual({data: []})
  const {exitCode, stdout} = await shell.hookctl('webhook list')
  expect([exitCode, stdout]).toEqual([0, ''])
  const seen = await shell.hookctl('webhook list', {tty: true})
  expect([seen.exitCode, seen.stderr]).toEqual([0, expect.stringContaining('nothing found')])
})

test('ENT-08: three events are three requests, one event in each', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(`${create} --name Ops --url ${receiver.url} --event ${TYPE}`)
  for (const description of ['one', 'two', 'three']) await send(shell, {description})
  expect(receiver.requests.map(request => eventsOf(request).map(({description}) => description))).toEqual([
    ['one'],
    ['two'],
    ['three'],
  ])
})

test('ENT-12: a body says id, time, context by id and name, actor, description, what it was and became, and the rest', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json('context create campus --name', {args: ['Campus Süd']})
  await shell.json(`${create} --name Ops --url ${receiver.url} --event ${TYPE}`)
  const profile = ['--object-type', 'Attribute Profile', '--object-id', 'ap-3', '--object-name', 'Staff']
  const sent = await send(
    shell,
    {description: 'VLAN changed', ticket: 'NET-7'},
    ...[...profile, '--context', 'campus', '--actor', 'ops@example.com'],
    ...['--before', '{"VLAN":"20"}', '--after', '{"VLAN":"30"}'],
  )
  const [changed] = eventsOf(receiver.requests[0]!)
  expect(changed).toMatchObject({
    eventId: TYPE,
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    contextId: 'campus',
    contextName: 'Campus Süd',
    actor: {type: 'ADMIN', email: 'ops@example.com'},
    action: 'UPDATE',
    description: 'VLAN changed',
    changes: [{field: 'VLAN', before: '20', after: '30'}],
    metadata: {ticket: 'NET-7'},
  })
  expect(String(changed?.id).replaceAll('-', '')).toBe(sent.id.replace('evt_', ''))
  const system = JSON.stringify({type: TYPE, actor: {kind: 'system', name: null}, data: {description: 'nightly'}})
  await shell.json('event send --ndjson -', {stdin: `${system}\n`})
  await shell.json('worker run --drain')
  const [nightly] = eventsOf(receiver.requests[1]!)
  expect(nightly).toMatchObject({actor: {type: 'SYSTEM', email: null}, contextId: null, contextName: null, changes: []})
})

test('ENT-13: the delivery shows the very bytes that were sent, and the webhook the version they follow', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(`${create} --name Ops --url ${receiver.url} --event ${TYPE}`)
  const sent = await send(shell, {description: 'Gäste-WLAN “neu”'})
  const shown = await shell.json<{body: {encoding: string; content: string}}>(`delivery show ${sent.deliveries[0]!.id}`)
  expect(Buffer.from(shown.body.content, shown.body.encoding as 'utf8').equals(receiver.requests[0]!.body)).toBe(true)
  expect(await shell.json('webhook show Ops')).toMatchObject({platform: 'entrypoint@1'})
})

test('ENT-14: the audit log is there without any webhook, by who and when', async () => {
  await using shell = aShell()
  await send(shell, {description: 'Group added', action: 'ADD'}, '--actor', 'ada@example.com')
  await send(shell, {description: 'secret rotated'}, '--actor', 'bob@example.com')
  const {data} = await shell.json<{data: {data: {description: string}}[]}>('event list')
  expect(data.map(event => event.data.description)).toEqual(['secret rotated', 'Group added'])
})

const triggers: readonly [what: string, data: object, changes: readonly object[]][] = [
  [
    'an authentication method was enabled',
    {action: 'UPDATE', description: 'EAP-TLS enabled', changes: [change('enabled', 'false', 'true')]},
    [{field: 'enabled', secret: false, before: 'false', after: 'true'}],
  ],
  [
    'an attribute profile was edited',
    {action: 'UPDATE', description: 'Attribute Profile "Staff" updated', changes: [change('VLAN', '20', '30')]},
    [{field: 'VLAN', secret: false, before: '20', after: '30'}],
  ],
  ['a group was added', {action: 'ADD', description: 'Group "Printers" added', changes: []}, []],
  [
    'a secret was rotated',
    {
      action: 'UPDATE',
      description: 'RADIUS secret rotated',
      changes: [change('secret', 'CANARY-old', 'CANARY-new', true)],
    },
    [{field: 'secret', secret: true, before: '***', after: '***'}],
  ],
]

function change(field: string, before: string, after: string, secret = false): object {
  return {field, secret, before, after}
}

test.each(triggers)('ENT-15: %s is told about, a secret in it is not', async (_, data, changes) => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(`${create} --name Ops --url ${receiver.url} --event ${TYPE}`)
  await send(shell, data)
  const [event] = eventsOf(receiver.requests[0]!)
  expect([event?.description, event?.changes]).toEqual([(data as {description: string}).description, changes])
  expect(receiver.requests[0]!.body.toString()).not.toContain('CANARY')
})

test('ENT-16: a name has 3 to 125 letters, digits, spaces and dashes', async () => {
  await using shell = aShell()
  for (const name of ['ab', 'x'.repeat(126), 'Ops/Slack']) {
    const refused = await shell.hookctl(create, {args: ['--name', name, '--json']})
    expect([refused.exitCode, refused.error().code]).toEqual([2, 'bad_name'])
  }
  for (const name of ['abc', 'x'.repeat(125), 'Ops Slack']) await shell.json(create, {args: ['--name', name]})
})

test('ENT-17 ENT-18: the list shows name, type, status and events; one that is off gets nothing and stays', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(`${create} --name Ops --url ${receiver.url} --event ${TYPE}`)
  await shell.json('webhook disable Ops')
  await send(shell, {description: 'while it is off'})
  // That it was switched off it may still be told: then it was on.
  expect(receiver.requests.filter(({body}) => body.includes('while it is off'))).toEqual([])
  const {stdout} = await shell.hookctl('webhook list --fields name,mode,state,eventTypes')
  expect(stdout).toBe(`Ops\tinstant\tinactive\t${TYPE}\n`)
})

test('ENT-19: the preset tries again after 2, 4, 8, 16 and 32 minutes', async () => {
  await using shell = aShell()
  const webhook = await shell.json<{policies: {retry: {delaysMs: number[]}}}>(`${create} --name Ops`)
  expect(webhook.policies.retry.delaysMs.map(delay => delay / 60_000)).toEqual([2, 4, 8, 16, 32])
})

test('ENT-19: retries that double, then failed; a 201 is a failure where only 200 counts', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  receiver.otherwise(answers.status(201))
  // Minutes as milliseconds. All five of them: test/worker, where the rest after five failures takes no time.
  const retry = '2ms,4ms,8ms,16ms'
  await shell.json(`${create} --name Ops --url ${receiver.url} --event ${TYPE} --success 200 --retry ${retry}`)
  const sent = await shell.hookctl(`event send ${TYPE} --data {} --wait --json`)
  expect(sent.exitCode).toBe(7)
  const {deliveries} = sent.json<{deliveries: {id: string}[]}>()
  const {state, attempts} = await shell.json<{state: string; attempts: {status: number; startedAt: string}[]}>(
    `delivery show ${deliveries[0]!.id}`,
  )
  expect([state, attempts.map(({status}) => status)]).toEqual(['failed', Array(5).fill(201)])
  const bodies = new Set(receiver.requests.map(({body}) => body.toString()))
  expect([receiver.requests.length, bodies.size]).toEqual([5, 1])
})
