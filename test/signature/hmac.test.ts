import {createHmac} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import {
  detect,
  explain,
  type Header,
  type HmacOptions,
  hmac,
  netbox,
  type TimestampFormat,
  verify,
} from '../../src/signature/index.ts'

const secret = 'a secret of some length'
const body = '{"a":1}'
const now = 1767225600
const digest = (text: string, encoding: 'hex' | 'base64' = 'hex') =>
  createHmac('sha256', secret).update(text).digest(encoding)
const acme: HmacOptions = {header: 'X-Acme-Signature', algorithm: 'sha256'}

describe('a recipe of a sender of its own', () => {
  it.each<[string, HmacOptions, Header[]]>([
    ['the body alone', {}, [['X-Acme-Signature', digest(body)]]],
    [
      'a time in a header of its own',
      {signed: '{timestamp}.{body}', timestampHeader: 'X-Acme-Time'},
      [
        ['X-Acme-Time', `${now}`],
        ['X-Acme-Signature', digest(`${now}.${body}`)],
      ],
    ],
    [
      'a time among the fields of the header',
      {signed: 'acme:{timestamp}:{body}', prefix: 'ts={timestamp};sig=', encoding: 'base64'},
      [['X-Acme-Signature', `ts=${now};sig=${digest(`acme:${now}:${body}`, 'base64')}`]],
    ],
    [
      'an id and a time',
      {signed: '{id}.{timestamp}.{body}', idHeader: 'X-Acme-Id', timestampHeader: 'X-Acme-Time', prefix: 'sha256='},
      [
        ['X-Acme-Id', 'msg_1'],
        ['X-Acme-Time', `${now}`],
        ['X-Acme-Signature', `sha256=${digest(`msg_1.${now}.${body}`)}`],
      ],
    ],
    [
      'the URL before the body, and milliseconds behind it',
      {
        signed: 'POST{url}{body}{timestamp}',
        url: 'https://example.com/in?a={id}',
        timestampHeader: 'X-Acme-Time',
        timestampFormat: 'milliseconds',
      },
      [
        ['X-Acme-Time', `${now}000`],
        ['X-Acme-Signature', digest(`POSThttps://example.com/in?a={id}${body}${now}000`)],
      ],
    ],
    [
      'an id and a time in words, with nothing in between',
      {
        signed: '{id}{timestamp}{body}',
        idHeader: 'X-Acme-Id',
        timestampHeader: 'X-Acme-Time',
        timestampFormat: 'rfc3339',
      },
      [
        ['X-Acme-Id', 'msg_1'],
        ['X-Acme-Time', '2026-01-01T00:00:00Z'],
        ['X-Acme-Signature', digest(`msg_12026-01-01T00:00:00Z${body}`)],
      ],
    ],
    ['what stands behind the body', {signed: '{body}.acme'}, [['X-Acme-Signature', digest(`${body}.acme`)]]],
  ])('is signed and verified: %s', (_, options, headers) => {
    const scheme = hmac({...acme, ...options})
    expect(scheme.headers([secret], {id: 'msg_1', timestamp: now, body: Buffer.from(body)})).toEqual(headers)
    expect(verify({scheme, secret, headers, body, now})).toMatchObject({valid: true, scheme: 'hmac'})
    expect(verify({scheme, secret, headers, body: `${body} `, now}).reason).toBe('mismatch')
    const late = scheme.signs.timestamp ? 'timestamp_too_old' : 'ok'
    expect(verify({scheme, secret, headers, body, now: now + 301}).reason).toBe(late)
  })

  it('takes the fields of the header in any order, with what else stands there', () => {
    const scheme = hmac({...acme, signed: '{timestamp}.{body}', prefix: 't={timestamp},v1='})
    const right = digest(`${now}.${body}`)
    const reasonOf = (value: string) => verify({scheme, secret, headers: {'X-Acme-Signature': value}, body, now}).reason
    expect(reasonOf(`t=${now},v1=${right}`)).toBe('ok')
    expect(reasonOf(`v1=${'0'.repeat(64)}, v0=x, v1=${right}, t=${now}`)).toBe('ok')
    expect(reasonOf(`v1=${right}`)).toBe('bad_timestamp')
    expect(reasonOf(`t=${now},t=${now},v1=${right}`)).toBe('duplicate_timestamp')
    expect(reasonOf(`t=${now},v2=${right}`)).toBe('no_known_version')
    expect(reasonOf(`t=${now};v1=${right}`)).toBe('no_known_version')
  })

  it.each<[TimestampFormat, string, string]>([
    ['milliseconds', `${now}000`, 'ok'],
    ['milliseconds', `${now}999`, 'ok'],
    ['milliseconds', `${now}`, 'bad_timestamp'],
    ['milliseconds', `0${now}00`, 'bad_timestamp'],
    ['milliseconds', `${now}0000`, 'bad_timestamp'],
    ['milliseconds', `${now - 301}000`, 'timestamp_too_old'],
    ['rfc3339', '2026-01-01T00:00:00Z', 'ok'],
    ['rfc3339', '2026-01-01T00:00:00.123456789Z', 'ok'],
    ['rfc3339', '2026-01-01T01:00:00+01:00', 'ok'],
    ['rfc3339', '2025-12-31T23:54:59Z', 'timestamp_too_old'],
    ['rfc3339', '2026-01-01T00:05:01Z', 'timestamp_in_future'],
    ['rfc3339', '2026-13-01T00:00:00Z', 'bad_timestamp'],
    ['rfc3339', '2026-01-01 00:00:00Z', 'bad_timestamp'],
    ['rfc3339', '2026-01-01T00:00:00', 'bad_timestamp'],
    ['rfc3339', '2026-01-01', 'bad_timestamp'],
    ['rfc3339', `${now}`, 'bad_timestamp'],
    ['seconds', `${now}000`, 'bad_timestamp'],
  ])('reads a time in %s: %s is %s', (timestampFormat, time, reason) => {
    const scheme = hmac({...acme, signed: '{timestamp}.{body}', timestampHeader: 'X-Time', timestampFormat})
    const headers = {'X-Time': time, 'X-Acme-Signature': digest(`${time}.${body}`)}
    const verdict = verify({scheme, secret, headers, body, now})
    expect(verdict.reason).toBe(reason)
    if (reason === 'ok') expect(verdict.timestamp).toBe(now)
  })

  it.each([Number.NaN, -1, 1.5, 1e15])('signs no time that is none: %s', timestamp => {
    for (const timestampFormat of ['seconds', 'milliseconds', 'rfc3339'] as const) {
      const scheme = hmac({...acme, signed: '{timestamp}.{body}', timestampHeader: 'X-Time', timestampFormat})
      if (timestamp === -1 && timestampFormat === 'rfc3339') continue
      expect(() => scheme.headers([secret], {timestamp, body: Buffer.from(body)})).toThrow(
        expect.objectContaining({code: 'bad_timestamp'}),
      )
    }
  })

  it('B2: an id that runs into a time in words may have no colon: two messages could share a signature', () => {
    const scheme = hmac({
      ...acme,
      signed: '{id}{timestamp}{body}',
      idHeader: 'X-Id',
      timestampHeader: 'X-Time',
      timestampFormat: 'rfc3339',
    })
    const time = '2026-01-01T00:00:00Z'
    const headers = {'X-Id': `a${time}`, 'X-Time': time, 'X-Acme-Signature': digest(`a${time}${time}${body}`)}
    expect(verify({scheme, secret, headers, body, now}).reason).toBe('bad_id')
  })

  it('signs and verifies nothing without the URL that is signed', () => {
    const scheme = hmac({...acme, signed: '{url}{body}'})
    expect(() => scheme.headers([secret], {body: Buffer.from(body)})).toThrow(
      expect.objectContaining({code: 'missing_url'}),
    )
    const headers = {'X-Acme-Signature': digest(body)}
    expect(verify({scheme, secret, headers, body}).reason).toBe('missing_url')
    expect(verify({scheme, secret, headers: {}, body}).reason).toBe('missing_header')
  })

  it('is not explained without the URL that is signed: it would be taken for another', async () => {
    const scheme = hmac({...acme, signed: '{url}{body}'})
    const headers = {'X-Acme-Signature': digest(body)}
    expect(await explain({scheme, secret, headers, body})).toMatchObject({
      verdict: {reason: 'missing_url'},
      findings: [],
    })
  })

  it('hashes the fields of a form by name, each value of a name once', () => {
    const scheme = hmac({...acme, signed: '{form}'})
    const signed = (form: string) => scheme.headers([secret], {body: Buffer.from(form)})[0]![1]
    expect(signed('b=2&a=1&B=%C3%BC+x')).toBe(digest('Bü xa1b2'))
    expect(signed('a=2&a=1&a=2')).toBe(digest('a1a2'))
    expect(signed('')).toBe(digest(''))
    expect(signed('?b&a=%zz&&c=a%20b=c+d&=x')).toBe(digest('x?ba%zzca b=c d'))
    const whole = Buffer.from('b=2&a=1')
    const parts = scheme.signer([secret], {})
    // As who reads a file does: into the same bytes each time.
    const one = new Uint8Array(1)
    for (const byte of whole) {
      one[0] = byte
      parts.update(one)
    }
    expect(parts.headers()[0]![1]).toBe(digest('a1b2'))
  })

  it('a form of more fields than any sender has costs no more than its bytes', () => {
    const scheme = hmac({...acme, signed: '{form}'})
    const form = Array.from({length: 500_000}, (_, at) => at.toString(36)).join('&')
    const headers = scheme.headers([secret], {body: Buffer.from(form)})
    expect(headers).toEqual([['X-Acme-Signature', digest(form)]])
    expect(verify({scheme, secret, headers, body: form}).reason).toBe('ok')
    const most = Array.from({length: 10_000}, (_, at) => `n${at}`)
    expect(scheme.headers([secret], {body: Buffer.from(most.join('&'))})[0]![1]).toBe(digest(most.toSorted().join('')))
  })

  it('is as NetBox has it where nothing is told', () => {
    const message = {body: Buffer.from(body)}
    expect(hmac().headers([secret], message)).toEqual(netbox().headers([secret], message))
    const nothing = {header: undefined, algorithm: undefined, signed: undefined, timestampHeader: undefined} as object
    expect(hmac(nothing).headers([secret], message)).toEqual(netbox(nothing).headers([secret], message))
  })

  it.each(['.', ':', '|'])(
    'B2: an id with the %s behind it is refused: two messages could share a signature',
    separator => {
      const scheme = hmac({...acme, signed: `{id}${separator}{body}`, idHeader: 'X-Acme-Id'})
      const whole = ['a', 'b', body].join(separator)
      const reasonOf = (id: string, text: string) => {
        const headers: Header[] = [
          ['X-Acme-Id', id],
          ['X-Acme-Signature', digest(whole)],
        ]
        return verify({scheme, secret, headers, body: text}).reason
      }
      expect(reasonOf('a', `b${separator}${body}`)).toBe('ok')
      expect(reasonOf(`a${separator}b`, body)).toBe('bad_id')
      const signing = () => scheme.headers([secret], {id: `a${separator}b`, body: Buffer.from(body)})
      expect(signing).toThrow(expect.objectContaining({code: 'bad_id'}))
    },
  )

  it('is refused with an empty id, with none, and with two', () => {
    const scheme = hmac({...acme, signed: '{id}.{body}', idHeader: 'X-Acme-Id'})
    const reasonOf = (...ids: string[]) => {
      const headers: Header[] = ids.map(id => ['X-Acme-Id', id])
      return verify({scheme, secret, headers: [...headers, ['X-Acme-Signature', digest(body)]], body}).reason
    }
    expect([reasonOf(''), reasonOf(), reasonOf('a', 'a')]).toEqual([
      'missing_header',
      'missing_header',
      'duplicate_header',
    ])
  })

  it.each<[string, HmacOptions, RegExp]>([
    ['a time that is not signed', {timestampHeader: 'X-Time'}, /would not be signed/],
    ['a time in the prefix that is not signed', {prefix: 't={timestamp},v1='}, /would not be signed/],
    ['an id that is not signed', {idHeader: 'X-Id'}, /would not be signed/],
    ['a signed time that stands nowhere', {signed: '{timestamp}.{body}'}, /header it stands in is not told/],
    ['a signed id that stands nowhere', {signed: '{id}.{body}'}, /header it stands in is not told/],
    [
      'a time that stands in two places',
      {signed: '{timestamp}{body}', prefix: 't={timestamp},v1=', timestampHeader: 'X-T'},
      /not in both/,
    ],
    ['an id that runs into the body', {signed: '{id}{body}', idHeader: 'X-Id'}, /after \{id\} comes a separator/],
    [
      'an id that runs into the time',
      {signed: '{id}{timestamp}.{body}', idHeader: 'X-Id', timestampHeader: 'X-T'},
      /after \{id\} comes a separator/,
    ],
    ['an id that runs into a word', {signed: '{id}v1:{body}', idHeader: 'X-Id'}, /after \{id\} comes a separator/],
    ['an id before a dash', {signed: '{id}-{body}', idHeader: 'X-Id'}, /after \{id\} comes a separator/],
    ['one header for two things', {signed: '{id}.{body}', idHeader: 'x-hook-signature'}, /headers of their own/],
    ['no body', {signed: 'x'}, /has \{body\} or \{form\} once/],
    ['a body twice', {signed: '{body}{body}'}, /has \{body\} or \{form\} once/],
    ['a body and its form', {signed: '{body}{form}'}, /has \{body\} or \{form\} once/],
    ['a part that nobody knows', {signed: '{method}{body}'}, /has \{body\} or \{form\} once/],
    [
      'a time twice',
      {signed: '{timestamp}{timestamp}{body}', timestampHeader: 'X-T'},
      /\{timestamp\}, \{id\} and \{url\} once/,
    ],
    ['an id behind the body', {signed: '{body}.{id}', idHeader: 'X-Id'}, /stands before the body/],
    [
      'a time that takes digits of the body',
      {signed: '{body}{timestamp}', timestampHeader: 'X-T'},
      /separator that is no digit/,
    ],
    [
      'a time that takes other digits',
      {signed: '{body}42{timestamp}', timestampHeader: 'X-T'},
      /separator that is no digit/,
    ],
    [
      'an id that runs into milliseconds',
      {signed: '{id}{timestamp}{body}', idHeader: 'X-Id', timestampHeader: 'X-T', timestampFormat: 'milliseconds'},
      /after \{id\} comes a separator/,
    ],
    ['a time of no known spelling', {timestampFormat: 'iso' as never}, /is not a timestamp format/],
    ['a URL that is not signed', {url: 'https://example.com/'}, /would not be signed/],
    ['a URL with a line break', {signed: '{url}{body}', url: 'https://a/\n'}, /is not a URL/],
    ['a prefix that is no field', {signed: '{timestamp}.{body}', prefix: '{timestamp}'}, /t=\{timestamp\},v1=/],
    ['a header that is no name', {header: 'X Acme'}, /is not a header/],
    [
      'a header of the time that is no name',
      {signed: '{timestamp}.{body}', timestampHeader: 'X Time'},
      /is not a header/,
    ],
  ])('is refused with %s', (_, options, message) => {
    expect(() => hmac(options)).toThrow(
      expect.objectContaining({code: 'bad_option', message: expect.stringMatching(message)}),
    )
  })
})

describe('a header of no known scheme', () => {
  const stamped = digest(`${now}.${body}`)
  it.each<[string, HmacOptions | undefined]>([
    [
      `t=${now},v1=${stamped}`,
      {algorithm: 'sha256', encoding: 'hex', prefix: 't={timestamp},v1=', signed: '{timestamp}.{body}'},
    ],
    [
      `ts=${now}; h1=${stamped}`,
      {algorithm: 'sha256', encoding: 'hex', prefix: 'ts={timestamp};h1=', signed: '{timestamp}.{body}'},
    ],
    [`sha256=${stamped}`, {algorithm: 'sha256', encoding: 'hex', prefix: 'sha256='}],
    [digest(body, 'base64'), {algorithm: 'sha256', encoding: 'base64'}],
    ['ab'.repeat(64), {algorithm: 'sha512', encoding: 'hex'}],
    ['ab', undefined],
    ['', undefined],
    [`t=${now},v1=ab`, undefined],
  ])('seems to be made so: %s', (value, options) => {
    const {candidates, recipes} = detect([['X-Acme-Signature', value]])
    expect(candidates).toEqual([])
    expect(recipes).toEqual(options === undefined ? [] : [{header: 'X-Acme-Signature', ...options}])
  })

  it('is never verified by what it seems to be, and never repeated where a shell would run its name', () => {
    const headers = {'X-Acme-Signature': digest(body)}
    expect(verify({secret, headers, body})).toMatchObject({valid: false, scheme: null, reason: 'missing_header'})
    expect(detect([['X-`id`-Signature', digest(body)]]).recipes).toEqual([])
  })
})

describe('explain', () => {
  it.each<[string, Header[]]>([
    [
      '{timestamp}.{body}',
      [
        ['X-Acme-Signature', digest(`${now}.${body}`)],
        ['X-Acme-Timestamp', `${now}`],
      ],
    ],
    [
      'v0:{timestamp}:{body}',
      [
        ['X-Acme-Signature', digest(`v0:${now}:${body}`)],
        ['X-Acme-Timestamp', `${now}`],
      ],
    ],
    ['{timestamp}.{body}', [['X-Acme-Signature', `t=${now},v1=${digest(`${now}.${body}`)}`]]],
  ])('tells what was signed: %s', async (signed, headers) => {
    const {findings} = await explain({scheme: hmac(acme), secret, headers, body, now})
    expect(findings[0]).toMatchObject({
      mistake: 'timestamp_signed',
      proven: true,
      sentence: expect.stringContaining(`It is ${signed}.`),
    })
  })

  it('tells what was signed where the recipe has it otherwise', async () => {
    const scheme = hmac({...acme, signed: '{timestamp}.{body}', timestampHeader: 'X-Acme-Time'})
    const headers: Header[] = [
      ['X-Acme-Time', `${now}`],
      ['X-Acme-Signature', digest(`${now}:${body}`)],
    ]
    const {findings} = await explain({scheme, secret, headers, body, now})
    expect(findings[0]).toMatchObject({
      mistake: 'wrong_base_string',
      sentence: expect.stringContaining('It is {timestamp}:{body}.'),
    })
  })
})
