import {describe, expect, it} from 'vitest'
import {chooseScheme} from '../../../src/cli/signing/choose-scheme.ts'
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
