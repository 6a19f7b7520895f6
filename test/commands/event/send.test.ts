import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {answers} from '../../harness/receiver.ts'
import {aSetting, type Row} from '../../harness/setting.ts'

const EXAMPLE = ['event', 'send', 'node.added', '--example'] as const

test('CAT-13: without a server this process makes the first attempt, to every webhook that wants it', async () => {
  await using setting = await aSetting()
  for (const name of ['a', 'b']) await setting.webhook(name, '--url', setting.url(`/${name}`))
  await setting.webhook('c', '--event', 'cert.*')
  const result = await setting.hookctl(EXAMPLE, {tty: {stderr: true}})
  expect(result.stdout).toMatch(/^accepted node\.added \(evt_[0-9a-f]{32}\), delivered to 2 of 2\n$/)
  expect(result.stderr).toMatch(/^next: hookctl event show evt_[0-9a-f]{32}\n$/)
  expect(setting.receiver.requests.map(({path}) => path).toSorted()).toEqual(['/a', '/b'])
})

test('data, object, actor, time and ids come from flags', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const object = ['--object-type', 'Node', '--object-id', '7', '--object-name', 'db-1']
  const sent = await setting.json(
    ...['event', 'send', 'node.added', '--data', '{"name":"db-1","nebula_ip":"10.42.0.7"}', ...object],
    ...['--actor', 'ada', '--at', '2026-03-01T10:00:00+01:00', '--request-id', 'r-1'],
  )
  expect(sent).toMatchObject({
    object: {type: 'Node', id: '7', name: 'db-1'},
    actor: {kind: 'user', name: 'ada'},
    requestId: 'r-1',
    source: 'cli',
    duplicate: false,
  })
  expect(Date.parse(sent.occurredAt)).toBe(Date.UTC(2026, 2, 1, 9))
  expect(sent.deliveries).toMatchObject([{state: 'delivered', attemptCount: 1, lastStatus: 204}])
})

test.each(['--data', '--data @file', '--data -', '--ndjson file', '--ndjson -'])(
  'numbers arrive as they were written, with %s',
  async how => {
    await using setting = await aSetting()
    await setting.webhook('ops')
    const data = '{"name":"x","nebula_ip":"","a":1.0,"n":12345678901234567890,"e":1E3}'
    const line = `{"type":"node.added","data":${data}}\n`
    writeFileSync(path.join(setting.home.path, 'file'), how.startsWith('--ndjson') ? line : data)
    const [flag, value = data] = how.split(' ') as [string, string?]
    const stdin = value === '-' ? {stdin: flag === '--ndjson' ? line : data} : {}
    const type = flag === '--ndjson' ? [] : ['node.added']
    const result = await setting.hookctl(['event', 'send', ...type, flag, value], stdin)
    expect(result, result.stderr).toMatchObject({exitCode: 0})
    const [request] = await setting.receiver.received(1)
    expect(request?.body.toString()).toContain('"a":1.0,"n":12345678901234567890,"e":1E3')
  },
)

test('CAT-20: a refused first attempt says when the next one is due and who makes it; exit 0 without --wait', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops', '--retry', '10m')
  setting.receiver.next(answers.status(503))
  const result = await setting.hookctl(EXAMPLE)
  expect(result).toMatchObject({exitCode: 0})
  expect(result.stderr).toMatch(
    /^ops: not delivered \(503\); the next attempt is due in (?:10m|9m): hookctl serve, or hookctl worker run, makes it\n$/,
  )
})

test('NBX-14: where nothing is retried by itself it says failed', async () => {
  await using setting = await aSetting()
  await setting.webhook('cmdb', '--platform', 'netbox@2.6', '--event', 'dcim.site.*')
  setting.receiver.next(answers.status(500, {body: 'boom'}))
  const result = await setting.hookctl(['event', 'send', 'dcim.site.created', '--example'])
  expect(result.stderr).toBe('cmdb: failed (500); the receiver failed: its log around that time says why\n')
  expect(setting.receiver.requests).toHaveLength(1)
})

test('--wait makes the retries too: exit 0 delivered, 7 given up, 8 out of time', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops', '--retry', '20ms,20ms')
  const refuse = answers.status(500)
  setting.receiver.next(refuse, refuse)
  const delivered = await setting.hookctl([...EXAMPLE, '--wait', '--json'])
  expect(delivered.exitCode).toBe(0)
  expect(delivered.json<Row>().deliveries).toMatchObject([{state: 'delivered', attemptCount: 3}])
  setting.receiver.next(refuse, refuse, refuse)
  const failed = await setting.hookctl([...EXAMPLE, '--wait'])
  expect(failed).toMatchObject({
    exitCode: 7,
    stderr: expect.stringMatching(
      /^accepted evt_[0-9a-f]{32}; waiting for its deliveries\nops: failed \(500\); the receiver failed/,
    ),
  })
  await setting.json('webhook', 'edit', 'ops', '--retry', '10m')
  setting.receiver.next(refuse)
  const late = await setting.hookctl([...EXAMPLE, '--wait', '--timeout', '300ms'])
  expect(late.exitCode).toBe(8)
  expect(late.stderr).toContain('hookctl serve, or hookctl worker run, makes it')
})

test('while sending is switched off it says so, waits for nothing and sends nothing', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  await setting.json('worker', 'disable')
  const result = await setting.hookctl(EXAMPLE)
  expect(result).toMatchObject({exitCode: 0})
  expect(result.stderr).toBe(
    'ops: not delivered (not tried yet); the first attempt is due now: sending is switched off, hookctl worker enable\n',
  )
  expect(setting.receiver.requests).toHaveLength(0)
})

test('an event that nobody wants is accepted all the same', async () => {
  await using setting = await aSetting()
  const result = await setting.hookctl(EXAMPLE)
  expect(result).toMatchObject({exitCode: 0, stderr: ''})
  expect(result.stdout).toMatch(/; no webhook wants it\n$/)
})

test('a second event with the same key is the first one again', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const keyed = [...EXAMPLE, '--idempotency-key', 'k-1']
  const first = await setting.json(...keyed)
  const second = await setting.json(...keyed)
  expect(second).toMatchObject({id: first.id, duplicate: true})
  expect(setting.receiver.requests).toHaveLength(1)
  const other = await setting.hookctl([
    'event',
    'send',
    'node.removed',
    '--example',
    '--idempotency-key',
    'k-1',
    '--json',
  ])
  expect(other).toMatchObject({exitCode: 4, stdout: ''})
  expect(other.error().code).toBe('idempotency_conflict')
})

test('many events from stdin are all delivered by this process, -q prints their ids', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const lines = Array.from({length: 30}, (_, n) =>
    JSON.stringify({type: 'node.added', data: {name: `n${n}`, nebula_ip: ''}}),
  )
  const result = await setting.hookctl(['event', 'send', '--ndjson', '-'], {stdin: `${lines.join('\n')}\n\n`})
  expect(result).toMatchObject({exitCode: 0, stdout: 'accepted 30 events, 30 deliveries\n', stderr: ''})
  expect(setting.receiver.requests).toHaveLength(30)
  const quiet = await setting.hookctl(['event', 'send', '--ndjson', '-', '-q'], {stdin: lines.slice(0, 2).join('\n')})
  expect(quiet.stdout).toMatch(/^evt_[0-9a-f]{32}\nevt_[0-9a-f]{32}\n$/)
})

test('many events with a receiver that refuses: what is left and who makes it is said', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops', '--retry', '10m')
  setting.receiver.otherwise(answers.status(503))
  const result = await setting.hookctl(['event', 'send', '--ndjson', '-'], {
    stdin: '{"type":"node.added","data":{"name":"a","nebula_ip":""}}',
  })
  expect(result).toMatchObject({exitCode: 0, stdout: 'accepted 1 event, 1 delivery\n'})
  expect(result.stderr).toBe('1 delivery is unfinished: hookctl serve, or hookctl worker run, makes it\n')
})

test('the short NetBox spelling of a type has the same example', async () => {
  await using setting = await aSetting()
  expect(await setting.json('event', 'send', 'site.created', '--example')).toMatchObject({type: 'dcim.site.created'})
})

test.each([
  [['node.added', '--data', '{"a":'], 'invalid_json', 2, /^--data: not JSON/],
  [['node.added', '--before', 'x'], 'invalid_json', 2, /^--before: not JSON/],
  [['node.added', '--data', '@nowhere.json'], 'file_not_found', 3, /nowhere\.json/],
  [['node.added', '--object-type', 'Node'], 'incomplete_object', 2, /type and an id/],
  [['node.added', '--at', 'someday'], 'invalid_time', 2, /"someday"/],
  [['node.*', '--data', '{}'], 'unknown_event_type', 2, /is a pattern/],
  [['no de', '--example'], 'event_type_not_found', 3, /no de/],
  [[], 'missing_value', 2, /missing TYPE/],
  [['--ndjson', '-', '--wait'], undefined, 2, /--ndjson|--wait/],
  [['node.added', '--example', '--timeout', '5'], undefined, 2, /5/],
  [['node.added', '--example', '--feilds', 'x'], 'unknown_flag', 2, /--feilds/],
])('%j is refused by name, nothing is accepted', async (argv, code, exitCode, message) => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  const result = await setting.hookctl(['event', 'send', ...argv, '--json'])
  expect(result).toMatchObject({exitCode, stdout: ''})
  const error = result.error()
  if (code !== undefined) expect(error.code).toBe(code)
  expect(error.message).toMatch(message)
  expect(await setting.rows('event', 'list')).toEqual([])
})

test.each([
  ['{"type":"node.added","data":{}}\nnot json\n', 'invalid_json', /line 2 of stdin/],
  ['\n\n', 'no_events', /stdin holds no events/],
  ['[1]\n', 'invalid_json', /line 1/],
])('a bad line refuses all of them, by its number', async (stdin, code, message) => {
  await using setting = await aSetting()
  const result = await setting.hookctl(['event', 'send', '--ndjson', '-', '--json'], {stdin})
  expect(result).toMatchObject({exitCode: 2, stdout: ''})
  expect(result.error()).toMatchObject({code, message: expect.stringMatching(message)})
  expect(await setting.rows('event', 'list')).toEqual([])
})

test('who waits for a delivery and gets none is told on a terminal which command says why', async () => {
  await using setting = await aSetting()
  const nobody = await setting.hookctl(['event', 'send', 'node.added', '--example', '--wait'], {tty: true})
  expect(nobody.exitCode).toBe(0)
  expect(nobody.stderr).toMatch(/next: hookctl event why evt_\w+\n/)
  await setting.webhook('cmdb', '--platform', 'netbox', '--event', 'dcim.*', '--inactive')
  const skipped = await setting.hookctl(['event', 'send', 'dcim.site.created', '--example', '--wait'])
  expect(skipped).toMatchObject({exitCode: 0, stderr: expect.stringContaining('cmdb: skipped (inactive)')})
})

const added = '{"type":"node.added","data":{"name":"a","nebula_ip":""}}'

test.each([
  [[added, '', '{"data":{}}'], 'line 3 of ev.nd: type is required'],
  [
    [added, '{"type":7,"data":{}}', '{"no":1}'],
    'line 2 of ev.nd: type is 7: expected string; line 3 of ev.nd: type is required',
  ],
  [[added, '{"type":"node.added","dta":{}}'], 'there is no member "dta" in line 2 of ev.nd'],
  [[added, '{"type":"no de","data":{}}'], 'line 2 of ev.nd: '],
  [[...Array(1500).fill(added), '{"data":{}}'], 'line 1501 of ev.nd: type is required'],
  [[added, '[]'], 'line 2 of ev.nd is not a JSON object'],
])('what is wrong in a file of events is named by its line (%#)', async (lines, message) => {
  await using setting = await aSetting()
  writeFileSync(path.join(setting.home.path, 'ev.nd'), lines.join('\n'))
  const refused = await setting.hookctl(['event', 'send', '--ndjson', 'ev.nd', '--json'])
  expect(refused).toMatchObject({exitCode: 2, stdout: ''})
  expect(refused.error().message).toContain(message)
  expect(refused.error().message).not.toContain('events/')
})

test('what is wrong in a file of objects is named by its line', async () => {
  await using setting = await aSetting()
  writeFileSync(path.join(setting.home.path, 'ob.nd'), '\n{"id":1}\n')
  const refused = await setting.hookctl(['object', 'apply', '--ndjson', 'ob.nd', '--json'])
  expect(refused.error().message).toMatch(/^line 2 of ob\.nd: (platform|type) is required/)
})

test('an event that nobody wants, of a type a slip away from a known one, is accepted, and the one is named', async () => {
  await using setting = await aSetting()
  const sent = await setting.hookctl(['event', 'send', 'dcim.site.create'])
  expect(sent).toMatchObject({exitCode: 0, stdout: expect.stringContaining('no webhook wants it')})
  expect(sent.stderr).toContain('no platform knows dcim.site.create: did you mean dcim.site.created?\n')
  expect((await setting.hookctl(['event', 'send', 'our.own.thing'])).stderr).toBe('')
  expect((await setting.hookctl(['event', 'send', 'node.added', '--example'])).stderr).not.toContain('did you mean')
})
