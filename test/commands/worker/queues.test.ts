import {expect, test} from 'vitest'
import {aSetting} from '../../harness/setting.ts'

test('NEB-07: queues are shown per webhook and per domain, the oldest first', async () => {
  await using setting = await aSetting()
  await setting.json('context', 'create', 'isp.example.com')
  await setting.webhook('ops')
  await setting.webhook('isp', '--context', 'isp.example.com')
  await setting.json('worker', 'disable')
  const node = ['event', 'send', 'node.added', '--example']
  await setting.json(...node)
  await setting.json(...node, '--context', 'isp.example.com')
  const rows = await setting.rows('worker', 'queues')
  const host = `127.0.0.1:${setting.receiver.port}`
  expect(rows).toMatchObject([
    {webhook: 'ops', domain: null, host, depth: 2, inFlight: null, state: 'active'},
    {webhook: 'isp', domain: 'isp.example.com', host, depth: 1, inFlight: null},
  ])
  expect(await setting.rows('worker', 'queues', '--by', 'domain')).toMatchObject([
    {domain: null, webhooks: 1, depth: 2},
    {domain: 'isp.example.com', webhooks: 1, depth: 1},
  ])
  expect(await setting.rows('worker', 'queues', '--domain', 'isp.example.com')).toMatchObject([{webhook: 'isp'}])
  const text = await setting.hookctl(['worker', 'queues', '--fields', 'domain,webhook,depth'])
  expect(text.stdout).toBe('(organization)\tops\t2\nisp.example.com\tisp\t1\n')
})
