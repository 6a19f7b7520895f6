import {existsSync, lstatSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {expect, test} from 'vitest'
import {aSetting} from '../harness/setting.ts'

test('store info says where state is and how much of it there is', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  await setting.json('event', 'send', 'node.added', '--example')
  const info = await setting.json('store', 'info')
  expect(info).toMatchObject({backend: 'sqlite', deliveries: {delivered: 1, total: 1}})
  expect(info.fileBytes + info.logBytes).toBeGreaterThan(8192)
  const text = (await setting.hookctl(['store', 'info'], {tty: true})).stdout
  expect(text).toMatch(/1 delivered\n/)
})

test('store check ends with 0 where the store is sound and with 7 where it is not, and says what to do', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  await setting.json('event', 'send', 'node.added', '--example')
  const sound = await setting.hookctl(['store', 'check'])
  expect(sound).toMatchObject({exitCode: 0, stdout: expect.stringContaining('is sound: 1 deliveries')})
  const database = new DatabaseSync(path.join(setting.home.path, 'state/hookctl/hookctl.db'))
  database.exec("UPDATE delivery_counts SET n = n + 1 WHERE state = 'delivered'")
  database.close()
  const wrong = await setting.hookctl(['store', 'check'])
  expect(wrong).toMatchObject({exitCode: 7, stdout: expect.stringMatching(/^counts: 1 deliveries are delivered/)})
  expect(wrong.stderr).toContain('next: hookctl store check --recount')
  expect((await setting.hookctl(['store', 'check', '--json'])).json()).toMatchObject({
    ok: false,
    problems: [{kind: 'counts'}],
  })
  expect(await setting.hookctl(['store', 'check', '--recount'])).toMatchObject({exitCode: 0})
})

test('store check saves nothing into a file called -, where stdout may be meant', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const refused = await setting.hookctl(['store', 'check', '--salvage', '-', '--json'])
  expect([refused.exitCode, refused.error().code, existsSync(path.join(setting.home.path, '-'))]).toEqual([
    2,
    'invalid_value',
    false,
  ])
})

test('store backup and store restore go there and back', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const {file} = await setting.json('store', 'backup', 'copy')
  await setting.json('webhook', 'delete', 'ops', '--yes')
  const refused = await setting.hookctl(['store', 'restore', file])
  expect(refused).toMatchObject({exitCode: 2, stderr: expect.stringMatching(/add --yes/)})
  const restored = await setting.json('store', 'restore', file, '--yes')
  expect(existsSync(restored.kept)).toBe(true)
  expect(await setting.rows('webhook', 'list')).toMatchObject([{name: 'ops'}])
})

test('a json: store that is a link stays one, and the file it leads to is written, be it there or not', async () => {
  await using setting = await aSetting()
  const link = path.join(setting.home.path, 'link.json')
  symlinkSync('kept.json', link)
  await setting.json('org', 'create', 'first', '--store', `json:${link}`)
  await setting.json('org', 'create', 'second', '--store', `json:${link}`)
  expect(lstatSync(link).isSymbolicLink()).toBe(true)
  const text = readFileSync(path.join(setting.home.path, 'kept.json'), 'utf8')
  expect(text).toContain('"first"')
  expect(text).toContain('"second"')
})

test('store restore of a file that is not there says so before it asks anything', async () => {
  await using setting = await aSetting()
  const asked = await setting.hookctl(['store', 'restore', 'nowhere.backup'], {tty: true})
  expect(asked).toMatchObject({exitCode: 3, stdout: ''})
  expect(asked.stderr).toContain(`there is no file ${path.join(setting.home.path, 'nowhere.backup')}`)
  expect(asked.stderr).not.toContain('in the place of')
  const piped = await setting.hookctl(['store', 'restore', 'nowhere.backup', '--json'])
  expect(piped).toMatchObject({exitCode: 3})
  expect(piped.error()).toMatchObject({code: 'backup_not_found'})
})

test('store restore where the store is elsewhere says so before it asks anything', async () => {
  await using setting = await aSetting()
  writeFileSync(path.join(setting.home.path, 'copy'), 'x')
  const refused = await setting.hookctl(['store', 'restore', 'copy', '--server', 'http://127.0.0.1:9'])
  expect(refused).toMatchObject({exitCode: 2, stderr: expect.stringMatching(/on the machine of that server/)})
})

test('the care for a file is refused where there is none here', async () => {
  await using setting = await aSetting()
  const elsewhere = await setting.hookctl(['store', 'check', '--server', 'http://127.0.0.1:9'])
  expect(elsewhere).toMatchObject({exitCode: 2, stderr: expect.stringMatching(/on the machine of that server/)})
  const memory = await setting.hookctl(['store', 'backup', '--store', 'memory:'])
  expect(memory).toMatchObject({exitCode: 2, stderr: expect.stringMatching(/no file that could be looked after/)})
  writeFileSync(path.join(setting.home.path, 'text'), 'x')
  expect(await setting.hookctl(['store', 'restore', 'text', '--yes'])).toMatchObject({exitCode: 6})
})

test('H5: store prune counts first, then removes; what is pruned is said to be so wherever it would be shown', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const {id: event, deliveries} = await setting.json('event', 'send', 'node.added', '--example')
  const delivery = deliveries[0].id
  const old = ['--older-than', '0s', '--bodies']
  const asked = await setting.hookctl(['store', 'prune', ...old])
  expect(asked).toMatchObject({exitCode: 2, stderr: expect.stringContaining('--yes')})
  const dry = await setting.json('store', 'prune', ...old, '--dry-run')
  expect(dry).toMatchObject({dryRun: true, pruned: {bodies: 2}})
  expect(await setting.json('store', 'prune', ...old, '--yes', '--vacuum')).toMatchObject({
    pruned: {bodies: 2, deliveries: 0},
    freedBytes: expect.any(Number),
  })
  expect(await setting.json('delivery', 'show', delivery)).toMatchObject({body: null, contentGone: 'pruned'})
  expect((await setting.hookctl(['delivery', 'show', delivery])).stdout).toContain('no longer kept')
  expect((await setting.hookctl(['event', 'show', event])).stdout).toContain('no longer kept')
  const replay = await setting.hookctl(['delivery', 'replay', delivery])
  expect(replay).toMatchObject({exitCode: 4, stderr: expect.stringContaining('retention.bodies')})
  expect(await setting.hookctl(['store', 'prune', '--yes'])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('nothing is past its time'),
  })
})

test('the retention policy is a setting: 30 and 90 days, or for ever', async () => {
  await using setting = await aSetting()
  const day = 86_400_000
  expect(await setting.json('store', 'info')).toMatchObject({
    retention: {bodiesMs: 30 * day, recordsMs: 90 * day, historyMs: 90 * day, historyEnds: true},
  })
  await setting.json('config', 'set', 'retention.bodies', '7d')
  await setting.json('config', 'set', 'retention.records', '0')
  expect(await setting.json('store', 'info')).toMatchObject({retention: {bodiesMs: 7 * day, recordsMs: null}})
  expect(await setting.hookctl(['config', 'set', 'retention.history', 'long'])).toMatchObject({exitCode: 2})
})

test('a json: store is one readable file, for everything the command line does', async () => {
  await using setting = await aSetting()
  await setting.json('config', 'set', 'store', 'json:hooks.json')
  await setting.webhook('ops')
  await setting.json('event', 'send', 'node.added', '--example')
  const info = await setting.json('store', 'info')
  expect(info).toMatchObject({backend: 'json', deliveries: {delivered: 1}, warnings: []})
  expect(JSON.parse(readFileSync(info.location, 'utf8')).tables.webhooks).toMatchObject([{name: 'ops'}])
  expect(await setting.hookctl(['store', 'check'])).toMatchObject({exitCode: 0})
  writeFileSync(info.location, '{"hookctl": "store",\n<<<<<<< HEAD\n')
  const broken = await setting.hookctl(['webhook', 'list'])
  expect(broken).toMatchObject({exitCode: 6, stderr: expect.stringContaining('line 2, column 1')})
})

test('says when a json: store has grown past what it is for', async () => {
  await using setting = await aSetting()
  const store = ['--store', 'json:hooks.json']
  await setting.json('worker', 'disable', ...store)
  const lines = Array.from({length: 1001}, () => '{"type":"node.added","data":{"name":"a","nebula_ip":""}}\n').join('')
  writeFileSync(path.join(setting.home.path, 'many.ndjson'), lines)
  await setting.json('event', 'send', '--ndjson', 'many.ndjson', ...store)
  const info = await setting.hookctl(['store', 'info', ...store])
  expect(info.stderr).toMatch(/warning: the store holds 1001 objects .* is meant for about 1000/)
  const {data} = (await setting.hookctl(['doctor', ...store, '--json'])).json<{data: object[]}>()
  expect(data).toContainEqual(expect.objectContaining({check: 'store', state: 'warning'}))
})

test('restoring what is no store leads to another backup, and not to another store', async () => {
  await using setting = await aSetting()
  writeFileSync(path.join(setting.home.path, 'notes.txt'), 'no store\n'.repeat(200))
  const refused = await setting.hookctl(['store', 'restore', 'notes.txt', '--yes'])
  expect(refused).toMatchObject({exitCode: 6, stdout: ''})
  expect(refused.stderr).toMatch(
    /notes\.txt is not a hookctl store: .*\nnext: .*name a file that hookctl store backup wrote\n$/,
  )
})

test('a json: store that grows too large says so once, to who makes it larger and in status, and never with --quiet', async () => {
  await using setting = await aSetting()
  const store = ['--store', 'json:hooks.json']
  const events = (count: number) => '{"type": "node.added", "data": {}}\n'.repeat(count)
  const send = (count: number, ...flags: string[]) =>
    setting.hookctl(['event', 'send', '--ndjson', '-', ...store, ...flags], {stdin: events(count)})
  const said = ({stderr}: {stderr: string}) => stderr.match(/^warning: the store holds \d+ objects/gm) ?? []
  expect(said(await send(1000))).toEqual([])
  expect(said(await send(1))).toEqual(['warning: the store holds 1001 objects'])
  expect(said(await send(1, '--quiet'))).toEqual([])
  expect(said(await setting.hookctl(['event', 'list', ...store]))).toEqual([])
  expect(said(await setting.hookctl(['status', ...store]))).toEqual(['warning: the store holds 1002 objects'])
  expect(said(await setting.hookctl(['status', '--quiet', ...store]))).toEqual([])
})
