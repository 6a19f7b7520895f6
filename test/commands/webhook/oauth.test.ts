import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {answers} from '../../harness/receiver.ts'
import {aSetting, type Row, type Setting} from '../../harness/setting.ts'

const env = {CLIENT: 'canary-client', OTHER: 'canary-other'}

/** Gives a token where one is asked for, and takes what comes with it. */
function aGuardedReceiver({receiver}: Setting, {life = 3600} = {}): void {
  receiver.otherwise((socket, request, stopped) => {
    const token = JSON.stringify({access_token: 'canary-token', token_type: 'bearer', expires_in: life})
    const isLetIn = request.header('authorization') === 'Bearer canary-token'
    const answer = request.path === '/token' ? answers.status(200, {body: token}) : answers.status(isLetIn ? 204 : 401)
    return answer(socket, request, stopped)
  })
}

const create = (setting: Setting, ...flags: readonly string[]) => [
  ...['webhook', 'create', '--name', 'cloud', '--platform', 'netbox', '--event', 'dcim.site.*'],
  ...['--url', setting.url(), '--oauth-token-url', setting.url('/token'), '--oauth-client-id', 'hookctl', ...flags],
]

test('deliveries of a webhook carry a token that is asked for with its client credentials', async () => {
  await using setting = await aSetting()
  aGuardedReceiver(setting)
  const secret = ['--oauth-client-secret-env', 'CLIENT', '--oauth-scope', 'hooks:write']
  expect(await setting.hookctl(create(setting, ...secret), {env})).toMatchObject({exitCode: 0})
  for (const _ of [1, 2]) await setting.json('event', 'send', 'dcim.site.created', '--example', '--wait')
  expect(await setting.rows('delivery', 'list')).toMatchObject([{state: 'delivered'}, {state: 'delivered'}])
  const shown = await setting.hookctl(['webhook', 'show', 'cloud', '--fields', 'oauth'])
  expect(shown.stdout).toBe(`oauth\t${setting.url('/token')} as hookctl (secret a83de5d6), scope hooks:write\n`)
  const curl = await setting.hookctl(['delivery', 'curl', (await setting.rows('delivery', 'list'))[0]?.id])
  expect(curl.stdout).toContain(`--header 'Authorization: '"\${AUTHORIZATION:?}"`)
  expect(`${shown.stdout}${curl.stdout}`).not.toContain('canary')
})

test('a delivery without a token says why, and what to do', async () => {
  await using setting = await aSetting()
  setting.receiver.otherwise(answers.status(401, {body: '{"error":"invalid_client"}'}))
  await setting.hookctl(create(setting, '--oauth-client-secret-env', 'CLIENT'), {env})
  await setting.hookctl(['event', 'send', 'dcim.site.created', '--example', '--wait'])
  const [delivery] = await setting.rows('delivery', 'list', '--class', 'oauth')
  expect(delivery).toMatchObject({state: 'failed', lastErrorClass: 'oauth'})
  const shown = await setting.hookctl(['delivery', 'show', delivery?.id])
  expect(shown.stdout).toContain(`no token: 127.0.0.1:${setting.receiver.port} answered 401 invalid_client`)
  expect(shown.stdout).toContain('the authorization server gave no token')
})

test('the secret comes from a file or stdin, without the end of its line; and is changed, and all of it taken away', async () => {
  await using setting = await aSetting()
  aGuardedReceiver(setting)
  writeFileSync(path.join(setting.home.path, 'client.txt'), 'canary-client\n')
  const made = await setting.hookctl(create(setting, '--oauth-client-secret-file', 'client.txt', '--json'))
  expect(made.json<Row>().oauth).toMatchObject({secretFingerprint: 'a83de5d6', authMethod: 'client_secret_basic'})
  const edit = async (flags: readonly string[], options: object = {}) =>
    (await setting.hookctl(['webhook', 'edit', 'cloud', '--json', ...flags], options)).json<Row>().oauth
  const other = await edit(['--oauth-client-secret-file', '-'], {stdin: 'canary-other'})
  expect(other).toMatchObject({secretFingerprint: 'e435a84b', clientId: 'hookctl'})
  expect(await edit(['--oauth-auth-method', 'client_secret_post', '--oauth-scope', 'a b'])).toEqual({
    ...other,
    ...{authMethod: 'client_secret_post', scope: 'a b'},
  })
  expect(await edit(['--oauth-scope', '', '--oauth-audience', 'cmdb'])).toMatchObject({scope: null, audience: 'cmdb'})
  expect(await edit(['--no-oauth'])).toBe(null)
})

test('on a terminal what a token cannot be asked for without is asked for, the secret unseen', async () => {
  await using setting = await aSetting()
  const flags = ['webhook', 'create', '--name', 'cloud', '--platform', 'netbox', '--event', 'dcim.site.*', '--json']
  const made = await setting.hookctl([...flags, '--url', setting.url(), '--oauth-scope', 'a'], {
    tty: true,
    answers: [
      [/URL that tokens are asked for at/, 'http://login.example.com/token\r'],
      [/goes to https:\/\/ only, not to http:\/\/login/, `\u0015${setting.url('/token')}\r`],
      [/Client id/, 'hookctl\r'],
      [/Client secret/, 'canary-client\r'],
    ],
  })
  expect(made, made.stderr).toMatchObject({exitCode: 0})
  expect(made.json<Row>().oauth).toMatchObject({clientId: 'hookctl', secretFingerprint: 'a83de5d6', scope: 'a'})
  expect(made.stderr).not.toContain('canary')
})

test.each([
  [['--oauth-scope', 'x'], 'oauth_incomplete', /without the client secret/],
  [['--oauth-client-secret-env', 'NOBODY'], 'secret_not_set', /--oauth-client-secret-env: there is no .* NOBODY/],
  [['--oauth-client-secret-file', '-', '--secret-file', '-'], 'stdin_twice', /both the secret and the client secret/],
  [['--oauth-client-secret-env', 'CLIENT', '--header', 'Authorization: x'], 'reserved_header', /the token goes in/],
  [['--oauth-client-secret-env', 'CLIENT', '--oauth-auth-method', 'jwt'], 'invalid_value', /client_secret_basic/],
] as const)('%j is refused', async (flags, code, message) => {
  await using setting = await aSetting()
  const refused = await setting.hookctl([...create(setting, ...flags), '--json'], {env, stdin: 'canary'})
  expect(refused).toMatchObject({exitCode: 2, stdout: ''})
  expect(refused.error()).toMatchObject({code, message: expect.stringMatching(message)})
  expect(refused.stderr).not.toContain('canary')
})

test('it is exported with a reference to the secret, and planned and applied as it was', async () => {
  await using setting = await aSetting()
  await setting.hookctl(create(setting, '--oauth-client-secret-env', 'CLIENT', '--oauth-scope', 'a b'), {env})
  const exported = await setting.hookctl(['export'])
  expect(exported.stdout).toContain('clientSecret: { env: HOOKCTL_CLOUD_CLIENT_SECRET }')
  const file = path.join(setting.home.path, 'hooks.yaml')
  writeFileSync(file, exported.stdout)
  const plan = (secret: string) => setting.hookctl(['plan', file], {env: {HOOKCTL_CLOUD_CLIENT_SECRET: secret}})
  expect(await plan('canary-client')).toMatchObject({exitCode: 0, stdout: '1 as declared\n'})
  const drift = await plan('canary-other')
  expect(drift.stdout).toContain('oauth/clientSecret: fingerprint a83de5d6 → fingerprint e435a84b')
  writeFileSync(file, exported.stdout.replace(/clientSecret: .*/, 'clientSecret: canary-client'))
  const typed = await setting.hookctl(['plan', file])
  expect(typed).toMatchObject({exitCode: 2, stderr: expect.stringContaining('clientSecret: {env: NAME}')})
  expect(typed.stderr).not.toContain('canary')
})
