import {describe, expect, it} from 'vitest'
import {detect, type Header, netbox, sign, verify} from '../../src/signature/index.ts'

const named = (headers: Header[] | Record<string, string>) =>
  detect(headers).candidates.map(({name, options}) => (options === undefined ? [name] : [name, options]))

describe('detect', () => {
  const hex = (digits: number) => 'ab'.repeat(digits / 2)
  it.each([
    [hex(128), ['netbox']],
    [hex(64), ['netbox', {algorithm: 'sha256'}]],
    [hex(40), ['netbox', {algorithm: 'sha1'}]],
    [`${'A'.repeat(86)}==`, ['netbox', {encoding: 'base64'}]],
    [`${'A'.repeat(43)}=`, ['netbox', {algorithm: 'sha256', encoding: 'base64'}]],
    [`${'A'.repeat(27)}=`, ['netbox', {algorithm: 'sha1', encoding: 'base64'}]],
    [`sha256=${hex(64)}`, ['netbox', {algorithm: 'sha256', prefix: 'sha256='}]],
    [`sha512=${hex(128)}`, ['netbox', {prefix: 'sha512='}]],
    ['anything', ['netbox']],
  ] as const)('tells the recipe of X-Hook-Signature: %s by its length', (value, candidate) => {
    expect(named({'x-hook-signature': value})).toEqual([candidate])
  })

  it('says when the value may be an RSA signature', () => {
    const [candidate] = detect({'X-Hook-Signature': 'A'.repeat(344)}).candidates
    expect(candidate?.why).toContain('RSA')
  })

  it.each([
    ['v1,AA=', 'standard-v1'],
    ['v1a,AA=', 'standard-v1a'],
    ['v1,AA= v1a,AA=', 'standard'],
    ['', 'standard'],
  ])('tells the version of webhook-signature: %j', (value, name) => {
    expect(named({'webhook-signature': value})).toEqual([[name]])
    expect(named({'svix-signature': value})).toEqual([[name, {headerPrefix: 'svix'}]])
  })

  it('names every scheme the headers speak, the most telling first', () => {
    const headers = {
      'X-Hook-Signature': hex(128),
      'X-Hub-Signature-256': '',
      'X-Slack-Signature': '',
      'stripe-signature': '',
      'webhook-signature': 'v1,',
    }
    expect(named(headers)).toEqual([['standard-v1'], ['stripe'], ['slack'], ['github'], ['netbox']])
    expect(detect(headers).nearMisses).toEqual([])
  })

  it.each([
    ['HTTP_X_HOOK_SIGNATURE', 'as a gateway spells it'],
    ['x_hook_signature', 'as a gateway spells it'],
    ['X-NetBox-Signature', 'NetBox never sends'],
    ['X-Hub-Signature', 'SHA-1'],
    ['X-Hook-Secret', 'handshake'],
    ['X-Acme-Signature', 'not known here'],
  ])('speaks up about %s', (name, words) => {
    const {candidates, nearMisses} = detect([[name, hex(128)]])
    expect(candidates).toEqual([])
    expect(nearMisses).toEqual([expect.stringContaining(words)])
  })
})

describe('verify without a scheme', () => {
  const body = '{}'
  it('takes the one the headers speak', () => {
    for (const scheme of ['netbox', 'github', 'stripe', 'slack', 'standard-v1'] as const) {
      const secret = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
      const headers = sign({scheme, secret, id: 'a', timestamp: 1, body})
      expect(verify({secret, headers, body, now: 1})).toMatchObject({valid: true, scheme})
    }
  })

  it('B8: lets no header choose a weaker algorithm', () => {
    const scheme = netbox({algorithm: 'sha1'})
    const headers = sign({scheme, secret: 's', body})
    expect(verify({secret: 's', headers, body})).toMatchObject({valid: false, scheme: null, reason: 'missing_header'})
    expect(verify({scheme, secret: 's', headers, body}).valid).toBe(true)
  })

  it('accepts whichever of two signatures the secret is for', () => {
    const headers = [
      ...sign({scheme: 'standard', secret: 'whsec_AQID', id: 'a', timestamp: 1, body}),
      ...sign({scheme: 'netbox', secret: 'not base64!', body}),
    ]
    expect(verify({secret: 'not base64!', headers, body})).toMatchObject({valid: true, scheme: 'netbox'})
    expect(verify({secret: 'whsec_AQID', headers, body, now: 1})).toMatchObject({valid: true, scheme: 'standard-v1'})
    expect(verify({secret: 'other!', headers, body, now: 1})).toMatchObject({scheme: 'netbox', reason: 'mismatch'})
  })

  it('says that the headers speak no scheme', () => {
    expect(verify({secret: 's', headers: {}, body})).toMatchObject({
      valid: false,
      scheme: null,
      reason: 'missing_header',
    })
  })
})
