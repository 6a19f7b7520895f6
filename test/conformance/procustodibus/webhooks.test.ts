import {expect, test} from 'vitest'
import {openReceiver, type ReceivedRequest} from '../../harness/receiver.ts'
import {aShell, type Shell} from '../shell.ts'

/** What a Pro Custodibus webhook may be and what its requests hold: typed at the command line, seen by a receiver. */

const create = 'webhook create --platform procustodibus --name siem'

interface Item {
  readonly attributes: Record<string, unknown>
  readonly id: string
  readonly type: string
  readonly relationships?: Record<string, {readonly data: readonly {readonly id: string; readonly type: string}[]}>
}

const itemsOf = ({body}: ReceivedRequest) => JSON.parse(body.toString()) as Item[]

/** The platform's own example of a type as the receiver gets it. */
async function received(type: string): Promise<{request: ReceivedRequest; item: Item}> {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(`${create} --event ${type} --url ${receiver.url}/webhooks/123`)
  await shell.json(`event send ${type} --example`)
  await shell.json('webhook flush siem')
  const [request] = await receiver.received(1)
  const [item, ...others] = itemsOf(request!)
  expect(others).toEqual([])
  return {request: request!, item: item!}
}

const refusal = async (shell: Shell, words: string) => {
  const result = await shell.hookctl(`${words} --json`)
  expect(result.exitCode).toBe(2)
  return result.error()
}

test('PRO-01: four types, each webhook has exactly one', async () => {
  await using shell = aShell()
  const {data} = await shell.json<{data: {name: string; category: string}[]}>('event types --platform procustodibus')
  expect(data.map(({name, category}) => [name, category])).toEqual([
    ['alerts', 'Alerts'],
    ['endpoint_stats', 'Endpoint Stats'],
    ['log_authn', 'Log Authn'],
    ['log_changes', 'Log Changes'],
  ])
  const url = '--url https://example.com/webhooks/123'
  for (const {name} of data) {
    const made = await shell.json(`webhook create --platform procustodibus --name ${name} --event ${name} ${url}`)
    expect(made).toMatchObject({eventTypes: [name], mode: 'batch'})
  }
  for (const events of ['alerts,log_authn', 'log_*', '*']) {
    expect(await refusal(shell, `${create} --event ${events} ${url}`)).toMatchObject({code: 'one_event_type'})
  }
  expect(await refusal(shell, `${create} --event alert ${url}`)).toMatchObject({
    code: 'unknown_event_type',
    hint: 'did you mean alerts?',
  })
})

test('PRO-06: the URL is a full one', async () => {
  await using shell = aShell()
  for (const url of ['example.com/webhooks/123', '/webhooks/123', 'https://', 'ftp://example.com/x']) {
    expect((await shell.hookctl(`${create} --event alerts --url ${url}`)).exitCode).toBe(2)
  }
  for (const url of ['https://example.com/webhooks/123', 'http://127.0.0.1:8080/hook?a=1']) {
    await shell.json(`webhook create --platform procustodibus --name ${url.slice(0, 5)} --event alerts --url ${url}`)
  }
})

test('PRO-07: headers reach the receiver as written, with spaces, ampersands and colons', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  const headers = ['Authorization: Bearer 123', 'X-Foo: bar & baz', 'X-When: 12:30: now, & then', 'X-Empty:']
  await shell.json(`${create} --event alerts --url ${receiver.url}`, {
    args: headers.flatMap(header => ['--header', header]),
  })
  await shell.json('event send alerts --example')
  await shell.json('webhook flush siem')
  const [request] = await receiver.received(1)
  expect(['Authorization', 'X-Foo', 'X-When', 'X-Empty'].map(name => request!.header(name))).toEqual([
    'Bearer 123',
    'bar & baz',
    '12:30: now, & then',
    '',
  ])
})

test('PRO-08: added with type, state, URL and headers; Inactive is a state to begin with', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  const made = await shell.json(`${create} --event log_authn --url ${receiver.url}/siem --inactive`, {
    args: ['--header', 'X-Foo: bar'],
  })
  expect(made).toMatchObject({
    eventTypes: ['log_authn'],
    active: false,
    url: `${receiver.url}/siem`,
    headers: [{name: 'X-Foo', value: 'bar'}],
  })
  await shell.json('event send log_authn --example')
  await shell.json('webhook flush siem')
  expect(receiver.requests).toEqual([])
  await shell.json('webhook enable siem')
  await shell.json('worker run --drain')
  expect((await receiver.received(1)).map(({path}) => path)).toEqual(['/siem'])
})

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

test('PRO-09 PRO-10 PRO-11: an alert has attributes, id and type, no relationships, and times in whole seconds', async () => {
  const {item} = await received('alerts')
  expect(Object.keys(item)).toEqual(['attributes', 'id', 'type'])
  expect(item.type).toBe('alerts')
  const {attributes} = item
  expect(Object.keys(attributes)).toEqual(['created', 'danger', 'params', 'suppress_until', 'type', 'updated'])
  expect(attributes.danger).toBe(7)
  const params = ['country', 'country_name', 'days', 'host', 'host_pub', 'ip', 'peer', 'peer_pub']
  expect(Object.keys(attributes.params as object)).toEqual(params)
  for (const name of ['created', 'suppress_until', 'updated']) expect(attributes[name]).toMatch(instant)
})

test('PRO-09 PRO-10 PRO-12: endpoint statistics are whole numbers and belong to an endpoint', async () => {
  const {item} = await received('endpoint_stats')
  expect(Object.keys(item)).toEqual(['attributes', 'id', 'relationships', 'type'])
  const {attributes, relationships} = item
  const numbers = ['port', 'rx_delta', 'rx_total', 'tx_delta', 'tx_total']
  expect(Object.keys(attributes)).toEqual(['created', 'handshake', 'ip', ...numbers])
  for (const name of numbers) expect(Number.isInteger(attributes[name])).toBe(true)
  for (const name of ['created', 'handshake']) expect(attributes[name]).toMatch(instant)
  expect(relationships).toEqual({endpoint: {data: [{id: 'CtfsGB3cABY', type: 'endpoints'}]}})
})

test('PRO-09 PRO-10 PRO-13: who authenticated, with errors and verifications as lists', async () => {
  const {item} = await received('log_authn')
  expect(Object.keys(item)).toEqual(['attributes', 'id', 'relationships', 'type'])
  const names = ['created', 'errors', 'ip', 'status', 'type', 'url', 'verifications']
  expect(Object.keys(item.attributes)).toEqual(names)
  expect(item.attributes).toMatchObject({
    errors: [],
    verifications: ['password', 'user'],
    created: expect.stringMatching(instant),
  })
  expect(item.relationships).toEqual({user: {data: [{id: '3tjDGN2gXpT', type: 'users'}]}})
})

test('PRO-09 PRO-10 PRO-14: a change names its field with the old and the new value', async () => {
  const {item} = await received('log_changes')
  expect(Object.keys(item)).toEqual(['attributes', 'id', 'relationships', 'type'])
  expect(Object.keys(item.attributes)).toEqual(['created', 'field', 'id', 'new_value', 'old_value', 'type'])
  expect(item.attributes.created).toMatch(instant)
  expect(item.relationships).toEqual({user: {data: [{id: '3tjDGN2gXpT', type: 'users'}]}})
})

test('PRO-15: keys are in alphabetical order at every level, also those sent in another one, and ids have 11 characters', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  await shell.json(`${create} --event alerts --url ${receiver.url}`)
  const data = '{"updated":"2026-07-03T12:00:00Z","params":{"peer":"é","ip":"2001:db8::1","days":1.0},"danger":9}'
  await shell.json('event send alerts --at 2026-07-03T12:00:00.987Z --data', {args: [data]})
  await shell.json('event send alerts --at 2026-07-03T12:00:01Z --data', {args: ['{"danger":1}']})
  await shell.json('webhook flush siem')
  const [request] = await receiver.received(1)
  const [first, second] = itemsOf(request!)
  for (const item of [first, second]) expect(item?.id).toMatch(/^[0-9A-Za-z]{11}$/)
  expect(request!.body.toString()).toBe(
    `[{"attributes":{"created":"2026-07-03T12:00:00Z","danger":9,"params":{"days":1.0,"ip":"2001:db8::1","peer":"é"},"updated":"2026-07-03T12:00:00Z"},"id":"${first?.id}","type":"alerts"},` +
      `{"attributes":{"created":"2026-07-03T12:00:01Z","danger":1},"id":"${second?.id}","type":"alerts"}]`,
  )
})

test('PRO-16: nothing is signed without a secret; with one the whole list is, over its exact bytes', async () => {
  await using receiver = await openReceiver()
  await using shell = aShell()
  const event = '--event alerts --platform procustodibus'
  await shell.json(`webhook create ${event} --name plain --url ${receiver.url}/plain`)
  await shell.json(`webhook create ${event} --name signed --url ${receiver.url}/signed --secret-env SIEM`, {
    env: {SIEM: 'a secret'},
  })
  for (const _ of [1, 2]) await shell.json('event send alerts --example')
  await shell.json('webhook flush plain')
  await shell.json('webhook flush signed')
  const requests = await receiver.received(2)
  const by = (path: string) => requests.find(request => request.path === path)!
  expect(by('/plain').header('X-Hook-Signature')).toBeUndefined()
  const {body} = by('/signed')
  expect(itemsOf(by('/signed'))).toHaveLength(2)
  const verified = await shell.json('verify --scheme netbox --body - --secret-env SIEM --header', {
    args: [`X-Hook-Signature: ${by('/signed').header('X-Hook-Signature')}`],
    stdin: body,
    env: {SIEM: 'a secret'},
  })
  expect(verified).toMatchObject({valid: true})
})

test('PRO-21: the danger of an alert is 1 to 9', async () => {
  await using shell = aShell()
  for (const danger of [1, 9]) await shell.json('event send alerts --data', {args: [`{"danger":${danger}}`]})
  for (const danger of [0, 10, 1.5, '"high"']) {
    const result = await shell.hookctl('event send alerts --json --data', {args: [`{"danger":${danger}}`]})
    expect([result.exitCode, result.error().message]).toEqual([2, expect.stringContaining('1 to 9')])
  }
})
