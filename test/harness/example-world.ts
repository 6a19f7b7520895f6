import {createHmac} from 'node:crypto'
import {cpSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, vi} from 'vitest'
import {type Home, type RunOptions, type RunResult, run, temporaryHome} from './cli.ts'
import {answers, openReceiver, type Receiver} from './receiver.ts'
import {serving} from './serving.ts'
import {typedWords} from './typed-words.ts'

/**
 * The world in which what help and docs tell people to type works as it stands. An example that names something new:
 * a file goes into FILES, a variable into VARIABLES, something stored into MADE (one command line each), and what only
 * one kind of line needs into NEEDS. Ids such as dlv_0198c2f4… stand for real ones (`ids`), and the receiver on port 9000
 * for the world's own.
 */

/** Good for every scheme. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

/** What examples read from the environment. */
const VARIABLES: Readonly<Record<string, string>> = {
  CMDB_SECRET: SECRET,
  HOOK_SECRET: SECRET,
  NETBOX_SECRET: SECRET,
  BODY: '{"event":"created"}',
}

/** What lies in the folder where they are typed. */
const FILES: Readonly<Record<string, string>> = {
  'new-secret': SECRET,
  'secret.txt': SECRET,
  'secret.key': `${Buffer.alloc(32, 7).toString('base64')}\n`,
  'token.txt': `hkt_${'a'.repeat(32)}`,
  'site.json': '{"id":54,"name":"ams"}',
  'node.json': '{"name":"db-1","nebula_ip":"10.42.0.7"}',
  'hookctl.yaml': `kind: hookctl
version: 1
webhooks:
  - name: cmdb
    platform: netbox
    url: https://cmdb.example.com/hooks
    secret: {env: CMDB_SECRET}
`,
  'order.json': '{"total":12.5}',
  'order.schema.json': '{"type":"object","required":["total"],"properties":{"total":{"type":"number"}}}',
  'body.schema.json': '{"type":"object","required":["data"]}',
  'events.ndjson': '{"type":"node.added","data":{"name":"a","nebula_ip":""}}\n',
  'subscribers.ndjson': '{"id":"7","data":{"name":"Jane Doe"}}\n',
}

/** What is stored already, made in this order; RECEIVER stands for the world's own. */
const MADE = `
  webhook create --name cmdb --platform netbox@2.6 --event dcim.site.* --url RECEIVER/in --secret-env CMDB_SECRET
  event send dcim.site.created --example
  event send dcim.site.created --example
  webhook create --name siem --platform procustodibus --event alerts --url RECEIVER/in
  webhook create --name stats --platform procustodibus --event endpoint_stats --url RECEIVER/in
  webhook create --name ops --platform netbox --event dcim.device.* --url RECEIVER/in --secret-env HOOK_SECRET
  object apply --platform netbox --object-type dcim.site --object-id 54 --data @site.json
  object apply --platform catalyst --object-type Node --object-id 7 --data @node.json
  org create acme
  context create campus-sued
  member create ada --role admin
  member create ada --role admin --organization acme
  token create ci --scope ingest
  source create netbox --platform netbox --secret-env HOOK_SECRET
  event-type create order.created --schema @order.schema.json --example-data @order.json
  profile create production --server https://hooks.example.net
  profile create staging --server https://staging.example.net
`
  .trim()
  .split('\n')
  .map(line => line.trim())

export interface World extends AsyncDisposable {
  readonly home: Home
  readonly receiver: Receiver
  /** What lines read from the environment. */
  readonly env: Record<string, string>
  /** The first id with this prefix in a line stands for the first of these, another one for the second. */
  readonly ids: Record<string, readonly string[]>
  hookctl(argv: readonly string[], options?: Omit<RunOptions, 'home'>): Promise<RunResult>
  /** Runs it with --json; it must succeed. */
  // biome-ignore lint/suspicious/noExplicitAny: what a command prints.
  json(line: string): Promise<any>
  write(file: string, text: string | Uint8Array): void
}

interface Need {
  readonly when: RegExp
  /** Done before such a line is typed. */
  readonly before?: (world: World, line: string) => Promise<unknown>
  /** There while it runs. */
  readonly alongside?: (world: World) => Promise<AsyncDisposable>
  /** Done while it runs: for what waits for somebody else. It must end by itself. */
  readonly meanwhile?: (world: World) => Promise<unknown>
}

/** What only some lines need. */
export const NEEDS: readonly Need[] = [
  {when: /^hookctl worker enable/, before: world => world.json('worker disable')},
  {when: /^hookctl delivery cancel/, before: aWaitingDelivery},
  {when: /^hookctl replay /, before: aReplay},
  {when: /^hookctl delivery diff/, before: aRetriedDelivery},
  {when: /^hookctl delivery wait/, before: world => world.json(`delivery replay ${world.ids.dlv?.[0]} --wait`)},
  {when: /^hookctl expect .*--ready-file/, meanwhile: sendWhatIsExpected},
  {when: /^hookctl \S+ create /, before: makeRoom},
  {when: /^hookctl web\b/, alongside: serving},
  // That nothing is to be done is the good end.
  {when: /--detailed-exitcode/, before: world => world.json('apply hookctl.yaml --prune --yes')},
  {when: /^hookctl listen .*--ready-file/, meanwhile: sendWhenReady},
  {when: /old\.http/, before: anArchivedRequest},
  {when: /^hookctl store migrate --from/, before: ({json}) => json('store backup old.db')},
  {when: /^hookctl store restore/, before: ({json}) => json('store backup hookctl.backup')},
]

/** One that will be tried again. */
async function aWaitingDelivery(world: World) {
  await world.json('webhook edit cmdb --retry 10m')
  world.receiver.next(answers.status(500))
  const {deliveries} = await world.json('event send dcim.site.created --example')
  world.ids.dlv = [deliveries[0].id]
}

/** One that nobody has begun with. */
async function aReplay(world: World) {
  await world.json('worker disable')
  const {id} = await world.json('delivery replay --failed --confirm 1')
  await world.json('worker enable')
  world.ids.rpl = [id]
}

/** One that was refused once and taken then. */
async function aRetriedDelivery(world: World) {
  await world.json('webhook edit cmdb --retry 1ms')
  world.receiver.next(answers.status(500))
  const {deliveries} = await world.json('event send dcim.site.created --example --wait')
  world.ids.dlv = [deliveries[0].id, ...(world.ids.dlv ?? [])]
}

/** What an example creates must not be there yet. */
async function makeRoom({hookctl}: World, line: string) {
  const [, topic, , ...rest] = typedWords(line)
  const named = rest.indexOf('--name')
  const name = topic === 'webhook' ? rest[named + 1] : rest[0]
  await hookctl([topic!, 'rm', name!, '--yes'])
}

async function anArchivedRequest(world: World) {
  const sign = 'signature sign --scheme standard --body body.json --secret-env HOOK_SECRET --id msg_1 --at'
  const {headers} = await world.json(`${sign} 2026-03-01T10:00:00Z`)
  const pairs = headers.map(({name, value}: {name: string; value: string}) => [name, value])
  world.write('old.http', request(pairs, readFileSync(path.join(world.home.path, 'body.json'), 'utf8')))
}

function request(headers: readonly (readonly [name: string, value: string])[], body: string): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST / HTTP/1.1\r\nHost: localhost\r\n${lines.join('')}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

async function sendWhenReady({home}: World) {
  const file = path.join(home.path, 'ready.json')
  const {url} = await vi.waitFor(() => JSON.parse(readFileSync(file, 'utf8')), 10_000)
  await fetch(url, {method: 'POST', body: '{}'})
}

async function sendWhatIsExpected({home}: World) {
  const file = path.join(home.path, 'ready.json')
  const {url, secret} = await vi.waitFor(() => JSON.parse(readFileSync(file, 'utf8')), 10_000)
  for (const type of ['node.added', 'dcim.site.created', 'dcim.site.created']) {
    const body = JSON.stringify({type, timestamp: '2026-07-03T12:00:00Z', data: {name: 'ams'}})
    const signature = createHmac('sha512', secret).update(body).digest('hex')
    const headers = {'X-Hook-Signature': signature, 'X-Event': 'order.created'}
    // It ends once it has what it waits for.
    await fetch(url, {method: 'POST', body, headers}).catch(() => {})
  }
}

/** The template, made once; each world is a copy of its folder. Close it with `await using`. */
export async function exampleWorlds(): Promise<AsyncDisposable & {open(): World}> {
  const receiver = await openReceiver()
  const template = world(temporaryHome(), receiver, {...VARIABLES}, {})
  await furnish(template)
  return {
    open() {
      const home = temporaryHome()
      cpSync(template.home.path, home.path, {recursive: true})
      return world(home, receiver, {...template.env}, {...template.ids})
    },
    async [Symbol.asyncDispose]() {
      await template[Symbol.asyncDispose]()
      await receiver.close()
    },
  }
}

async function furnish(template: World): Promise<void> {
  for (const [file, text] of Object.entries(FILES)) template.write(file, text)
  template.receiver.next(answers.status(500))
  for (const line of MADE) await template.json(line.replaceAll('RECEIVER', template.receiver.url))
  const [failed, delivered] = template.receiver.requests
  template.write('body.json', failed!.body)
  template.write('captured-body.json', failed!.body)
  const signed = delivered!.headers.filter(([name]) => /^(?:content-type|x-)/i.test(name))
  const saved = request(signed, delivered!.body.toString('utf8'))
  template.write('captured/0001.http', saved)
  template.write('requests/2026-000001-POST.http', saved)
  const all = async (line: string) => (await template.json(line)).data.map(({id}: {id: string}) => id)
  template.env.SIGNATURE = createHmac('sha512', SECRET).update(failed!.body).digest('hex')
  Object.assign(template.ids, {
    dlv: [...(await all('delivery list --state failed')), ...(await all('delivery list --state delivered'))],
    evt: await all('event list --event dcim.site.created'),
    hst: await all('history list --object-type Webhook'),
  })
}

function world(home: Home, receiver: Receiver, env: World['env'], ids: World['ids']): World {
  const hookctl: World['hookctl'] = (argv, options = {}) => run(argv, {...options, home, env: {...env, ...options.env}})
  return {
    home,
    receiver,
    ids,
    env,
    hookctl,
    async json(line) {
      const result = await hookctl([...typedWords(line), '--json'])
      expect(result.exitCode, `hookctl ${line}: ${result.stderr}`).toBe(0)
      return result.json()
    },
    write(name, text) {
      const file = path.join(home.path, name)
      mkdirSync(path.dirname(file), {recursive: true})
      writeFileSync(file, text)
    },
    async [Symbol.asyncDispose]() {
      rmSync(home.path, {recursive: true, force: true, maxRetries: 3})
    },
  }
}
