import {beforeEach, describe, expect, test, vi} from 'vitest'
import {type OwnListener, parseTargetPolicy, type TargetPolicy} from '../../src/domain/target-policy.ts'
import {checkUrl} from '../../src/domain/url.ts'
import type {HookctlError} from '../../src/errors.ts'
import type {Targets} from '../../src/services/deps.ts'
import {createTransport} from '../../src/transport/http.ts'
import {aProduct, type Product} from '../harness/product.ts'
import {dialled} from '../harness/stub-dialer.ts'
import {addressesOf, type CorpusRow, corpus, resolveInZone} from '../harness/targets.ts'

// No test of this file opens a socket: the connector is a stub that notes what it would have dialled.
vi.mock('undici', async load => {
  const {stubDialer} = await import('../harness/stub-dialer.ts')
  return stubDialer(await load<object>())
})

beforeEach(() => void dialled.splice(0))

const organization = 'default'
const reaches = ['public', 'local'] as const

const targets = (policy: TargetPolicy, ownListeners: readonly OwnListener[] = []): Targets => ({
  policy,
  proxy: null,
  certificate: null,
  resolve: resolveInZone,
  ownListeners: () => ownListeners,
})

async function aGuardedProduct(given: Targets): Promise<Product> {
  const product = await aProduct()
  // The services read their dependencies at each call.
  Object.assign(product.deps, {targets: given})
  return product
}

const aWebhook = (product: Product, url: string, name = 'ops') =>
  product.ask('webhook.create', {
    organization,
    name,
    platform: 'catalyst',
    eventTypes: ['node.added'],
    url,
    policies: {allowHttp: true},
  })

/** What was said: `allow`, or the reason in the words of the corpus. */
async function verdictOf(asked: Promise<unknown>): Promise<string> {
  const error = (await asked.then(
    () => null,
    (thrown: unknown) => thrown,
  )) as HookctlError | null
  if (error === null) return 'allow'
  return error.code === 'target_denied' ? `deny:${reasonIn(error.message)}` : `deny:${error.code}`
}

const words: Readonly<Record<string, string>> = {
  'private addresses are outside': 'private',
  'loopback addresses are outside': 'loopback',
  'metadata and link-local': 'metadata',
  'no address of an ordinary receiver': 'special',
  'a deny rule names it': 'rule',
  'a listener of hookctl itself': 'self',
  'the name has no address': 'no_address',
}

const reasonIn = (message: string): string =>
  Object.entries(words).find(([text]) => message.includes(text))?.[1] ?? message

const expected = (row: CorpusRow, reach: 'public' | 'local'): string =>
  row.verdicts[reach].replace(/^allow:.*/, 'allow')

const send = async (url: string, policy: TargetPolicy, resolve = resolveInZone) => {
  const transport = createTransport({policy, resolve, now: Date.now})
  const tls = {verify: true, caFile: null}
  const outcome = await transport.send({url, method: 'POST', headers: [], body: new Uint8Array(), timeoutMs: 5000, tls})
  await transport.close()
  return outcome
}

describe.each(reaches)('A1: under the policy %s every target of the list gets its verdict', reach => {
  const policy = parseTargetPolicy({reach})

  test('when a webhook is created', async () => {
    await using product = await aGuardedProduct(targets(policy))
    for (const [index, row] of corpus.entries()) {
      const verdict = await verdictOf(aWebhook(product, row.url, `w${index}`))
      expect([row.url, verdict]).toEqual([row.url, expected(row, reach)])
    }
  })

  test('when its URL is edited', async () => {
    await using product = await aGuardedProduct(targets(policy))
    await aWebhook(product, 'https://hooks.example.com/')
    for (const row of corpus) {
      const verdict = await verdictOf(product.ask('webhook.edit', {organization, webhook: 'ops', url: row.url}))
      expect([row.url, verdict]).toEqual([row.url, expected(row, reach)])
    }
  })

  test('when a file that names it is planned or applied', async () => {
    await using product = await aGuardedProduct(targets(policy))
    for (const {url, verdicts} of corpus) {
      const webhook = {name: 'ops', platform: 'catalyst', eventTypes: ['node.added'], url, policies: {allowHttp: true}}
      const declaration = {webhooks: [webhook]}
      const wanted = expected({url, verdicts}, reach)
      const planned = await verdictOf(product.ask('declaration.plan', {organization, declaration}))
      const applied = await verdictOf(product.ask('declaration.apply', {organization, declaration}))
      expect([url, planned, applied]).toEqual([url, wanted, wanted])
    }
  })

  test('when a delivery is replayed to another URL', async () => {
    await using product = await aGuardedProduct(targets(policy))
    await aWebhook(product, 'https://hooks.example.com/')
    const data = {name: 'edge-7', nebula_ip: '10.42.0.7'}
    const {deliveries} = await product.ask('event.send', {organization, type: 'node.added', data})
    const ids = deliveries.map(({id}) => id)
    for (const row of corpus) {
      const asked = product.ask('delivery.replay', {organization, deliveries: ids, toUrl: row.url, now: true})
      expect([row.url, await verdictOf(asked)]).toEqual([row.url, expected(row, reach)])
    }
  })

  test('when it is dialled: what is refused reaches no socket, the rest exactly its own addresses', async () => {
    for (const row of corpus) {
      dialled.splice(0)
      const outcome = await send(row.url, policy)
      const isAllowed = row.verdicts[reach].startsWith('allow')
      const denied = row.verdicts[reach] === 'deny:no_address' ? 'dns' : 'target_denied'
      expect([row.url, outcome.errorClass]).toEqual([row.url, isAllowed ? 'refused' : denied])
      const hostname = isAllowed ? new URL(row.url).hostname.replace(/^\[|\]$/g, '') : ''
      expect([row.url, dialled]).toEqual([row.url, isAllowed ? addressesOf(hostname) : []])
    }
    console.log(
      `figure A1: ${corpus.length} targets, at create, edit, import, replay and dial, under both policies: 0 wrong`,
    )
  })
})

describe('what an existing webhook keeps', () => {
  test('under a narrower policy its other members can still be edited, its URL only to one that is allowed', async () => {
    await using product = await aGuardedProduct(targets(parseTargetPolicy({reach: 'local'})))
    await aWebhook(product, 'http://10.0.0.5/in')
    Object.assign(product.deps, {targets: targets(parseTargetPolicy({reach: 'public'}))})
    await product.ask('webhook.edit', {organization, webhook: 'ops', description: 'still here'})
    expect(await verdictOf(product.ask('webhook.edit', {organization, webhook: 'ops', url: 'http://10.0.0.6/'}))).toBe(
      'deny:private',
    )
    await product.ask('webhook.edit', {organization, webhook: 'ops', url: 'https://hooks.example.com/'})
  })

  test('status names it, with the policy and what to do', async () => {
    await using product = await aGuardedProduct(targets(parseTargetPolicy({reach: 'local'})))
    await aWebhook(product, 'http://10.0.0.5/in')
    expect((await product.ask('status.show', {organization})).targets).toEqual({
      policy: 'local',
      proxy: null,
      refusedCount: 0,
      refused: [],
    })
    Object.assign(product.deps, {targets: targets(parseTargetPolicy({reach: 'public'}))})
    expect((await product.ask('status.show', {organization})).targets).toMatchObject({
      policy: 'public',
      refusedCount: 1,
      refused: [{webhook: 'ops', hint: expect.stringContaining('10.0.0.5/32')}],
    })
  })

  test('status names it too where its tokens are asked for at an address that is refused now', async () => {
    await using product = await aGuardedProduct(targets(parseTargetPolicy({reach: 'local'})))
    await aWebhook(product, 'https://hooks.example.com/')
    const oauth = {tokenUrl: 'https://10.0.0.7/token', clientId: 'a', clientSecret: 'b'}
    await product.ask('webhook.edit', {organization, webhook: 'ops', oauth})
    Object.assign(product.deps, {targets: targets(parseTargetPolicy({reach: 'public'}))})
    expect((await product.ask('status.show', {organization})).targets).toMatchObject({
      refused: [{webhook: 'ops', hint: expect.stringContaining('10.0.0.7/32')}],
    })
    await product.ask('webhook.edit', {organization, webhook: 'ops', oauth: {scope: 'still changed'}})
  })

  test('no operation takes a target policy from its caller', async () => {
    await using product = await aGuardedProduct(targets(parseTargetPolicy({reach: 'public'})))
    const input = {organization, name: 'ops', platform: 'catalyst', eventTypes: ['node.added'], url: 'http://10.0.0.5/'}
    for (const extra of [{targets: {policy: 'local'}}, {policies: {targets: 'local'}}, {targetPolicy: 'local'}]) {
      const asked = product.askRaw('webhook.create', {...input, ...extra})
      expect(await verdictOf(asked)).toBe('deny:invalid_input')
    }
  })
})

describe('names', () => {
  test('A2: 200 dials of a name that turns from public to loopback: each loopback turn is refused, none is dialled', async () => {
    const policy = parseTargetPolicy({reach: 'public'})
    let turn = 0
    const rebinding = async () => (turn++ % 2 === 0 ? ['93.184.215.14'] : ['127.0.0.1'])
    const classes: (string | null)[] = []
    for (let round = 0; round < 200; round++) {
      classes.push((await send('http://rebind.example/', policy, rebinding)).errorClass)
    }
    expect(turn).toBe(200)
    expect(dialled).toEqual(Array(100).fill('93.184.215.14'))
    expect(classes).toEqual(Array(100).fill(['refused', 'target_denied']).flat())
    console.log('figure A2: 200 dials of a name that turns, 100 of them to loopback: 0 reached it')
  })

  test('A2: what the check at creation saw is worth nothing at the dial', async () => {
    const policy = parseTargetPolicy({reach: 'public'})
    let answer = ['93.184.215.14']
    const resolve = async () => answer
    await using product = await aGuardedProduct({...targets(policy), resolve})
    await aWebhook(product, 'http://rebind.example/')
    answer = ['169.254.169.254']
    expect((await send('http://rebind.example/', policy, resolve)).errorClass).toBe('target_denied')
    expect(dialled).toEqual([])
  })

  test('A4: an answer with one refused address is refused whole, in whatever order it comes', async () => {
    const policy = parseTargetPolicy({reach: 'public'})
    const bad = ['127.0.0.1', '::1', '10.1.2.3', '169.254.169.254', '64:ff9b::7f00:1', '::ffff:10.0.0.1']
    for (const address of bad) {
      for (const answer of [
        [address, '93.184.215.14'],
        ['93.184.215.14', '1.1.1.1', address],
      ]) {
        const outcome = await send('http://mixed.example/', policy, async () => answer)
        expect([answer, outcome.errorClass, outcome.error]).toEqual([
          answer,
          'target_denied',
          expect.stringContaining(address),
        ])
      }
    }
    expect(dialled).toEqual([])
  })

  test('a resolver that says nothing stops no creation: the dial decides', async () => {
    const policy = parseTargetPolicy({reach: 'public'})
    const resolve = async () => Promise.reject(new Error('EAI_AGAIN'))
    await using product = await aGuardedProduct({...targets(policy), resolve})
    expect(await verdictOf(aWebhook(product, 'https://hooks.example.com/'))).toBe('allow')
  })
})

test('A6: with everything allowed, no metadata and no special address of the list is dialled', async () => {
  const policy = parseTargetPolicy({reach: 'local', allow: ['0.0.0.0/0', '::/0']})
  const never = corpus.filter(({verdicts}) => /^deny:(metadata|special)$/.test(verdicts.local))
  for (const {url} of never) expect([url, (await send(url, policy)).errorClass]).toEqual([url, 'target_denied'])
  expect(dialled).toEqual([])
  expect(never.length).toBeGreaterThan(25)
  console.log(`figure A6: ${never.length} metadata and special targets with 0.0.0.0/0 and ::/0 allowed: 0 dialled`)
})

describe('A8: 20,000 generated URLs', () => {
  const pieces = [
    ...[
      'http://',
      'https://',
      'HTTP://',
      'hTTps:',
      '//',
      '/',
      '\\',
      '\\\\',
      ':',
      '@',
      '#',
      '?',
      '%',
      '%00',
      '%2e',
      '%40',
    ],
    ...['\t', '\n', '\r', ' ', '\u0000', '\u00ad', '\u200b', '\u3002', '\uff0e', '\u2488', '[', ']', '..', '.', '*'],
    ...['127.0.0.1', '0x7f.1', '2130706433', '0177.1', '[::1]', '[::ffff:a9fe:a9fe]', '169.254.169.254', 'localhost'],
    ...['hooks.example.com', 'user', 'pw', '80', '443', '25', '65536', '0', 'a', 'ß', 'xn--', '-', '_', 'ü', '①'],
  ]

  /** The same on every run. */
  function createRandom(seed: number): () => number {
    let state = seed
    return () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state / 2 ** 32
    }
  }

  test('never dial a host other than the one that is stored and shown', async () => {
    const random = createRandom(20_260_703)
    const pick = () => pieces[Math.floor(random() * pieces.length)]!
    const policy = parseTargetPolicy({reach: 'local'})
    let accepted = 0
    for (let round = 0; round < 20_000; round++) {
      const tail = Array.from({length: 1 + Math.floor(random() * 7)}, pick).join('')
      const url = random() < 0.7 ? `http://${tail}` : tail
      const shape = checkUrl(url)
      if (!shape.ok) continue
      accepted++
      const {hostname} = shape.url
      const asked: string[] = []
      const resolve = async (name: string) => {
        asked.push(name)
        return ['93.184.215.14']
      }
      dialled.splice(0)
      await send(url, policy, resolve)
      expect([url, new URL(shape.canonical).hostname]).toEqual([url, hostname])
      for (const name of asked) expect([url, name]).toEqual([url, hostname])
      const own = hostname.replace(/^\[|\]$/g, '')
      const possible = ['93.184.215.14', '127.0.0.1', '::1', own]
      for (const address of dialled) expect([url, possible]).toEqual([url, expect.arrayContaining([address])])
      if (asked.length > 0) expect(dialled).toEqual(['93.184.215.14'])
    }
    expect(accepted).toBeGreaterThan(500)
    console.log(`figure A8: 20,000 generated URLs, ${accepted} of them accepted: 0 dialled another host`)
  })
})
