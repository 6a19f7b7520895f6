import {readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {DEDUPE_BY, EVENT_TYPES} from '../../src/cli/source-sender.ts'
import {readIdTemplate} from '../../src/domain/id-template.ts'
import {readTypeTemplate} from '../../src/domain/type-template.ts'
import {serving} from '../harness/serving.ts'
import {aSetting} from '../harness/setting.ts'

const {body} = JSON.parse(
  readFileSync(
    new URL('../fixtures/G08-netbox-4-6-created-current-foo-merged-from-action-data.json', import.meta.url),
    'utf8',
  ),
) as {body: string}

test('a source is made, its secret told once, and a webhook that is signed with it comes in and goes on', async () => {
  await using setting = await aSetting()
  await setting.webhook('cmdb', '--platform', 'netbox', '--event', 'dcim.site.*')
  await using _server = await serving(setting)
  const made = await setting.hookctl(['source', 'create', 'netbox', '--platform', 'netbox', '--json'])
  expect(made, made.stderr).toMatchObject({exitCode: 0})
  const {url, secret, id} = made.json<{url: string; secret: string; id: string}>()
  expect(url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:\\d+/in/${id}$`))
  expect(made.stderr).toContain(`webhooks go to ${url}`)
  writeFileSync(path.join(setting.home.path, 'body'), body)
  writeFileSync(path.join(setting.home.path, 'secret'), secret)
  const sent = await setting.hookctl(['sign', '--body', 'body', '--secret-file', 'secret', '--to', url])
  expect(sent, sent.stdout).toMatchObject({exitCode: 0})
  await setting.receiver.received(1)
  const [event] = await setting.rows<{type: string; source: string}>('event', 'list')
  expect(event).toMatchObject({type: 'dcim.site.created', source: 'inbound:netbox'})
  const shown = await setting.hookctl(['source', 'show', 'netbox'])
  expect(shown.stdout).not.toContain(secret)
})

test('what GitHub sends comes in under a type that is made of its header and its body, and goes on', async () => {
  await using setting = await aSetting()
  await setting.webhook('board', '--platform', 'standard', '--event', 'github.issues.*')
  await using _server = await serving(setting)
  const made = await setting.json(
    ...['source', 'create', 'github', '--scheme', 'github'],
    ...['--event-type', 'github.{header.X-GitHub-Event}.{body.action}'],
  )
  expect(made).toMatchObject({platform: 'standard', eventType: 'github.{header.X-GitHub-Event}.{body.action}'})
  writeFileSync(path.join(setting.home.path, 'body'), '{"action": "opened", "issue": {"number": 7}}')
  writeFileSync(path.join(setting.home.path, 'secret'), made.secret)
  const send = ['sign', '--scheme', 'github', '--body', 'body', '--secret-file', 'secret', '--to', made.url]
  const sent = await setting.hookctl([...send, '--header', 'X-GitHub-Event: issues'])
  expect(sent, sent.stdout).toMatchObject({exitCode: 0})
  const [request] = await setting.receiver.received(1)
  expect(JSON.parse(request!.body.toString())).toMatchObject({
    type: 'github.issues.opened',
    data: {action: 'opened', issue: {number: 7}},
  })
  const bare = await setting.hookctl(send)
  expect(bare, bare.stdout).toMatchObject({exitCode: 0})
  const events = await setting.rows<{type: string}>('event', 'list', '--source', 'inbound:github')
  expect(events.map(({type}) => type)).toEqual(['github.opened', 'github.issues.opened'])
  const read = await setting.json('source', 'edit', 'github', '--event-type', '', '--platform', 'netbox')
  expect(read).toMatchObject({eventType: null, platform: 'netbox', secrets: made.secrets})
})

test('a sender whose scheme is named is known by it, unless a platform or a type is named too', async () => {
  await using setting = await aSetting()
  const made = await setting.hookctl(['source', 'create', 'a', '--scheme', 'github', '--json'])
  const eventType = 'github.{header.X-GitHub-Event}.{body.action}'
  expect(made.json()).toMatchObject({platform: 'standard', eventType, dedupeBy: null, signature: {scheme: 'github'}})
  expect(made.stderr).toContain(`each is an event of type ${eventType}`)
  const named = await setting.json('source', 'create', 'b', '--scheme', 'stripe', '--event-type', 'any.thing')
  expect(named).toMatchObject({eventType: 'any.thing', dedupeBy: '{body.id}'})
  const read = await setting.json('source', 'create', 'c', '--scheme', 'stripe', '--platform', 'netbox')
  expect(read).toMatchObject({eventType: null, dedupeBy: null, platform: 'netbox'})
  const own = await setting.json('source', 'create', 'd', '--scheme', 'stripe', '--dedupe-by', '{body.data.object.id}')
  expect(own).toMatchObject({eventType: 'stripe.{body.type}', dedupeBy: '{body.data.object.id}'})
  expect(await setting.json('source', 'create', 'e', '--scheme', 'stripe', '--dedupe-by', '')).toMatchObject({
    dedupeBy: null,
  })
  expect(await setting.json('source', 'edit', 'd', '--dedupe-by', '{body.id}')).toMatchObject({dedupeBy: '{body.id}'})
})

test('of a sender that signs the URL it was given that is asked for, and shown whole', async () => {
  await using setting = await aSetting()
  const create = ['source', 'create', 'shop', '--scheme', 'square']
  const missing = await setting.hookctl([...create, '--json'])
  expect([missing.exitCode, missing.error()]).toMatchObject([2, {message: expect.stringContaining('--signed-url')}])
  const asked = await setting.hookctl([...create, '--json'], {
    tty: true,
    answers: [[/How does it reach/, '\u0015https://hooks.example.com\r']],
  })
  expect(asked, asked.stderr).toMatchObject({exitCode: 0})
  const {id, signature} = asked.json<{id: string; signature: object}>()
  expect(signature).toEqual({scheme: 'square', url: 'https://hooks.example.com'})
  const whole = `https://hooks.example.com/in/${id}`
  expect(asked.stderr).toContain(`webhooks go to ${whole}`)
  expect(await setting.json('source', 'show', 'shop')).toMatchObject({url: whole})
  const told = ['source', 'create', 'other', '--scheme', 'square', '--signed-url', 'https://a.example.com/hooks']
  expect(await setting.json(...told)).toMatchObject({url: 'https://a.example.com/hooks'})
  const recipe = ['source', 'create', 'own', '--signed', '{url}{body}', '--event-type', 'a.b', '--json']
  expect((await setting.hookctl(recipe)).error().message).toContain('--signed-url')
  const alone = await setting.hookctl(['source', 'edit', 'shop', '--signed-url', 'https://b.example.com', '--json'])
  expect([alone.exitCode, alone.error().code]).toEqual([2, 'invalid_signature'])
})

test('what is suggested for a sender is a type, and stands in docs/inbound.md', () => {
  const page = readFileSync(new URL('../../docs/inbound.md', import.meta.url), 'utf8')
  const ids: {readonly [scheme: string]: string} = DEDUPE_BY
  const rows = Object.entries(EVENT_TYPES).map(([scheme, eventType]) => {
    const id = ids[scheme] === undefined ? '' : `\`${ids[scheme]}\` `
    return `| \`${scheme}\` | \`${eventType}\` | ${id}|\n`
  })
  expect(page).toContain(rows.join(''))
  for (const eventType of Object.values(EVENT_TYPES)) expect(readTypeTemplate(eventType)).toHaveProperty('parts')
  for (const dedupeBy of Object.values(DEDUPE_BY)) expect(readIdTemplate(dedupeBy)).toHaveProperty('pieces')
})

const [up, down] = ['\u001b[A', '\u001b[B']

test('on a terminal whose webhooks come in is asked for, and of another sender how it signs and what its events are', async () => {
  await using setting = await aSetting()
  const asked = await setting.hookctl(['source', 'create', 'a', '--json'], {
    tty: true,
    answers: [
      [/Whose webhooks/, `${up}\r`],
      [/How does it sign/, `${down}${down}${down}\r`],
      [/Of which type/, '\r'],
    ],
  })
  expect(asked, asked.stderr).toMatchObject({exitCode: 0})
  expect(asked.json()).toMatchObject({
    eventType: 'github.{header.X-GitHub-Event}.{body.action}',
    signature: {scheme: 'github'},
  })
  const token = await setting.hookctl(['source', 'create', 'b', '--json'], {
    tty: true,
    answers: [
      [/Whose webhooks/, `${up}\r`],
      [/How does it sign/, `${up}\r`],
      [/Of which type/, 'a.{b}\r'],
      [/is neither/, '\u0015backup.done\r'],
    ],
  })
  expect(token.json()).toMatchObject({platform: 'standard', eventType: 'backup.done', signature: null})
  const platform = await setting.hookctl(['source', 'create', 'c', '--json'], {
    tty: true,
    answers: [[/Whose webhooks/, '\r']],
  })
  expect(platform.json()).toMatchObject({platform: 'catalyst', eventType: null})
})

test('without a server the path is told, and that one is needed', async () => {
  await using setting = await aSetting()
  const made = await setting.hookctl(['source', 'create', 'netbox', '--platform', 'netbox@2.6'])
  expect(made).toMatchObject({exitCode: 0, stdout: expect.stringMatching(/its secret, shown this once: \S+\n$/)})
  expect(made.stderr).toMatch(/webhooks go to \/in\/src_[0-9a-f]{32} on this store's server \(hookctl serve\)/)
  const quiet = await setting.hookctl(['source', 'create', 'quiet', '--platform', 'netbox', '-q'])
  expect(quiet.stdout).toMatch(/^src_[0-9a-f]{32}\n$/)
  expect(quiet.stderr).toMatch(/^secret, shown this once: \S+\n$/)
  expect(await setting.json('source', 'show', 'netbox')).toMatchObject({url: null, platform: 'netbox@2.6'})
})

test('every verb of a source does what it says', async () => {
  await using setting = await aSetting()
  await setting.json('source', 'create', 'lab', '--platform', 'nebularstack', '--scheme', 'none')
  expect(await setting.json('source', 'disable', 'lab')).toMatchObject({active: false})
  expect(await setting.json('source', 'enable', 'lab')).toMatchObject({active: true})
  await setting.json('context', 'create', 'campus')
  const edited = await setting.json('source', 'edit', 'lab', '--scheme', 'github', '--context', 'campus', '--name', 'x')
  expect(edited).toMatchObject({name: 'x', contextId: 'campus', signature: {scheme: 'github'}})
  expect(edited.secret).toMatch(/^[0-9a-f]{64}$/)
  expect(await setting.json('source', 'edit', 'x', '--every-context')).toMatchObject({contextId: null})
  const rotated = await setting.json('source', 'rotate-secret', 'x', '--grace', '1h')
  expect(rotated.secrets).toHaveLength(2)
  expect((await setting.rows('sources', 'ls')).map(({name}) => name)).toEqual(['x'])
  const unsure = await setting.hookctl(['source', 'delete', 'x'])
  expect(unsure).toMatchObject({exitCode: 2, stderr: expect.stringContaining('--yes')})
  await setting.json('source', 'rm', 'x', '--yes')
  expect(await setting.rows('source', 'list')).toEqual([])
})

test.each([
  [['create', 'x'], 2, 'nebularstack, netbox'],
  [['create', 'x', '--platform', 'nope'], 2, 'nope'],
  [['create', 'a b', '--platform', 'netbox'], 2, 'letters, digits'],
  [['create', 'x', '--platform', 'netbox', '--scheme', 'none', '--generate-secret'], 2, 'no secret'],
  [['create', 'x', '--platform', 'netbox', '--context', 'nope'], 2, 'nope'],
  [['create', 'x', '--platform', 'netbox', '--event-type', 'a.b'], 2, 'leave the event type out'],
  [['create', 'x', '--event-type', 'a.{type}'], 2, '{header.NAME} nor {body.PATH}'],
  [['create', 'x', '--event-type', ''], 2, '--platform'],
  [['create', 'x', '--scheme', 'hmac'], 2, 'what no platform sends: --event-type'],
  [['edit', 'x'], 2, 'source edit --help'],
  [['show', 'x'], 3, 'source list'],
] as const)('source %j ends with %i and says what to do', async (argv, exitCode, text) => {
  await using setting = await aSetting()
  const refused = await setting.hookctl(['source', ...argv])
  expect(refused).toMatchObject({exitCode, stdout: ''})
  expect(refused.stderr).toContain(text)
})
