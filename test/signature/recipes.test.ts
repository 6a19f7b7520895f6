import {createHmac, randomBytes} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import {
  netbox,
  type SchemeName,
  SignatureError,
  schemeOf,
  sign,
  signStream,
  standard,
  verify,
} from '../../src/signature/index.ts'
import {hmacBytes} from './oracles.ts'

const bytes = (value: number, count: number) => Buffer.alloc(count, value)

// RFC 4231, section 4: key, data, HMAC-SHA-512 (case 5 is truncated to 128 bits).
const RFC_4231: [number, Buffer, Buffer, string][] = [
  [
    1,
    bytes(0x0b, 20),
    Buffer.from('Hi There'),
    '87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854',
  ],
  [
    2,
    Buffer.from('Jefe'),
    Buffer.from('what do ya want for nothing?'),
    '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
  ],
  [
    3,
    bytes(0xaa, 20),
    bytes(0xdd, 50),
    'fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb',
  ],
  [
    4,
    Buffer.from(Array.from({length: 25}, (_, at) => at + 1)),
    bytes(0xcd, 50),
    'b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd',
  ],
  [5, bytes(0x0c, 20), Buffer.from('Test With Truncation'), '415fad6271580a531d4179bc891d87a6'],
  [
    6,
    bytes(0xaa, 131),
    Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First'),
    '80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598',
  ],
  [
    7,
    bytes(0xaa, 131),
    Buffer.from(
      'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
    ),
    'e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58',
  ],
]

it.each(RFC_4231)('RFC 4231 case %i holds for SHA-512', (_case, key, data, digest) => {
  expect(hmacBytes('sha512', key, data).toString('hex').slice(0, digest.length)).toBe(digest)
})

// Secret, body, X-Hook-Signature.
const NETBOX: [string, string, string, string][] = [
  [
    'V01',
    'test-webhook-secret',
    '{"a": 1}',
    '6a72aac275cd649da7ef9ce0f6d4ccb1f5e7362b05697593deb476e764b4f413a2f83490dfe4b628267cceaec13c92db01315912258d4803c4d6c9137fed663b',
  ],
  [
    'V02',
    's3cr3t',
    '',
    'e13c8f10feec245ceea08d132d8b129984a2168a82d066f240bbadca3c22768daf38ccf99fa9259e61ac6b66785947e3f784c5d1e0c5c068b4c3b352a2e670fe',
  ],
  [
    'V05',
    'LOOKATMEIMASECRETSTRING',
    '{"name": "Zürich–Köln 🚀"}',
    'ef34851491b3ca0ee46250b60aaac6a50b4bf84bb91dcf5ef286e6bf05f651e6c8969532d14b89b69594b966c2e8a1ac110648ea1593ccf81edbf04f444da476',
  ],
  [
    'V06',
    'LOOKATMEIMASECRETSTRING',
    '{"name": "Z\\u00fcrich\\u2013K\\u00f6ln \\ud83d\\ude80"}',
    'dbef0f9068d376f94b2ad3e4933e03c39b1f18669b0fb84a6c0dba51c2a1020f21c96c0e3e22ccda787b627eee66778e2a45ecc1cc5a8e8a193ada5267cd14aa',
  ],
  [
    'event',
    's3cret',
    '{"event":"created"}',
    '341446d6b92d8cb2c8d1f0aceb2abd15771e71d80f285344c2c19cf7e217eb756e9304e9fda73083f4290834cf9655bf21f11fd66ec48fe71d85cb446d305569',
  ],
  [
    'event and LF',
    's3cret',
    '{"event":"created"}\n',
    '49da23e7c7ce2d06bc3a12e0a34ebfebdd3cd037ea942b35bdaa8b4f9c9e49867a4fef624076d48330b032a1da5674829676500a718564a6ec906e48e5ab651a',
  ],
  [
    'empty',
    's3cret',
    '',
    '5c88cb5e23abbfb541bb1faa1d8dffc45c3895e55710d991eebf1a7017fb7b9e9abd543dd4c43585de6f73cb674322a1f04d4eccecadcc85bcd0a90f29845c00',
  ],
]

describe('the netbox scheme', () => {
  it.each(NETBOX)('signs and verifies %s as NetBox does', (_id, secret, body, digest) => {
    const headers = sign({scheme: 'netbox', secret, body})
    expect(headers).toEqual([['X-Hook-Signature', digest]])
    expect(verify({scheme: 'netbox', secret, headers, body})).toMatchObject({valid: true, reason: 'ok', secretIndex: 0})
  })

  it.each([
    [
      'V03',
      '',
      'b936cee86c9f87aa5d3c6f2e84cb5a4239a5fe50480a6ec66b70ab5b1f4ac6730c6c515421b327ec1d69402e53dfb49ad7381eb067b338fd7b0cb22247225d47',
    ],
    [
      'V04',
      '{"a": 1}',
      'f691ae90a0c23a4ec7da264bf5b47c175efe3db110f4c23b45aadf7dd9b11ae9c7f7ba1c47a22cc8a9225bf11f6611719e6dc022d5cb0510e6a3e2dae23e99d2',
    ],
  ])('%s: an empty secret neither signs nor verifies, though its HMAC exists', (_id, body, digest) => {
    expect(createHmac('sha512', '').update(body).digest('hex')).toBe(digest)
    expect(() => sign({scheme: 'netbox', secret: '', body})).toThrow(SignatureError)
    const headers = {'X-Hook-Signature': digest}
    expect(verify({scheme: 'netbox', secret: '', headers, body}).reason).toBe('empty_secret')
    expect(verify({scheme: 'netbox', headers, body}).reason).toBe('empty_secret')
    expect(verify({scheme: 'netbox', secrets: ['good', ''], headers, body}).reason).toBe('empty_secret')
  })

  it.each([
    [{algorithm: 'sha256'}, '99c037c183bcafa0f3c34de5fa16b64831e237ecc72c5218af28d41276f93ca1'],
    [{algorithm: 'sha1'}, '5e9904c230ee9926ec679486a420b4b9bc883276'],
    [{encoding: 'base64'}, 'anKqwnXNZJ2n75zg9tTMsfXnNisFaXWT3rR252S09BOi+DSQ3+S2KCZ8zq7BPJLbATFZEiWNSAPE1skTf+1mOw=='],
    [{algorithm: 'sha1', prefix: 'sha1='}, 'sha1=5e9904c230ee9926ec679486a420b4b9bc883276'],
  ] as const)('speaks the recipe %j of other senders', (options, value) => {
    const scheme = netbox({header: 'X-Other', ...options})
    const message = {secret: 'test-webhook-secret', body: '{"a": 1}'}
    expect(sign({scheme, ...message})).toEqual([['X-Other', value]])
    expect(verify({scheme, ...message, headers: {'x-other': value}}).reason).toBe('ok')
    expect(verify({scheme: 'netbox', ...message, headers: {'X-Hook-Signature': value}}).valid).toBe(false)
  })

  it.each([
    {algorithm: 'md5'},
    {encoding: 'base32'},
    {header: 'a b'},
    {header: 'a\r\nb'},
    {header: ''},
    {prefix: 'a\n'},
  ])('refuses the option %j', options => {
    expect(() => netbox(options as object)).toThrow(expect.objectContaining({code: 'bad_option'}))
  })

  it('accepts upper-case hex and says so', () => {
    const value = NETBOX[0]![3].toUpperCase()
    const headers = {'X-HOOK-SIGNATURE': ` \t${value}\t`}
    const verdict = verify({scheme: 'netbox', secret: 'test-webhook-secret', headers, body: '{"a": 1}'})
    expect(verdict).toMatchObject({valid: true, reason: 'ok_uppercase'})
  })
})

const PRIVATE = `whsk_${Buffer.concat([bytes(1, 32), Buffer.from('iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=', 'base64')]).toString('base64')}`
const PUBLIC = 'whpk_iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w='
const message = {id: 'msg_1', timestamp: 1767225600, body: 'x'}
const at = {now: 1767225600}

describe('several secrets', () => {
  it.each<[SchemeName, string[], string]>([
    ['standard-v1', ['whsec_AQID', 'whsec_BAUG'], 'webhook-signature'],
    ['stripe', ['whsec_old', 'whsec_new'], 'Stripe-Signature'],
  ])('B7: %s signs with every live secret, so a receiver with any one of them accepts', (scheme, secrets) => {
    const headers = sign({scheme, secrets, ...message})
    for (const secret of secrets) expect(verify({scheme, secret, headers, ...message, ...at}).reason).toBe('ok')
    expect(
      verify({scheme, secrets: ['other', secrets[1]!].slice(scheme === 'stripe' ? 0 : 1), headers, ...message, ...at}),
    ).toMatchObject({valid: true})
  })

  it.each<SchemeName>(['netbox', 'github', 'slack'])(
    'B7: %s has room for one signature: the first secret signs',
    scheme => {
      const headers = sign({scheme, secrets: ['first', 'second'], ...message})
      expect(verify({scheme, secret: 'first', headers, ...message, ...at}).valid).toBe(true)
      expect(verify({scheme, secret: 'second', headers, ...message, ...at}).reason).toBe('mismatch')
      expect(verify({scheme, secrets: ['second', 'first'], headers, ...message, ...at}).secretIndex).toBe(1)
    },
  )

  it('B7: a secret after the first does not stop a scheme that has room for one', () => {
    expect(sign({scheme: 'slack', secrets: ['first', ''], ...message})).toEqual(
      sign({scheme: 'slack', secret: 'first', ...message}),
    )
  })

  it('signs both versions of Standard Webhooks where a secret of each is given', () => {
    const headers = sign({scheme: 'standard', secrets: ['whsec_AQID', PRIVATE], ...message})
    expect(headers[2]?.[1]).toMatch(/^v1,\S{44} v1a,\S{88}$/)
    for (const secret of ['whsec_AQID', PUBLIC]) {
      expect(verify({scheme: 'standard', secret, headers, ...message, ...at}).reason).toBe('ok')
    }
    expect(verify({scheme: 'standard-v1a', secret: PUBLIC, headers, ...message, ...at}).reason).toBe('ok')
    expect(verify({scheme: 'standard-v1', secret: 'whsec_AQID', headers, ...message, ...at}).reason).toBe('ok')
  })

  it('a private key of 32 bytes signs as the one of 64', () => {
    const seed = `whsk_${bytes(1, 32).toString('base64')}`
    expect(sign({scheme: 'standard-v1a', secret: seed, ...message})).toEqual(
      sign({scheme: 'standard-v1a', secret: PRIVATE, ...message}),
    )
  })
})

describe('signing refuses what could not be verified', () => {
  it.each<[string, Partial<Parameters<typeof sign>[0]>, string]>([
    ['no id', {id: undefined as never}, 'missing_id'],
    ['an id with a full stop', {id: 'a.b'}, 'bad_id'],
    ['an empty id', {id: ''}, 'bad_id'],
    ['an id with a line break', {id: 'a\nb'}, 'bad_id'],
    ['no timestamp', {timestamp: undefined as never}, 'missing_timestamp'],
    ['milliseconds', {timestamp: 1767225600000}, 'bad_timestamp'],
    ['a fraction', {timestamp: 1.5}, 'bad_timestamp'],
    ['a secret that is not base64', {secret: 'whsec_!'}, 'bad_secret'],
    ['no secret', {secret: undefined as never}, 'empty_secret'],
    ['a public key', {scheme: 'standard-v1a', secret: PUBLIC}, 'bad_secret'],
    [
      'two halves that do not belong together',
      {scheme: 'standard-v1a', secret: `whsk_${bytes(1, 64).toString('base64')}`},
      'bad_secret',
    ],
    ['an unknown scheme', {scheme: 'md5' as never}, 'unknown_scheme'],
  ])('%s', (_title, change, code) => {
    const input = {scheme: 'standard' as const, secret: 'whsec_AQID', ...message, ...change}
    expect(() => sign(input)).toThrow(expect.objectContaining({name: 'SignatureError', code}))
  })

  it('an option the scheme does not have', () => {
    expect(() => schemeOf('github', {algorithm: 'sha1'})).toThrow(expect.objectContaining({code: 'bad_option'}))
  })
})

it.each<SchemeName>(['netbox', 'github', 'stripe', 'slack', 'standard-v1', 'standard-v1a'])(
  '%s signs a body that comes in pieces as the whole',
  async scheme => {
    const secret = scheme === 'standard-v1a' ? PRIVATE : 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
    const body = randomBytes(1000)
    async function* pieces() {
      yield body.subarray(0, 1)
      yield body.subarray(1)
    }
    const input = {scheme, secret, id: 'a', timestamp: 1}
    expect(await signStream({...input, body: pieces()})).toEqual(sign({...input, body}))
  },
)

it('the svix names of Standard Webhooks are an option', () => {
  const svix = standard({headerPrefix: 'svix'})
  const headers = sign({scheme: svix, secret: 'whsec_AQID', ...message})
  expect(headers.map(([name]) => name)).toEqual(['svix-id', 'svix-timestamp', 'svix-signature'])
  expect(verify({scheme: svix, secret: 'whsec_AQID', headers, ...message, ...at}).reason).toBe('ok')
})
