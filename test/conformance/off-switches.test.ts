import {expect, test} from 'vitest'
import {openReceiver} from '../harness/receiver.ts'
import {aShell} from './shell.ts'

/** Three platforms, three meanings of "off": typed at the command line, seen by a receiver. */

interface Sent {
  readonly id: string
}

interface Deliveries {
  readonly deliveries: readonly {readonly state: string; readonly reason: string | null}[]
}

test('CAT-10: an inactive webhook is skipped when its delivery is about to be sent', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(
    `webhook create --platform catalyst --allow-http --name hook --event node.added --url ${receiver.url}`,
  )
  await shell.json('worker disable')
  const sent = await shell.json<Sent>('event send node.added --example')
  const before = await shell.json<Deliveries>(`event show ${sent.id}`)
  expect(before.deliveries).toMatchObject([{state: 'pending'}])
  await shell.json('webhook disable hook')
  await shell.json('worker enable')
  await shell.json('worker run --drain')
  const {deliveries} = await shell.json<Deliveries>(`event show ${sent.id}`)
  expect(deliveries).toMatchObject([{state: 'skipped', reason: 'inactive'}])
  await shell.json('webhook enable hook')
  await shell.json('worker run --drain')
  expect(receiver.requests).toEqual([])
})

test('CAT-10: switched on again before it is sent, it gets what was accepted while it was off', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(
    `webhook create --platform catalyst --allow-http --name hook --event node.added --url ${receiver.url} --inactive`,
  )
  await shell.json('worker disable')
  await shell.json('event send node.added --example')
  await shell.json('webhook enable hook')
  await shell.json('worker enable')
  await shell.json('worker run --drain')
  expect(receiver.requests).toHaveLength(1)
})

test('NBX-17: a disabled webhook is skipped when the event is accepted, and what was queued before is sent', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(`webhook create --platform netbox --name hook --event dcim.site.* --url ${receiver.url}`)
  await shell.json('worker disable')
  await shell.json('event send dcim.site.created --data', {args: ['{"id":1,"name":"queued"}']})
  await shell.json('webhook disable hook')
  const sent = await shell.json<Sent>('event send dcim.site.created --data', {args: ['{"id":2,"name":"skipped"}']})
  const {deliveries} = await shell.json<Deliveries>(`event show ${sent.id}`)
  expect(deliveries).toMatchObject([{state: 'skipped', reason: 'inactive'}])
  await shell.json('worker enable')
  await shell.json('worker run --drain')
  await shell.json('webhook enable hook')
  await shell.json('worker run --drain')
  expect(receiver.requests.map(({body}) => JSON.parse(body.toString()).data.name)).toEqual(['queued'])
})

test('PRO-05: an Inactive webhook is paused: its events wait, and go out in their order when it is Active', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(
    `webhook create --platform procustodibus --name hook --event alerts --batch-every 100ms --url ${receiver.url}`,
  )
  await shell.json('webhook disable hook')
  for (const danger of [1, 2, 3]) await shell.json('event send alerts --data', {args: [`{"danger":${danger}}`]})
  await shell.json('worker run --drain')
  expect(receiver.requests).toEqual([])
  const status = (await shell.hookctl('status --json')).json<{deliveries: object}>()
  expect(status.deliveries).toMatchObject({collecting: 1, unfinished: 1})
  await shell.json('webhook enable hook')
  await shell.json('webhook flush hook')
  const [request] = await receiver.received(1)
  const items = JSON.parse(request!.body.toString()) as {attributes: {danger: number}}[]
  expect(items.map(({attributes}) => attributes.danger)).toEqual([1, 2, 3])
})

test('NEB-10: what a webhook that holds is owed waits while it is off, event by event', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(
    `webhook create --platform nebularstack --tls skip --name hook --event * --url ${receiver.url} --inactive`,
  )
  const type = 'radius-authentication.subscriber-nas-updated'
  for (const id of ['a', 'b']) await shell.json(`event send ${type} --data`, {args: [`{"id":"${id}"}`]})
  await shell.json('worker run --drain')
  expect(receiver.requests).toEqual([])
  await shell.json('webhook enable hook')
  await shell.json('worker run --drain')
  expect(receiver.requests.map(({body}) => JSON.parse(body.toString()).data.id)).toEqual(['a', 'b'])
})
