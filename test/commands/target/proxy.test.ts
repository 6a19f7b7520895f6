import {expect, test} from 'vitest'
import {openProxy} from '../../harness/proxy.ts'
import {aSetting, type Row} from '../../harness/setting.ts'

const FAR = '10.1.2.3:8080'

test('deliveries go through the proxy that is set, and what sends says so', async () => {
  await using setting = await aSetting()
  await using proxy = await openProxy({leads: {[FAR]: setting.receiver.port}})
  await setting.webhook('far', '--url', `http://${FAR}/in`)
  await setting.webhook('here')
  const env = {HOOKCTL_TARGETS_PROXY: proxy.url.replace('//', '//me:geheim@')}
  const sent = await setting.hookctl(['event', 'send', 'node.added', '--example', '--wait', '--json'], {env})
  expect(sent).toMatchObject({exitCode: 0})
  expect(proxy.asked).toEqual([`POST http://${FAR}/in`])
  expect(proxy.credentials).toEqual([`Basic ${Buffer.from('me:geheim').toString('base64')}`])
  expect(setting.receiver.requests).toHaveLength(2)

  const drained = await setting.hookctl(['worker', 'run', '--drain'], {env})
  expect(drained.stderr).toContain(`deliveries go through the proxy ${proxy.url}\n`)
  const status = await setting.hookctl(['status', '--json'], {env})
  expect(status.json<Row>().targets).toMatchObject({proxy: proxy.url})
  const deliveries = await setting.rows('delivery', 'list')
  const shown = await Promise.all(deliveries.map(({id}) => setting.hookctl(['delivery', 'show', id, '--json'], {env})))
  for (const result of [sent, drained, status, ...shown]) expect(result.stdout + result.stderr).not.toMatch(/geheim/)
  expect(shown.map(result => JSON.stringify(result.json())).join()).not.toMatch(/proxy-authorization/i)
})

test('a proxy that refuses is a failed attempt that says so, with what to do', async () => {
  await using setting = await aSetting()
  await using proxy = await openProxy({leads: {}, status: 403})
  await setting.json('config', 'set', 'targets.proxy', proxy.url)
  await setting.webhook('far', '--url', 'https://10.1.2.3/in')
  const tested = await setting.hookctl(['webhook', 'test', 'far', '--json'])
  expect(tested).toMatchObject({exitCode: 7})
  const [delivery] = await setting.rows('delivery', 'list')
  const {attempts} = await setting.json<Row>('delivery', 'show', delivery?.id)
  expect(attempts).toMatchObject([
    {
      errorClass: 'refused',
      error: `the proxy ${proxy.host} gave no connection to 10.1.2.3:443: it answered 403`,
      hint: expect.stringContaining('targets.proxy'),
    },
  ])
})

test('sign --to goes through it too', async () => {
  await using setting = await aSetting()
  await using proxy = await openProxy({leads: {[FAR]: setting.receiver.port}})
  const argv = ['sign', '--body', '-', '--secret-env', 'SECRET', '--to', `http://${FAR}/in`]
  const env = {SECRET: 'a secret of tests', HOOKCTL_TARGETS_PROXY: proxy.url}
  expect(await setting.hookctl(argv, {env, stdin: '{}'})).toMatchObject({exitCode: 0})
  expect(proxy.asked).toEqual([`POST http://${FAR}/in`])
})

test('target check says which way a target is reached, and leaves unknown names to the proxy', async () => {
  await using setting = await aSetting()
  await setting.json('config', 'set', 'targets.proxy', 'http://proxy.example:3128')
  await setting.json('config', 'set', 'targets.direct', '10.0.0.0/8,host:*.corp.example')
  const check = async (...argv: readonly string[]) =>
    (await setting.hookctl(['target', 'check', '--json', ...argv])).json<Row>()
  expect(await check('https://192.168.1.10/')).toMatchObject({allowed: true, proxy: 'http://proxy.example:3128'})
  expect(await check('https://10.1.2.3/')).toMatchObject({allowed: true, proxy: null})
  expect(await check('http://127.0.0.1:9000/')).toMatchObject({allowed: true, proxy: null})
  expect(await check('http://a.corp.example/', '--resolve', 'a.corp.example=10.1.2.3')).toMatchObject({proxy: null})
  const unknown = ['https://outside.example/', '--resolve', 'outside.example=', '--policy', 'public']
  expect(await check(...unknown)).toMatchObject({
    allowed: true,
    explanation: 'outside.example is not known here, so where it leads is for the proxy to say',
  })
  expect(await check(...unknown, '--deny', 'host:outside.example')).toMatchObject({allowed: false, reason: 'rule'})
  expect(await check('https://meta.example/', '--resolve', 'meta.example=169.254.169.254')).toMatchObject({
    allowed: false,
    reason: 'metadata',
  })
})

test('the password of a proxy is not taken from the command line, and shown nowhere', async () => {
  await using setting = await aSetting()
  const url = 'http://me:geheim@proxy.example:3128'
  const typed = await setting.hookctl(['config', 'set', 'targets.proxy', url, '--json'])
  expect(typed).toMatchObject({exitCode: 2})
  expect(typed.error()).toMatchObject({code: 'secret_on_command_line'})
  expect(await setting.hookctl(['config', 'set', 'targets.proxy', '-'], {stdin: `${url}\n`})).toMatchObject({
    exitCode: 0,
  })
  expect(await setting.json('config', 'get', 'targets.proxy')).toMatchObject({
    value: 'http://***@proxy.example:3128',
  })
  expect((await setting.hookctl(['config', 'list', '--json'])).stdout).not.toMatch(/geheim/)
})

test.each([
  ['targets.proxy', 'proxy.example:3128', 'bad_proxy'],
  ['targets.proxy', 'socks5://me:geheim@proxy.example:1080', 'bad_proxy'],
  ['targets.direct', '*.example.com', 'bad_target_rule'],
])('%s %s is refused where it is set and where it is used, with where it stands', async (key, value, code) => {
  await using setting = await aSetting()
  const set = await setting.hookctl(['config', 'set', key, value, '--json'])
  expect([set.exitCode, set.error().code]).toEqual([2, code])
  const variable = `HOOKCTL_${key.replace('.', '_').toUpperCase()}`
  const env = {HOOKCTL_TARGETS_PROXY: 'http://proxy.example:3128', [variable]: value}
  const used = await setting.hookctl(['webhook', 'list', '--json'], {env})
  expect([used.exitCode, used.error().code]).toEqual([2, code])
  expect(used.error().message).toMatch(new RegExp(`^${variable}: `))
  expect(set.stderr + used.stderr).not.toMatch(/geheim/)
})

test('A9: doctor says that deliveries do not take the proxy that other programs are told of, and which one they take', async () => {
  await using setting = await aSetting()
  const found = async (env: Record<string, string>) => {
    const {data} = (await setting.hookctl(['doctor', '--json'], {env})).json<{data: Row[]}>()
    return data.filter(({check}) => check === 'proxy').map(({state, detail}) => [state, detail])
  }
  const [HTTPS_PROXY, HOOKCTL_TARGETS_PROXY] = ['http://other.example:8080', 'http://me:geheim@proxy.example:3128']
  expect(await found({})).toEqual([])
  expect(await found({HTTPS_PROXY})).toEqual([['ok', expect.stringContaining('do not take the proxy in HTTPS_PROXY')]])
  expect(await found({HTTPS_PROXY, HOOKCTL_TARGETS_PROXY})).toEqual([
    ['ok', 'deliveries go through http://proxy.example:3128'],
  ])
  expect(await found({HOOKCTL_TARGETS_PROXY: 'proxy.example'})).toEqual([
    ['failed', expect.stringContaining('HOOKCTL_TARGETS_PROXY')],
  ])
})

test('doctor --reach dials the proxy for what is behind it', async () => {
  await using setting = await aSetting()
  await setting.webhook('far', '--url', 'https://10.1.2.3/in')
  const reach = async (proxy: string) => {
    const result = await setting.hookctl(['doctor', '--reach', '--json'], {env: {HOOKCTL_TARGETS_PROXY: proxy}})
    return result.json<{data: Row[]}>().data.filter(({check}) => check === 'reach')
  }
  const proxy = await openProxy({leads: {}})
  expect(await reach(proxy.url)).toMatchObject([
    {state: 'ok', detail: `far: 10.1.2.3:443 is reached through ${proxy.url}, which takes connections`},
  ])
  expect(proxy.asked).toEqual([])
  await proxy[Symbol.asyncDispose]()
  expect(await reach(proxy.url)).toMatchObject([
    {state: 'failed', detail: expect.stringContaining('ECONNREFUSED'), fix: 'hookctl config get targets.proxy'},
  ])
})
