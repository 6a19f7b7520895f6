import {execFileSync} from 'node:child_process'
import {createHmac, randomBytes} from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {readFile} from 'node:fs/promises'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import type {seenJson} from '../../src/cli/listen/seen.ts'
import {schemeOf, sign} from '../../src/signature/index.ts'
import {type RunOptions, type RunResult, run, startCli, temporaryHome} from '../harness/cli.ts'
import {aReceiver, sendRaw, until} from '../receiver/sender.ts'

type Line = ReturnType<typeof seenJson>

const secretValue = 'test-webhook-secret'
const env = {SECRET: secretValue}
const withSecret = ['--secret-env', 'SECRET']
const signature = (body: string | Uint8Array) => createHmac('sha512', secretValue).update(body).digest('hex')

interface Listening {
  readonly url: string
  readonly port: number
  /** Comes back when the command has ended. */
  readonly ended: Promise<RunResult>
  readonly interrupt: () => void
}

/** Starts `listen` in this process, waits until it is ready. */
async function listen(argv: readonly string[], options: RunOptions = {}): Promise<Listening> {
  const own = temporaryHome()
  const file = path.join(own.path, 'ready.json')
  let interrupt = () => {}
  const port = argv.includes('--port') ? [] : ['--port', '0']
  const ended = run(['listen', ...port, '--ready-file', file, ...argv], {
    env,
    signals: emitter => {
      interrupt = () => emitter.emit('SIGINT')
    },
    ...options,
  }).finally(() => own[Symbol.asyncDispose]())
  let early: RunResult | undefined
  ended.then(result => {
    early = result
  })
  await until(() => existsSync(file) || early !== undefined)
  if (early !== undefined) throw new Error(`it ended before it was ready: ${early.stderr}`)
  const ready = JSON.parse(readFileSync(file, 'utf8'))
  return {url: ready.url, port: ready.port, ended, interrupt: () => interrupt()}
}

const post = (url: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(url, {method: 'POST', body, headers})

const signed = (body: string | Uint8Array) => ({'X-Hook-Signature': signature(body)})

const linesOf = ({stdout}: RunResult): Line[] =>
  stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
    .filter(line => !line.ready)

describe('listen', () => {
  it('NBX-31 T17: shows method, path, headers, indented JSON and a running count', async () => {
    const {url, ended} = await listen(['--count', '2'])
    await post(`${url}hook?x=1`, '{"a":1.0}', {'Content-Type': 'application/json; charset=utf-8', 'X-Foo': 'Bar'})
    await fetch(url, {method: 'DELETE'})
    const {stdout, exitCode} = await ended
    expect(stdout).toMatch(/^\[1\] \d{4}-\d\d-\d\dT[\d:.]+Z POST \/hook\?x=1 from 127\.0\.0\.1\n/)
    expect(stdout).toMatch(/^ {2}x-foo: Bar$/im)
    expect(stdout).toContain('  {\n    "a": 1.0\n  }\n')
    expect(stdout).toMatch(/^\[2\] \S+ DELETE \/ /m)
    expect(stdout).toContain('  (No body)\n')
    expect(stdout).toMatch(/^1 received: .*^2 received: /ms)
    expect(exitCode).toBe(0)
  })

  it('answers the challenge of Twitch as it is', async () => {
    const {url, ended} = await listen([...withSecret, '--count', '1'])
    const body = '{"challenge": "abc", "subscription": {"status": "webhook_callback_verification_pending"}}'
    const timestamp = Math.floor(Date.now() / 1000)
    const headers = sign({scheme: 'twitch', secret: secretValue, body, id: 'one', timestamp})
    expect(await (await post(url, body, Object.fromEntries(headers))).text()).toBe('abc')
    await ended
  })

  it('checks by its headers what is signed over the URL that is told, and says where none is', async () => {
    const body = '{"type": "payment.created"}'
    const told = 'https://hooks.example.com/in'
    const headers = sign({scheme: schemeOf('square', {url: told}), secret: secretValue, body})
    for (const [flags, reason] of [
      [['--signed-url', told], 'ok'],
      [['--signed-url', 'https://other.example.com/'], 'mismatch'],
      [[], 'missing_url'],
    ] as const) {
      const {url, ended} = await listen([...withSecret, '--count', '1', '--json', ...flags])
      await post(url, body, Object.fromEntries(headers))
      expect(linesOf(await ended)[0]).toMatchObject({reason})
    }
  })

  it('answers the handshake of Slack, where it is signed and nothing else is to be answered', async () => {
    await using target = await aReceiver()
    const body = '{"type": "url_verification", "challenge": "3eZbrw1aB"}'
    const handshake = async (url: string, secret = secretValue) => {
      const timestamp = Math.floor(Date.now() / 1000)
      const headers = sign({scheme: 'slack', secret, body, timestamp})
      return (await post(url, body, Object.fromEntries(headers))).text()
    }
    const {url, ended} = await listen([...withSecret, '--count', '3', '--fail-first', '1', '--json'])
    expect(await handshake(url)).toContain('failing 1 of the first 1')
    expect(await handshake(url)).toBe('{"challenge":"3eZbrw1aB"}')
    expect(await handshake(url, 'another secret')).toBe('received\n')
    const [, answered] = linesOf(await ended)
    expect(answered).toMatchObject({valid: true, answer: {status: 200, note: 'the handshake of the sender'}})
    const asked = await listen([...withSecret, '--count', '1', '--status', '204'])
    expect(await handshake(asked.url)).toBe('')
    await asked.ended
    const forwarding = await listen([...withSecret, '--count', '1', '--forward', target.url])
    expect(await handshake(forwarding.url)).toBe('received\n')
    await forwarding.ended
  })

  it('answers who only looks whether this is the right address, and counts it as no webhook', async () => {
    await using target = await aReceiver()
    const body = '{"object":"page"}'
    const look = async (url: string, method = 'GET') => {
      const asked = '?hub.mode=subscribe&hub.challenge=11%3c58&hub.verify_token=x'
      const response = await fetch(`${url}${method === 'GET' ? asked : ''}`, {method})
      return [response.status, response.headers.get('content-type'), await response.text()]
    }
    const hook = async (url: string) =>
      post(url, body, Object.fromEntries(sign({scheme: 'meta', secret: secretValue, body})))
    const {url, ended} = await listen([...withSecret, '--scheme', 'meta', '--count', '2', '--json'])
    expect(await look(url)).toEqual([200, 'text/plain; charset=utf-8', '11<58'])
    await hook(url)
    expect((await look(url, 'HEAD'))[0]).toBe(200)
    await hook(url)
    expect(linesOf(await ended).map(({method, valid, answer}) => [method, valid, answer?.note])).toEqual([
      ['GET', null, 'the challenge of the sender'],
      ['POST', true, null],
      ['HEAD', null, 'the sender looks whether somebody is there'],
      ['POST', true, null],
    ])
    const told = await listen([...withSecret, '--scheme', 'meta', '--count', '1'])
    await look(told.url)
    await hook(told.url)
    expect((await told.ended).stdout).toContain(
      '? not checked: nobody signs that\nanswered 200 (the challenge of the sender)',
    )
    for (const flags of [
      ['--scheme', 'meta', '--status', '204'],
      ['--scheme', 'meta', '--forward', target.url],
      ['--scheme', 'netbox'],
      [],
    ]) {
      const other = await listen([...withSecret, '--count', '1', ...flags])
      expect((await look(other.url))[2]).not.toContain('11<58')
      await other.ended
    }
  })

  it('T17: hides headers when asked', async () => {
    const {url, ended} = await listen(['--count', '1', '--no-headers'])
    await post(url, 'body', {'X-Foo': 'Bar'})
    const {stdout} = await ended
    expect(stdout).not.toMatch(/x-foo/i)
    expect(stdout).toContain('  body\n')
  })

  it('T17: listens on loopback, on a port that can be chosen', async () => {
    const {url, port, interrupt, ended} = await listen([])
    expect(url).toBe(`http://127.0.0.1:${port}/`)
    interrupt()
    await ended
    const again = await listen(['--port', String(port)])
    expect(again.port).toBe(port)
    again.interrupt()
    await again.ended
  })

  it('verifies: valid, mismatch with the mistake by name, and no signature at all', async () => {
    const {url, ended} = await listen([...withSecret, '--count', '3', '--json'])
    await post(url, 'body', signed('body'))
    await post(url, 'body\n', signed('body'))
    await post(url, 'body')
    const result = await ended
    expect(linesOf(result).map(({signature, reason}) => [signature, reason])).toEqual([
      ['valid', 'ok'],
      ['invalid', 'mismatch'],
      ['invalid', 'missing_header'],
    ])
    expect(linesOf(result)[1]?.verdict?.findings[0]?.mistake).toBe('body_newline_added')
    expect(linesOf(result)[2]?.counts).toEqual({received: 3, valid: 1, invalid: 2, notChecked: 0, refused: 0})
    expect(result.exitCode).toBe(7)
  })

  it('shows a person the verdict and the mistake', async () => {
    const {url, ended} = await listen([...withSecret, '--count', '2'])
    await post(url, 'body', signed('body'))
    await post(url, 'body\n', signed('body'))
    const {stdout} = await ended
    expect(stdout).toMatch(/^✓ valid: the signature fits/m)
    expect(stdout).toMatch(/^✗ invalid: .*mismatch\)\n {2}found {5}The body here ends with a line feed/m)
  })

  it('says that nothing is checked without a secret', async () => {
    const {url, ended} = await listen(['--count', '1'])
    await post(url, 'body', signed('body'))
    const {stdout, exitCode} = await ended
    expect(stdout).toMatch(/^\? not checked/m)
    expect(exitCode).toBe(0)
  })

  it('never lets a sender choose the scheme it is told to check', async () => {
    const {url, ended} = await listen([...withSecret, '--scheme', 'github', '--count', '1', '--json'])
    await post(url, 'body', signed('body'))
    expect(linesOf(await ended)[0]).toMatchObject({valid: false, reason: 'missing_header'})
  })

  it('answers 200 to what is invalid, and 401 with --reject-invalid', async () => {
    const lenient = await listen([...withSecret, '--count', '1'])
    expect((await post(lenient.url, 'body')).status).toBe(200)
    await lenient.ended
    const strict = await listen([...withSecret, '--count', '2', '--reject-invalid'])
    expect((await post(strict.url, 'body')).status).toBe(401)
    expect((await post(strict.url, 'body', signed('body'))).status).toBe(200)
    await strict.ended
  })

  it('answers by --status, and fails the first N with --fail-status', async () => {
    const {url, ended} = await listen(['--status', '202', '--fail-first', '2', '--fail-status', '503', '--count', '3'])
    const statuses = []
    for (const _ of [1, 2, 3]) statuses.push((await post(url, 'body')).status)
    expect(statuses).toEqual([503, 503, 202])
    expect((await ended).stdout).toContain('answered 503 (--fail-first, 2 of 2)')
  })

  it('waits before its answer', async () => {
    const {url, ended} = await listen(['--delay', '40ms', '--count', '1'])
    const started = performance.now()
    await post(url, 'body')
    expect(performance.now() - started).toBeGreaterThanOrEqual(39)
    expect((await ended).stdout).toContain('answered 200 after 40ms')
  })

  it('forwards the same bytes and signature and gives the target’s answer back', async () => {
    await using target = await aReceiver({
      respond: () => ({status: 207, headers: [['X-From', 'target']], body: Buffer.from('answer')}),
    })
    const {url, ended} = await listen([...withSecret, '--forward', `${target.url}hooks`, '--count', '1', '--json'])
    const body = randomBytes(1000) as Uint8Array<ArrayBuffer>
    const answer = await post(url, body, signed(body))
    expect([answer.status, answer.headers.get('x-from'), await answer.text()]).toEqual([207, 'target', 'answer'])
    expect(target.requests[0]?.target).toBe('/hooks')
    expect(Buffer.from(target.requests[0]!.body)).toEqual(Buffer.from(body))
    expect(target.requests[0]?.headers).toContainEqual(['X-Hook-Signature', signature(body)])
    expect(linesOf(await ended)[0]).toMatchObject({valid: true, answer: {status: 207}})
  })

  it('answers 502 where the target is down, and does not forward what it rejects', async () => {
    const gone = await aReceiver()
    await gone.close()
    const {url, ended} = await listen([...withSecret, '--forward', gone.url, '--reject-invalid', '--count', '2'])
    expect((await post(url, 'body', signed('body'))).status).toBe(502)
    expect((await post(url, 'body')).status).toBe(401)
    expect((await ended).stdout).toMatch(/answered 502 \(cannot forward to \S+: ECONNREFUSED\)/)
  })

  it('B1: saves requests that verify reads back, for 50 random bodies', async () => {
    await using home = temporaryHome()
    const {url, ended} = await listen([...withSecret, '--save', 'captured', '--count', '50', '--json'], {home})
    const bodies = Array.from({length: 50}, (_, at) => randomBytes(at * 41) as Uint8Array<ArrayBuffer>)
    for (const body of bodies) await post(url, body, signed(body))
    const result = await ended
    expect(result.exitCode).toBe(0)
    const folder = path.join(home.path, 'captured')
    const files = readdirSync(folder).sort()
    expect(files).toHaveLength(50)
    expect(linesOf(result).map(({saved}) => path.basename(saved!))).toEqual(files)
    for (const [at, file] of files.entries()) {
      expect(statSync(path.join(folder, file)).mode & 0o777).toBe(0o600)
      const verdict = await run(['verify', '--request', path.join(folder, file), ...withSecret, '--json'], {env})
      expect([at, verdict.exitCode]).toEqual([at, 0])
    }
  })

  it('gives scripts the exact body, as text or as base64', async () => {
    const {url, ended} = await listen(['--count', '2', '--json'])
    await post(url, '{"a": 1}\r\n')
    await post(url, Buffer.from([0xff, 0]))
    expect(linesOf(await ended)).toMatchObject([
      {body: '{"a": 1}\r\n', bodyBase64: null, bodyBytes: 10, signature: 'not_checked', valid: null},
      {body: null, bodyBase64: '/wA=', bodyBytes: 2},
    ])
  })

  it('masks credentials of others, in JSON too; the saved file has them', async () => {
    await using home = temporaryHome()
    const {url, ended} = await listen(['--count', '1', '--json', '--save', 'captured'], {home})
    await post(url, 'body', {Authorization: 'Bearer canary', Cookie: 'canary'})
    const {stdout, stderr} = await ended
    expect(stdout + stderr).not.toContain('canary')
    const [file = ''] = readdirSync(path.join(home.path, 'captured'))
    expect(readFileSync(path.join(home.path, 'captured', file), 'latin1')).toContain('Bearer canary')
  })

  it('takes requests one more than counted away politely', async () => {
    const {url, ended} = await listen(['--count', '1', '--delay', '50ms', '--json'])
    const answers = await Promise.all([post(url, 'a'), post(url, 'b')])
    expect(answers.map(({status}) => status).sort()).toEqual([200, 503])
    expect(linesOf(await ended)).toHaveLength(1)
  })

  it('ends after --timeout: 0 on its own, 8 when --count was not reached', async () => {
    const alone = await listen(['--timeout', '30ms'])
    expect((await alone.ended).exitCode).toBe(0)
    const short = await listen(['--timeout', '30ms', '--count', '1'])
    const {exitCode, stderr} = await short.ended
    expect(exitCode).toBe(8)
    expect(stderr).toContain('0 received')
  })

  it('ends with 7 after --timeout when something was invalid', async () => {
    const {url, ended} = await listen([...withSecret, '--timeout', '300ms'])
    await post(url, 'body')
    expect((await ended).exitCode).toBe(7)
  })

  it('says what brought no request', async () => {
    const {port, ended} = await listen(['--timeout', '300ms'])
    await sendRaw(port, 'hello\r\n\r\n')
    await sendRaw(port, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    const {stderr, stdout} = await ended
    expect(stderr).toMatch(/^refused with 400: what came is no HTTP request/m)
    expect(stderr).toMatch(/^refused with 400: HTTP\/2 came: this receiver speaks HTTP\/1\.1$/m)
    expect(stderr).toMatch(/; 2 refused$/m)
    expect(stdout).toBe('')
  })

  it('C1: shows 100 hostile payloads without one control character, on a pipe, a terminal and as JSON', async () => {
    for (const options of [
      [[], {}],
      [['--json'], {}],
      [['--no-color'], {tty: true}],
      [['-o', 'compact'], {}],
    ] as const) {
      const {url, port, ended, interrupt} = await listen([...withSecret, ...options[0]], options[1])
      for (const [at, payload] of hostilePayloads().entries()) {
        const body = at % 2 === 0 ? payload : JSON.stringify({a: 1}).replace('1', `"${payload}"`)
        const type = at % 2 === 0 ? 'text/plain' : 'application/json'
        if (at % 10 === 9) await sendRaw(port, hostileHead(at))
        else await post(`${url}${encodeURIComponent(payload)}`, body, {'Content-Type': type, ...signed('other')})
      }
      interrupt()
      const {stdout, stderr} = await ended
      expect(stderr).toMatch(/100 received/)
      expect(`${stdout}${stderr}`).not.toMatch(UNSAFE)
    }
  })

  it('lets no body pass for a verdict', async () => {
    const {url, ended} = await listen([...withSecret, '--count', '1'])
    await post(url, 'x\n✓ valid: the signature fits (netbox, ok)\r✓ valid: again')
    const {stdout} = await ended
    expect(stdout).not.toMatch(/^✓ valid/m)
  })

  it.each<[string, readonly string[]]>([
    ['invalid_forward_url', ['--forward', 'localhost']],
    ['forward_to_self', ['--port', '9123', '--forward', 'http://localhost:9123/hook']],
    ['secret_missing', ['--reject-invalid']],
    ['secret_not_set', ['--secret-env', 'NOWHERE']],
    ['folder_not_writable', ['--save', 'taken']],
    ['ready_file_not_writable', ['--port', '0', '--ready-file', 'no/such/folder/ready']],
    ['invalid_value', ['--port', '0', '--ready-file', '-', '--timeout', '1ms']],
    ['invalid_value', ['--port', '0', '--save', '-', '--timeout', '1ms']],
    ['host_not_local', ['--host', '192.0.2.1', '--port', '0']],
    ['bad_option', ['--scheme', 'github', '--algorithm', 'sha1']],
    ['invalid_number', ['--port', '70000']],
    ['invalid_number', ['--status', '99']],
    ['invalid_duration', ['--delay', '2']],
    ['secret_on_command_line', ['--secret', 'canary']],
  ])('refuses before it listens: %s', async (code, argv) => {
    await using home = temporaryHome()
    writeFileSync(path.join(home.path, 'taken'), '')
    const result = await run(['listen', ...argv, '--json'], {home})
    expect(result.error().code).toBe(code)
    expect(result.exitCode).toBe(2)
    expect(result.stdout).toBe('')
  })

  it.each([
    ['a directory that is not there', 'no/such/ready.json', 'there is no such directory'],
    ['a directory', 'folder', 'it is a directory'],
    ['a link, as /dev/stdout is one', 'link', 'it is no file of its own'],
  ])('a --ready-file that cannot be is refused in words, and stays as it is: %s', async (_, file, why) => {
    await using home = temporaryHome()
    mkdirSync(path.join(home.path, 'folder'))
    symlinkSync('elsewhere', path.join(home.path, 'link'))
    const {exitCode, stderr} = await run(['listen', '--port', '0', '--ready-file', file], {home})
    expect(stderr).toBe(
      `hookctl: cannot write ${path.join(home.path, file)}: ${why}\nnext: choose another --ready-file\n`,
    )
    expect(exitCode).toBe(2)
    expect(lstatSync(path.join(home.path, 'link')).isSymbolicLink()).toBe(true)
  })

  it('a --ready-file that is a pipe is written into, and stays one', async () => {
    await using home = temporaryHome()
    const pipe = path.join(home.path, 'ready.pipe')
    execFileSync('mkfifo', [pipe])
    const said = readFile(pipe, 'utf8')
    const ended = run(['listen', '--port', '0', '--count', '1', '--ready-file', pipe], {home})
    const {ready, url} = JSON.parse(await said)
    expect(ready).toBe(true)
    expect(statSync(pipe).isFIFO()).toBe(true)
    await post(url, 'body')
    expect((await ended).exitCode).toBe(0)
  })

  it('says what to do when the port is taken', async () => {
    await using other = await aReceiver()
    const {exitCode, stderr} = await run(['listen', '--port', String(other.port)])
    expect(exitCode).toBe(4)
    expect(stderr).toMatch(/port \d+ on 127\.0\.0\.1 is taken by another program\nnext: .*--port 0/)
  })

  it('as a process: a ready line for people, a ready file, and 130 with a summary after Ctrl-C', async () => {
    await using home = temporaryHome()
    writeFileSync(path.join(home.path, 'ready.json'), 'left by an earlier run')
    await using child = startCli(['listen', '--port', '0', '--ready-file', 'ready.json'], {home, stdin: ''})
    const first = await child.waitFor(/\n/, 'stderr')
    expect(first).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+\/ /)
    const ready = JSON.parse(readFileSync(path.join(home.path, 'ready.json'), 'utf8'))
    expect(ready).toMatchObject({ready: true, pid: child.pid})
    expect(statSync(path.join(home.path, 'ready.json')).mode & 0o777).toBe(0o600)
    await post(ready.url, 'body')
    child.kill('SIGINT')
    const {exitCode, stderr} = await child.ended
    expect(exitCode).toBe(130)
    expect(stderr).toMatch(/1 received: 0 valid, 0 invalid, 1 not checked\n$/)
  })

  it('as a process with --json: the ready line comes first on stdout, and a SIGTERM is a good end', async () => {
    await using child = startCli(['listen', '--port', '0', '--json'], {stdin: ''})
    const ready = JSON.parse(await child.waitFor(/\n/))
    expect(ready).toEqual({ready: true, url: `http://127.0.0.1:${ready.port}/`, port: ready.port, pid: child.pid})
    await post(ready.url, 'body')
    await child.waitFor(/"n":1/)
    child.kill('SIGTERM')
    const result = await child.ended
    expect(result.exitCode).toBe(0)
    for (const line of result.stdout.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow()
  })
})

/** Everything a terminal could take for something else than text; line feeds and tabs are layout. */
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u

function hostilePayloads(): string[] {
  const starts = [
    '\x1b[2J',
    '\x1b]0;owned\x07',
    '\x1b]8;;http://x\x1b\\',
    '\x1b]52;c;eA==\x07',
    '\x1bP1$r\x1b\\',
    '\x1b_x\x1b\\',
  ]
  const others = [
    '\x1b^x\x1b\\',
    '\x1bX x\x1b\\',
    '\x9b31m',
    '\x9d0;x\x9c',
    '\x1bc',
    '\rfake',
    'a\bb',
    '\x05',
    '\x07',
    '\x7f',
  ]
  const bidi = [
    '\u202eevil\u202c',
    '\u2066x\u2069',
    '\u200bzero',
    'a\u200db',
    '\u2028line',
    '\u2029para',
    '\ufeffbom',
    '\x1b',
    '\x1b[',
  ]
  const all = [...starts, ...others, ...bidi]
  return Array.from({length: 100}, (_, at) => `${at}${all[at % all.length]}${all[(at * 7 + 3) % all.length]}`)
}

/** What no HTTP client lets through: C1 bytes in header values and in the path. */
const hostileHead = (at: number): string =>
  `POST /${at} HTTP/1.1\r\nHost: h\r\nX-Evil: \x9b31m\x85\xa0\r\nX-Hook-Signature: \x9b\r\nContent-Length: 1\r\nConnection: close\r\n\r\n\x9b`
