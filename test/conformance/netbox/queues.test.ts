import {expect, test} from 'vitest'
import {anInstallation} from '../../harness/installation.ts'
import {answers, openReceiver} from '../../harness/receiver.ts'
import {aShell} from '../shell.ts'

/** NetBox's pages of background tasks and workers, at the command line and over HTTP. */

const create = 'webhook create --platform netbox --event dcim.site.created'
const send = 'event send dcim.site.created --example'

interface Rows {
  readonly data: readonly Readonly<Record<string, unknown>>[]
}

test('NBX-30 T21: tasks are listed by state, and a failed one is sent again from there', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  receiver.next(answers.status(500), answers.status(200))
  await shell.json(`${create} --name cmdb --url ${receiver.url}`)
  await shell.json(send)
  await shell.json(send)
  const listed = async (state: string) => (await shell.json<Rows>(`delivery list --state ${state}`)).data
  const [failed, ...others] = await listed('failed')
  expect([others, await listed('delivered')]).toEqual([[], [expect.objectContaining({lastStatus: 200})]])
  await shell.json(`delivery replay ${failed!.id} --wait`)
  expect(await listed('delivered')).toHaveLength(2)
  expect(await listed('failed')).toMatchObject([{id: failed!.id, lastStatus: 500}])
  expect(receiver.requests).toHaveLength(3)
})

test('NBX-30 T21: the queue shows what waits, and what is stopped there is never sent', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(`${create} --name cmdb --url ${receiver.url}`)
  await shell.json('worker disable')
  expect(await shell.json('worker status')).toMatchObject({state: 'inactive'})
  const {deliveries} = await shell.json<{deliveries: {id: string}[]}>(send)
  await shell.json(send)
  const [queue] = (await shell.json<Rows>('worker queues')).data
  expect(queue).toMatchObject({webhook: 'cmdb', depth: 2})
  await shell.json(`delivery cancel ${deliveries[0]!.id} --yes`)
  await shell.json('worker enable')
  await shell.json('worker run --drain')
  expect(receiver.requests.map(request => request.header('x-hook-delivery'))).not.toContain(deliveries[0]!.id)
  expect(receiver.requests).toHaveLength(1)
  expect((await shell.json<Rows>('delivery list --state cancelled')).data).toMatchObject([{id: deliveries[0]!.id}])
})

test('NBX-30 T21: a member looks and may change nothing: 403', async () => {
  await using receiver = await openReceiver()
  await using installation = await anInstallation()
  receiver.otherwise(answers.status(500))
  const {admin} = installation
  const organization = 'acme'
  await admin.ask('org.create', {slug: organization})
  const token = async (user: string, role: 'admin' | 'member') => {
    await admin.ask('member.create', {organization, user, role})
    return (await admin.ask('token.create', {organization, name: user, user, scopes: ['read', 'ingest', 'admin']}))
      .value
  }
  const [member, boss] = [await token('maria', 'member'), await token('anna', 'admin')]
  const site = {platform: 'netbox', url: receiver.url, eventTypes: ['dcim.site.created']}
  await admin.ask('webhook.create', {organization, name: 'cmdb', ...site})
  const {deliveries} = await admin.ask('event.send', {organization, type: 'dcim.site.created', data: {id: 1}})
  await receiver.received(1)
  const id = deliveries[0]!.id
  const under = `/v1/organizations/${organization}/deliveries`
  const status = async (path: string, given: string, body?: object) => {
    const init = body === undefined ? {} : {method: 'POST', body: JSON.stringify(body)}
    return (await installation.fetch(path, {token: given, ...init})).status
  }
  expect(await status(under, member)).toBe(200)
  expect(await status(`${under}/replay`, member, {deliveries: [id]})).toBe(403)
  expect(await status(`${under}/${id}/cancel`, member, {})).toBe(403)
  expect(await status('/v1/worker/disable', member, {})).toBe(403)
  expect(await status(`${under}/replay`, boss, {deliveries: [id]})).toBeLessThan(300)
  await receiver.received(2)
})
