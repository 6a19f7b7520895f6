import {writeFileSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {expect, test} from 'vitest'
import {aSetting} from '../../harness/setting.ts'

const CREATE = [
  'webhook',
  'create',
  '--name',
  'ci',
  '--platform',
  'catalyst',
  '--event',
  'node.*',
  '--from-ready',
  'ready.json',
]

test('a webhook takes URL and secret from the ready file of expect, and a pipeline needs nothing else', async () => {
  await using setting = await aSetting()
  const expecting = setting.hookctl(['expect', '--event', 'node.added', '--verify', '--ready-file', 'ready.json'])
  // Started before anybody is ready, on purpose.
  const webhook = await setting.json(...CREATE)
  expect(webhook).toMatchObject({policies: {allowHttp: true}, secrets: [{fingerprint: expect.any(String)}]})
  await setting.json('event', 'send', 'node.added', '--example', '--wait')
  expect(await expecting).toMatchObject({exitCode: 0, stdout: expect.stringContaining('came: 1 of 1 node.added')})
})

test('a ready file whose writer is gone, or that is none, is not believed', async () => {
  await using setting = await aSetting()
  const file = path.join(setting.home.path, 'ready.json')
  writeFileSync(file, '{"hello": 1}')
  expect((await setting.hookctl([...CREATE, '--json'])).error()).toMatchObject({code: 'bad_ready_file'})
  writeFileSync(file, ' '.repeat(1_000_001))
  const large = await setting.hookctl([...CREATE, '--json'])
  expect(large.error()).toMatchObject({code: 'bad_ready_file', message: expect.stringContaining('too large')})
  writeFileSync(file, JSON.stringify({ready: true, url: 'http://127.0.0.1:9999/', pid: 2 ** 22 + 1}))
  const late = setting.hookctl([...CREATE, '--json'])
  const alive = {ready: true, url: 'http://127.0.0.1:9998/', pid: process.pid}
  setTimeout(() => writeFileSync(file, JSON.stringify(alive)), 100)
  expect((await late).json()).toMatchObject({url: 'http://127.0.0.1:9998/'})
  expect((await setting.hookctl([...CREATE, '--url', 'http://127.0.0.1/', '--json'])).exitCode).toBe(2)
})
