import {once} from 'node:events'
import {mkdtempSync, rmSync} from 'node:fs'
import http from 'node:http'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {expect, test} from 'vitest'
import {careFor} from '../../src/store/care.ts'
import {refusal} from '../harness/product.ts'
import {post, startServed} from '../harness/served.ts'

test('H6, F11: what a server has open is backed up and checked, and neither replaced nor given another key under it', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-held-'))
  const store = path.join(folder, 'hookctl.db')
  const served = await startServed({store})
  const ended = once(served.child, 'close')
  const agent = new http.Agent()
  const send = () => post(served, agent, '/v1/organizations/default/events', {type: 'node.added', data: {name: 'a'}})
  try {
    expect((await send()).status).toBe(202)
    const care = await careFor(store)
    const {file} = await care.backUp({to: path.join(folder, 'copy'), force: false, now: 0})
    expect(await care.check({quick: false})).toMatchObject({problems: []})
    const key = Buffer.alloc(32, 1).toString('base64')
    for (const ask of [() => care.restore(file, {now: 0}), () => care.rekey(null, key)]) {
      expect(await refusal(ask())).toMatchObject({kind: 'conflict', code: 'store_in_use'})
    }
    expect((await send()).status).toBe(202)
    served.child.kill('SIGTERM')
    await ended
    expect((await care.check({quick: false})).problems).toEqual([])
    expect(await care.rekey(null, key)).toMatchObject({keyId: expect.any(String)})
  } finally {
    agent.destroy()
    served.child.kill('SIGKILL')
    await ended
    rmSync(folder, {recursive: true, force: true})
  }
}, 30_000)
