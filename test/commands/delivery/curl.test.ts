import {spawnSync} from 'node:child_process'
import {expect, test} from 'vitest'
import {curlCommand} from '../../../src/cli/curl.ts'
import {answers} from '../../harness/receiver.ts'
import {aSetting, type Setting} from '../../harness/setting.ts'
import {aTerminal, ended} from '../../harness/terminal.ts'

const hasCurl = spawnSync('curl', ['--version']).status === 0

const request = {
  method: 'POST',
  url: 'https://example.com/in',
  headers: [{name: 'Content-Type', value: 'application/json'}],
  body: {encoding: 'utf8', content: '{}', bytes: 2, truncated: false},
} as const

test.each([
  ['a quote in the body', {body: {...request.body, content: `it's`}}, `--data-raw 'it'\\''s'`],
  ['an empty header', {headers: [{name: 'X-Empty', value: ''}]}, `--header 'X-Empty;'`],
  ['a body without a type', {headers: []}, `--header 'Content-Type:'`],
  [
    'an escape sequence in the body',
    {body: {...request.body, content: '\u001b[31m'}},
    'printf %s G1szMW0= | base64 -d |',
  ],
  ['a carriage return in the body', {body: {...request.body, content: 'a\r\nb'}}, 'printf %s YQ0KYg== | base64 -d |'],
  ['bytes', {body: {...request.body, encoding: 'base64', content: 'AP8='}}, 'printf %s AP8= | base64 -d |'],
  [
    'a control character in a header',
    {headers: [{name: 'A', value: '\u009b'}]},
    `--header "$(printf '\\101\\072\\040\\302\\233')"`,
  ],
  ['a masked header', {headers: [{name: 'Authorization', value: '***'}]}, `'Authorization: '"\${AUTHORIZATION:?}"`],
  [
    'masked values of the query',
    {url: 'https://example.com/?token=***&a=&b=***'},
    `'https://example.com/?token='"\${URL_TOKEN:?}"'&a=&b='"\${URL_B:?}" `,
  ],
  ['a masked query', {url: 'https://example.com/?***'}, `'https://example.com/?'"\${URL_:?}"`],
])('%s', (_, changes, expected) => {
  expect(curlCommand({...request, ...changes} as Parameters<typeof curlCommand>[0]).command).toContain(expected)
})

async function aFailure(setting: Setting, ...flags: string[]): Promise<string> {
  await setting.webhook('ops', '--retry', 'manual', ...flags)
  setting.receiver.next(answers.status(500))
  const data = JSON.stringify({name: `it's "x" $HOME \`a\` é\n`, nebula_ip: '10.42.0.7'})
  return (await setting.json('event', 'send', 'node.added', '--data', data)).deliveries[0].id
}

test.skipIf(!hasCurl)(
  'run by a shell it is the same request once more: method, path, headers, signature, bytes',
  async () => {
    await using setting = await aSetting()
    const id = await aFailure(setting, '--header', 'X-Site: a b', '--header', 'Authorization: Bearer canary')
    const result = await setting.hookctl(['delivery', 'curl', id])
    expect(result).toMatchObject({exitCode: 0, stderr: 'masked in the record, set before you run it: AUTHORIZATION\n'})
    expect(result.stdout).not.toContain('canary')
    const run = (env: Record<string, string>) => ended(aTerminal(setting.home, env)(result.stdout))
    expect((await run({})).exitCode).not.toBe(0)
    expect(setting.receiver.requests).toHaveLength(1)
    expect((await run({AUTHORIZATION: 'Bearer canary'})).exitCode).toBe(0)
    const [first, second] = setting.receiver.requests
    expect([second?.method, second?.path]).toEqual([first?.method, first?.path])
    expect(second?.body).toEqual(first?.body)
    for (const name of [
      'content-type',
      'x-site',
      'authorization',
      'user-agent',
      'x-hook-signature',
      'x-hook-delivery',
      'accept',
    ]) {
      expect([name, second?.header(name)]).toEqual([name, first?.header(name)])
    }
  },
)

test('--fresh signs the same bytes anew; --attempt takes another one', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops', '--retry', 'manual', '--scheme', 'standard-v1', '--generate-secret')
  setting.receiver.next(answers.status(500))
  const id = (await setting.json('event', 'send', 'node.added', '--example')).deliveries[0].id
  const then = await setting.json('delivery', 'curl', id, '--attempt', '1')
  const sent = setting.receiver.requests[0]
  expect(then).toMatchObject({delivery: id, attempt: 1, variables: []})
  expect(then.command).toContain(`webhook-signature: ${sent?.header('webhook-signature')}`)
  const later = {now: () => Date.now() + 3_600_000}
  const fresh = await setting.hookctl(['delivery', 'curl', id, '--fresh'], later)
  expect(fresh.stdout.match(/webhook-signature:/gi)).toHaveLength(1)
  expect(fresh.stdout).toContain(`webhook-id: ${sent?.header('webhook-id')}`)
})

test('refused by name: unknown, never attempted, no such attempt, no signature', async () => {
  await using setting = await aSetting()
  const id = await aFailure(setting)
  await setting.webhook('off', '--inactive')
  await setting.json('event', 'send', 'node.added', '--example')
  const [{id: gone} = {}] = await setting.rows('delivery', 'list', '--webhook', 'ops', '--state', 'delivered')
  await setting.json('delivery', 'expunge', gone, '--yes')
  const [skipped] = await setting.rows('delivery', 'list', '--webhook', 'off')
  for (const [argv, code, exitCode] of [
    [['dlv_0'], 'delivery_not_found', 3],
    [[skipped?.id], 'never_attempted', 4],
    [[gone], 'content_gone', 4],
    [[id, '--attempt', '2'], 'attempt_not_found', 3],
    [[id, '--fresh'], 'webhook_has_no_secret', 4],
    [[id, '--attempt', '0'], 'invalid_number', 2],
  ] as const) {
    const result = await setting.hookctl(['delivery', 'curl', ...argv, '--json'])
    expect([result.exitCode, result.stdout, result.error().code]).toEqual([exitCode, '', code])
  }
})
