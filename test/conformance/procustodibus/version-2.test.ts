import {expect, test} from 'vitest'
import {aClockedServer} from '../../harness/clocked-server.ts'

/** What the newer documentation adds: version 2, over HTTP. */

const organization = 'default'

const aWebhook = {organization, name: 'siem', platform: 'procustodibus@2', eventTypes: ['alerts']}

test('PRO-17: extra fields stand in every item of a batch, beside its attributes', async () => {
  await using server = await aClockedServer()
  const settings = {extraFields: {ddsource: 'procustodibus', service: 'vpn "Köln"'}}
  await server.ask('webhook.create', {...aWebhook, url: server.receiver.url, settings})
  for (const danger of [1, 2]) await server.ask('event.send', {organization, type: 'alerts', data: {danger}})
  await server.ask('webhook.flush', {organization, webhook: 'siem'})
  await server.pass(0)
  const items = JSON.parse(server.receiver.requests[0]!.body.toString()) as Record<string, unknown>[]
  expect(items.map(item => Object.keys(item))).toEqual([
    ['attributes', 'ddsource', 'id', 'service', 'type'],
    ['attributes', 'ddsource', 'id', 'service', 'type'],
  ])
  expect(items[1]).toMatchObject({ddsource: 'procustodibus', service: 'vpn "Köln"', attributes: {danger: 2}})
})

test('PRO-19: only alerts have a user', async () => {
  await using server = await aClockedServer()
  const settings = {user: '3tjDGN2gXpT'}
  const {webhook} = await server.ask('webhook.create', {...aWebhook, url: server.receiver.url, settings})
  expect(webhook.settings).toEqual(settings)
  const other = {...aWebhook, name: 'other', url: server.receiver.url, settings, eventTypes: ['log_authn']}
  await expect(server.ask('webhook.create', other)).rejects.toMatchObject({
    code: 'bad_setting',
    message: 'only a webhook of type alerts has a user',
  })
})
