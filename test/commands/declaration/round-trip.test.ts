import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {parse} from 'yaml'
import type {Input} from '../../../src/api/operations.ts'
import {isCredential, maskUrl} from '../../../src/domain/mask.ts'
import {platforms} from '../../../src/platforms/table.ts'
import {aShell} from '../../conformance/shell.ts'
import {randomFrom} from '../../domain/random.ts'
import {aProduct} from '../../harness/product.ts'

/** Whatever webhooks there are, of whatever platform: what export writes changes nothing, and makes the same elsewhere. */

type Declared = NonNullable<Input<'declaration.plan'>['declaration']['webhooks']>[number]
type Policies = NonNullable<Declared['policies']>

const random = randomFrom(20260703)
const oneOf = <T>(values: readonly T[]): T => values[random(values.length)]!
const perhaps = <T extends object>(members: T): Partial<T> => (random(2) === 0 ? members : {})

const HOSTILE = [
  'Köln "Süd"',
  "it's: a {trap}",
  '# no comment',
  '- no item',
  'null',
  '~',
  '1e3',
  '*anchor',
  '!tag',
  ' &x',
  'yes',
  '雪',
]

/** One value for each policy, the odd ones too. */
const POLICIES: {readonly [P in keyof Policies]-?: () => Policies[P]} = {
  success: () => oneOf([{kind: '2xx'}, {kind: 'ok'}, {kind: '200'}, {kind: 'list', statuses: [202, 299]}]),
  retry: () =>
    oneOf([
      {kind: 'manual'},
      {kind: 'list', delaysMs: [0, 60_000, 3_600_000]},
      {kind: 'exponential', baseMs: 1, factor: 1.5, capMs: 90_000, attempts: 3, jitter: 0.1},
      {kind: 'until-success', everyMs: 900_000},
    ]),
  offSwitch: () => oneOf(['accept', 'delivery', 'hold'] as const),
  batch: () => oneOf([null, {everyMs: 1000, maxEvents: 7}, {everyMs: 60_000}]),
  signature: () =>
    oneOf([
      null,
      {scheme: 'netbox', header: 'X-My-Signature', algorithm: 'sha256', encoding: 'base64', prefix: 'v0='},
      {scheme: 'standard-v1'},
      {scheme: 'github'},
      {scheme: 'stripe'},
      {scheme: 'slack'},
      {scheme: 'hmac', signed: '{id}.{timestamp}.{body}', timestampHeader: 'X-My-Time', idHeader: 'X-Hook-Event-Id'},
    ]),
  timeoutMs: () => 1 + random(60_000),
  zone: () => oneOf(['+00:00', '-05:30', '+14:00']),
  tls: () => oneOf([{verify: false}, {verify: true, caFile: '/etc/ssl/ca.pem'}]),
  pauseAfterMs: () => oneOf([null, 60_000]),
  ordered: () => oneOf([null, 'halt', 'skip'] as const),
  allowHttp: () => random(2) === 0,
}

const SETTINGS: readonly Declared['settings'][] = [
  {
    conditions: {
      and: [
        {attr: 'data.status.value', value: 'active'},
        {attr: 'x', op: 'in', value: ['1', 2, null, true]},
      ],
    },
  },
  {actionData: {env: 'prod', file: 'x', deep: {list: [1, 2.5, '3']}}},
  {headerLines: 'X-Api-Key: k-{{ data.name }}\nX-Plain: 1', bodyTemplate: '{"a": "{{ data.name }}"}\n'},
  {extraFields: {a: 1}},
]

function aWebhook(platform: (typeof platforms)[number], version: string, at: number): Declared {
  const types = platform.eventTypes(version).map(({name}) => name)
  const chosen = (Object.keys(POLICIES) as (keyof Policies)[]).filter(() => random(3) === 0)
  return {
    name: `${platform.name} ${version.replace('.', '-')} ${at} ${oneOf([...HOSTILE, 'Köln_1'])}`,
    platform: `${platform.name}@${version}`,
    url: oneOf([
      `https://example.com/${platform.name}/${version}/${at}`,
      `https://example.com:8443/a%20b/${platform.name}/${version}/${at}?token=t0ken&x=`,
      `https://example.com/${platform.name}/${version}/${at}?0123456789abcdef`,
    ]),
    eventTypes: oneOf([['*'], [oneOf(types)], [oneOf(types), oneOf(types)]]),
    ...perhaps({description: oneOf(HOSTILE)}),
    // NebularStack 2 has one webhook per context.
    ...(version === '2' ? {contextId: `lab-${at}`} : perhaps({contextId: `campus-${at}`})),
    ...perhaps({active: false}),
    ...perhaps({mode: oneOf(platform.modes)}),
    ...perhaps({method: oneOf(['POST', 'PUT', 'PATCH'] as const)}),
    ...perhaps({contentType: 'application/vnd.x+json'}),
    ...perhaps({secret: {value: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'}}),
    ...perhaps({
      headers: [
        {name: 'Authorization', value: 'Bearer abc'},
        {name: 'X-A', value: oneOf(HOSTILE).trim()},
        {name: 'X-A', value: '2'},
      ],
    }),
    ...perhaps({settings: oneOf(SETTINGS)}),
    policies: Object.fromEntries(chosen.map(name => [name, POLICIES[name]()])),
  }
}

/** What its platform takes, found by asking. */
async function takenBy(product: Awaited<ReturnType<typeof aProduct>>, webhook: Declared): Promise<boolean> {
  const contexts = webhook.contextId == null ? [] : [{id: webhook.contextId}]
  try {
    await product.ask('declaration.plan', {organization: 'default', declaration: {contexts, webhooks: [webhook]}})
    return true
  } catch {
    return false
  }
}

async function someWebhooks(): Promise<Declared[]> {
  await using product = await aProduct()
  const taken: Declared[] = []
  for (const platform of platforms) {
    for (const version of platform.versions) {
      let count = 0
      for (let at = 0; count < 12 && at < 400; at += 1) {
        const webhook = aWebhook(platform, version, at)
        if (!(await takenBy(product, webhook))) continue
        taken.push(webhook)
        count += 1
      }
      expect([platform.name, version, count]).toEqual([platform.name, version, 12])
    }
  }
  return taken
}

/** What a person would put into the variables that an exported file names. */
function valuesFor(exported: string, declared: readonly Declared[]): Record<string, string> {
  const values: Record<string, string> = {}
  const note = (reference: unknown, value: string | undefined) => {
    const name = (reference as {env?: string} | null)?.env
    if (typeof name === 'string' && value !== undefined) values[name] = value
  }
  for (const webhook of parse(exported).webhooks as Record<string, unknown>[]) {
    const was = declared.find(({name}) => name === webhook.name)!
    note(webhook.url, was.url ?? undefined)
    note(webhook.secret, was.secret?.value)
    for (const [at, header] of (webhook.headers as {value: unknown}[]).entries())
      note(header.value, was.headers?.[at]?.value)
    note((webhook.settings as {headerLines?: unknown}).headerLines, was.settings?.headerLines as string | undefined)
  }
  return values
}

test('E4: export → plan and export → apply change nothing, for webhooks of every platform, version and policy', {
  timeout: 120_000,
}, async () => {
  const webhooks = await someWebhooks()
  const given = Object.fromEntries(
    (Object.keys(POLICIES) as (keyof Policies)[]).map(name => [
      name,
      webhooks.some(({policies}) => policies?.[name] !== undefined),
    ]),
  )
  expect(Object.values(given).every(Boolean), JSON.stringify(given)).toBe(true)

  await using here = aShell()
  const write = (file: string, text: string) => writeFileSync(path.join(here.home.path, file), text)
  const contexts = [...new Set(webhooks.flatMap(({contextId}) => contextId ?? []))].map(id => ({id}))
  const members = [
    {user: 'ada', role: 'owner'},
    {user: '# bob', email: 'bob@example.com'},
  ]
  const secret = {env: 'GIVEN_SECRET'}
  const asFile = webhooks.map(webhook => (webhook.secret === undefined ? webhook : {...webhook, secret}))
  write('given.json', JSON.stringify({kind: 'hookctl', version: 1, contexts, members, webhooks: asFile}))
  const env = {GIVEN_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'}
  const applied = await here.json<{changes: unknown[]}>('apply given.json --yes', {env})
  expect(applied.changes).toHaveLength(webhooks.length + contexts.length + members.length)

  const {stdout: exported} = await here.hookctl('export')
  expect(exported).not.toMatch(/whsec_|Bearer|t0ken|k-\{\{/)
  write('all.yaml', exported)
  const values = valuesFor(exported, webhooks)
  expect(webhooks.some(({url}) => url && maskUrl(url) !== url)).toBe(true)
  expect(webhooks.some(({headers}) => headers?.some(({name, value}) => isCredential([name, value])))).toBe(true)
  const all = `${webhooks.length + contexts.length + members.length} as declared`
  const plan = await here.hookctl('plan all.yaml --prune --detailed-exitcode', {env: values})
  expect([plan.exitCode, plan.stdout, plan.stderr]).toEqual([0, `${all}\n`, ''])
  const again = await here.hookctl('apply all.yaml --prune', {env: values})
  expect([again.exitCode, again.stdout]).toEqual([0, `nothing to change: ${all}\n`])
  expect((await here.hookctl('export')).stdout).toBe(exported)

  await using there = aShell()
  writeFileSync(path.join(there.home.path, 'all.yaml'), exported)
  const made = await there.hookctl('apply all.yaml --yes', {env: values})
  expect(made.exitCode, made.stderr).toBe(0)
  expect((await there.hookctl('export')).stdout).toBe(exported)
})
