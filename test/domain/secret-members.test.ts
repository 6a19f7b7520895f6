import {expect, test} from 'vitest'
import {parseJson} from '../../src/domain/json.ts'
import {firstMember, maskSecrets} from '../../src/domain/secret-members.ts'

const masked = (text: string, names: readonly string[] = []) =>
  JSON.stringify(maskSecrets(parseJson(text), names).value)

const cases: readonly [what: string, given: string, shown: string][] = [
  ['a text', '{"password":"a","name":"b"}', '{"password":"***","name":"b"}'],
  [
    'a number, also one no double holds',
    '{"pin_secret":7,"api_key":12345678901234567890}',
    '{"pin_secret":"***","api_key":"***"}',
  ],
  [
    'whatever its case',
    '{"PSK":"a","RADIUS shared secret":"b","apiKey":"c"}',
    '{"PSK":"***","RADIUS shared secret":"***","apiKey":"***"}',
  ],
  [
    'not what can be none',
    '{"token":"","psk":null,"secret":true,"password":false}',
    '{"token":"","psk":null,"secret":true,"password":false}',
  ],
  [
    'everything below it',
    '{"credentials":{"user":"a","keys":["b",{"c":"d"}]}}',
    '{"credentials":{"user":"***","keys":["***",{"c":"***"}]}}',
  ],
  [
    'however a pre-shared key, a pass phrase and other keys are spelled',
    '{"Pre-Shared Key":"a","pre_shared_key":"b","preSharedKey":"c","Pass phrase":"d","passcode":"e","wpa_key":"f","RADIUS key":"g","accessKey":"h","wifi_pwd":"i"}',
    '{"Pre-Shared Key":"***","pre_shared_key":"***","preSharedKey":"***","Pass phrase":"***","passcode":"***","wpa_key":"***","RADIUS key":"***","accessKey":"***","wifi_pwd":"***"}',
  ],
  [
    'not what only sounds like one',
    '{"public_key":"a","key":"b","keywords":"c","bypass":"d","passive_codec":"e","upwd_id":"f"}',
    '{"public_key":"a","key":"b","keywords":"c","bypass":"d","passive_codec":"e","upwd_id":"f"}',
  ],
  ['deep inside', '{"a":[{"b":{"preshared_key":"x"}}]}', '{"a":[{"b":{"preshared_key":"***"}}]}'],
  [
    'an entry that marks itself',
    '{"l":[{"field":"pin","secret":true,"value":"1","before":2}]}',
    '{"l":[{"field":"pin","secret":true,"value":"***","before":"***"}]}',
  ],
  [
    'not an entry marked as none',
    '{"l":[{"field":"pin","secret":false,"value":"1"}]}',
    '{"l":[{"field":"pin","secret":false,"value":"1"}]}',
  ],
  [
    'an entry that marks itself in any way',
    '{"l":[{"field":"pin","secret":"true","value":"1"},{"field":"pin","secret":1,"value":"1"}]}',
    '{"l":[{"field":"pin","secret":"***","value":"***"},{"field":"pin","secret":"***","value":"***"}]}',
  ],
  [
    'an entry that is called so, whatever its mark says',
    '{"l":[{"field":"psk","secret":false,"before":"1"},{"name":"Password","after":"2","order":3}]}',
    '{"l":[{"field":"psk","secret":false,"before":"***"},{"name":"Password","after":"***","order":3}]}',
  ],
  ['numbers elsewhere stay as written', '{"f":1.0,"psk":"x"}', '{"f":1.0,"psk":"***"}'],
]

test.each(cases)('ENT-23: a secret is masked: %s', (_, given, shown) => {
  expect(masked(given)).toBe(shown)
})

test('ENT-23: members that are named are masked too, wherever they are', () => {
  expect(masked('{"Community":"a","x":[{"community":"b"}],"pin":1}', ['community', 'PIN'])).toBe(
    '{"Community":"***","x":[{"community":"***"}],"pin":"***"}',
  )
})

test('what was masked is named by its place', () => {
  const {secrets} = maskSecrets({'a/b~c': {psk: 'x'}, list: [{token: 7}]})
  expect([...secrets]).toEqual([
    ['/a~1b~0c/psk', '"x"'],
    ['/list/0/token', '7'],
  ])
  expect([...secrets.keys()].map(firstMember)).toEqual(['a/b~c', 'list'])
})

test('what was handed in is not changed', () => {
  const value = {psk: 'x', list: [{token: 'y'}]}
  maskSecrets(value)
  expect(value).toEqual({psk: 'x', list: [{token: 'y'}]})
})
