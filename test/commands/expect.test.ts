import {createHmac} from 'node:crypto'
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, test} from 'vitest'
import {type RunOptions, type RunResult, run, temporaryHome} from '../harness/cli.ts'
import type {Row} from '../harness/setting.ts'
import {until} from '../receiver/sender.ts'

interface Expecting {
  readonly url: string
  readonly secret: string
  readonly ready: Row
  readonly ended: Promise<RunResult>
  readonly signal: (name: 'SIGINT' | 'SIGTERM') => void
}

/** Starts `expect` in this process, waits until it is ready. */
async function expecting(argv: readonly string[], options: RunOptions = {}): Promise<Expecting> {
  const own = temporaryHome()
  const file = path.join(own.path, 'ready.json')
  let signal: Expecting['signal'] = () => {}
  const ended = run(['expect', '--ready-file', file, ...argv], {
    signals: emitter => {
      signal = name => emitter.emit(name)
    },
    ...options,
  }).finally(() => own[Symbol.asyncDispose]())
  await until(() => existsSync(file))
  const ready = JSON.parse(readFileSync(file, 'utf8'))
  expect(statSync(file).mode & 0o777).toBe(0o600)
  return {url: ready.url, secret: ready.secret, ready, ended, signal: name => signal(name)}
}

const post = (url: string, body: string, headers: Record<string, string> = {}) =>
  fetch(url, {method: 'POST', body, headers})

const signed = (body: string, secret: string) => ({
  'X-Hook-Signature': createHmac('sha512', secret).update(body).digest('hex'),
})

const standard = (type: string, data: object) => JSON.stringify({type, timestamp: '2026-07-03T12:00:00Z', data})

const fixture = (name: string): string => {
  const folder = path.join(import.meta.dirname, '../fixtures')
  const file = readdirSync(folder).find(each => each.startsWith(name))!
  return JSON.parse(readFileSync(path.join(folder, file), 'utf8')).body
}

const lines = ({stdout}: RunResult): Row[] =>
  stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))

describe('expect', () => {
  test('ends with 0 once the event came, after its sender was answered, and tells URL and secret as one line of JSON', async () => {
    const {url, secret, ready, ended} = await expecting(['--event', 'node.added', '--verify'])
    const body = standard('node.added', {name: 'db-1'})
    expect((await post(url, body, signed(body, secret))).status).toBe(200)
    const {exitCode, stdout} = await ended
    expect(exitCode).toBe(0)
    const [first, ...rest] = stdout.split('\n')
    expect(JSON.parse(first!)).toEqual(ready)
    expect(ready).toMatchObject({ready: true, secret: expect.stringMatching(/^whsec_/), pid: process.pid})
    expect(rest).toEqual(['came: 1 of 1 node.added', ''])
  })

  test('under --json it is one object a line: ready, every request, the outcome', async () => {
    const {url, ended} = await expecting(['--event', 'a.b', '--event', 'a.c', '--where', 'data.n>1', '--json'])
    await post(url, standard('a.b', {n: 1}))
    await post(url, standard('a.c', {n: 2}))
    await post(url, standard('a.b', {n: 3}))
    const [ready, one, two, three, outcome] = lines(await ended)
    expect(ready).toMatchObject({ready: true})
    expect([one, two, three].map(each => each?.events)).toEqual([
      [{type: 'a.b', expectations: []}],
      [{type: 'a.c', expectations: [1]}],
      [{type: 'a.b', expectations: [0]}],
    ])
    expect(outcome).toMatchObject({met: true, by: 'met', expectations: [{event: 'a.b', came: 1}, {came: 1}]})
  })

  test.each([
    ['nothing came', [], /missing: 2 of 2 node\.added with data\.name=db-1\n {2}nothing came\n/],
    [
      'what came is named with the condition that failed, the nearest one of all',
      [standard('node.removed', {name: 'x'}), standard('node.added', {name: 'db-2'}), standard('x', {})],
      /missing: 2 of 2 .*\n {2}nearest, in request 2: data\.name=db-1: saw "db-2"\n/,
    ],
    [
      'one of two',
      [standard('node.added', {name: 'db-1'}), standard('node.removed', {name: 'db-1'})],
      /missing: 1 of 2 .*\n {2}nearest, in request 2: it is node\.removed, not node\.added\n/,
    ],
    [
      'a body of nobody',
      ['hello', '{"type": 7}'],
      /nearest, in request 2: it is no event of a known platform, not node\.added; data\.name=db-1: nothing is there\n/,
    ],
  ])('when the time is up it ends with 8 and says what is missing: %s', async (_, bodies, expected) => {
    const argv = ['--event', 'node.added', '--where', 'data.name=db-1', '--count', '2', '--timeout', '300ms']
    const {url, ended} = await expecting(argv)
    for (const body of bodies) await post(url, body)
    const {exitCode, stdout} = await ended
    expect(exitCode).toBe(8)
    expect(stdout).toMatch(expected)
  })

  test('--verify: a signature that does not fit is refused and ends it with 7 and the mistake that was made', async () => {
    const {url, secret, ended} = await expecting(['--event', 'node.added', '--verify', '--json'])
    const body = standard('node.added', {})
    expect((await post(url, body, signed(`${body}\n`, secret))).status).toBe(401)
    const result = await ended
    expect(result.exitCode).toBe(7)
    expect(lines(result).at(-1)).toMatchObject({met: false, by: 'invalid', reason: 'mismatch'})
  })

  test('--verify: who only looks whether this is the right address has sent nothing that is expected, or broken', async () => {
    const env = {S: 'correct horse'}
    const flags = ['--scheme', 'dropbox', '--event-type', 'dropbox.change', '--verify', '--secret-env', 'S', '--json']
    const {url, ended} = await expecting(flags, {env})
    expect(await (await fetch(`${url}?challenge=a1`)).text()).toBe('a1')
    const body = '{"list_folder":{}}'
    const signature = createHmac('sha256', env.S).update(body).digest('hex')
    await post(url, body, {'X-Dropbox-Signature': signature})
    const result = await ended
    expect(result, result.stderr).toMatchObject({exitCode: 0})
    expect(lines(result).at(-1)).toMatchObject({met: true, counts: {received: 1, valid: 1}})
  })

  test('--verify with a secret of yours, which is told nowhere', async () => {
    const env = {S: 'test-webhook-secret'}
    const {url, ready, ended} = await expecting(['--verify', '--secret-env', 'S'], {env})
    expect(ready.secret).toBeUndefined()
    await post(url, '{}', signed('{}', env.S))
    expect(await ended).toMatchObject({exitCode: 0, stdout: expect.not.stringContaining(env.S)})
  })

  test('--count 0: none may come: 7 as soon as one does, 0 when the time is up', async () => {
    const argv = ['--event', '*.deleted', '--count', '0']
    const broken = await expecting(argv)
    await post(broken.url, standard('a.created', {}))
    await post(broken.url, standard('a.deleted', {}))
    expect(await broken.ended).toMatchObject({
      exitCode: 7,
      stdout: expect.stringContaining('1 came where none may: *.deleted'),
    })
    const kept = await expecting([...argv, '--timeout', '200ms'])
    await post(kept.url, standard('a.created', {}))
    expect(await kept.ended).toMatchObject({exitCode: 0, stdout: expect.stringContaining('none came, as expected')})
  })

  test.each([
    ['G01', 'node.added', 1],
    ['G03', 'entrypoint.configuration.audit', 1],
    ['G04', 'entrypoint.configuration.audit', 2],
    ['G05', 'dcim.site.created', 1],
    ['G08', 'site.*', 1],
    ['G12', 'radius-authentication.*', 1],
    ['G14', 'alerts', 1],
    ['G17', 'log_changes', 1],
  ])('the type is read out of every envelope, and each event of a batch counts: %s', async (name, event, count) => {
    const {url, ended} = await expecting(['--event', event, '--count', String(count), '--timeout', '5s'])
    await post(url, fixture(name))
    expect(await ended).toMatchObject({exitCode: 0})
  })

  test('--where looks at each event of a batch by itself', async () => {
    const argv = [
      '--event',
      'entrypoint.configuration.audit',
      '--where',
      'action=DELETE',
      '--where',
      'actor.type=SYSTEM',
    ]
    const {url, ended} = await expecting([...argv, '--timeout', '5s', '--json'])
    await post(url, fixture('G04'))
    const result = await ended
    expect(result.exitCode).toBe(0)
    expect(lines(result)[1]?.events.map(({expectations}: Row) => expectations)).toEqual([[], [0]])
  })

  test('--event-type: events of a sender that is no platform are expected by the type that is made of each request', async () => {
    const {url, ended} = await expecting([
      ...['--event', 'github.issues.*', '--where', 'issue.number=7', '--timeout', '5s'],
      ...['--event-type', 'github.{header.X-GitHub-Event}.{body.action}'],
    ])
    const send = (name: string, body: string) => post(url, body, {'X-GitHub-Event': name})
    await send('push', '{"issue": {"number": 7}}')
    await send('issues', 'no json')
    await send('issues', '{"action": "opened", "issue": {"number": 8}}')
    await send('issues', '{"action": "opened", "issue": {"number": 7}}')
    const {exitCode, stderr} = await ended
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(/github\.push/)
  })

  test('--dedupe-by: what is sent again counts once, also where it is told otherwise', async () => {
    const {url, ended} = await expecting([
      ...['--event', 'invoice.paid', '--event-type', '{body.type}', '--dedupe-by', '{body.id}'],
      ...['--count', '4', '--timeout', '10s', '--json'],
    ])
    for (const [at, id] of ['"a"', '"a"', '"b"', 'null', 'null'].entries()) {
      await post(url, `{"type": "invoice.paid", "id": ${id}, "at": ${at}}`)
    }
    const result = await ended
    expect(result.exitCode).toBe(0)
    // What has no id is no repeat.
    const counted = lines(result).flatMap(({counts, n}: Row) => (n === undefined ? [] : [counts]))
    expect(counted).toEqual([true, false, true, true, true])
  })

  test('--body-schema: what does not fit does not count, and what is wrong with it is told', async () => {
    const schema = {
      required: ['type'],
      properties: {data: {required: ['total'], properties: {total: {type: 'number'}}}},
    }
    const argv = ['--event', 'order.*', '--body-schema', JSON.stringify(schema), '--timeout', '300ms']
    const missed = await expecting(argv)
    await post(missed.url, standard('order.created', {}))
    await post(missed.url, standard('order.created', {total: '12'}))
    expect(await missed.ended).toMatchObject({
      exitCode: 8,
      stdout: expect.stringContaining(
        'missing: 1 of 1 order.* with a body that fits the schema\n  nearest, in request 2: data/total: must be number\n',
      ),
    })
    const met = await expecting([...argv, '--json'])
    await post(met.url, standard('order.created', {total: 12.5}))
    const ended = await met.ended
    expect(ended.exitCode).toBe(0)
    expect(lines(ended).at(-1)).toMatchObject({met: true, expectations: [{bodySchema: true, came: 1}]})
    const text = await expecting(['--body-schema', 'true', '--timeout', '300ms'])
    await post(text.url, 'hello')
    expect(await text.ended).toMatchObject({exitCode: 8, stdout: expect.stringContaining('it is no JSON')})
  })

  test('what is sent again counts once, and what was answered with a failure counts when it comes again', async () => {
    const {url, ended} = await expecting(['--count', '2', '--fail-first', '1', '--json'])
    const send = (id: string) => post(url, '{}', {'X-Hook-Delivery': id})
    expect((await send('dlv_1')).status).toBe(500)
    for (const id of ['dlv_1', 'dlv_1', 'dlv_2']) expect((await send(id)).status).toBe(200)
    const result = await ended
    expect(result.exitCode).toBe(0)
    expect(
      lines(result)
        .slice(1, -1)
        .map(({counts}) => counts),
    ).toEqual([false, true, false, true])
  })

  test('Ctrl-C ends it with 130, SIGTERM with 7, both say what is missing', async () => {
    for (const [name, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 7],
    ] as const) {
      const {ended, signal} = await expecting(['--event', 'node.added'])
      signal(name)
      expect(await ended).toMatchObject({exitCode: code, stdout: expect.stringContaining('missing: 1 of 1 node.added')})
    }
  })

  test.each([
    [['--where', 'a'], 'bad_comparison'],
    [['--event', 'no de'], 'bad_event_type'],
    [['--body-schema', '{"typ":1}'], 'bad_schema'],
    [['--body-schema', '{'], 'invalid_json'],
    [['--as', 'netbx'], 'unknown_platform'],
    [['--event-type', 'a.{b}'], 'bad_type_template'],
    [['--dedupe-by', 'a'], 'bad_id_template'],
    [['--event-type', 'a.b', '--as', 'netbox'], 'conflicting_flags'],
    [['--count', '-1'], 'invalid_number'],
    [['--secret', 'x'], 'secret_on_command_line'],
    [['--ready-file', '/nowhere/ready.json'], 'ready_file_not_writable'],
  ])('%j is refused before it listens', async (argv, code) => {
    const result = await run(['expect', ...argv, '--timeout', '10s', '--json'])
    expect(result).toMatchObject({exitCode: 2})
    expect(result.error()).toMatchObject({code})
  })

  test('hostile types and bodies stay text', async () => {
    const {url, ended} = await expecting(['--event', 'a', '--where', 'data.n=1', '--timeout', '300ms'])
    await post(url, standard('a', {n: '\u001b[31m\u202e'}))
    await post(url, '{"type":"\u001b[31m"}')
    const {stdout, stderr} = await ended
    expect(stdout + stderr).not.toMatch(/\u001b|\u202e/)
  })
})
