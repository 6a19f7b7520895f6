import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {describe, expect, test} from 'vitest'
import {formatInZone} from '../../src/cli/shown-time.ts'
import {aShell, type Shell} from '../conformance/shell.ts'
import {run} from '../harness/cli.ts'
import {anInstallation} from '../harness/installation.ts'

/** Organizations, contexts, members and tokens at the command line. */

test('an organization is made, worked in, renamed and deleted', async () => {
  await using shell = aShell()
  expect(await shell.json('org create acme --name', {args: ['Acme Networks']})).toMatchObject({slug: 'acme', id: 2})
  const webhook = 'webhook create --name cmdb --platform netbox --event * --url https://example.com/'
  expect(await shell.json(`${webhook} --organization acme`)).toMatchObject({organization: 'acme'})
  expect(await shell.json('webhook list')).toMatchObject({data: []})
  expect(await shell.json('org edit acme --slug acme-2')).toMatchObject({slug: 'acme-2', name: 'Acme Networks', id: 2})
  expect((await shell.hookctl('org ls')).stdout).toMatch(/^acme-2\tAcme Networks\t2\t.*\ndefault\tDefault\t1\t.*\n$/)
  expect(await shell.json('org show', {env: {HOOKCTL_ORGANIZATION: 'acme-2'}})).toMatchObject({id: 2})
  const unsaid = await shell.hookctl('org delete acme-2 --json')
  expect([unsaid.exitCode, unsaid.error().hint]).toEqual([2, expect.stringContaining('--yes')])
  expect(await shell.json('org delete acme-2 --yes')).toEqual({id: 2, slug: 'acme-2', cancelled: 0})
  const gone = await shell.hookctl('webhook list --organization acme-2 --json')
  expect([gone.exitCode, gone.error()]).toEqual([
    3,
    {code: 'organization_not_found', message: 'no organization "acme-2"', hint: 'there is default'},
  ])
})

test('an organization has a zone where one was given, and none again', async () => {
  await using shell = aShell()
  expect(await shell.json('org create acme --zone Europe/Berlin')).toMatchObject({zone: 'Europe/Berlin'})
  expect(await shell.json('org edit acme --zone +05:30')).toMatchObject({slug: 'acme', zone: '+05:30'})
  expect(await shell.json('org edit acme --name Acme')).toMatchObject({name: 'Acme', zone: '+05:30'})
  expect(await shell.json('org edit acme', {args: ['--zone', '']})).toMatchObject({zone: null})
  const [changed] = (await shell.json<{data: {before: object; after: object}[]}>('history list --organization acme'))
    .data
  expect([changed?.before, changed?.after]).toMatchObject([{zone: '+05:30'}, {zone: null}])
  const refused = await shell.hookctl('org edit acme --zone Europe/Berln --json')
  expect([refused.exitCode, refused.error()]).toMatchObject([2, {hint: expect.stringContaining('Europe/Berlin')}])
})

describe('the zone in which a person sees times', () => {
  const showing = async (shell: Shell, env: Record<string, string> = {}) => {
    const {stdout} = await shell.hookctl('org show acme --fields createdAt', {tty: true, env})
    return /[+-]\d\d:\d\d(?= \()/.exec(stdout)?.[0]
  }

  test('is the one that was set, else that of the organization in use, else that of this machine', async () => {
    await using shell = aShell()
    const {createdAt} = await shell.json<{createdAt: string}>('org create acme --zone +05:00')
    const here = formatInZone(Date.parse(createdAt), undefined).slice(-6)
    expect(await showing(shell)).toBe(here)
    expect(await showing(shell, {HOOKCTL_ORGANIZATION: 'acme'})).toBe('+05:00')
    expect(await showing(shell, {HOOKCTL_ORGANIZATION: 'acme', HOOKCTL_ZONE: 'Africa/Nairobi'})).toBe('+03:00')
    expect(await showing(shell, {HOOKCTL_ORGANIZATION: 'acme', HOOKCTL_ZONE: 'local'})).toBe(here)
    await shell.hookctl('config set zone +07:00')
    expect(await showing(shell, {HOOKCTL_ORGANIZATION: 'acme'})).toBe('+07:00')
  })

  test('is that of this machine where the organization cannot be asked', async () => {
    await using shell = aShell()
    await shell.json('org create acme')
    expect((await shell.hookctl('org show acme', {tty: true, env: {HOOKCTL_ORGANIZATION: 'nobody'}})).exitCode).toBe(0)
  })

  test('is that of this machine where the organization has one that this machine does not know', async () => {
    await using shell = aShell()
    await shell.json('org create acme --zone +05:00')
    const database = new DatabaseSync(path.join(shell.home.path, 'state/hookctl/hookctl.db'))
    database.exec("UPDATE organizations SET zone = 'Mars/Olympus_Mons'")
    database.close()
    const here = formatInZone(Date.now(), undefined).slice(-6)
    expect(await showing(shell, {HOOKCTL_ORGANIZATION: 'acme'})).toBe(here)
  })

  test('is also where the days begin that flags name, also that of a profile', async () => {
    await using shell = aShell()
    const now = () => Date.parse('2026-07-03T23:30:00Z')
    const sent = {now, env: {HOOKCTL_ZONE: 'Europe/Berlin'}}
    const at = async (words: string, options: object = sent) =>
      (await shell.json<{occurredAt: string}>(`event send node.added --example ${words}`, options)).occurredAt.slice(
        0,
        19,
      )
    expect(await at('--at today')).toBe('2026-07-03T22:00:00')
    expect(await at('--at 2026-01-01')).toBe('2025-12-31T23:00:00')
    expect(await at('--at today', {now})).toBe('2026-07-03T00:00:00')
    await shell.hookctl('profile create berlin')
    await shell.hookctl('config set zone Europe/Berlin --in-profile berlin')
    expect(await at('--at today --profile berlin', {now})).toBe('2026-07-03T22:00:00')
  })
})

test.each(['Berlin', 'CET-1CEST', '+2', '2026'])(
  'a zone %j that is none is refused by name, also where none is shown',
  async zone => {
    await using shell = aShell()
    const refused = await shell.hookctl('org list --json', {env: {HOOKCTL_ZONE: zone}})
    expect([refused.exitCode, refused.error().code]).toEqual([2, 'invalid_setting'])
  },
)

test('what -q prints of an organization or a member is what other commands take', async () => {
  await using shell = aShell()
  expect((await shell.hookctl('org create acme -q')).stdout).toBe('acme\n')
  expect((await shell.hookctl('org list -q')).stdout).toBe('acme\ndefault\n')
  expect((await shell.hookctl('org edit acme --name Acme -q')).stdout).toBe('acme\n')
  for (const command of ['create', 'edit']) {
    const said = await shell.hookctl(`member ${command} ada --role admin -q --organization acme`)
    expect(said.stdout).toBe('ada\n')
  }
  expect((await shell.hookctl('member list -q --organization acme')).stdout).toMatch(/^ada$/m)
  expect((await shell.hookctl('member delete ada --yes -q --organization acme')).stdout).toBe('ada\n')
  expect((await shell.hookctl('org delete acme --yes -q')).stdout).toBe('acme\n')
})

test('the first organization stays', async () => {
  await using shell = aShell()
  const refused = await shell.hookctl('org delete default --yes --json')
  expect([refused.exitCode, refused.error().code]).toEqual([4, 'organization_needed'])
})

test.each([
  ['org edit default', 'org edit'],
  ['context edit x', 'context edit'],
  ['member edit x', 'member edit'],
])('%s with nothing to change says so, before it asks anybody', async (words, command) => {
  await using shell = aShell()
  const refused = await shell.hookctl(`${words} --json`)
  expect([refused.exitCode, refused.error().code]).toEqual([2, 'nothing_to_change'])
  expect(refused.error().hint).toContain(`hookctl ${command} --help`)
})

test('a context is made, named by a webhook, kept while it is, and deleted', async () => {
  await using shell = aShell()
  await shell.json('context create campus --kind site-group --name', {args: ['Campus Süd']})
  const webhook = 'webhook create --name cmdb --platform netbox --event * --url https://example.com/'
  const unknown = await shell.hookctl(`${webhook} --context campsu --json`)
  expect([unknown.exitCode, unknown.error().hint]).toEqual([2, 'did you mean "campus"? there is campus'])
  await shell.json(`${webhook} --context campus`)
  const used = await shell.hookctl('context delete campus --yes --json')
  expect([used.exitCode, used.error().message]).toEqual([4, expect.stringContaining('"cmdb"')])
  expect(await shell.json('webhook edit cmdb --every-context')).toMatchObject({contextId: null})
  const both = await shell.hookctl('webhook edit cmdb --every-context --context campus')
  expect(both.exitCode).toBe(2)
  expect(await shell.json('context edit campus --name South')).toMatchObject({name: 'South', kind: 'site-group'})
  expect((await shell.hookctl('context list --fields id,name,kind')).stdout).toBe('campus\tSouth\tsite-group\n')
  expect(await shell.json('context delete campus --yes')).toEqual({id: 'campus'})
  expect((await shell.hookctl('context show campus')).exitCode).toBe(3)
})

test('a member is made, promoted and taken out', async () => {
  await using shell = aShell()
  expect(await shell.json('member create ada --email ada@example.com')).toMatchObject({user: 'ada', role: 'member'})
  expect(await shell.json('member edit ada --role owner')).toMatchObject({role: 'owner', email: 'ada@example.com'})
  expect(await shell.json('member edit ada --email', {args: ['']})).toMatchObject({email: null})
  const last = await shell.hookctl('member delete ada --yes --json')
  expect([last.exitCode, last.error().code]).toEqual([4, 'last_owner'])
  await shell.json('member create bob --role owner')
  expect(await shell.json('member delete ada --yes')).toEqual({user: 'ada', tokens: 0})
  expect((await shell.hookctl('member list --fields user,role')).stdout).toBe('bob\towner\n')
})

test('a token is printed once on stdout, what to know of it on stderr, and never again', async () => {
  await using shell = aShell()
  const made = await shell.hookctl('token create ci --scope ingest --expires-in 90d')
  expect(made.stdout).toMatch(/^hkt_[\w-]{49}\n$/)
  expect(made.stderr).toContain('ci is a token of a machine in default: ingest')
  const again = await shell.hookctl('token create ci --json')
  expect([again.exitCode, again.error().code]).toEqual([4, 'token_exists'])
  const shown = await shell.hookctl('token show ci --json')
  expect(shown.json()).toMatchObject({name: 'ci', scopes: ['ingest'], user: null})
  expect(shown.stdout + (await shell.hookctl('token list -o yaml')).stdout).not.toContain(made.stdout.trim())
  expect(await shell.json('token delete ci --yes')).toMatchObject({name: 'ci'})
  expect(await shell.json('token list')).toMatchObject({data: []})
})

test('hookctl elsewhere works with a token as far as it reaches, and stops the moment it is revoked', async () => {
  await using installation = await anInstallation()
  const {admin, url} = installation
  await admin.ask('org.create', {slug: 'acme'})
  const made = async (name: string, scopes: ('read' | 'ingest' | 'admin')[]) =>
    (await admin.ask('token.create', {organization: 'acme', name, scopes})).value
  const elsewhere = (token: string, ...words: string[]) =>
    run([...words, '--json'], {env: {HOOKCTL_SERVER: url, HOOKCTL_TOKEN: token}})
  const ci = await made('ci', ['ingest'])
  const sent = await elsewhere(ci, 'event', 'send', 'node.added', '--data', '{}', '--organization', 'acme')
  expect(sent.exitCode).toBe(0)
  const looks = await elsewhere(ci, 'webhook', 'list', '--organization', 'acme')
  expect([looks.exitCode, looks.error().code]).toEqual([5, 'scope_missing'])
  const reader = await made('reader', ['read'])
  const foreign = await elsewhere(reader, 'webhook', 'list')
  expect([foreign.exitCode, foreign.error().hint]).toEqual([3, 'there is acme'])
  expect((await elsewhere(reader, 'webhook', 'list', '--organization', 'acme')).exitCode).toBe(0)
  await admin.ask('token.revoke', {organization: 'acme', token: 'reader'})
  const ended = await elsewhere(reader, 'webhook', 'list', '--organization', 'acme')
  expect([ended.exitCode, ended.error().code]).toEqual([5, 'token_invalid'])
})
