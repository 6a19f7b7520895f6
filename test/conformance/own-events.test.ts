import {expect, test} from 'vitest'
import {answers, openReceiver, type ReceivedRequest, type Receiver} from '../harness/receiver.ts'
import {aShell, type Shell} from './shell.ts'

/** What hookctl changes of its own is an event one can subscribe to, and never the reason for another. */

interface Own {
  readonly type: string
  readonly data: {
    readonly object: {readonly type: string; readonly name: string}
    readonly actor: {readonly kind: string; readonly name: string | null}
    readonly fields: readonly string[]
    readonly before: Record<string, unknown> | null
    readonly after: Record<string, unknown> | null
  }
}

const own = ({body}: ReceivedRequest) => JSON.parse(body.toString()) as Own
const typesAt = ({requests}: Receiver, path: string) =>
  requests.filter(request => request.path === path).map(request => own(request).type)

const listen = (shell: Shell, receiver: Receiver, name: string, event = '*', platform = 'standard') =>
  shell.json<{id: string}>(
    `webhook create --platform ${platform} --allow-http --name ${name} --event ${event} --url ${receiver.url}/${name}`,
  )

/** Sends all that is due, and what comes of that, until nothing is. */
const drain = (shell: Shell) => shell.json('worker run --drain')

interface Listed {
  readonly data: readonly {readonly id: string; readonly type: string; readonly source: string}[]
}
const eventsOf = async (shell: Shell) => (await shell.json<Listed>('event list --limit 1000')).data

test('CAT-24: a webhook, a context, a token and the worker that change are told to who subscribes, with who did it', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await listen(shell, receiver, 'watch', 'hookctl.*')
  await listen(shell, receiver, 'other', 'node.*', 'catalyst')
  await shell.json('webhook edit other --description', {args: ['for the pagers', '--header', 'Authorization: CANARY']})
  await shell.json('webhook disable other')
  await shell.json('webhook delete other --yes')
  await shell.json('context create campus')
  await shell.json('context delete campus --yes')
  await shell.json('token create ci --scope read')
  await shell.json('token revoke ci --yes')
  await shell.json('worker disable')
  await shell.json('worker enable')
  await drain(shell)
  // Several are on their way at once.
  expect(typesAt(receiver, '/watch').sort()).toEqual(
    [
      'hookctl.webhook.created',
      'hookctl.webhook.changed',
      'hookctl.webhook.changed',
      'hookctl.webhook.deleted',
      'hookctl.context.created',
      'hookctl.context.deleted',
      'hookctl.token.created',
      'hookctl.token.deleted',
      'hookctl.worker.changed',
      'hookctl.worker.changed',
    ].sort(),
  )
  const changed = receiver.requests.map(own).filter(({type}) => type === 'hookctl.webhook.changed')
  const edited = changed.find(({data}) => data.after?.active)
  const disabled = changed.find(({data}) => !data.after?.active)
  expect(edited!.data).toMatchObject({
    object: {type: 'Webhook', name: 'other'},
    actor: {kind: 'user'},
    before: {description: ''},
    after: {description: 'for the pagers'},
  })
  expect(edited!.data.fields).toContain('description')
  expect(disabled!.data.fields).toEqual(['active'])
  expect(receiver.requests.map(({body}) => body.toString()).join()).not.toContain('CANARY')
  for (const {source} of await eventsOf(shell)) expect(source).toBe('hookctl')
})

test('where no webhook wants to know there is no event; the history has it all the same', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await listen(shell, receiver, 'nodes', 'node.*', 'catalyst')
  await listen(shell, receiver, 'users', 'user.*')
  await shell.json('webhook disable nodes')
  expect(await eventsOf(shell)).toEqual([])
  expect((await shell.json<{data: unknown[]}>('history list --object-type Webhook')).data).toHaveLength(3)
})

test('a webhook of another platform that takes everything hears nothing of hookctl itself', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await listen(shell, receiver, 'catalyst', '*', 'catalyst')
  await listen(shell, receiver, 'netbox', '*.created,*.deleted,*', 'netbox')
  await listen(shell, receiver, 'watch')
  await shell.json(`webhook create --platform entrypoint --no-input --name audit --event * --url ${receiver.url}/audit`)
  await drain(shell)
  await shell.json('webhook disable catalyst')
  await drain(shell)
  // The same change in the words of each: neither gets it a second time in the other's.
  expect(typesAt(receiver, '/watch')).toEqual(['hookctl.webhook.created', 'hookctl.webhook.changed'])
  expect(receiver.requests.filter(({path}) => path === '/audit')).toHaveLength(1)
  const {length} = receiver.requests
  for (const name of ['watch', 'audit']) await shell.json(`webhook disable ${name}`)
  await drain(shell)
  // The second one was told of the first; of itself, which is off, neither was.
  expect(receiver.requests.slice(length).map(({path}) => path)).toEqual(['/audit'])
  await shell.json('event send hookctl.webhook.created --wait --data {}')
  await drain(shell)
  expect(receiver.requests.filter(({path}) => path === '/catalyst' || path === '/netbox')).toEqual([])
  const refused = await shell.hookctl(
    `webhook create --platform netbox --name own --event hookctl.webhook.created --url ${receiver.url} --json`,
  )
  expect(refused.error().code).toBe('unknown_event_type')
})

test('ENT-25: editing a webhook is one audit event for the EntryPoint webhooks of its context, and leads to no other', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json('context create campus --name', {args: ['Campus Süd']})
  const create = (name: string, flags: string) =>
    shell.json(
      `webhook create --platform entrypoint --no-input --name ${name} --event * --url ${receiver.url}/${name} ${flags}`.trim(),
    )
  await create('whole', '--inactive')
  await create('campus', '--context campus --inactive')
  await create('elsewhere', '--context campus --inactive')
  await shell.json('webhook delete elsewhere --yes')
  for (const name of ['whole', 'campus']) await shell.json(`webhook enable ${name}`)
  await drain(shell)
  const before = receiver.requests.length
  await shell.json('webhook edit campus --header', {args: ['Authorization: Bearer CANARY']})
  await drain(shell)
  const heard = receiver.requests.slice(before)
  expect(heard.map(({path}) => path).sort()).toEqual(['/campus', '/whole'])
  const [item] = JSON.parse(heard[0]!.body.toString())
  expect(item).toMatchObject({
    eventId: 'entrypoint.configuration.audit',
    contextId: 'campus',
    contextName: 'Campus Süd',
    actor: {type: 'ADMIN'},
    action: 'UPDATE',
    description: 'Webhook "campus" updated',
    changes: [{field: 'headers', before: [], after: [{name: 'Authorization', value: '***'}]}],
  })
  await drain(shell)
  expect(receiver.requests).toHaveLength(before + 2)
})

test('a webhook that subscribes to everything, and fails, is paused, replayed and cancelled, comes to rest', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  for (const name of ['one', 'two', 'three']) await listen(shell, receiver, name)
  receiver.otherwise((socket, request, stopped) =>
    answers.status(request.path === '/one' ? 410 : 204)(socket, request, stopped),
  )
  await shell.json('webhook edit two --description', {args: ['x']})
  await drain(shell)
  const {paused} = await shell.json<{paused: {reason: string} | null}>('webhook show one')
  expect(paused?.reason).toBe('gone')
  await drain(shell)
  // The pause is told to the others, by nobody, and not to the webhook itself.
  const told = receiver.requests.filter(request => own(request).data.after?.paused != null)
  expect(told.map(({path}) => path).sort()).toEqual(['/three', '/two'])
  expect(own(told[0]!).data.actor).toEqual({kind: 'system', name: null})
  const deliveries = await shell.json<{data: {id: string; webhook: string; eventType: string}[]}>(
    'delivery list --limit 1000',
  )
  const ownOne = deliveries.data.find(({webhook, eventType}) => webhook === 'two' && eventType.startsWith('hookctl.'))!
  const known = (await eventsOf(shell)).length
  await shell.json(`delivery replay ${ownOne.id}`)
  await drain(shell)
  expect(await eventsOf(shell)).toHaveLength(known)
  // A delivery of an event that is not hookctl's own is told of, to the others.
  const {deliveries: sent} = await shell.json<{deliveries: {id: string; webhook: string}[]}>('event send user.created')
  await drain(shell)
  const toTwo = sent.find(({webhook}) => webhook === 'two')!
  await shell.json(`delivery replay ${toTwo.id}`)
  await drain(shell)
  const replays = (await eventsOf(shell)).filter(({type}) => type === 'hookctl.delivery.created')
  expect(replays).toHaveLength(1)
  const {deliveries: owed} = await shell.json<{deliveries: {webhook: string}[]}>(`event show ${replays[0]!.id}`)
  expect(owed.map(({webhook}) => webhook).sort()).toEqual(['one', 'three'])
  // At rest: sending what there is makes nothing new.
  const [events, received] = [await eventsOf(shell), receiver.requests.length]
  await drain(shell)
  expect(await eventsOf(shell)).toEqual(events)
  expect(receiver.requests).toHaveLength(received)
})
