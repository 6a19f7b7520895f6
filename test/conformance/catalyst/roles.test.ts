import {describe, expect, test} from 'vitest'
import {run} from '../../harness/cli.ts'
import {anInstallation, type Installation} from '../../harness/installation.ts'
import {openReceiver} from '../../harness/receiver.ts'

/** Who may what in a Catalyst organization: asked over HTTP and at a command line that has only a token. */

const organization = 'acme'
const roles = ['owner', 'admin', 'member'] as const
type Role = (typeof roles)[number]

interface Acme extends AsyncDisposable {
  readonly installation: Installation
  readonly tokens: Readonly<Record<Role, string>>
  /** hookctl on another machine. */
  hookctl(role: Role, ...words: readonly string[]): ReturnType<typeof run>
}

async function acme(): Promise<Acme> {
  const installation = await anInstallation()
  const {admin, url} = installation
  await admin.ask('org.create', {slug: organization})
  const tokens: Record<string, string> = {}
  for (const role of roles) {
    await admin.ask('member.create', {organization, user: role, role})
    const scopes = ['read', 'ingest', 'admin'] as const
    tokens[role] = (await admin.ask('token.create', {organization, name: role, user: role, scopes: [...scopes]})).value
  }
  return {
    installation,
    tokens: tokens as Acme['tokens'],
    hookctl: (role, ...words) =>
      run([...words, '--json'], {
        env: {HOOKCTL_SERVER: url, HOOKCTL_TOKEN: tokens[role], HOOKCTL_ORGANIZATION: organization},
      }),
    [Symbol.asyncDispose]: () => installation[Symbol.asyncDispose](),
  }
}

const webhook = ['--platform', 'catalyst', '--event', 'node.added', '--url', 'https://hooks.example.com/']

test.each(roles)('CAT-02: %s sees the list of webhooks', async role => {
  await using house = await acme()
  await house.installation.admin.ask('webhook.create', {
    organization,
    name: 'cmdb',
    platform: 'catalyst',
    url: 'https://hooks.example.com/',
    eventTypes: ['node.added'],
  })
  const listed = await house.hookctl(role, 'webhook', 'list')
  expect([listed.exitCode, listed.json<{data: {name: string}[]}>().data.map(({name}) => name)]).toEqual([0, ['cmdb']])
  const answer = await house.installation.fetch(`/v1/organizations/${organization}/webhooks`, {
    token: house.tokens[role],
  })
  expect([answer.status, ((await answer.json()) as {items: unknown[]}).items.length]).toEqual([200, 1])
})

describe('CAT-03: creating, editing and deleting a webhook', () => {
  test.each(['owner', 'admin'] as const)('%s may', async role => {
    await using house = await acme()
    expect((await house.hookctl(role, 'webhook', 'create', '--name', 'cmdb', ...webhook)).exitCode).toBe(0)
    expect((await house.hookctl(role, 'webhook', 'edit', 'cmdb', '--description', 'x')).exitCode).toBe(0)
    expect((await house.hookctl(role, 'webhook', 'delete', 'cmdb', '--yes')).exitCode).toBe(0)
  })

  test('a member may not, is told so, and nothing has changed', async () => {
    await using house = await acme()
    await house.hookctl('owner', 'webhook', 'create', '--name', 'cmdb', ...webhook)
    const asked = [
      ['webhook', 'create', '--name', 'other', ...webhook],
      ['webhook', 'edit', 'cmdb', '--description', 'x'],
      ['webhook', 'delete', 'cmdb', '--yes'],
    ]
    for (const words of asked) {
      const refused = await house.hookctl('member', ...words)
      expect([refused.exitCode, refused.error().code]).toEqual([5, 'role_missing'])
    }
    const path = `/v1/organizations/${organization}/webhooks`
    const token = house.tokens.member
    const {fetch} = house.installation
    const statuses = [
      (await fetch(path, {method: 'POST', body: '{"name":"other","platform":"catalyst"}', token})).status,
      (await fetch(`${path}/cmdb`, {method: 'PATCH', body: '{"description":"x"}', token})).status,
      (await fetch(`${path}/cmdb`, {method: 'DELETE', token})).status,
    ]
    expect(statuses).toEqual([403, 403, 403])
    const {items} = await house.installation.admin.ask('webhook.list', {organization})
    expect(items).toMatchObject([{name: 'cmdb', description: ''}])
  })
})

test('CAT-01 CAT-04 CAT-27: list, create, edit, delete and activity are routes under the slug of the organization', async () => {
  await using receiver = await openReceiver()
  await using house = await acme()
  const {fetch, admin} = house.installation
  const base = `/v1/organizations/${organization}`
  const token = house.tokens.admin
  const json = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${base}${path}`, {...init, token})
    // biome-ignore lint/suspicious/noExplicitAny: answers of several shapes, looked at below.
    return [answer.status, (await answer.json()) as any] as const
  }
  const create = JSON.stringify({
    name: 'cmdb',
    platform: 'catalyst',
    url: `${receiver.url}/`,
    eventTypes: ['node.added'],
    policies: {allowHttp: true},
  })
  const [created, {webhook}] = await json('/webhooks', {method: 'POST', body: create})
  const [edited, after] = await json(`/webhooks/${webhook.id}`, {method: 'PATCH', body: '{"description":"new"}'})
  const [listed, {items}] = await json('/webhooks')
  expect([created, edited, listed]).toEqual([201, 200, 200])
  expect([after.id, after.description, items.length]).toEqual([webhook.id, 'new', 1])
  const event = JSON.stringify({
    type: 'node.added',
    object: {type: 'Node', id: '7', name: 'db-1'},
    data: {name: 'db-1'},
  })
  await json('/events', {method: 'POST', body: event})
  await receiver.received(1)
  const [shown, activity] = await json('/activity')
  expect([shown, activity.items.map(({message}: {message: string}) => message)]).toEqual([
    200,
    ['Node “db-1” was created.'],
  ])
  const [deleted] = await json(`/webhooks/${webhook.id}`, {method: 'DELETE'})
  expect([deleted, (await json('/webhooks'))[1].items]).toEqual([200, []])
  expect((await admin.ask('webhook.list', {organization: 'default'})).items).toEqual([])
})

test('CAT-29: the roles are owner, admin and member; only an owner deletes the organization', async () => {
  await using house = await acme()
  expect((await house.hookctl('owner', 'member', 'create', 'v', '--role', 'viewer')).exitCode).toBe(2)
  for (const role of ['member', 'admin'] as const) {
    const refused = await house.hookctl(role, 'org', 'delete', organization, '--yes')
    expect([role, refused.exitCode, refused.error().code]).toEqual([role, 5, 'role_missing'])
  }
  expect((await house.hookctl('owner', 'org', 'delete', organization, '--yes')).exitCode).toBe(0)
  const gone = await house.hookctl('owner', 'webhook', 'list')
  expect([gone.exitCode, gone.error().code]).toEqual([5, 'token_invalid'])
})

test('CAT-29: one user has a role in each organization, and a token for each', async () => {
  await using house = await acme()
  const {admin, as} = house.installation
  await admin.ask('org.create', {slug: 'globex'})
  await admin.ask('member.create', {organization: 'globex', user: 'member', role: 'owner'})
  const made = await admin.ask('token.create', {organization: 'globex', name: 't', user: 'member', scopes: ['admin']})
  const edit = (token: string, slug: string) => as(token).ask('org.edit', {organization: slug, name: 'mine'})
  await expect(edit(house.tokens.member, organization)).rejects.toMatchObject({code: 'role_missing'})
  expect(await edit(made.value, 'globex')).toMatchObject({name: 'mine'})
  await expect(edit(made.value, organization)).rejects.toMatchObject({code: 'organization_not_found'})
})

test('CAT-28: every event says where it came from; a change of a member is raised by hookctl itself', async () => {
  await using receiver = await openReceiver()
  await using house = await acme()
  const {admin} = house.installation
  await admin.ask('webhook.create', {
    organization,
    name: 'all',
    platform: 'catalyst',
    url: receiver.url,
    eventTypes: ['*'],
    policies: {allowHttp: true},
  })
  await house.hookctl('owner', 'event', 'send', 'node.added', '--example')
  await admin.ask('event.send', {organization, type: 'cert.issued', source: 'certificate-task'})
  await admin.ask('event.send', {organization, type: 'group.created'})
  await house.hookctl('owner', 'member', 'create', 'ada', '--role', 'admin', '--email', 'ada@example.com')
  const requests = await receiver.received(4)
  const {items} = await admin.ask('event.list', {organization, limit: 4})
  expect(items.map(({type, source}) => [type, source]).toReversed()).toEqual([
    ['node.added', 'cli'],
    ['cert.issued', 'certificate-task'],
    ['group.created', 'api'],
    ['member.created', 'hookctl'],
  ])
  const told = requests.map(({body}) => JSON.parse(body.toString())).find(({event}) => event === 'member.created')
  expect(told.data).toEqual({user: 'ada', email: 'ada@example.com', role: 'admin'})
})

test('D4: a revoked token fails on the next request, and a stream it opened tells nothing more', async () => {
  await using house = await acme()
  const {admin, as, fetch} = house.installation
  const {value} = await admin.ask('token.create', {organization, name: 'tail', scopes: ['read']})
  const {body} = await fetch(`/v1/stream?organization=${organization}&kinds=history`, {token: value})
  const chunks = body?.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]()
  const told = [(await chunks?.next())?.value]
  await admin.ask('token.revoke', {organization, token: 'tail'})
  await expect(as(value).ask('webhook.list', {organization})).rejects.toMatchObject({code: 'token_invalid'})
  await admin.ask('context.create', {organization, id: 'later'})
  for (let next = await chunks?.next(); next?.done === false; next = await chunks?.next()) told.push(next.value)
  expect(told.join('')).toContain('token_invalid')
  expect(told.join('')).not.toContain('later')
})
