import {createHmac} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import {detect, explain, type Header, type HmacOptions, hmac, netbox, verify} from '../../src/signature/index.ts'

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
    ['no body', {signed: 'x'}, /ends with \{body\}/],
    ['a body that is not last', {signed: '{body}.x'}, /ends with \{body\}/],
    ['a body twice', {signed: '{body}{body}'}, /ends with \{body\}/],
    ['a part that nobody knows', {signed: '{url}{body}'}, /ends with \{body\}/],
    ['a time twice', {signed: '{timestamp}{timestamp}{body}', timestampHeader: 'X-T'}, /ends with \{body\}/],
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
