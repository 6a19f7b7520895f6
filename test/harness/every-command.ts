import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {answers} from './receiver.ts'
import {serving} from './serving.ts'
import {aSetting, type Setting} from './setting.ts'

/**
 * Every command line once as it succeeds and once as it fails, for tests that hold of all of them. A command without a
 * case fails test/e2e/every-command.test.ts: add a line to `cases`.
 */

export interface World {
  readonly setting: Setting
  readonly event: string
  /** A delivery that failed for good, and one that waits for its retry. */
  readonly failed: string
  readonly pending: string
  readonly change: string
  /** A replay that is paused, and another one, to be cancelled. */
  readonly replay: string
  readonly unwanted: string
}

export interface Case {
  readonly works: (world: World) => readonly string[]
  readonly fails: readonly [argv: readonly string[], exitCode: number]
  /** One JSON object a line. */
  readonly lines?: true
  /** There while it works. */
  readonly alongside?: (world: World) => Promise<AsyncDisposable>
  /** Goes on until this was printed, then Ctrl-C: exit 0 or, where it follows something, 130. */
  readonly until?: RegExp
  /** What it ends with when it works; 0 unless said. */
  readonly exitCode?: number
}

const site = ['--platform', 'netbox', '--object-type', 'dcim.site', '--object-id', '54']

const unsigned = ['--body', 'body.json', '--scheme', 'netbox', '--header', 'X-Hook-Signature: 00']

/** In this order: some need what the ones before have made. */
export const cases: Readonly<Record<string, Case>> = {
  commands: {works: () => ['commands'], fails: [['commands', '--nope'], 2]},
  help: {works: () => ['help', 'exit-codes'], fails: [['help', 'nothing-like-it'], 2]},
  doctor: {works: () => ['doctor', '--organization', 'nope'], exitCode: 7, fails: [['doctor', '--fields', 'nope'], 2]},
  // One delivery waits for its retry, and nobody sends.
  status: {works: () => ['status'], exitCode: 7, fails: [['status', '--organization', 'nope'], 3]},
  stats: {works: () => ['stats', '--by', 'class'], fails: [['stats', '--webhook', 'nope'], 3]},
  'config set': {works: () => ['config', 'set', 'color', 'never'], fails: [['config', 'set', 'color', 'pink'], 2]},
  'config get': {works: () => ['config', 'get', 'color'], fails: [['config', 'get', 'colour'], 2]},
  'config list': {works: () => ['config', 'list'], fails: [['config', 'list', '--limit', '0'], 2]},
  'config path': {works: () => ['config', 'path'], fails: [['config', 'path', 'extra'], 2]},
  'config unset': {works: () => ['config', 'unset', 'color'], fails: [['config', 'unset', 'colour'], 2]},
  'profile create': {
    works: () => ['profile', 'create', 'p'],
    fails: [['profile', 'create', 'q', '--server', 'nonsense'], 2],
  },
  'profile use': {works: () => ['profile', 'use', 'p'], fails: [['profile', 'use', 'nope'], 3]},
  'profile list': {works: () => ['profile', 'list'], fails: [['profile', 'list', '--fields', 'nope'], 2]},
  'profile show': {works: () => ['profile', 'show', 'p'], fails: [['profile', 'show', 'nope'], 3]},
  'profile delete': {
    works: () => ['profile', 'delete', 'p', '--yes'],
    fails: [['profile', 'delete', 'nope', '--yes'], 3],
  },
  'platform list': {works: () => ['platform', 'list'], fails: [['platform', 'list', '--limit', 'x'], 2]},
  'platform show': {works: () => ['platform', 'show', 'netbox'], fails: [['platform', 'show', 'nope'], 3]},
  'platform render': {
    works: () => ['platform', 'render', '--from', 'body.json'],
    fails: [['platform', 'render', '--from', 'nowhere.json'], 3],
  },
  'signature sign': {
    works: () => ['signature', 'sign', '--scheme', 'netbox', '--body', 'body.json', '--secret-file', 'secret'],
    fails: [['signature', 'sign', '--scheme', 'netbox', '--body', 'nowhere', '--secret-file', 'secret'], 3],
  },
  'signature verify': {
    works: () => ['signature', 'verify', ...unsigned, '--secret-file', 'secret'],
    exitCode: 7,
    fails: [['signature', 'verify', ...unsigned, '--secret-file', 'nowhere'], 3],
  },
  'target check': {
    works: () => ['target', 'check', 'http://127.0.0.1:9000/'],
    fails: [['target', 'check', 'http://127.0.0.1:9000/', '--policy', 'open'], 2],
  },
  listen: {
    works: () => ['listen', '--port', '0'],
    until: /"ready":true/,
    exitCode: 130,
    lines: true,
    fails: [['listen', '--port', '99999'], 2],
  },
  expect: {
    works: () => ['expect', '--count', '0', '--timeout', '50ms'],
    lines: true,
    fails: [['expect', '--where', 'x'], 2],
  },
  demo: {works: () => ['demo'], fails: [['demo', '--events', 'nowhere.ndjson'], 3]},
  serve: {
    works: () => ['serve', '--listen', '127.0.0.1:0'],
    until: /"ready":true/,
    exitCode: 130,
    fails: [['serve', '--listen', 'x'], 2],
  },
  web: {
    works: () => ['web', '--no-open'],
    alongside: ({setting}) => serving(setting),
    fails: [['web'], 6],
  },
  'webhook create': {
    works: ({setting}) => [
      'webhook',
      'create',
      '--name',
      'new',
      '--platform',
      'standard',
      '--url',
      setting.url(),
      '--event',
      '*',
    ],
    fails: [['webhook', 'create'], 2],
  },
  'webhook list': {works: () => ['webhook', 'list'], fails: [['webhook', 'list', '--platform', 'nope'], 2]},
  'webhook show': {works: () => ['webhook', 'show', 'ops'], fails: [['webhook', 'show', 'nope'], 3]},
  'webhook edit': {
    works: () => ['webhook', 'edit', 'ops', '--description', 'x'],
    fails: [['webhook', 'edit', 'ops'], 2],
  },
  'webhook disable': {works: () => ['webhook', 'disable', 'new'], fails: [['webhook', 'disable', 'nope'], 3]},
  'webhook enable': {works: () => ['webhook', 'enable', 'new'], fails: [['webhook', 'enable', 'nope'], 3]},
  'webhook test': {works: () => ['webhook', 'test', 'ops'], fails: [['webhook', 'test', 'ops', '--type', 'x.y'], 2]},
  'webhook rotate-secret': {
    works: () => ['webhook', 'rotate-secret', 'ops'],
    fails: [['webhook', 'rotate-secret', 'ops', '--secret-env', 'NOT_SET'], 2],
  },
  'webhook flush': {works: () => ['webhook', 'flush', 'siem'], fails: [['webhook', 'flush', 'nope'], 3]},
  'event-type create': {
    works: () => ['event-type', 'create', 'order.created', '--schema', '{"type":"object"}', '--example-data', '{}'],
    fails: [['event-type', 'create', 'order.*'], 2],
  },
  'event-type list': {works: () => ['event-type', 'list'], fails: [['event-type', 'list', '--limit', '0'], 2]},
  'event-type show': {
    works: () => ['event-type', 'show', 'order.created'],
    fails: [['event-type', 'show', 'nope'], 3],
  },
  'event-type edit': {
    works: () => ['event-type', 'edit', 'order.created', '--on-mismatch', 'warn'],
    fails: [['event-type', 'edit', 'order.created'], 2],
  },
  'event-type check': {
    works: () => ['event-type', 'check', 'order.created', '--data', '{}'],
    fails: [['event-type', 'check', 'nope'], 3],
  },
  'event-type delete': {
    works: () => ['event-type', 'delete', 'order.created', '--yes'],
    fails: [['event-type', 'delete', 'nope', '--yes'], 3],
  },
  'source create': {
    works: () => ['source', 'create', 'new', '--platform', 'netbox'],
    fails: [['source', 'create', 'x', '--event-type', 'a..b'], 2],
  },
  'source list': {works: () => ['source', 'list'], fails: [['source', 'list', '--limit', '0'], 2]},
  'source show': {works: () => ['source', 'show', 'new'], fails: [['source', 'show', 'nope'], 3]},
  'source edit': {
    works: () => ['source', 'edit', 'new', '--scheme', 'github'],
    fails: [['source', 'edit', 'new'], 2],
  },
  'source disable': {works: () => ['source', 'disable', 'new'], fails: [['source', 'disable', 'nope'], 3]},
  'source enable': {works: () => ['source', 'enable', 'new'], fails: [['source', 'enable', 'nope'], 3]},
  'source rotate-secret': {
    works: () => ['source', 'rotate-secret', 'new'],
    fails: [['source', 'rotate-secret', 'new', '--secret-env', 'NOT_SET'], 2],
  },
  'source delete': {
    works: () => ['source', 'delete', 'new', '--yes'],
    fails: [['source', 'delete', 'nope', '--yes'], 3],
  },
  export: {works: () => ['export'], fails: [['export', '--only', 'nope'], 2]},
  plan: {
    works: () => ['plan', 'declared.json', '--detailed-exitcode'],
    exitCode: 7,
    fails: [['plan', 'nowhere.json'], 3],
  },
  apply: {works: () => ['apply', 'declared.json', '--yes'], fails: [['apply', 'declared.json', '--grace', 'x'], 2]},
  complete: {works: () => ['complete', 'bash'], fails: [['complete', 'nope'], 2]},
  'webhook delete': {works: () => ['webhook', 'delete', 'new', '--yes'], fails: [['webhook', 'delete', 'ops'], 2]},
  'event send': {works: () => ['event', 'send', 'node.added', '--example'], fails: [['event', 'send', 'node.*'], 2]},
  'event list': {works: () => ['event', 'list'], fails: [['event', 'list', '--since', 'x'], 2]},
  'event show': {works: ({event}) => ['event', 'show', event], fails: [['event', 'show', 'evt_0'], 3]},
  'event why': {works: ({event}) => ['event', 'why', event], fails: [['event', 'why', 'evt_0'], 3]},
  'event types': {works: () => ['event', 'types'], fails: [['event', 'types', '--platform', 'nope'], 2]},
  'delivery curl': {works: ({failed}) => ['delivery', 'curl', failed], fails: [['delivery', 'curl', 'dlv_0'], 3]},
  'delivery list': {works: () => ['delivery', 'list'], fails: [['delivery', 'list', '--state', 'nope'], 2]},
  'delivery export': {
    works: () => ['delivery', 'export', '--details'],
    lines: true,
    fails: [['delivery', 'export', '--status', '4x'], 2],
  },
  'delivery diff': {
    works: ({failed, pending}) => ['delivery', 'diff', failed, pending],
    fails: [['delivery', 'diff', 'dlv_0'], 3],
  },
  // One waits for its retry.
  'delivery wait': {
    works: () => ['delivery', 'wait', '--timeout', '50ms'],
    exitCode: 8,
    fails: [['delivery', 'wait', '--webhook', 'nope'], 3],
  },
  'retry preview': {works: () => ['retry', 'preview', 'ops'], fails: [['retry', 'preview'], 2]},
  'delivery show': {works: ({failed}) => ['delivery', 'show', failed], fails: [['delivery', 'show', 'dlv_0'], 3]},
  'delivery replay': {works: ({failed}) => ['delivery', 'replay', failed], fails: [['delivery', 'replay', 'dlv_0'], 3]},
  'replay list': {works: () => ['replay', 'list'], fails: [['replay', 'list', '--limit', '0'], 2]},
  'replay show': {works: ({replay}) => ['replay', 'show', replay], fails: [['replay', 'show', 'rpl_0'], 3]},
  'replay pause': {works: ({replay}) => ['replay', 'pause', replay], fails: [['replay', 'pause', 'rpl_0'], 3]},
  'replay resume': {works: ({replay}) => ['replay', 'resume', replay], fails: [['replay', 'resume', 'rpl_0'], 3]},
  'replay cancel': {
    works: ({unwanted}) => ['replay', 'cancel', unwanted, '--yes'],
    fails: [['replay', 'cancel', 'rpl_0', '--yes'], 3],
  },
  'delivery tail': {
    works: () => ['delivery', 'tail', '--no-follow'],
    lines: true,
    fails: [['delivery', 'tail', '--cursor', 'x'], 2],
  },
  'delivery cancel': {
    works: ({pending}) => ['delivery', 'cancel', pending, '--yes'],
    fails: [['delivery', 'cancel', 'dlv_0', '--yes'], 3],
  },
  'activity list': {works: () => ['activity', 'list'], fails: [['activity', 'list', '--limit', '0'], 2]},
  'activity tail': {
    works: () => ['activity', 'tail', '--since', '1h'],
    until: /\n$/,
    exitCode: 130,
    lines: true,
    fails: [['activity', 'tail', '--cursor', 'x'], 2],
  },
  'history list': {works: () => ['history', 'list'], fails: [['history', 'list', '--change', 'nope'], 2]},
  'history show': {works: ({change}) => ['history', 'show', change], fails: [['history', 'show', 'hst_0'], 3]},
  'worker status': {
    works: () => ['worker', 'status'],
    fails: [['worker', 'status', '--server', 'http://127.0.0.1:1'], 6],
  },
  'worker queues': {works: () => ['worker', 'queues'], fails: [['worker', 'queues', '--by', 'nope'], 2]},
  'worker disable': {works: () => ['worker', 'disable'], fails: [['worker', 'disable'], 4]},
  'worker enable': {works: () => ['worker', 'enable'], fails: [['worker', 'enable'], 4]},
  'worker run': {works: () => ['worker', 'run', '--drain'], fails: [['worker', 'run', '--log-level', 'x'], 2]},
  'worker drain': {works: () => ['worker', 'drain'], fails: [['worker', 'drain', '--timeout', 'x'], 2]},
  'org create': {works: () => ['org', 'create', 'acme'], fails: [['org', 'create', 'acme'], 4]},
  'org list': {works: () => ['org', 'list'], fails: [['org', 'list', '--cursor', 'x'], 2]},
  'org show': {works: () => ['org', 'show', 'acme'], fails: [['org', 'show', 'nope'], 3]},
  'org edit': {works: () => ['org', 'edit', 'acme', '--name', 'A'], fails: [['org', 'edit', 'nope', '--name', 'A'], 3]},
  'org delete': {works: () => ['org', 'delete', 'acme', '--yes'], fails: [['org', 'delete', 'nope', '--yes'], 3]},
  'context create': {works: () => ['context', 'create', 'c'], fails: [['context', 'create', 'c'], 4]},
  'context list': {works: () => ['context', 'list'], fails: [['context', 'list', '--cursor', 'x'], 2]},
  'context show': {works: () => ['context', 'show', 'c'], fails: [['context', 'show', 'nope'], 3]},
  'context edit': {
    works: () => ['context', 'edit', 'c', '--name', 'C'],
    fails: [['context', 'edit', 'nope', '--name', 'C'], 3],
  },
  'context delete': {
    works: () => ['context', 'delete', 'c', '--yes'],
    fails: [['context', 'delete', 'nope', '--yes'], 3],
  },
  'member create': {works: () => ['member', 'create', 'ada'], fails: [['member', 'create', 'ada'], 4]},
  'member list': {works: () => ['member', 'list'], fails: [['member', 'list', '--cursor', 'x'], 2]},
  'member show': {works: () => ['member', 'show', 'ada'], fails: [['member', 'show', 'nope'], 3]},
  'member edit': {
    works: () => ['member', 'edit', 'ada', '--role', 'admin'],
    fails: [['member', 'edit', 'ada', '--role', 'x'], 2],
  },
  'token create': {
    works: () => ['token', 'create', 'ci', '--scope', 'ingest'],
    fails: [['token', 'create', 'cj', '--scope', 'x'], 2],
  },
  'token list': {works: () => ['token', 'list'], fails: [['token', 'list', '--cursor', 'x'], 2]},
  'token show': {works: () => ['token', 'show', 'ci'], fails: [['token', 'show', 'nope'], 3]},
  'token revoke': {works: () => ['token', 'revoke', 'ci', '--yes'], fails: [['token', 'revoke', 'nope', '--yes'], 3]},
  'member delete': {
    works: () => ['member', 'delete', 'ada', '--yes'],
    fails: [['member', 'delete', 'nope', '--yes'], 3],
  },
  'object apply': {
    works: () => ['object', 'apply', ...site, '--data', '{"name":"x"}'],
    fails: [['object', 'apply', ...site, '--data', '{'], 2],
  },
  'object list': {works: () => ['object', 'list'], fails: [['object', 'list', '--cursor', 'x'], 2]},
  'object show': {
    works: () => ['object', 'show', 'netbox', 'dcim.site', '54'],
    fails: [['object', 'show', 'netbox', 'dcim.site', '0'], 3],
  },
  'object delete': {
    works: () => ['object', 'delete', 'netbox', 'dcim.site', '54', '--yes'],
    fails: [['object', 'delete', 'netbox', 'dcim.site', '0', '--yes'], 3],
  },
  'store info': {works: () => ['store', 'info'], fails: [['store', 'info', '--fields', 'nope'], 2]},
  'store check': {
    works: () => ['store', 'check'],
    fails: [['store', 'check', '--store', 'sqlite:nowhere.db'], 3],
  },
  'store backup': {
    works: () => ['store', 'backup', 'backup.db'],
    fails: [['store', 'backup', 'body.json'], 4],
  },
  'store migrate': {
    works: () => ['store', 'migrate', '--to', 'sqlite:copy.db'],
    fails: [['store', 'migrate', '--to', 'memory:'], 2],
  },
  'store prune': {
    works: () => ['store', 'prune', '--dry-run'],
    fails: [['store', 'prune', '--older-than', 'long'], 2],
  },
  'delivery expunge': {
    works: ({failed}) => ['delivery', 'expunge', failed, '--yes'],
    fails: [['delivery', 'expunge', 'dlv_0', '--yes'], 3],
  },
  'store rekey': {
    works: () => ['store', 'rekey', '--decrypt'],
    fails: [['store', 'rekey', '--new-key-file', 'nowhere'], 2],
  },
  'store restore': {
    works: () => ['store', 'restore', 'backup.db', '--yes'],
    fails: [['store', 'restore', 'body.json', '--yes'], 6],
  },
}

export async function aWorld(): Promise<World> {
  const setting = await aSetting()
  const inHome = (name: string) => path.join(setting.home.path, name)
  writeFileSync(inHome('secret'), 'a-secret-of-16b!')
  await setting.webhook('ops', '--retry', 'manual')
  await setting.webhook('siem', '--platform', 'procustodibus', '--event', 'alerts')
  setting.receiver.next(answers.status(500))
  const first = await setting.json('event', 'send', 'node.added', '--example')
  await setting.json('webhook', 'edit', 'ops', '--retry', '10m')
  setting.receiver.next(answers.status(500))
  const second = await setting.json('event', 'send', 'node.added', '--example')
  writeFileSync(inHome('body.json'), setting.receiver.requests[0]?.body ?? '')
  writeFileSync(
    inHome('declared.json'),
    JSON.stringify({kind: 'hookctl', version: 1, contexts: [{id: 'declared', name: 'x'}]}),
  )
  const [change] = await setting.rows('history', 'list', '--object-type', 'Webhook')
  return {
    setting,
    event: first.id,
    failed: first.deliveries[0].id,
    pending: second.deliveries[0].id,
    change: change?.id,
    replay: await aPausedReplay(setting),
    unwanted: await aPausedReplay(setting),
  }
}

async function aPausedReplay(setting: Setting): Promise<string> {
  await setting.json('worker', 'disable')
  const {id} = await setting.json('delivery', 'replay', '--failed', '--confirm', '1')
  await setting.json('replay', 'pause', id)
  await setting.json('worker', 'enable')
  return id
}
