import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {
  isLocalName,
  judgeTarget,
  localTargets,
  parseTarget,
  parseTargetPolicy,
  type TargetPolicyInput,
  tierOf,
} from '../../src/domain/target-policy.ts'

const corpus = readFileSync(new URL('../vectors/targets.txt', import.meta.url), 'utf8').split('\n')
const zone = new Map(
  corpus
    .find(line => line.startsWith('# fake DNS zone: '))!
    .slice('# fake DNS zone: '.length)
    .split('; ')
    .map(entry => {
      const [name = '', addresses = ''] = entry.split('=')
      return [name, addresses === '(NXDOMAIN)' ? [] : addresses.split(',')]
    }),
)
const rows = corpus.filter(line => line !== '' && !line.startsWith('#'))

const readUrl = (text: string): string =>
  text
    .split(' + ')
    .map(part => {
      const [literal = '', times = '1'] = part.split(/(?<=")\*/)
      return (JSON.parse(literal) as string).repeat(Number(times))
    })
    .join('')

function resolveFake(hostname: string): readonly string[] {
  if (isLocalName(hostname)) return ['127.0.0.1', '::1']
  return zone.get(hostname) ?? [hostname]
}

function verdictOf(url: string, input: TargetPolicyInput, own: {address: string; port: number}[] = []): string {
  const target = parseTarget(url)
  if (typeof target === 'string') return `deny:${target}`
  const verdict = judgeTarget(parseTargetPolicy(input), target, resolveFake(target.hostname), own)
  return verdict.allowed ? `allow:${verdict.tiers.join('+')}` : `deny:${verdict.reason}`
}

describe('the corpus of targets gets the listed verdicts (A1, A4, A5, A6, A8)', () => {
  it('is all there', () => expect(rows.length).toBe(90))

  it.each(rows.map(row => /^(\S+)\s+(\S+)\s+(".*)$/.exec(row)!.slice(1) as [string, string, string]))(
    'public %s, local %s: %s',
    (underPublic, underLocal, text) => {
      const url = readUrl(text)
      expect(verdictOf(url, {reach: 'public'})).toBe(underPublic)
      expect(verdictOf(url, {reach: 'local'})).toBe(underLocal)
    },
  )
})

describe('allow and deny lists', () => {
  it.each<[string[], string[], string, string]>([
    [['10.0.0.0/8'], [], 'http://10.0.0.5/', 'allow:private'],
    [['10.0.0.0/8'], [], 'https://[::ffff:10.0.0.1]/', 'allow:private'],
    [['10.0.0.0/8'], [], 'http://192.168.1.10:8123/', 'deny:private'],
    [['10.0.0.0/8'], ['10.1.0.0/16'], 'http://10.1.2.3/', 'deny:rule'],
    [['0.0.0.0/0', '::/0'], [], 'http://127.0.0.1:8080/in', 'allow:loopback'],
    [['0.0.0.0/0', '::/0'], [], 'http://169.254.169.254/', 'deny:metadata'],
    [['0.0.0.0/0', '::/0'], [], 'http://0.0.0.0:8080/', 'deny:special'],
    [['host:intranet.corp.example'], [], 'http://intranet.corp.example/', 'allow:private'],
    [['host:*.corp.example'], [], 'http://intranet.corp.example/', 'allow:private'],
    [['host:*.intranet.corp.example'], [], 'http://intranet.corp.example/', 'deny:private'],
    [['host:metadata'], [], 'http://metadata/', 'deny:metadata'],
    [['host:n8n:5678'], [], 'http://n8n:5678/', 'allow:private'],
    [['host:n8n:5678'], [], 'http://n8n:5679/', 'deny:private'],
    [['127.0.0.0/8'], [], 'http://localhost:3000/', 'deny:loopback'],
    [['127.0.0.0/8', '::1'], [], 'http://localhost:3000/', 'allow:loopback'],
    [['172.16.0.0/12'], [], 'http://172.31.0.1/', 'allow:private'],
    [['172.16.0.0/12'], [], 'http://10.0.0.1/', 'deny:private'],
    [[], ['host:hooks.example.com'], 'https://hooks.example.com/', 'deny:rule'],
    [[], ['93.184.208.0/20'], 'https://hooks.example.com/', 'deny:rule'],
  ])('public, allow %j, deny %j: %s is %s', (allow, deny, url, verdict) => {
    expect(verdictOf(url, {reach: 'public', allow, deny})).toBe(verdict)
  })

  it('a deny list beats the local policy', () => {
    expect(verdictOf('http://box.tailnet.ts.net/', {reach: 'local', deny: ['100.64.0.0/10']})).toBe('deny:rule')
  })

  it('an exact metadata address opens only with the second switch (A6)', () => {
    const input = {reach: 'public', allow: ['169.254.169.254/32']} as const
    expect(() => parseTargetPolicy(input)).toThrow(expect.objectContaining({code: 'metadata_rule'}))
    expect(verdictOf('http://169.254.169.254/', {...input, allowMetadata: true})).toBe('allow:metadata')
    expect(verdictOf('http://169.254.169.253/', {...input, allowMetadata: true})).toBe('deny:metadata')
  })

  it.each(['10.0.0.0/33', '10.0.0/8', 'fc00::/129', 'host:', 'host:a b', '', '1.2.3.4/', '::1/8/8', 'fe80::1%eth0'])(
    '%j is refused as a rule, and the message names it',
    rule => {
      const attempt = () => parseTargetPolicy({reach: 'local', deny: [rule]})
      expect(attempt).toThrow(expect.objectContaining({code: 'bad_target_rule'}))
      expect(attempt).toThrow(rule)
    },
  )
})

describe('our own listener is never a target (A7)', () => {
  it.each([
    ['127.0.0.1', 'http://localhost:7070/', 'deny:self'],
    ['127.0.0.1', 'http://[::ffff:127.0.0.1]:7070/', 'deny:self'],
    ['127.0.0.1', 'http://127.0.0.1:7071/', 'allow:loopback'],
    ['0.0.0.0', 'http://127.9.9.9:7070/', 'deny:self'],
    ['::', 'http://[::1]:7070/', 'deny:self'],
    ['10.20.30.40', 'http://intranet.corp.example:7070/', 'deny:self'],
  ])('listening on %s:7070, %s is %s', (address, url, verdict) => {
    expect(verdictOf(url, {reach: 'local'}, [{address, port: 7070}])).toBe(verdict)
  })

  it('no allow rule lifts it', () => {
    const own = [{address: '127.0.0.1', port: 7070}]
    expect(verdictOf('http://127.0.0.1:7070/', {reach: 'local', allow: ['127.0.0.1']}, own)).toBe('deny:self')
  })
})

it.each([
  ['11.0.0.0', 'public'],
  ['9.255.255.255', 'public'],
  ['172.32.0.0', 'public'],
  ['100.128.0.0', 'public'],
  ['198.20.0.0', 'public'],
  ['198.19.255.255', 'special'],
  ['223.255.255.255', 'public'],
  ['224.0.0.1', 'special'],
  ['2001:200::1', 'public'],
  ['2001:1ff::1', 'special'],
  ['3fff:0fff::1', 'special'],
  ['3fff:1000::1', 'public'],
  ['4000::1', 'special'],
  ['febf::1', 'metadata'],
  ['fdff::1', 'private'],
  ['::7f00:1', 'special'],
  ['::', 'special'],
  ['64:ff9b:1::1', 'special'],
  ['64:ff9b::a00:1', 'private'],
  ['fe80::1%eth0', 'metadata'],
  ['not an address', 'special'],
  ['1.2.3', 'special'],
  ['1:2:3:4:5:6:7:8:9', 'special'],
  ['1::2::3', 'special'],
])('A1 A5: %s is %s', (address, tier) => expect(tierOf(address)).toBe(tier))

it('by default private and loopback receivers may be dialled', () => {
  const target = {hostname: 'n8n', port: 5678}
  expect(judgeTarget(localTargets, target, ['172.18.0.5'])).toEqual({allowed: true, tiers: ['private'], rule: null})
})
