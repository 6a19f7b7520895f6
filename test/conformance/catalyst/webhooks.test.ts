import {createHmac} from 'node:crypto'
import {expect, test} from 'vitest'
import {openReceiver} from '../../harness/receiver.ts'
import {aShell} from '../shell.ts'

/** A Catalyst webhook at the command line, and what its receiver gets. */

const create = 'webhook create --platform catalyst --allow-http'

interface Webhook {
  readonly id: string
  readonly url: string
  readonly description: string
  readonly eventTypes: readonly string[]
}

test('CAT-05: https is taken; http is refused, unless it is allowed by name for a test', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  const plain = `webhook create --platform catalyst --event node.added --url ${receiver.url}`
  const refused = await shell.hookctl(`${plain} --name plain --json`)
  expect([refused.exitCode, refused.error().message]).toEqual([2, expect.stringContaining('https')])
  await shell.json(
    'webhook create --platform catalyst --event node.added --name safe --url https://hooks.example.com/in',
  )
  await shell.json(`${plain} --name local --allow-http`)
  await shell.json('webhook delete safe --yes')
  await shell.json('event send node.added --example --wait')
  expect(receiver.requests).toHaveLength(1)
})

test('CAT-06: no event type is refused, so is one there is not; two are told about, in the order given', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  const base = `${create} --name two --url ${receiver.url}`
  const none = await shell.hookctl(`${base} --no-input --json`)
  expect([none.exitCode, none.error().message]).toEqual([2, expect.stringContaining('--event')])
  const unknown = await shell.hookctl(`${base} --event node.exploded --json`)
  expect([unknown.exitCode, unknown.error().message]).toEqual([2, expect.stringContaining('node.exploded')])
  const webhook = await shell.json<Webhook>(`${base} --event node.removed,cert.issued`)
  expect(webhook.eventTypes).toEqual(['node.removed', 'cert.issued'])
  for (const type of ['node.added', 'node.removed', 'cert.issued']) {
    await shell.json(`event send ${type} --example --wait`)
  }
  expect(receiver.requests.map(({body}) => JSON.parse(body.toString()).event)).toEqual(['node.removed', 'cert.issued'])
})

const catalog: Readonly<Record<string, readonly string[]>> = {
  Nodes: ['node.added', 'node.removed'],
  Certificates: ['cert.issued', 'cert.revoked', 'cert.expiring', 'cert.renewed'],
  'Groups (tags)': ['group.created', 'group.updated', 'group.deleted'],
  'Policies (firewall rules)': ['policy.created', 'policy.updated', 'policy.deleted'],
  Network: ['ip.allocated'],
  Members: ['member.created', 'member.updated', 'member.deleted'],
  Security: ['security.brute_force'],
}

test('CAT-07: the catalog has these 17 types in 7 categories, and each of them reaches a receiver', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  const {data} = await shell.json<{data: {name: string; category: string}[]}>('event types --platform catalyst')
  const found = Object.groupBy(data, ({category}) => category)
  expect(
    Object.fromEntries(Object.entries(found).map(([name, types]) => [name, types?.map(type => type.name)])),
  ).toEqual(catalog)
  await shell.json(`${create} --name all --event * --url ${receiver.url}`)
  for (const type of Object.values(catalog).flat()) await shell.json(`event send ${type} --example --wait`)
  expect(receiver.requests.map(({body}) => JSON.parse(body.toString()).event)).toEqual(Object.values(catalog).flat())
})

test('CAT-08: a description is not needed, can be set, and can be cleared', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  const show = async () => (await shell.json<Webhook>('webhook show plain')).description
  await shell.json(`${create} --name plain --event node.added --url ${receiver.url}`)
  expect(await show()).toBe('')
  await shell.json('webhook edit plain --description', {args: ['tells the CMDB']})
  expect(await show()).toBe('tells the CMDB')
  await shell.json('webhook edit plain --description', {args: ['']})
  expect(await show()).toBe('')
  await shell.json('event send node.added --example --wait')
  expect(receiver.requests).toHaveLength(1)
})

test('CAT-09: with a secret the request carries the HMAC of its bytes, without one no signature at all', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  const secret = 'Köln & a space'
  await shell.json(`${create} --name signed --event node.added --url ${receiver.url}/signed --secret-env S`, {
    env: {S: secret},
  })
  await shell.json(`${create} --name bare --event node.added --url ${receiver.url}/bare`)
  await shell.json('event send node.added --example --wait')
  const sent = new Map(receiver.requests.map(request => [request.path, request]))
  const {body} = sent.get('/signed')!
  expect(sent.get('/signed')!.header('x-hook-signature')).toBe(createHmac('sha512', secret).update(body).digest('hex'))
  expect(sent.get('/bare')!.headers.filter(([name]) => /signature/i.test(name))).toEqual([])
})

test('CAT-10: a webhook switched off after the event was accepted is skipped when it would be sent', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(`${create} --name off --event node.added --url ${receiver.url}`)
  await shell.json('worker disable')
  const {id} = await shell.json<{id: string}>('event send node.added --example')
  await shell.json('webhook disable off')
  await shell.json('worker enable')
  await shell.json('worker run --drain')
  const {data} = await shell.json<{data: {state: string; reason: string}[]}>(`delivery list --event-id ${id}`)
  expect(data).toMatchObject([{state: 'skipped', reason: expect.stringMatching(/\w/)}])
  expect(receiver.requests).toEqual([])
})

test('CAT-11: an edit keeps the id, and the next delivery goes to the new URL', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  const {id} = await shell.json<Webhook>(`${create} --name moving --event node.added --url ${receiver.url}/old`)
  await shell.json('event send node.added --example --wait')
  const edited = await shell.json<Webhook>(`webhook edit moving --url ${receiver.url}/new`)
  await shell.json('event send node.added --example --wait')
  expect(edited.id).toBe(id)
  expect(receiver.requests.map(({path}) => path)).toEqual(['/old', '/new'])
})

test('CAT-12: a deleted webhook gets nothing more, and what it got stays readable', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(`${create} --name gone --event node.added --url ${receiver.url}`)
  const {deliveries} = await shell.json<{deliveries: {id: string}[]}>('event send node.added --example --wait')
  await shell.json('webhook delete gone --yes')
  await shell.json('event send node.added --example --wait')
  expect(receiver.requests).toHaveLength(1)
  const shown = await shell.json<{attempts: unknown[]}>(`delivery show ${deliveries[0]!.id}`)
  expect(shown.attempts).toHaveLength(1)
  expect((await shell.hookctl('webhook show gone')).exitCode).toBe(3)
})
