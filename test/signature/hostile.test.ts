import {describe, expect, it} from 'vitest'
import {sameBytes} from '../../src/signature/digest.ts'
import {
  detect,
  type Header,
  REASONS,
  SCHEME_NAMES,
  type SchemeName,
  schemeOf,
  sign,
  verify,
} from '../../src/signature/index.ts'
import {seededRandom} from './oracles.ts'

const PIECES = [
  '',
  ' ',
  '\t',
  ',',
  '=',
  '.',
  '-',
  '_',
  '/',
  '+',
  ':',
  ';',
  '"',
  '\0',
  '\n',
  '\r\n',
  '\u00ff',
  '\ud800',
  '１',
  'v1,',
  'v1a,',
  'v0=',
  'v1=',
  't=',
  'sha256=',
  'sha512=',
  'SHA256=',
  '0x',
  'zz',
  'ab',
  'AB',
  'ab'.repeat(16),
  'ab'.repeat(32),
  'ab'.repeat(64),
  `${'A'.repeat(43)}=`,
  `${'A'.repeat(86)}==`,
  '1767225600',
  '1767225600000',
  '-1',
]

const SECRETS = {
  standard: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  'standard-v1': 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  'standard-v1a': 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=',
} as const

const secretOf = (name: SchemeName): string => (name in SECRETS ? SECRETS[name as keyof typeof SECRETS] : 'a secret')

const now = 1767225600
const body = Buffer.from('x')

describe('B2: hostile header values', () => {
  it('no bytes at all are not the same signature as no bytes at all', () => {
    const some = Buffer.from('ab')
    expect([sameBytes(some, Buffer.from('ab')), sameBytes(some, Buffer.from('a'))]).toEqual([true, false])
    expect(sameBytes(Buffer.alloc(0), Buffer.alloc(0))).toBe(false)
  })

  it('100,000 random ones: none accepted, no exception, every reason a known one', {timeout: 60_000}, () => {
    const random = seededRandom(2)
    const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!
    const value = () => Array.from({length: Math.floor(random() * 6)}, () => pick(PIECES)).join('')
    const reasons = new Set<string>()
    for (let round = 0; round < 100_000; round += 1) {
      const scheme = schemeOf(pick(SCHEME_NAMES))
      const headers: Header[] = [
        [scheme.format.header, value()],
        ['webhook-id', random() < 0.9 ? 'msg_1' : value()],
        ['webhook-timestamp', random() < 0.9 ? `${now}` : value()],
        ['X-Slack-Request-Timestamp', random() < 0.9 ? `${now}` : value()],
        ['x-zm-request-timestamp', random() < 0.9 ? `${now}` : value()],
      ]
      const verdict = scheme.verify([secretOf(scheme.name)], headers, body, {now, tolerance: 300})
      if (verdict.valid) expect.fail(`${scheme.name} accepted ${JSON.stringify(headers)}`)
      reasons.add(verdict.reason)
    }
    expect(REASONS).toEqual(expect.arrayContaining([...reasons]))
    expect([...reasons]).toEqual(expect.arrayContaining(['mismatch', 'bad_length', 'bad_encoding', 'bad_prefix']))
  })

  it('every prefix and every single-character change of a right signature is refused', () => {
    for (const scheme of ['netbox', 'github'] as const) {
      const [[name, right]] = sign({scheme, secret: 'a secret', body}) as [[string, string]]
      for (let at = 0; at < right.length; at += 1) {
        const changed = `${right.slice(0, at)}${right[at] === '0' ? '1' : '0'}${right.slice(at + 1)}`
        for (const each of [right.slice(0, at), changed]) {
          expect(verify({scheme, secret: 'a secret', body, headers: [[name, each]]}).valid).toBe(false)
        }
      }
    }
  })

  it('odd shapes of headers are read without an exception', () => {
    for (const headers of [[], {}, [['a']], ['a'], new Headers(), {'X-Hook-Signature': undefined}] as never[]) {
      expect(verify({scheme: 'netbox', secret: 's', headers, body}).reason).toBe('missing_header')
      expect(detect(headers).candidates).toEqual([])
    }
  })
})

const right = 'ab'.repeat(64)
const spelled: [string, string, string][] = [
  ['128 digits and junk behind', `${right}zz`, 'bad_length'],
  ['two bad digits', 'zz', 'bad_length'],
  ['digits of another script', '１'.repeat(128), 'bad_encoding'],
  ['a line break behind', `${right}\n`, 'bad_encoding'],
  ['a foreign prefix', `sha512=${right}`, 'bad_prefix'],
  ['0x before', `0x${right}`, 'bad_length'],
  ['blanks only', ' \t ', 'empty_signature'],
]
it.each(spelled)('B3: X-Hook-Signature with %s', (_title, value, reason) => {
  expect(verify({scheme: 'netbox', secret: 's', body, headers: {'X-Hook-Signature': value}}).reason).toBe(reason)
})

const good = 'A'.repeat(43)
const standardSpelled: [string, string, string][] = [
  ['no padding', `v1,${good}`, 'bad_encoding'],
  ['url-safe letters', `v1,${'-'.repeat(43)}=`, 'bad_encoding'],
  ['junk behind the padding', `v1,${good}=AAAA`, 'bad_encoding'],
  ['one letter', 'v1,A', 'bad_length'],
  ['no version', `${good}=`, 'no_known_version'],
  ['a version of another case', `V1,${good}=`, 'no_known_version'],
  ['20 entries', Array(20).fill(`v1,${good}=`).join(' '), 'mismatch'],
  ['21 entries', Array(21).fill(`v1,${good}=`).join(' '), 'too_many_signatures'],
  ['one broken beside one well-formed', `v1, v1,${good}=`, 'mismatch'],
  ['nothing', '', 'empty_signature'],
]
it.each(standardSpelled)('B3: webhook-signature with %s', (_title, value, reason) => {
  const headers = {'webhook-id': 'a', 'webhook-timestamp': `${now}`, 'webhook-signature': value}
  expect(verify({scheme: 'standard-v1', secret: SECRETS.standard, body, now, headers}).reason).toBe(reason)
})

const times: [string, string][] = [
  ['+1767225600', 'bad_timestamp'],
  ['01767225600', 'bad_timestamp'],
  ['1767225600abc', 'bad_timestamp'],
  ['1.767e9', 'bad_timestamp'],
  ['0x6955', 'bad_timestamp'],
  ['1767225600, 1767225600', 'bad_timestamp'],
  ['', 'bad_timestamp'],
  ['1767225300', 'mismatch'],
  ['1767225299', 'timestamp_too_old'],
  ['1767225900', 'mismatch'],
  ['1767225901', 'timestamp_in_future'],
  ['999999999999', 'timestamp_in_future'],
  ['0', 'timestamp_too_old'],
]
it.each(times)('B5: the timestamp %j is %s in every scheme that has one', (time, reason) => {
  const standard = {'webhook-id': 'a', 'webhook-timestamp': time, 'webhook-signature': `v1,${good}=`}
  const slack = {'X-Slack-Request-Timestamp': time, 'X-Slack-Signature': `v0=${'ab'.repeat(32)}`}
  const input = {secret: SECRETS.standard, body, now}
  expect(verify({...input, scheme: 'standard', headers: standard}).reason).toBe(reason)
  expect(verify({...input, scheme: 'slack', headers: slack}).reason).toBe(reason)
  if (time.includes(',')) return
  const stripe = {'Stripe-Signature': `t=${time},v1=${'ab'.repeat(32)}`}
  expect(verify({...input, scheme: 'stripe', headers: stripe}).reason).toBe(reason)
})

const stripeSpelled: [string, string, string][] = [
  ['20 signatures', `t=${now}${`,v1=${'ab'.repeat(32)}`.repeat(20)}`, 'mismatch'],
  ['21 signatures', `t=${now}${`,v1=${'ab'.repeat(32)}`.repeat(21)}`, 'too_many_signatures'],
  ['blanks behind the commas', `t=${now}, v1=${'ab'.repeat(32)}`, 'mismatch'],
  ['no time', `v1=${'ab'.repeat(32)}`, 'bad_timestamp'],
  ['no signature', `t=${now}`, 'no_known_version'],
  ['an empty signature', `t=${now},v1=`, 'bad_length'],
  ['none of its fields', 'garbage', 'no_known_version'],
  ['nothing', '', 'empty_signature'],
]
it.each(stripeSpelled)('B3: Stripe-Signature with %s', (_title, value, reason) => {
  expect(verify({scheme: 'stripe', secret: 's', body, now, headers: {'Stripe-Signature': value}}).reason).toBe(reason)
})

it('B5: no tolerance accepts any age, and a clock that is no number accepts none', () => {
  const input = {scheme: 'stripe', secret: 's', body} as const
  const headers = sign({...input, timestamp: 1})
  expect(verify({...input, headers, now, tolerance: null}).reason).toBe('ok')
  expect(verify({...input, headers, now: Number.NaN}).valid).toBe(false)
  expect(verify({...input, headers}).reason).toBe('timestamp_too_old')
})

it('an id with a full stop could make two messages one, so it is refused', () => {
  const headers = {'webhook-id': 'a.1', 'webhook-timestamp': `${now}`, 'webhook-signature': `v1,${good}=`}
  expect(verify({scheme: 'standard', secret: SECRETS.standard, body, now, headers}).reason).toBe('bad_id')
})

it('B4: a repeated header is refused even when both are right, in every shape headers come in', () => {
  const [[name, value]] = sign({scheme: 'netbox', secret: 's', body}) as [[string, string]]
  const twice = [
    [
      [name, value],
      [name.toLowerCase(), value],
    ],
    [name, value, name, value],
    {[name]: [value, value]},
    new Map([
      [name, value],
      [name.toUpperCase(), value],
    ]),
  ]
  for (const headers of twice) {
    expect(verify({scheme: 'netbox', secret: 's', body, headers: headers as never}).reason).toBe('duplicate_header')
  }
})
