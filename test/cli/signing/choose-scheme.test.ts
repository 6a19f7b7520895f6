import {describe, expect, it} from 'vitest'
import {chooseScheme, type SchemeFlags} from '../../../src/cli/signing/choose-scheme.ts'
import type {Header} from '../../../src/signature/index.ts'

const hex = 'ab'.repeat(64)

describe('the scheme of a message', () => {
  it.each<[string, Header[]]>([
    ['netbox', [['x-hook-signature', hex]]],
    ['github', [['X-Hub-Signature-256', 'sha256=ab']]],
    ['stripe', [['Stripe-Signature', 't=1,v1=ab']]],
    ['slack', [['X-Slack-Signature', 'v0=ab']]],
    ['standard-v1', [['webhook-signature', 'v1,ab=']]],
    ['standard-v1a', [['webhook-signature', 'v1a,ab=']]],
    ['standard', [['webhook-signature', 'v1,a= v1a,b=']]],
    ['standard-v1', [['svix-signature', 'v1,ab=']]],
  ])('is %s by its headers', (name, headers) => {
    expect(chooseScheme({}, headers)).toMatchObject({scheme: {name}, detected: true})
  })

  it('is never a weaker recipe because a header looks so: that is only said', () => {
    const {scheme, notes} = chooseScheme({}, [['X-Hook-Signature', 'ab'.repeat(20)]])
    expect(scheme.format).toMatchObject({algorithm: 'sha512', encoding: 'hex'})
    expect(notes).toEqual([expect.stringContaining('--algorithm sha1')])
  })

  it('is netbox when one of its options is named', () => {
    const {scheme, detected} = chooseScheme({algorithm: 'sha256', 'signature-header': 'X-Asana'}, [])
    expect(scheme).toMatchObject({name: 'netbox', format: {header: 'X-Asana', algorithm: 'sha256'}})
    expect(detected).toBe(false)
  })

  it.each<[string, SchemeFlags]>([
    ['the text that is hashed', {signed: '{timestamp}.{body}', 'timestamp-header': 'X-Time'}],
    ['a time in the prefix', {signed: '{timestamp}.{body}', prefix: 't={timestamp},v1='}],
    ['an id', {signed: '{id}.{body}', 'id-header': 'X-Id'}],
  ])('is hmac when the flags name more than the body: %s', (_, flags) => {
    const {scheme, detected} = chooseScheme({...flags, 'signature-header': 'X-Acme', algorithm: 'sha256'}, [])
    expect(scheme).toMatchObject({name: 'hmac', format: {header: 'X-Acme', algorithm: 'sha256'}})
    expect(detected).toBe(false)
  })

  it.each<[string, SchemeFlags, RegExp]>([
    ['netbox, which hashes the body alone', {scheme: 'netbox', signed: '{body}'}, /netbox has no option signed/],
    ['a sender with a recipe of its own', {scheme: 'zoom', algorithm: 'sha1'}, /zoom has no option algorithm/],
    ['a time that stands nowhere', {signed: '{timestamp}.{body}'}, /not told/],
    ['a time in the prefix that is not hashed', {prefix: 't={timestamp},v1='}, /would not be signed/],
  ])('is refused with flags that do nothing for %s', (_, flags, message) => {
    const refusal = {
      code: 'bad_option',
      message: expect.stringMatching(message),
      hint: expect.stringContaining('--signed'),
    }
    expect(() => chooseScheme(flags, [])).toThrow(expect.objectContaining(refusal))
  })

  it('of a header that no scheme has is not guessed, but the flags are told that it looks like', () => {
    const headers: Header[] = [['X-Acme-Signature', `t=1767225600,v1=${'ab'.repeat(32)}`]]
    expect(() => chooseScheme({}, headers)).toThrow(
      expect.objectContaining({
        code: 'scheme_unknown',
        hint: "it looks like --signature-header X-Acme-Signature --algorithm sha256 --prefix 't={timestamp},v1=' --signed '{timestamp}.{body}': add that if the sender says so",
      }),
    )
  })

  it('is asked for where the headers speak several', () => {
    const headers: Header[] = [
      ['X-Hook-Signature', hex],
      ['X-Hub-Signature-256', 'sha256=ab'],
    ]
    expect(() => chooseScheme({}, headers)).toThrow(
      expect.objectContaining({
        code: 'scheme_ambiguous',
        kind: 'usage',
        hint: expect.stringMatching(/github or --scheme netbox/),
      }),
    )
  })

  it.each<[RegExp, Header[]]>([
    [/no header at all/, []],
    [
      /seen: Host, X-A\./,
      [
        ['Host', 'h'],
        ['X-A', '1'],
        ['X-A', '2'],
      ],
    ],
    [/old SHA-1 header/, [['X-Hub-Signature', 'sha1=ab']]],
    [/NetBox never sends/, [['X-NetBox-Signature', hex]]],
  ])('is asked for where the headers speak none, with what was seen: %s', (message, headers) => {
    expect(() => chooseScheme({}, headers)).toThrow(
      expect.objectContaining({code: 'scheme_unknown', message: expect.stringMatching(message)}),
    )
  })

  it('has no options that do nothing', () => {
    expect(() => chooseScheme({scheme: 'github', algorithm: 'sha1'}, [])).toThrow(
      expect.objectContaining({code: 'bad_option', kind: 'usage'}),
    )
    expect(() => chooseScheme({'signature-header': 'no header'}, [])).toThrow(
      expect.objectContaining({code: 'bad_option'}),
    )
  })
})
