import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {verify} from '../../../src/signature/index.ts'
import {type RunOptions, run, temporaryHome} from '../../harness/cli.ts'

const V01 =
  '6a72aac275cd649da7ef9ce0f6d4ccb1f5e7362b05697593deb476e764b4f413a2f83490dfe4b628267cceaec13c92db01315912258d4803c4d6c9137fed663b'
const secret = {SECRET: 'test-webhook-secret'}
const standard = {SECRET: `whsec_${Buffer.alloc(24, 7).toString('base64')}`}

const sign = (argv: readonly string[], options: RunOptions = {}) =>
  run(['signature', 'sign', '--secret-env', 'SECRET', ...argv], {env: secret, stdin: '{"a": 1}', ...options})

describe('signature sign', () => {
  it('V01: prints the header NetBox would send', async () => {
    const {stdout, stderr, exitCode} = await sign([])
    expect([stdout, stderr, exitCode]).toEqual([`X-Hook-Signature: ${V01}\n`, '', 0])
  })

  it('is also called sign', async () => {
    const {stdout} = await run(['sign', '--secret-env', 'SECRET'], {env: secret, stdin: '{"a": 1}'})
    expect(stdout).toContain(V01)
  })

  it('signs a file’s exact bytes', async () => {
    await using home = temporaryHome()
    writeFileSync(path.join(home.path, 'body'), Buffer.from([0xff, 0, 0x0d, 0x0a, 0x0a]))
    const {headers} = (await sign(['--body', 'body', '--json'], {home})).json<{
      headers: {name: string; value: string}[]
    }>()
    const verdict = verify({
      scheme: 'netbox',
      secret: secret.SECRET,
      headers: headers.map(({name, value}) => [name, value] as const),
      body: Buffer.from([0xff, 0, 0x0d, 0x0a, 0x0a]),
    })
    expect(verdict.valid).toBe(true)
  })

  it.each([
    ['github', secret, /^X-Hub-Signature-256: sha256=[0-9a-f]{64}\n$/],
    ['stripe', secret, /^Stripe-Signature: t=1767225600,v1=[0-9a-f]{64}\n$/i],
    ['slack', secret, /^X-Slack-Request-Timestamp: 1767225600\nX-Slack-Signature: v0=[0-9a-f]{64}\n$/i],
    ['standard', standard, /^webhook-id: msg_1\nwebhook-timestamp: 1767225600\nwebhook-signature: v1,\S+=\n$/i],
  ])('signs by %s with the id and the time it is given', async (scheme, env, expected) => {
    const id = scheme === 'standard' ? ['--id', 'msg_1'] : []
    const {stdout} = await sign(['--scheme', scheme, '--at', '1767225600', ...id], {env})
    expect(stdout).toMatch(expected)
  })

  it('makes a new message id each time where none is given', async () => {
    const ids = await Promise.all(
      [1, 2].map(async () => (await sign(['--scheme', 'standard'], {env: standard})).stdout.split('\n')[0]),
    )
    expect(ids[0]).toMatch(/^webhook-id: msg_\w{20,}$/)
    expect(ids[0]).not.toBe(ids[1])
  })

  it('signs with every live secret where the scheme carries a list', async () => {
    const env = {...standard, NEXT: `whsec_${Buffer.alloc(24, 8).toString('base64')}`}
    const {stdout} = await sign(['--scheme', 'standard', '--secret-env', 'NEXT'], {env})
    expect(stdout).toMatch(/webhook-signature: v1,\S+ v1,\S+\n/)
  })

  it('takes another header, algorithm, encoding and prefix', async () => {
    const recipe = [
      '--algorithm',
      'sha256',
      '--encoding',
      'base64',
      '--prefix',
      'sha256=',
      '--signature-header',
      'X-Sig',
    ]
    const {stdout} = await sign(recipe)
    expect(stdout).toMatch(/^X-Sig: sha256=[A-Za-z0-9+/]{43}=\n$/)
  })

  it('prints a curl line that a shell runs as it is', async () => {
    await using home = temporaryHome()
    writeFileSync(path.join(home.path, "it's"), '{"a": 1}')
    const {stdout} = await sign(['--body', "it's", '--curl', 'http://127.0.0.1:9/?a=1&b=2'], {home})
    expect(stdout).toBe(
      `curl -H 'Content-Type: application/json' -H 'X-Hook-Signature: ${V01}' --data-binary '@it'\\''s' 'http://127.0.0.1:9/?a=1&b=2'\n`,
    )
  })

  it.each([
    [['--scheme', 'standard'], secret, 'bad_secret'],
    [['--scheme', 'standard', '--id', 'a.b'], standard, 'bad_id'],
    [[], {SECRET: ''}, 'empty_secret'],
    [['--scheme', 'github', '--prefix', ''], secret, 'bad_option'],
    [['--secret-file', '-'], secret, 'missing_value'],
    [['--secret-file', '-', '--body', '-'], secret, 'stdin_twice'],
    [['--body', 'no-such-file'], secret, 'file_not_found'],
  ])('refuses %j and says what is wrong', async (argv, env, code) => {
    const {error, exitCode, stdout} = await sign([...argv, '--json'], {env})
    expect(error().code).toBe(code)
    expect(exitCode).toBe(code === 'file_not_found' ? 3 : 2)
    expect(stdout).toBe('')
  })
})
