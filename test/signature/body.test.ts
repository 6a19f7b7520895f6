import {expect, test} from 'vitest'
import {expected, SignatureError, sign, verify} from '../../src/signature/index.ts'

const given = {scheme: 'netbox', secret: 's3cret', headers: {}} as const

test.each([[{a: 1}], [[1]], [undefined], [null], [7]])(
  'a body that is no bytes is refused in a sentence: %j',
  parsed => {
    const body = parsed as unknown as Uint8Array
    for (const call of [
      () => verify({...given, body}),
      () => sign({...given, body}),
      () => expected({...given, body}),
    ]) {
      expect(call).toThrow(SignatureError)
      expect(call).toThrow(
        expect.objectContaining({
          code: 'bad_body',
          message: 'body must be the raw bytes (Buffer, Uint8Array, ArrayBuffer or string), not parsed JSON',
        }),
      )
    }
  },
)

test('a Uint8Array, a Buffer, an ArrayBuffer and a string are one body', () => {
  const text = '{"a":"\u00e9"}'
  const bytes = Buffer.from(text, 'utf8')
  const [header] = sign({...given, body: text})
  for (const body of [bytes, new Uint8Array(bytes), new Uint8Array(bytes).buffer])
    expect(sign({...given, body})).toEqual([header])
})
