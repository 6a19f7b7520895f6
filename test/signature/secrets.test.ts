import {createHash} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import {
  describeReason,
  expected,
  explain,
  fingerprint,
  generateSecret,
  inspectSecret,
  publicSecret,
  REASONS,
  SCHEME_NAMES,
  type SchemeName,
  schemeOf,
  sign,
  verify,
} from '../../src/signature/index.ts'
import {withUrl} from './oracles.ts'

const random = (bytes: number) => Buffer.alloc(bytes, 7)
const message = {id: 'msg_1', timestamp: 1767225600, body: '{}'}

describe('a generated secret', () => {
  it.each(SCHEME_NAMES)('of %s signs and verifies, with nothing odd about it', name => {
    const scheme = withUrl(name)
    const secret = generateSecret(name, random)
    expect(inspectSecret(scheme, secret, 'sign')).toEqual({problem: null, notices: []})
    const headers = sign({scheme, secret, ...message})
    const receivers = secret.startsWith('whsk_') ? publicSecret(secret) : secret
    expect(verify({scheme, secret: receivers, headers, ...message, now: message.timestamp}).reason).toBe('ok')
  })

  it.each<[SchemeName, RegExp]>([
    ['netbox', /^[0-9a-f]{64}$/],
    ['stripe', /^whsec_[0-9a-f]{64}$/],
    ['standard', /^whsec_[A-Za-z0-9+/]{43}=$/],
    ['standard-v1a', /^whsk_[A-Za-z0-9+/]{86}==$/],
  ])('of %s is spelled %s', (scheme, pattern) => {
    expect(generateSecret(scheme, random)).toMatch(pattern)
  })
})

it('a fingerprint is the first 8 hex digits of the SHA-256', () => {
  expect(fingerprint('é')).toBe(createHash('sha256').update('é').digest('hex').slice(0, 8))
})

it('publicSecret refuses what is no private key, without repeating it', () => {
  expect(() => publicSecret('whsec_AQIDBAUGBwgJ')).toThrow(expect.objectContaining({code: 'bad_secret'}))
  expect(() => publicSecret('whsec_AQIDBAUGBwgJ')).not.toThrow(/AQID/)
})

describe('a look at a secret', () => {
  it.each<[string, SchemeName, string, 'sign' | 'verify', string | null, string[]]>([
    ['fine', 'netbox', 'a secret of some length', 'verify', null, []],
    ['empty', 'netbox', '', 'verify', 'empty_secret', []],
    ['only a prefix', 'standard', 'whsec_', 'verify', 'empty_secret', ['shorter than 16']],
    ['a line break', 'github', 'a secret of some length\n', 'verify', null, ['line break']],
    ['a line break in base64', 'standard-v1', 'whsec_AQIDBAUGBwgJCgsM\n', 'verify', 'bad_secret', ['line break']],
    ['a blank', 'stripe', ' a secret of some length', 'verify', null, ['white space']],
    ['quotes', 'slack', '"a secret of some length"', 'verify', null, ['quotes']],
    ['short', 'netbox', 'short', 'verify', null, ['shorter than 16']],
    ['long', 'netbox', 'x'.repeat(256), 'sign', null, ['255']],
    ['the private half', 'standard-v1a', generateSecret('standard-v1a', random), 'verify', 'bad_secret', []],
    ['the public half', 'standard-v1a', publicSecret(generateSecret('standard-v1a', random)), 'sign', 'bad_secret', []],
  ])('%s', (_title, scheme, secret, use, problem, notices) => {
    const report = inspectSecret(schemeOf(scheme), secret, use)
    expect(report.problem?.fault ?? null).toBe(problem)
    expect(report.notices).toEqual(notices.map(words => expect.stringContaining(words)))
    if (secret.length > 8) expect(JSON.stringify(report)).not.toContain(secret.trim().slice(6))
  })
})

describe('expected', () => {
  it.each(SCHEME_NAMES.filter(name => name !== 'standard-v1a'))('tells what %s should have been', name => {
    const scheme = withUrl(name)
    const secret = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
    const headers = sign({scheme, secret, ...message})
    const broken = headers.map(
      ([name, value]) => [name, name.endsWith('ature') ? value.replace(/.$/, '!') : value] as const,
    )
    expect(expected({scheme, secret, headers: broken, body: message.body})).toEqual(headers)
  })

  it('cannot tell with a public key, or without the timestamp that was signed', () => {
    const publicKey = publicSecret(generateSecret('standard-v1a', random))
    const ask = (scheme: SchemeName, secret: string, headers: Record<string, string>) => () =>
      expected({scheme, secret, headers, body: ''})
    expect(ask('standard', publicKey, {})).toThrow(expect.objectContaining({code: 'cannot_sign'}))
    expect(ask('slack', 's', {})).toThrow(expect.objectContaining({code: 'missing_timestamp'}))
    expect(ask('slack', 's', {'X-Slack-Request-Timestamp': ''})).toThrow(
      expect.objectContaining({code: 'bad_timestamp'}),
    )
  })
})

it('every reason has a sentence', () => {
  for (const reason of REASONS) expect(describeReason(reason)).toMatch(/^[a-z].{10,}[^.]$/)
})

describe('a secret that is no text', () => {
  const body = '{}'
  // What a list of texts is as bytes: zeros, and as a key of HMAC no key at all.
  const forged = sign({scheme: 'netbox', secret: '\0', body})

  it.each<[string, unknown, string]>([
    ['a list', ['a secret of some length'], 'bad_secret'],
    ['an ArrayBuffer', new ArrayBuffer(4), 'bad_secret'],
    ['something with a length', {length: 4}, 'bad_secret'],
    ['a number', 7, 'bad_secret'],
    ['null', null, 'empty_secret'],
  ])('verifies nothing, and signs nothing: %s', async (_, given, reason) => {
    const secret = given as string
    expect(verify({scheme: 'netbox', secret, headers: forged, body})).toMatchObject({valid: false, reason})
    expect(verify({scheme: 'netbox', secrets: ['other', secret], headers: forged, body}).reason).toBe(reason)
    const explained = await explain({scheme: 'netbox', secret, headers: forged, body})
    expect(explained).toMatchObject({verdict: {reason}, findings: []})
    expect(() => sign({scheme: 'netbox', secret, body})).toThrow(expect.objectContaining({code: reason}))
  })
})
