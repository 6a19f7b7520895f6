import {createHmac, randomBytes} from 'node:crypto'
import {chmodSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import type {Verified} from '../../../src/cli/signing/verified.ts'
import {standard} from '../../../src/signature/index.ts'
import {type Home, type RunOptions, run, spawnCli, temporaryHome} from '../../harness/cli.ts'

interface Vector {
  readonly id: string
  readonly scheme: string
  readonly secrets: readonly string[]
  readonly headers: readonly (readonly [string, string])[]
  readonly now: number
  readonly tolerance: number | null
  readonly valid: boolean
  readonly reason: string
  readonly body_b64?: string
  readonly body_repeat?: {readonly b64: string; readonly times: number; readonly tail_b64?: string}
}

const vectorFile = new URL('../../vectors/signatures.json', import.meta.url)
const {vectors} = JSON.parse(readFileSync(vectorFile, 'utf8')) as {readonly vectors: readonly Vector[]}

const SCHEMES: Readonly<Record<string, string>> = {
  'netbox-hmac-sha512': 'netbox',
  'github-sha256': 'github',
  'standard-webhooks-v1': 'standard-v1',
  'standard-webhooks-v1a': 'standard-v1a',
  'stripe-v1': 'stripe',
  'slack-v0': 'slack',
}

function bodyOf({body_b64, body_repeat}: Vector): Buffer {
  if (body_b64 !== undefined) return Buffer.from(body_b64, 'base64')
  const {b64, times, tail_b64 = ''} = body_repeat!
  return Buffer.concat([
    ...Array.from({length: times}, () => Buffer.from(b64, 'base64')),
    Buffer.from(tail_b64, 'base64'),
  ])
}

const secretValue = 'test-webhook-secret'
const env = {SECRET: secretValue}
const signature = (body: string | Buffer, algorithm = 'sha512') =>
  createHmac(algorithm, secretValue).update(body).digest('hex')
const hook = (body: string | Buffer) => ['--header', `X-Hook-Signature: ${signature(body)}`]

const verify = (argv: readonly string[], options: RunOptions = {}) =>
  run(['signature', 'verify', '--secret-env', 'SECRET', ...argv], {env, ...options})

const inHome = (home: Home, name: string, content: string | Buffer) => {
  writeFileSync(path.join(home.path, name), content)
  return name
}

describe('signature verify', () => {
  it('takes what sign made by the same recipe, and says by which flags where none is given', async () => {
    await using home = temporaryHome()
    const body = inHome(home, 'body', '{"a":1}')
    const recipe = ['--signature-header', 'X-Acme-Signature', '--algorithm', 'sha256']
    const stamped = [...recipe, '--prefix', 't={timestamp},v1=', '--signed', '{timestamp}.{body}']
    const signed = await run(['sign', '--body', body, '--secret-env', 'SECRET', '--at', '1767225600', ...stamped], {
      env,
      home,
    })
    expect(signed.stdout).toBe(`X-Acme-Signature: t=1767225600,v1=${signature('1767225600.{"a":1}', 'sha256')}\n`)
    const message = ['--body', body, '--at', '1767225601', '--header', signed.stdout.trim()]
    const verdict = (await verify([...message, ...stamped, '--json'], {home})).json<Verified>()
    expect(verdict).toMatchObject({valid: true, scheme: 'hmac', reason: 'ok'})
    const {exitCode, error} = await verify([...message, '--json'], {home})
    expect([exitCode, error().hint]).toEqual([
      2,
      expect.stringContaining("--prefix 't={timestamp},v1=' --signed '{timestamp}.{body}'"),
    ])
    const explained = (await verify([...message, ...recipe, '--explain', '--json'], {home})).json<Verified>()
    expect(explained.findings[0]).toMatchObject({
      mistake: 'timestamp_signed',
      sentence: expect.stringContaining('It is {timestamp}.{body}.'),
    })
  })

  it('wants the URL that is signed, as the sender has it, and says what it was signed with instead', async () => {
    await using home = temporaryHome()
    const body = inHome(home, 'body', '{"a":1}')
    const given = ['--body', body, '--secret-env', 'SECRET', '--scheme', 'square']
    const told = ['--signed-url', 'https://hooks.example.com/in']
    const signed = await run(['sign', ...given, ...told], {env, home})
    const digest = createHmac('sha256', secretValue).update('https://hooks.example.com/in{"a":1}').digest('base64')
    expect(signed.stdout).toBe(`x-square-hmacsha256-signature: ${digest}\n`)
    const message = ['--body', body, '--header', signed.stdout.trim(), '--json']
    for (const scheme of [['--scheme', 'square'], []]) {
      expect((await verify([...message, ...scheme, ...told], {home})).json()).toMatchObject({
        valid: true,
        scheme: 'square',
      })
      const missing = await verify([...message, ...scheme], {home})
      expect([missing.exitCode, missing.error()]).toMatchObject([
        2,
        {
          code: 'missing_value',
          message: expect.stringContaining('--signed-url'),
          hint: expect.stringContaining('https://'),
        },
      ])
    }
    const other = ['--signed-url', 'http://hooks.example.com/in', '--explain']
    expect((await verify([...message, ...other], {home})).json<Verified>().findings).toMatchObject([
      {mistake: 'other_url', sentence: expect.stringContaining('It is https://hooks.example.com/in.')},
    ])
    for (const hookSignature of [['--scheme', 'github'], hook('{"a":1}')]) {
      const unused = await verify(['--body', body, '--json', ...hookSignature, ...told], {home})
      expect([unused.exitCode, unused.error().code]).toEqual([2, 'bad_option'])
    }
  })

  it('knows the older names of the headers of Standard Webhooks, where no scheme is named', async () => {
    const key = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
    const message = {id: 'msg_1', timestamp: 1767225600, body: Buffer.from('{"a":1}')}
    const headers = standard({headerPrefix: 'svix'}).headers([key], message)
    const argv = [
      '--at',
      '1767225600',
      '--json',
      ...headers.flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
    ]
    const {exitCode, json} = await verify(argv, {env: {SECRET: key}, stdin: message.body})
    expect([exitCode, json()]).toMatchObject([0, {valid: true, scheme: 'standard-v1', detected: true}])
  })

  it('says of a header that stands for SHA-1 which scheme to name', async () => {
    await using home = temporaryHome()
    const message = [
      '--body',
      inHome(home, 'body', 'a=b'),
      '--header',
      'X-Twilio-Signature: L/OH5YylLD5NRKLltdqwSvS0BnU=',
    ]
    const {exitCode, error} = await verify([...message, '--json'], {home})
    expect([exitCode, error()]).toMatchObject([
      2,
      {code: 'scheme_unknown', message: expect.stringContaining('scheme twilio')},
    ])
  })

  it.each(vectors)('gives the listed verdict and reason: $id', async vector => {
    await using home = temporaryHome()
    const argv = [
      ...['--scheme', SCHEMES[vector.scheme]!, '--body', inHome(home, 'body', bodyOf(vector)), '--at', `${vector.now}`],
      ...vector.headers.flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
      ...vector.secrets.flatMap((secret, at) => ['--secret-file', inHome(home, `secret${at}`, secret)]),
      ...(vector.tolerance === null ? [] : ['--tolerance', `${vector.tolerance}s`]),
    ]
    const result = await run(['verify', ...argv, '--json'], {home})
    const {valid, reason} = result.json<Verified>()
    expect({valid, reason, exitCode: result.exitCode}).toEqual({
      valid: vector.valid,
      reason: vector.reason,
      exitCode: vector.valid ? 0 : 7,
    })
  })

  it.each([
    ['NUL', Buffer.from('a\0b')],
    ['CRLF at the end', Buffer.from('a\r\n')],
    ['a byte order mark', Buffer.from('\ufeff{}')],
    ['no UTF-8', Buffer.from([0xff, 0xfe, 0xc0])],
    ['nothing', Buffer.alloc(0)],
    ['10 MB', randomBytes(10_000_000)],
  ])('takes a body with %s byte for byte, from a file and from stdin', async (_, body) => {
    await using home = temporaryHome()
    const file = inHome(home, 'body', body)
    const fromFile = await verify(['--body', file, ...hook(body)], {home})
    const fromDash = await verify(['--body', '-', ...hook(body)], {stdin: body})
    const piped = await verify(['--signature', signature(body)], {stdin: body})
    expect([fromFile, fromDash, piped].map(({exitCode}) => exitCode)).toEqual([0, 0, 0])
  })

  it('says the verdict in one line, with a word and not by colour alone', async () => {
    const valid = await verify(hook('body'), {stdin: 'body'})
    expect(valid.stdout).toBe('✓ valid: the signature fits (netbox, detected, ok)\n')
    const invalid = await verify(hook('body'), {stdin: 'other'})
    expect(invalid.stdout).toBe(
      '✗ invalid: the signature belongs to another body or another secret (netbox, detected, mismatch)\n',
    )
    expect(invalid.exitCode).toBe(7)
  })

  it('points a person to --explain, on stderr', async () => {
    const tty = {stdin: false, stdout: true, stderr: true}
    const {stdout, stderr} = await verify([...hook('body'), '--no-color'], {stdin: 'other', tty})
    expect(stdout).not.toContain('--explain')
    expect(stderr).toContain('next: add --explain')
  })

  it.each([
    ['--signature', 'A'.repeat(344)],
    ['--header', `X-Hook-Signature: ${'A'.repeat(342)}==`],
    ['--scheme', 'netbox', '--signature', 'A'.repeat(344)],
  ])('says that a value as long as an RSA signature may be one: %s', async (...given) => {
    const {exitCode, stdout} = await verify([...given, '--explain'], {stdin: 'body'})
    expect([exitCode, stdout]).toEqual([7, expect.stringContaining('It may be an RSA signature')])
  })

  it('names the mistake with --explain', async () => {
    const result = await verify([...hook('body'), '--explain'], {stdin: 'body\n'})
    expect(result.stdout).toMatch(
      /\n {2}found {5}The body here ends with a line feed that was not signed\.\n {2}fix {7}/,
    )
    expect(result.exitCode).toBe(7)
    const {findings} = (await verify([...hook('body'), '--explain', '--json'], {stdin: 'body\n'})).json<Verified>()
    expect(findings[0]?.mistake).toBe('body_newline_added')
  })

  it('tries the previous secret to explain, never to accept', async () => {
    await using home = temporaryHome()
    inHome(home, 'previous', secretValue)
    const options = {home, stdin: 'body', env: {SECRET: 'the-secret-of-now-here'}}
    const result = await verify([...hook('body'), '--explain', '--previous-secret-file', 'previous', '--json'], options)
    expect(result.json<Verified>()).toMatchObject({valid: false, findings: [{mistake: 'previous_secret'}]})
    expect(result.exitCode).toBe(7)
  })

  it('accepts any of several secrets and says which by its fingerprint', async () => {
    const options = {stdin: 'body', env: {...env, OTHER: 'another-secret-here'}}
    const result = await run(
      ['verify', '--secret-env', 'OTHER', '--secret-env', 'SECRET', ...hook('body'), '--json'],
      options,
    )
    expect(result.json<Verified>()).toMatchObject({
      valid: true,
      secretFingerprint: expect.stringMatching(/^[0-9a-f]{8}$/),
    })
  })

  it('keeps a repeated header repeated', async () => {
    const {stdout} = await verify([...hook('body'), ...hook('body'), '--json'], {stdin: 'body'})
    expect(JSON.parse(stdout).reason).toBe('duplicate_header')
  })

  it('finds headers however a gateway or a framework spells them', async () => {
    for (const name of ['x-hook-signature', 'HTTP_X_HOOK_SIGNATURE', 'x_hook_signature', 'X_HOOK_SIGNATURE']) {
      const {exitCode} = await verify(['--header', `${name}: ${signature('body')}`], {stdin: 'body'})
      expect([name, exitCode]).toEqual([name, 0])
    }
  })

  it('takes a bare signature for the header of its scheme', async () => {
    const github = await verify(['--signature', `sha256=${signature('body', 'sha256')}`, '--json'], {stdin: 'body'})
    expect(github.json<Verified>()).toMatchObject({valid: true, scheme: 'github'})
    const asana = await verify(['--algorithm', 'sha256', '--signature', signature('body', 'sha256')], {stdin: 'body'})
    expect(asana.exitCode).toBe(0)
    const renamed = await verify(['--signature-header', 'X-Sig', '--header', `X-Sig: ${signature('body')}`], {
      stdin: 'body',
    })
    expect(renamed.exitCode).toBe(0)
  })

  it('reads a saved raw request', async () => {
    await using home = temporaryHome()
    const request = `POST /hook HTTP/1.1\nHost: h\nHTTP_X_HOOK_SIGNATURE: ${signature('body\n')}\n\nbody\n`
    inHome(home, 'request', request)
    const result = await verify(['--request', 'request', '--json'], {home})
    expect(result.json<Verified>()).toMatchObject({valid: true, scheme: 'netbox', detected: true})
  })

  it('says what it left out of a saved request', async () => {
    await using home = temporaryHome()
    inHome(home, 'request', `POST / HTTP/1.1\nContent-Length: 4\nX-Hook-Signature: ${signature('body')}\n\nbody\n`)
    const {stdout, exitCode} = await verify(['--request', 'request'], {home})
    expect(stdout).toContain('1 bytes after the end of the body')
    expect(exitCode).toBe(0)
  })

  it('judges a timestamp by --at and --tolerance, and loudly by neither', async () => {
    const key = Buffer.alloc(24, 7)
    const signed = createHmac('sha256', key).update('msg_1.1767225600.body').digest('base64')
    const argv = [
      ...['--header', 'webhook-id: msg_1', '--header', 'webhook-timestamp: 1767225600'],
      ...['--header', `webhook-signature: v1,${signed}`, '--json'],
    ]
    const options = {stdin: 'body', env: {SECRET: `whsec_${key.toString('base64')}`}, now: () => 1_767_229_200_000}
    const reasonOf = async (...more: string[]) => (await verify([...argv, ...more], options)).json<Verified>().reason
    expect(await reasonOf()).toBe('timestamp_too_old')
    expect(await reasonOf('--at', '1767225900')).toBe('ok')
    expect(await reasonOf('--at', '2026-01-01T00:05:00Z')).toBe('ok')
    expect(await reasonOf('--at', '2026-01-01T00:05:01Z')).toBe('timestamp_too_old')
    expect(await reasonOf('--tolerance', '1h')).toBe('ok')
    expect(await reasonOf('--at', '2025-12-31T23:00:00Z')).toBe('timestamp_in_future')
    const careless = await verify([...argv, '--no-tolerance'], options)
    expect(careless.json<Verified>().reason).toBe('ok')
    expect(careless.stderr).toContain('WARNING')
  })

  it('gives away neither the secret nor the signature that was due, unless asked', async () => {
    const argv = [...hook('body'), '--explain', '--json']
    const closed = await verify(argv, {stdin: 'other'})
    expect(closed.stdout + closed.stderr).not.toContain(secretValue)
    expect(closed.stdout + closed.stderr).not.toContain(signature('other'))
    const open = await verify([...argv, '--show-expected'], {stdin: 'other'})
    expect(open.json<Verified>().expected).toEqual([{name: 'X-Hook-Signature', value: signature('other')}])
  })

  it.each<[string, readonly string[], RunOptions]>([
    ['scheme_unknown', ['--header', 'Host: h'], {}],
    ['scheme_ambiguous', [...hook(''), '--header', 'Stripe-Signature: t=1,v1=a'], {}],
    ['invalid_header', ['--header', 'canary without colon'], {}],
    ['bad_option', ['--scheme', 'stripe', '--algorithm', 'sha1'], {}],
    ['file_not_found', ['--body', 'nowhere', ...hook('')], {}],
    ['file_not_found', ['--request', 'nowhere'], {}],
    ['stdin_twice', ['--secret-file', '-', '--body', '-', ...hook('')], {}],
    ['missing_value', ['--secret-file', '-', ...hook('')], {}],
    ['missing_value', hook(''), {tty: true}],
    ['secret_not_set', hook(''), {env: {}}],
    ['secret_on_command_line', ['--secret', 'canary', ...hook('')], {}],
  ])('ends with usage, not with a verdict: %s for %j', async (code, argv, options) => {
    const result = await verify([...argv, '--json'], options)
    expect(result.error().code).toBe(code)
    expect(result.exitCode).toBe(code === 'file_not_found' ? 3 : 2)
    expect(result.stdout).toBe('')
    expect(result.stderr).not.toContain('canary')
  })

  it('names the flags where no secret is given and nobody can be asked', async () => {
    const result = await run(['verify', ...hook('')], {stdin: ''})
    expect(result.exitCode).toBe(2)
    expect(result.stderr).toContain('--secret-env or --secret-file')
  })

  it('refuses a broken saved request by name', async () => {
    await using home = temporaryHome()
    inHome(home, 'request', 'POST / HTTP/1.1\nHost: h\n')
    const result = await verify(['--request', 'request', '--json'], {home})
    expect(result.error().code).toBe('request_incomplete')
    expect(result.exitCode).toBe(2)
  })

  const saved = (body: string, signed = body) =>
    `POST / HTTP/1.1\r\nHost: h\r\nX-Hook-Signature: ${signature(signed)}\r\nContent-Length: ${body.length}\r\n\r\n${body}`

  it.each([
    ['as arguments', ['a.http', 'b.http']],
    ['as a shell spreads a pattern behind --request', ['--request', 'a.http', 'b.http']],
  ])('checks every request of several files, %s', async (_, argv) => {
    await using home = temporaryHome()
    inHome(home, 'a.http', saved('one'))
    inHome(home, 'b.http', saved('two'))
    const good = await verify(argv, {home})
    expect(good).toMatchObject({exitCode: 0, stderr: ''})
    expect(good.stdout).toBe(['a', 'b'].map(name => `${name}.http: ✓ valid (netbox, detected, ok)\n`).join(''))
    inHome(home, 'a.http', saved('one', 'other'))
    const bad = await verify([...argv, '--json'], {home})
    expect(bad.exitCode).toBe(7)
    expect(bad.json()).toMatchObject({
      data: [
        {file: 'a.http', valid: false, reason: 'mismatch'},
        {file: 'b.http', valid: true, reason: 'ok'},
      ],
    })
  })

  it('checks the others where one of several files cannot be checked, and ends with 2, or 7 where one is invalid', async () => {
    await using home = temporaryHome()
    inHome(home, 'unsigned.http', 'POST / HTTP/1.1\r\nHost: h\r\n\r\n')
    inHome(home, 'good.http', saved('one'))
    inHome(home, 'bad.http', saved('one', 'other'))
    const files = ['unsigned.http', 'nowhere.http', 'good.http']
    const {stdout, exitCode} = await verify(files, {home})
    expect(exitCode).toBe(2)
    expect(stdout.split('\n').filter(line => !line.startsWith(' '))).toEqual([
      'unsigned.http: ? not checked (scheme_unknown)',
      'nowhere.http: ? not checked (file_not_found)',
      'good.http: ✓ valid (netbox, detected, ok)',
      '',
    ])
    expect(stdout).toContain('  why       no file nowhere.http\n  next      check the path\n')
    expect((await verify([...files, 'bad.http'], {home})).exitCode).toBe(7)
    const lines = (await verify([...files, '-o', 'jsonl'], {home})).stdout.trimEnd().split('\n')
    expect(lines.map(line => JSON.parse(line).valid)).toEqual([null, null, true])
  })

  it('says of a file that is a body alone how a body is given', async () => {
    await using home = temporaryHome()
    inHome(home, 'line.json', '{"a": 1}')
    inHome(home, 'lines.json', '{\n  "a": 1\n}\n')
    const {stdout, exitCode} = await verify(['line.json', 'lines.json'], {home})
    expect(exitCode).toBe(2)
    expect(stdout.match(/^ {2}next .*a body alone is given with --body$/gm)).toHaveLength(2)
  })

  it('reads the secret and warns once for several files, and refuses what belongs to one message', async () => {
    await using home = temporaryHome()
    for (const name of ['a.http', 'b.http']) inHome(home, name, saved('one'))
    const argv = ['verify', 'a.http', 'b.http', '--secret-file', '-', '--no-tolerance']
    const result = await run(argv, {home, stdin: secretValue})
    expect(result.exitCode).toBe(0)
    expect(result.stderr.match(/WARNING/g)).toHaveLength(1)
    const noSecret = await run(['verify', 'a.http', 'b.http', '--json'], {home})
    expect([noSecret.exitCode, noSecret.stdout, noSecret.error().code]).toEqual([2, '', 'missing_value'])
    const both = await verify(['a.http', '--signature', 'x', '--json'], {home})
    expect([both.exitCode, both.error().code]).toEqual([2, 'unexpected_value'])
  })

  it('works as a process with nothing but a read-only home', async () => {
    await using home = temporaryHome()
    chmodSync(home.path, 0o500)
    const argv = ['verify', '--secret-env', 'SECRET', ...hook('body'), '--json']
    const result = await spawnCli(argv, {home, env, stdin: 'body'})
    chmodSync(home.path, 0o700)
    expect([result.exitCode, result.stderr]).toEqual([0, ''])
    expect(result.json<Verified>().valid).toBe(true)
  })

  it('says so when no known mistake fits', async () => {
    const {stderr} = await verify([...hook('body'), '--explain'], {stdin: 'something else'})
    expect(stderr).toContain('no known mistake fits')
  })

  it('asks a stored webhook, whose secrets stay where they are', async () => {
    await using home = temporaryHome()
    inHome(home, 'secret', secretValue)
    const url = ['--url', 'http://127.0.0.1:9999/hook', '--event', '*']
    const created = await run(
      ['webhook', 'create', '--name', 'ops', '--platform', 'netbox', ...url, '--secret-file', 'secret'],
      {home},
    )
    expect(created.exitCode).toBe(0)
    const ask = (argv: readonly string[], stdin: string) =>
      run(['verify', '--webhook', 'ops', ...argv, '--json'], {home, stdin})
    const byHeader = await ask(hook('body'), 'body')
    const bySignature = await ask(['--signature', signature('body')], 'body')
    expect([byHeader.exitCode, bySignature.exitCode]).toEqual([0, 0])
    const wrong = await ask([...hook('body'), '--explain'], 'body\n')
    expect(wrong.json<Verified>()).toMatchObject({
      valid: false,
      reason: 'mismatch',
      findings: [{mistake: 'body_newline_added'}],
    })
    expect(wrong.exitCode).toBe(7)
    const signed = await run(['sign', '--webhook', 'ops'], {home, stdin: 'body'})
    expect(signed.stdout).toBe(`X-Hook-Signature: ${signature('body')}\n`)
    const missing = await run(['verify', '--webhook', 'nope', ...hook(''), '--json'], {home, stdin: ''})
    expect([missing.exitCode, missing.error().code]).toEqual([3, 'webhook_not_found'])
    for (const [flag, value] of [
      ['--scheme', 'github'],
      ['--algorithm', 'sha1'],
      ['--signed', '{body}'],
    ] as const) {
      const both = await run(['verify', '--webhook', 'ops', flag, value, '--json'], {home, stdin: ''})
      expect([both.exitCode, both.error().code]).toEqual([2, 'conflicting_flags'])
    }
  })

  it('takes a secret from stdin', async () => {
    await using home = temporaryHome()
    inHome(home, 'body', 'body')
    const argv = ['verify', '--secret-file', '-', '--body', 'body', ...hook('body')]
    const result = await run(argv, {home, stdin: `${secretValue}\n`})
    expect(result.exitCode).toBe(0)
    expect(result.stderr).toContain('LF at the end of stdin')
  })
})
