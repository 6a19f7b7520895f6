import {existsSync, rmSync, statfsSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {expect, test} from 'vitest'
import {serverFilePath} from '../../src/api/server-file.ts'
import {startCli, temporaryHome} from '../harness/cli.ts'
import {openReceiver} from '../harness/receiver.ts'
import {aSmallDisk, mayMount} from '../harness/small-disk.ts'

const where = mayMount ? 'on a tmpfs of 16 MB' : 'skipped: this user may not mount'

test.skipIf(!mayMount)(
  `H1: a full disk is answered with 507, nothing is half accepted, and all goes on within 5 s of room (${where})`,
  {timeout: 120_000},
  async () => {
    await using home = temporaryHome()
    await using disk = aSmallDisk(16 * 1024 * 1024)
    await using receiver = await openReceiver()
    const store = path.join(disk.folder, 'hookctl.db')
    await using server = startCli(['serve', '--store', store, '--listen', '127.0.0.1:0', '--json'], {home})
    const {url} = JSON.parse((await server.waitFor(/\n/)).split('\n')[0] as string)
    const {readFileSync} = await import('node:fs')
    const {token} = JSON.parse(readFileSync(serverFilePath(store), 'utf8'))
    const post = async (resource: string, body: object) => {
      const answer = await fetch(`${url}/v1/organizations/default/${resource}`, {
        method: 'POST',
        headers: {authorization: `Bearer ${token}`, 'content-type': 'application/json'},
        body: JSON.stringify(body),
      })
      // biome-ignore lint/suspicious/noExplicitAny: what the server says.
      return {status: answer.status, body: (await answer.json()) as any}
    }
    const webhook = await post('webhooks', {
      name: 'sink',
      platform: 'netbox',
      url: `${receiver.url}/in`,
      eventTypes: ['dcim.site.*'],
    })
    expect(webhook.status).toBe(201)
    let sent = 0
    const send = () =>
      post('events', {
        type: 'dcim.site.created',
        data: {id: ++sent, note: 'x'.repeat(2000)},
        object: {type: 'dcim.site', id: sent},
      })

    const accepted = new Map<string, string>()
    const keep = ({status, body}: Awaited<ReturnType<typeof send>>) => {
      if (status === 202) accepted.set(body.event.id, body.deliveries[0].id)
      return status
    }
    for (let n = 0; n < 20; n++) keep(await send())
    // Leaves a little room, which the first of a thousand posts take.
    const ballast = path.join(disk.folder, 'ballast')
    const {bavail, bsize} = statfsSync(disk.folder)
    writeFileSync(ballast, new Uint8Array(bavail * bsize - 200_000))
    const statuses: number[] = []
    for (let n = 0; n < 1000; n += 20) statuses.push(...(await Promise.all(Array.from({length: 20}, send))).map(keep))
    expect(new Set(statuses)).toEqual(new Set(statuses.includes(202) ? [202, 507] : [507]))
    expect(statuses.filter(status => status === 507).length).toBeGreaterThan(500)
    const refused = await send()
    expect(refused).toMatchObject({
      status: 507,
      body: {code: 'store_full', hint: expect.stringMatching(/free some space/)},
    })
    // Reading goes on.
    const list = await fetch(`${url}/v1/organizations/default/events`, {headers: {authorization: `Bearer ${token}`}})
    expect(list.status).toBe(200)

    rmSync(ballast)
    const freedAt = performance.now()
    while (keep(await send()) !== 202) expect(performance.now() - freedAt).toBeLessThan(5000)
    const seen = () => new Set(receiver.requests.map(request => headerOf(request.headers, 'x-hook-event-id')))
    const isMissing = () => [...accepted.keys()].filter(id => !seen().has(id))
    while (isMissing().length > 0 && performance.now() - freedAt < 20_000)
      await new Promise(resolve => setTimeout(resolve, 50))
    expect(isMissing()).toEqual([])

    server.kill('SIGTERM')
    await server.ended
    expect(existsSync(store)).toBe(true)
    const database = new DatabaseSync(store)
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({integrity_check: 'ok'})
    const stored = new Set(
      database
        .prepare('SELECT id FROM events')
        .all()
        .map(({id}) => id as string),
    )
    database.close()
    // What was refused is not there, and nothing was sent that is not there.
    expect(stored).toEqual(new Set(accepted.keys()))
    expect([...seen()].filter(id => !stored.has(id as string))).toEqual([])
    console.log(
      `figure H1: 1,000 posts to a full disk, ${statuses.filter(status => status === 507).length} answered 507, 0 lost`,
    )
  },
)

const headerOf = (headers: readonly (readonly [string, string])[], name: string) =>
  headers.find(([each]) => each.toLowerCase() === name)?.[1]
