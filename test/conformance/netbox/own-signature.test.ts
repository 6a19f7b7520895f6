import {createHmac} from 'node:crypto'
import {expect, test} from 'vitest'
import {aClockedServer, type ClockedServer} from '../../harness/clocked-server.ts'

/** Header lines that say what hookctl says too: as NetBox has it, over HTTP. */

const organization = 'default'

const create = ({ask, receiver}: ClockedServer, headerLines: string, more: object = {}) =>
  ask('webhook.create', {
    organization,
    name: 'sites',
    platform: 'netbox@4.6',
    url: receiver.url,
    eventTypes: ['dcim.site.*'],
    settings: {headerLines},
    ...more,
  })

async function sent(server: ClockedServer) {
  await server.ask('event.send', {organization, type: 'dcim.site.created', data: {id: 54, name: 'theirs'}})
  await server.pass(0)
  const [request] = server.fresh()
  const signatures = request!.headers.filter(([name]) => name.toLowerCase() === 'x-hook-signature')
  return {request: request!, signatures: signatures.map(([, value]) => value)}
}

test.each(['x-HOOK-signature: theirs', 'X-Hook-Signature: {{ data.name }}'])(
  'NBX-03, NBX-04: with a secret the signature takes the place of the line %s, without one it goes out as given',
  async line => {
    await using server = await aClockedServer()
    await create(server, line)
    expect((await sent(server)).signatures).toEqual(['theirs'])
    await server.ask('webhook.rotateSecret', {organization, webhook: 'sites', secret: {value: 's3cr3t'}})
    const {request, signatures} = await sent(server)
    expect(signatures).toEqual([createHmac('sha512', 's3cr3t').update(request.body).digest('hex')])
  },
)

test.each([
  ['Host: example.com', 'reserved_header'],
  ['X-Ok: 1\ncontent-length: 7', 'reserved_header'],
  ['{% if data.id %}\nTransfer-Encoding: {{ data.name }}\n{% endif %}', 'reserved_header'],
  ['Webhook-Signature: v1,AAAA', 'reserved_header'],
  ['X Foo: bar', 'bad_header_name'],
  ['X-Foo: Köln–1', 'bad_header_value'],
])('NBX-21: header lines that could never be sent are refused when they are saved: %j', async (lines, code) => {
  await using server = await aClockedServer()
  await expect(create(server, lines)).rejects.toMatchObject({code, path: 'settings/headerLines'})
})

test('NBX-21: what only an event can tell is left to the delivery', async () => {
  await using server = await aClockedServer()
  const lines = '{# Host: a comment #}X-{{ data.name }}: {{ data.id }}\n\nno colon\nX-City: {{ "K" }}\n{{ "Host" }}: x'
  await expect(create(server, lines)).resolves.toBeDefined()
})

test('NBX-03: white space around a secret that comes over the API is left out', async () => {
  await using server = await aClockedServer()
  await create(server, 'X-Any: 1', {secret: {value: ' s3cr3t\n'}})
  const {request, signatures} = await sent(server)
  expect(signatures).toEqual([createHmac('sha512', 's3cr3t').update(request.body).digest('hex')])
})
