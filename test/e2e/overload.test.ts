import {once} from 'node:events'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {expect, test} from 'vitest'
import {startServed} from '../harness/served.ts'
import {aSetting} from '../harness/setting.ts'

const aSite = {type: 'dcim.site.created', data: {id: 1, name: 'ams1'}}

test('G6: a server where enough waits answers 429 with Retry-After, and says in its status what waits and since when', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-overload-'))
  const served = await startServed({store: path.join(folder, 's.db'), env: {HOOKCTL_LIMITS_WAITING: '5'}})
  const ask = (method: string, resource: string, body?: object) =>
    fetch(new URL(resource, served.url), {
      method,
      headers: {authorization: `Bearer ${served.token}`, 'content-type': 'application/json'},
      ...(body === undefined ? {} : {body: JSON.stringify(body)}),
    })
  const organization = '/v1/organizations/default'
  const send = () => ask('POST', `${organization}/events`, aSite)
  try {
    const webhook = {name: 'dead', platform: 'netbox', url: 'http://127.0.0.1:9000/', eventTypes: ['dcim.site.*']}
    expect((await ask('POST', `${organization}/webhooks`, webhook)).status).toBe(201)
    expect((await ask('POST', '/v1/worker/disable', {})).status).toBe(200)
    for (let number = 0; number < 5; number++) expect((await send()).status).toBe(202)
    await expect.poll(async () => (await send()).status).toBe(429)
    const refused = await send()
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(await refused.json()).toMatchObject({
      code: 'store_overloaded',
      hint: expect.stringContaining('limits.waiting'),
    })
    const status = (await (await ask('GET', `${organization}/status`)).json()) as {
      healthy: boolean
      reasons: {code: string}[]
      deliveries: {unfinished: number; oldestUnfinishedAt: string}
    }
    expect(status.healthy).toBe(false)
    expect(status.reasons[0]).toMatchObject({code: 'store_overloaded'})
    expect(status.deliveries.unfinished).toBeGreaterThanOrEqual(5)
    expect(status.deliveries.oldestUnfinishedAt).toMatch(/^\d{4}-/)
  } finally {
    served.child.kill('SIGKILL')
    await once(served.child, 'close')
    rmSync(folder, {recursive: true, force: true})
  }
})

test('G6: typed, it is exit 6 with a hint; the limit is a setting like every other', async () => {
  await using setting = await aSetting()
  await setting.webhook('ops')
  await setting.json('config', 'set', 'limits.waiting', '1')
  await setting.json('worker', 'disable')
  await setting.json('event', 'send', 'node.added', '--example')
  const refused = await setting.hookctl(['event', 'send', 'node.added', '--example', '--json'])
  expect(refused).toMatchObject({exitCode: 6, stdout: ''})
  expect(refused.error()).toMatchObject({code: 'store_overloaded', hint: expect.stringContaining('limits.waiting')})
  for (const [key, value] of [
    ['limits.waiting', 'many'],
    ['limits.diskFree', '5 parsecs'],
  ] as const) {
    const result = await setting.hookctl(['config', 'set', key, value, '--json'])
    expect(result).toMatchObject({exitCode: 2})
    expect(result.error().message).toContain(value)
  }
  for (const value of ['none', '250mb']) await setting.json('config', 'set', 'limits.diskFree', value)
})
