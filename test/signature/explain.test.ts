import {createHash, createHmac} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import {pythonNumber} from '../../src/signature/explain/json-styles.ts'
import {MISTAKES, type Mistake} from '../../src/signature/explain/mistakes.ts'
import {
  type ExplainInput,
  explain,
  generateSecret,
  type Header,
  type SchemeName,
  schemeOf,
  sign,
  standard,
} from '../../src/signature/index.ts'
import {bodyOf, SCHEMES, vectors} from './vectors.ts'

const now = 1767225600
const secret = 's3cret-key-for-netbox'
const standardSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const hookSignature = (value: string): Header[] => [['X-Hook-Signature', value]]
const hmac = (algorithm: string, key: string | Buffer, body: string | Buffer) => createHmac(algorithm, key).update(body)

/** The message a receiver has: `signed` is what the sender signed, `body` what is there now. */
type Row = {mistake: Mistake; with?: string} & Partial<ExplainInput> & {signed?: string | Buffer; signer?: string}

const bodyRow = (mistake: Mistake, signed: string | Buffer, body: string | Buffer): Row => ({
  mistake,
  signed,
  body: Buffer.from(body as string),
})

const json = '{"b":1,"a":[12345678901234567890,1.50,{}],"c":"é/<"}'
const bodies: Row[] = [
  bodyRow('body_newline_added', 'x', 'x\n'),
  bodyRow('body_newline_lost', 'x\n', 'x'),
  bodyRow('body_crlf_added', 'x', 'x\r\n'),
  bodyRow('body_crlf_lost', 'x\r\n', 'x'),
  bodyRow('line_endings_crlf', '{\n "a": 1\n}\n', '{\r\n "a": 1\r\n}\r\n'),
  bodyRow('line_endings_lf', '{\r\n "a": 1\r\n}\r\n', '{\n "a": 1\n}\n'),
  bodyRow('bom_added', '{"a":1}', '\ufeff{"a":1}'),
  bodyRow('bom_removed', '\ufeff{"a":1}', '{"a":1}'),
  bodyRow('json_compact', json, '{ "b":1, "a" : [12345678901234567890, 1.50, {}], "c": "\\u00e9/<" }'),
  bodyRow('json_javascript', '{"a":12345678901234567000,"b":1.5}', '{"a": 12345678901234567890, "b": 1.50}'),
  bodyRow('json_python', '{"b": 1, "a": [12345678901234567890, 1.5, {}], "c": "\\u00e9/<"}', json),
  bodyRow('json_python_utf8', '{"b": 1, "a": [12345678901234567890, 1.5, {}], "c": "é/<"}', json),
  bodyRow('json_sorted_compact', '{"a":[12345678901234567890,1.50,{}],"b":1,"c":"é/<"}', json),
  bodyRow('json_sorted_python', '{"a": [12345678901234567890, 1.5, {}], "b": 1, "c": "\\u00e9/<"}', json),
  bodyRow(
    'json_indented_2',
    '{\n  "b": 1,\n  "a": [\n    12345678901234567890,\n    1.50,\n    {}\n  ],\n  "c": "é/<"\n}',
    json,
  ),
  bodyRow(
    'json_indented_4',
    '{\n    "b": 1,\n    "a": [\n        12345678901234567890,\n        1.50,\n        {}\n    ],\n    "c": "\\u00e9/<"\n}',
    json,
  ),
  bodyRow('json_php', '{"b":1,"a":[12345678901234567890,1.50,{}],"c":"\\u00e9\\/<"}', json),
  bodyRow('json_html_safe', '{"b":1,"a":[12345678901234567890,1.50,{}],"c":"é/\\u003c"}', json),
  bodyRow('batch_first_item', '{"id": 12345678901234567890}', '[{"id": 12345678901234567890}, {"id": 2}]'),
  bodyRow('form_reencoded', 'text=a+b%26c&p=%2Fd', 'text=a%20b%26c&p=/d'),
  bodyRow('body_base64', 'some body', Buffer.from('some body').toString('base64')),
  bodyRow('body_base64', Buffer.from('some body').toString('base64'), 'some body'),
  bodyRow('body_json_string', '{"a":1}', '"{\\"a\\":1}"'),
  bodyRow('body_json_string', '"{\\"a\\":1}"', '{"a":1}'),
  bodyRow('body_html_escaped', `{"a":"<'&>"}`, '{&quot;a&quot;:&quot;&lt;&#39;&amp;&gt;&quot;}'),
  bodyRow('body_html_escaped', '{&quot;a&quot;:&quot;&lt;&#x27;&amp;&gt;&quot;}', `{"a":"<'&>"}`),
  bodyRow('body_latin1', 'Zoë', Buffer.from(Buffer.from('Zoë').toString('latin1'))),
  bodyRow('body_latin1', 'Zoë', Buffer.from('Zoë', 'latin1')),
  bodyRow('empty_body_signed', '', '{"a":1}'),
]

const secrets: Row[] = [
  {mistake: 'secret_has_newline', signer: 'abc', secrets: ['abc\n']},
  {mistake: 'secret_has_crlf', signer: 'abc', secrets: ['abc\r\n']},
  {mistake: 'secret_has_space', signer: 'abc', secrets: ['abc ']},
  {mistake: 'secret_has_quotes', signer: 'abc', secrets: ['"abc"']},
  {mistake: 'signer_secret_has_newline', signer: 'abc\n', secrets: ['abc']},
  {mistake: 'signer_secret_has_crlf', signer: 'abc\r\n', secrets: ['abc']},
  {mistake: 'signer_secret_has_space', signer: 'abc ', secrets: ['abc']},
  {mistake: 'signer_secret_has_quotes', signer: "'abc'", secrets: ['abc']},
  {mistake: 'secret_unicode_form', signer: 'pa\u0308ss', secrets: ['p\u00e4ss']},
  {mistake: 'previous_secret', signer: 'old', secrets: ['new'], previousSecrets: ['old']},
  {
    mistake: 'secret_latin1',
    headers: hookSignature(hmac('sha512', Buffer.from('pä', 'latin1'), 'x').digest('hex')),
    secrets: ['pä'],
  },
  {
    mistake: 'secret_decoded',
    headers: hookSignature(hmac('sha512', Buffer.from('MfKQ9r8G', 'base64'), 'x').digest('hex')),
    secrets: ['whsec_MfKQ9r8G'],
  },
  {
    mistake: 'secret_read_as_base64',
    headers: hookSignature(hmac('sha512', Buffer.from('MfKQ9r8G', 'base64'), 'x').digest('hex')),
    secrets: ['MfKQ9r8G'],
  },
  {
    mistake: 'secret_read_as_hex',
    headers: hookSignature(hmac('sha512', Buffer.from('00ff10', 'hex'), 'x').digest('hex')),
    secrets: ['00ff10'],
  },
]

const right = hmac('sha512', secret, 'x')
const digest = right.digest()
const hex = digest.toString('hex')
const formats: Row[] = [
  {mistake: 'wrong_algorithm', headers: hookSignature(hmac('sha256', secret, 'x').digest('hex'))},
  {mistake: 'wrong_algorithm', headers: hookSignature(hmac('sha1', secret, 'x').digest('hex'))},
  {mistake: 'plain_hash', headers: hookSignature(createHash('sha512').update(`${secret}x`).digest('hex'))},
  {mistake: 'static_secret', headers: hookSignature(secret)},
  {mistake: 'signature_in_base64', headers: hookSignature(digest.toString('base64'))},
  {mistake: 'signature_in_base64url', headers: hookSignature(digest.toString('base64url'))},
  {mistake: 'signature_in_hex', scheme: schemeOf('netbox', {encoding: 'base64'}), headers: hookSignature(hex)},
  {mistake: 'prefix_present', headers: hookSignature(`sha512=${hex}`)},
  {mistake: 'prefix_missing', scheme: schemeOf('netbox', {prefix: 'sha512='}), headers: hookSignature(hex)},
  {mistake: 'wrong_prefix', scheme: schemeOf('netbox', {prefix: 'sha512='}), headers: hookSignature(`SHA512=${hex}`)},
  {mistake: 'uppercase_hex', headers: hookSignature(hex.toUpperCase())},
  {mistake: 'other_header', headers: [['X-NetBox-Signature', hex]]},
  {mistake: 'header_repeated', headers: [...hookSignature(hex), ...hookSignature(hex)]},
  {mistake: 'signature_spelling', headers: hookSignature(`${hex}, ${hex}`)},
  {mistake: 'empty_body_received', headers: hookSignature(hex), body: Buffer.alloc(0)},
  {
    mistake: 'wrong_scheme',
    scheme: 'netbox',
    headers: sign({scheme: 'github', secret, body: 'x'}),
  },
]

const standardHeaders = (signature: string, timestamp = `${now}`): Header[] => [
  ['webhook-id', 'msg_1'],
  ['webhook-timestamp', timestamp],
  ['webhook-signature', `v1,${signature}`],
]
const key = Buffer.from(standardSecret.slice(6), 'base64')
const v1 = (text: string, by: string | Buffer = key) => hmac('sha256', by, text).digest('base64')
const signedText = `msg_1.${now}.x`
const privateKey = generateSecret('standard-v1a', bytes => Buffer.alloc(bytes, 7))
const inStandard = {scheme: 'standard-v1', secrets: [standardSecret]} as const
const timed: Row[] = [
  {mistake: 'secret_not_decoded', ...inStandard, headers: standardHeaders(v1(signedText, standardSecret))},
  {mistake: 'secret_not_decoded', ...inStandard, headers: standardHeaders(v1(signedText, standardSecret.slice(6)))},
  {
    mistake: 'secret_has_newline',
    ...inStandard,
    secrets: [`${standardSecret}\n`],
    headers: standardHeaders(v1(signedText)),
  },
  {mistake: 'timestamp_not_signed', ...inStandard, headers: standardHeaders(v1('x'))},
  {mistake: 'timestamp_not_signed', ...inStandard, headers: standardHeaders(v1('msg_1.x'))},
  {mistake: 'timestamp_in_milliseconds', ...inStandard, headers: standardHeaders(v1(`msg_1.${now}000.x`), `${now}000`)},
  {mistake: 'timestamp_in_milliseconds', ...inStandard, headers: standardHeaders(v1(`msg_1.${now}000.x`))},
  {mistake: 'timestamp_in_milliseconds', ...inStandard, headers: standardHeaders(v1(signedText), `${now}000`)},
  {mistake: 'timestamp_format', ...inStandard, headers: standardHeaders(v1(`msg_1.${now}.0.x`), `${now}.0`)},
  {mistake: 'timestamp_too_old', ...inStandard, headers: standardHeaders(v1(signedText)), now: now + 301},
  {mistake: 'timestamp_in_future', ...inStandard, headers: standardHeaders(v1(signedText)), now: now - 301},
  ...(
    [
      ['https://hooks.example.com/in?a=b', 'http://hooks.example.com/in?a=b'],
      ['https://hooks.example.com/in?a=b', 'https://hooks.example.com/in'],
      ['https://hooks.example.com/in?a=b', 'https://hooks.example.com/in/?a=b'],
      ['https://hooks.example.com/in?a=b', 'https://hooks.example.com/in/'],
      ['https://hooks.example.com/in/', 'https://hooks.example.com/in'],
      ['https://hooks.example.com/in', 'https://hooks.example.com:443/in'],
      ['http://hooks.example.com', 'http://hooks.example.com:80'],
      ['http://hooks.example.com:8080/in', 'http://hooks.example.com/in'],
    ] as const
  ).map(([told, signed]): Row => {
    const square = {secrets: ['s3cret'], body: 'x'}
    const headers = schemeOf('square', {url: signed}).headers(square.secrets, {body: Buffer.from('x')})
    return {mistake: 'other_url', ...square, scheme: schemeOf('square', {url: told}), headers}
  }),
  {mistake: 'wrong_base_string', ...inStandard, headers: standardHeaders(v1(`${now}.x`))},
  {
    mistake: 'svix_headers',
    ...inStandard,
    headers: standard({headerPrefix: 'svix'}).headers([standardSecret], {
      id: 'a',
      timestamp: now,
      body: Buffer.from('x'),
    }),
  },
  {
    mistake: 'private_key_given',
    scheme: 'standard-v1a',
    secrets: [privateKey],
    headers: sign({scheme: 'standard-v1a', secret: privateKey, id: 'a', timestamp: now, body: 'x'}),
  },
  {
    mistake: 'timestamp_signed',
    headers: [['X-Timestamp', `${now}`], ...hookSignature(hmac('sha512', secret, `${now}.x`).digest('hex'))],
  },
]

const all = [...bodies, ...secrets, ...formats, ...timed]

function inputOf({signed = 'x', signer = secret, mistake: _, ...given}: Row): ExplainInput {
  const headers = sign({scheme: 'netbox', secret: signer, body: signed})
  return {scheme: 'netbox', secrets: [secret], headers, body: Buffer.from('x'), now, tolerance: 300, ...given}
}

describe('explain', () => {
  it.each(all)('names $mistake', async row => {
    const {findings} = await explain(inputOf(row))
    expect(findings[0]).toMatchObject({mistake: row.mistake, proven: row.mistake !== 'empty_body_received'})
  })

  it('has a row for every mistake it can name', () => {
    expect(new Set(all.map(row => row.mistake))).toEqual(new Set(Object.keys(MISTAKES)))
  })

  it('says github of what GitHub signed, though Meta signs so too', async () => {
    const headers = sign({scheme: 'github', secret, body: 'x'})
    const {findings} = await explain({scheme: 'netbox', secret, headers, body: 'x'})
    expect(findings).toMatchObject([{mistake: 'wrong_scheme', sentence: expect.stringContaining('scheme github.')}])
  })

  it('gives neither a secret nor a digest away', async () => {
    for (const row of all) {
      const input = inputOf(row)
      const text = JSON.stringify(await explain(input))
      for (const each of [...(input.secrets ?? []), ...(input.previousSecrets ?? [])]) {
        if (each.trim().length > 4) expect(text).not.toContain(each.trim())
      }
      expect(text).not.toMatch(/[0-9a-f]{20}/i)
    }
  })

  it('takes what verify takes: one secret, text as body, the clock of this machine', async () => {
    const secret = 'a secret of some length'
    const headers = sign({scheme: 'stripe', secret, body: '{}', timestamp: Math.floor(Date.now() / 1000)})
    const {verdict, findings} = await explain({scheme: 'stripe', secret, headers, body: '{}\n'})
    expect(verdict.reason).toBe('mismatch')
    expect(findings[0]?.mistake).toBe('body_newline_added')
  })

  it('names two mistakes that were made together', async () => {
    const headers = sign({scheme: 'netbox', secret: 'abc', body: '{"a":1}'})
    const {findings} = await explain({
      scheme: 'netbox',
      secrets: ['abc\n'],
      headers,
      body: Buffer.from('{"a": 1}'),
      now,
      tolerance: 300,
    })
    expect(findings.map(each => each.mistake)).toEqual(['secret_has_newline', 'json_compact'])
    expect(findings[0]?.together).toEqual(['json_compact'])
  })

  it('names the algorithm the sender used', async () => {
    const {findings} = await explain(inputOf(formats[0]!))
    expect(findings[0]?.sentence).toBe('The digest was made with sha256; this check expects sha512.')
  })

  it('has nothing to say of a message that fits, nor of a secret nobody knows', async () => {
    expect((await explain(inputOf({mistake: 'plain_hash'}))).findings).toEqual([])
    expect((await explain(inputOf({mistake: 'plain_hash', signer: 'unknown'}))).findings).toEqual([])
  })

  it('explains bytes that are no text, and deep and broken JSON, without an error', async () => {
    for (const body of [
      Buffer.from([0xff, 0, 0x80]),
      Buffer.from('['.repeat(20_000) + ']'.repeat(20_000)),
      Buffer.from('{"a":'),
    ]) {
      expect((await explain(inputOf({mistake: 'plain_hash', signed: 'other', body}))).findings).toEqual([])
    }
  })

  const explained: {[id: string]: Mistake} = {
    'netbox-bad-trailing-newline': 'body_newline_added',
    'netbox-bad-bom-stripped': 'bom_removed',
    'netbox-bad-latin1-reencoded': 'body_latin1',
    'netbox-bad-base64': 'signature_in_base64',
    'netbox-bad-two-values-one-wrong': 'header_repeated',
    'netbox-bad-comma-list': 'signature_spelling',
    'github-bad-sha1-only': 'other_header',
    'stdwh-bad-secret-stripped-not-decoded': 'secret_not_decoded',
    'stdwh-bad-svix-names-only': 'svix_headers',
    'stdwh-bad-replay-year': 'timestamp_too_old',
    'stdwh-bad-ts-millis': 'timestamp_in_milliseconds',
    'slack-bad-no-prefix': 'prefix_missing',
    'slack-bad-v1-base': 'wrong_base_string',
    'slack-bad-form-reencoded': 'form_reencoded',
    'stdwh-v1a-bad-private-key-given': 'private_key_given',
  }
  it.each(vectors().filter(({id}) => id in explained))('explains vector $id', async vector => {
    const input = {...vector, scheme: SCHEMES[vector.scheme] as SchemeName, body: bodyOf(vector)}
    expect((await explain(input)).findings[0]?.mistake).toBe(explained[vector.id])
  })
})

// Each pair: a number as it may stand in JSON, and json.dumps(json.loads(it)) of Python 3.
it.each([
  ['12345678901234567890', '12345678901234567890'],
  ['1.0', '1.0'],
  ['1e2', '100.0'],
  ['-0.0', '-0.0'],
  ['1.50', '1.5'],
  ['0.0001', '0.0001'],
  ['0.00001', '1e-05'],
  ['1.5e-7', '1.5e-07'],
  ['1e16', '1e+16'],
  ['123456789012345.0', '123456789012345.0'],
  ['1e22', '1e+22'],
  ['1.5e300', '1.5e+300'],
])('the number %s is written by Python as %s', (text, python) => {
  expect(pythonNumber(text)).toBe(python)
})
