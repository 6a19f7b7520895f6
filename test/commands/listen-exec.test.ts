import {createHmac} from 'node:crypto'
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, test} from 'vitest'
import type {seenJson} from '../../src/cli/listen/seen.ts'
import {type Home, type RunResult, run, temporaryHome} from '../harness/cli.ts'
import {until} from '../receiver/sender.ts'

type Line = ReturnType<typeof seenJson>

const secret = 'test-webhook-secret'
const node = process.execPath

interface Listening extends AsyncDisposable {
  readonly home: Home
  readonly ended: Promise<RunResult>
  readonly interrupt: () => void
  /** Sends a signed body. */
  send(body: string, headers?: Record<string, string>): Promise<Response>
}

/** Starts `listen --exec` in this process with a program for Node, and waits until it is ready. */
async function executing(program: string, ...argv: readonly string[]): Promise<Listening> {
  const home = temporaryHome()
  const ready = path.join(home.path, 'ready.json')
  writeFileSync(path.join(home.path, 'run.mjs'), program)
  let interrupt = () => {}
  const ended = run(
    [
      ...['listen', '--port', '0', '--ready-file', ready, '--secret-env', 'SECRET'],
      ...['--exec', `"${node}" run.mjs`, ...argv],
    ],
    {
      home,
      cwd: home.path,
      env: {SECRET: secret, OTHER: 'is kept'},
      signals: emitter => {
        interrupt = () => emitter.emit('SIGINT')
      },
    },
  )
  await until(() => existsSync(ready))
  const {url} = JSON.parse(readFileSync(ready, 'utf8'))
  return {
    home,
    ended,
    interrupt: () => interrupt(),
    send(body, headers = {}) {
      const signature = createHmac('sha512', secret).update(body).digest('hex')
      return fetch(`${url}in?x=$(id)`, {method: 'POST', body, headers: {'X-Hook-Signature': signature, ...headers}})
    },
    async [Symbol.asyncDispose]() {
      interrupt()
      await ended
      await home[Symbol.asyncDispose]()
    },
  }
}

const linesOf = ({stdout}: RunResult): Line[] =>
  stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
    .filter(line => !line.ready)

/** Writes down what it was given. */
const KEEPS = `
import {appendFileSync, readFileSync} from 'node:fs'
const {HOOK_EVENT, HOOK_DELIVERY, HOOK_METHOD, HOOK_PATH, SECRET, OTHER} = process.env
const body = readFileSync(0, 'utf8')
appendFileSync('seen.ndjson', JSON.stringify({body, HOOK_EVENT, HOOK_DELIVERY, HOOK_METHOD, HOOK_PATH, SECRET, OTHER}) + '\\n')
console.log('said', body.length)
process.exitCode = body.includes('fail') ? 3 : 0`

const seenBy = ({home}: Listening) =>
  readFileSync(path.join(home.path, 'seen.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))

const event = (data: unknown) => JSON.stringify({type: 'node.added', timestamp: '2026-07-03T12:00:00Z', data})

describe('listen --exec', () => {
  test('hands body and what is known of it to the command, and not the secret; exit code 0 is answered with 200', async () => {
    await using listening = await executing(KEEPS, '--count', '1', '--json')
    expect((await listening.send(event({a: 1.5}), {'X-Hook-Delivery': 'dlv_1'})).status).toBe(200)
    const result = await listening.ended
    expect(result.exitCode).toBe(0)
    expect(linesOf(result)).toMatchObject([
      {command: {exitCode: 0, signal: null, timedOut: false, output: 'said 73\n', truncated: false}},
    ])
    expect(seenBy(listening)).toEqual([
      {
        body: event({a: 1.5}),
        HOOK_EVENT: 'node.added',
        HOOK_DELIVERY: 'dlv_1',
        HOOK_METHOD: 'POST',
        HOOK_PATH: '/in?x=$(id)',
        OTHER: 'is kept',
      },
    ])
  })

  test('--event-type: of what no platform sends the command gets the type that is made of each request', async () => {
    await using listening = await executing(
      ...[KEEPS, '--count', '2', '--event-type', 'github.{header.X-GitHub-Event}.{body.action}'],
    )
    await listening.send('{"action": "opened"}', {'X-GitHub-Event': 'issues'})
    await listening.send('{}')
    await listening.ended
    expect(seenBy(listening).map(({HOOK_EVENT}) => HOOK_EVENT)).toEqual(['github.issues.opened', ''])
  })

  test('answers 500 where the command fails, so that the sender tries again; what is done is not done twice', async () => {
    await using listening = await executing(KEEPS, '--count', '4')
    const send = (body: string, id: string) => listening.send(body, {'X-Hook-Delivery': id})
    expect((await send('fail', 'a')).status).toBe(500)
    expect((await send('good', 'a')).status).toBe(200)
    expect((await send('good', 'a')).status).toBe(200)
    expect((await send('good', 'b')).status).toBe(200)
    expect(seenBy(listening).map(({body, HOOK_DELIVERY}) => [body, HOOK_DELIVERY])).toEqual([
      ['fail', 'a'],
      ['good', 'a'],
      ['good', 'b'],
    ])
    const {stdout, exitCode} = await listening.ended
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/answered 500 \(the command ended with 3 in \S+\)\nthe command wrote:\n {2}said 4\n/)
    expect(stdout).toContain('answered 200 (this delivery was done before)')
  })

  test('--dedupe-by: what is done is known again by what is made of it, also where it is told otherwise', async () => {
    await using listening = await executing(KEEPS, '--count', '3', '--dedupe-by', '{body.id}')
    const bodies = ['{"id": "evt 1", "try": 1}', '{"id": "evt 1", "try": 2}', '{"id": "evt 2"}']
    for (const body of bodies) expect((await listening.send(body)).status).toBe(200)
    await listening.ended
    expect(seenBy(listening).map(({body, HOOK_DELIVERY}) => [body, HOOK_DELIVERY])).toEqual([
      [bodies[0], 'evt 1'],
      [bodies[2], 'evt 2'],
    ])
  })

  test('never runs for a request that is not validly signed', async () => {
    await using listening = await executing(KEEPS, '--count', '2')
    expect((await listening.send('{}', {'X-Hook-Signature': '0'.repeat(128)})).status).toBe(401)
    expect((await listening.send('{}')).status).toBe(200)
    expect(await listening.ended).toMatchObject({exitCode: 7})
    expect(seenBy(listening)).toHaveLength(1)
  })

  test('runs one after the other, in the order in which the requests came', async () => {
    const slow = `
      import {appendFileSync, existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
      if (existsSync('runs')) appendFileSync('log', 'at once ')
      writeFileSync('runs', '')
      const body = readFileSync(0, 'utf8')
      setTimeout(() => { appendFileSync('log', body); rmSync('runs') }, 20)`
    await using listening = await executing(slow, '--count', '5')
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map(body => listening.send(body)))
    await listening.ended
    expect(readFileSync(path.join(listening.home.path, 'log'), 'utf8').split('').sort().join('')).toBe('abcde')
  })

  test('stops a command that takes longer than --exec-timeout, with all that it started', async () => {
    const endless = `
      import {spawn} from 'node:child_process'
      import {writeFileSync} from 'node:fs'
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
      writeFileSync('pids', process.pid + ' ' + child.pid)
      setInterval(() => {}, 1000)`
    await using listening = await executing(endless, '--count', '1', '--exec-timeout', '1s')
    expect((await listening.send('{}')).status).toBe(500)
    expect((await listening.ended).stdout).toContain('the command was stopped')
    await gone(listening.home)
  })

  test('Ctrl-C stops the command that runs', async () => {
    const endless = `import {writeFileSync} from 'node:fs'; writeFileSync('pids', String(process.pid)); setInterval(() => {}, 1000)`
    await using listening = await executing(endless)
    const sent = listening.send('{}').catch(() => null)
    await until(() => existsSync(path.join(listening.home.path, 'pids')))
    listening.interrupt()
    expect(await listening.ended).toMatchObject({exitCode: 130})
    await sent
    await gone(listening.home)
  })

  test('a command that reads nothing, writes without end, or leaves others running, does what it does', async () => {
    const loud = `
      import {spawn} from 'node:child_process'
      import {writeFileSync} from 'node:fs'
      const left = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], {stdio: 'inherit', detached: true})
      left.unref()
      writeFileSync('pids', String(left.pid))
      process.stdout.write('\\u001b[31m' + 'x'.repeat(1e6), () => process.exit(0))`
    await using listening = await executing(loud, '--count', '1', '--json')
    expect((await listening.send('y'.repeat(1e6))).status).toBe(200)
    const [line] = linesOf(await listening.ended)
    expect(line?.command).toMatchObject({exitCode: 0, truncated: true})
    expect(line?.command?.output).toHaveLength(64 * 1024)
    // Still there: it was not waited for.
    process.kill(Number(readFileSync(path.join(listening.home.path, 'pids'), 'utf8')))
  })

  test('what a command writes is escaped', async () => {
    await using listening = await executing(`console.log('\\u001b[31mred\\u202e')`, '--count', '1')
    await listening.send('{}')
    const {stdout} = await listening.ended
    expect(stdout).toContain('\\x1b[31mred')
    expect(stdout).not.toMatch(/\u001b|\u202e/)
  })

  test.each([
    ['secret_missing', ['--exec', 'true']],
    ['conflicting_flags', ['--exec', 'true', '--secret-env', 'SECRET', '--forward', 'http://127.0.0.1:1']],
    ['missing_flag', ['--exec-timeout', '1s']],
    ['missing_flag', ['--event-type', 'a.b']],
    ['missing_flag', ['--dedupe-by', '{body.id}']],
    ['bad_id_template', ['--dedupe-by', 'x', '--exec', 'true', '--secret-env', 'SECRET']],
    ['bad_type_template', ['--event-type', 'a.{b}', '--exec', 'true', '--secret-env', 'SECRET']],
  ])('is refused before it listens: %s', async (code, argv) => {
    const refused = await run(['listen', '--port', '0', ...argv, '--json'], {env: {SECRET: secret}})
    expect(refused).toMatchObject({exitCode: 2, stdout: ''})
    expect(refused.error().code).toBe(code)
  })
})

/** None of the processes that wrote down their number is there any more. */
async function gone(home: Home): Promise<void> {
  const pids = readFileSync(path.join(home.path, 'pids'), 'utf8').split(' ').map(Number)
  await until(() => pids.every(pid => !isAlive(pid)))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !existsSync(`/proc/${pid}/stat`) || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
