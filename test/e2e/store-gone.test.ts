import {mkdtempSync, renameSync, rmSync} from 'node:fs'
import http from 'node:http'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {expect, test} from 'vitest'
import {answers, openReceiver} from '../harness/receiver.ts'
import {post, startServed} from '../harness/served.ts'

const site = (id: number) => ({type: 'dcim.site.created', data: {id}, object: {type: 'dcim.site', id}})

test.each([
  ['deleted', (file: string) => rmSync(file)],
  ['moved away', (file: string) => renameSync(file, `${file}.moved`)],
])(
  'H3: a server whose store is %s stops accepting and sending within 2 s, and says why',
  async (_, take) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-gone-'))
    const store = path.join(folder, 'hookctl.db')
    await using receiver = await openReceiver()
    receiver.otherwise(answers.status(500))
    const served = await startServed({store})
    const agent = new http.Agent()
    const ask = (resource: string, body: object) => post(served, agent, `/v1/organizations/default/${resource}`, body)
    try {
      const made = await ask('webhooks', {
        name: 'sink',
        platform: 'netbox',
        url: `${receiver.url}/in`,
        eventTypes: ['dcim.site.*'],
        policies: {retry: {kind: 'until-success', everyMs: 1000}},
      })
      expect(made.status, made.body).toBe(201)
      expect((await ask('events', site(1))).status).toBe(202)
      await receiver.received(1)
      take(store)
      const goneAt = performance.now()
      const refused = await ask('events', site(2))
      expect(refused).toMatchObject({status: 503, body: expect.stringContaining('store_gone')})
      await new Promise(resolve => setTimeout(resolve, Math.max(0, 2000 - (performance.now() - goneAt))))
      const sent = receiver.requests.length
      await new Promise(resolve => setTimeout(resolve, 2500))
      expect(receiver.requests.length).toBe(sent)
    } finally {
      agent.destroy()
      served.child.kill('SIGKILL')
      rmSync(folder, {recursive: true, force: true})
    }
  },
  30_000,
)
