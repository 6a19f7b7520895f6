import {expect, test} from 'vitest'
import {passwordIn} from '../../../src/store/postgres/password-file.ts'

const login = {host: 'db.example', port: '5432', database: 'hookctl', user: 'anna'}

const lines: readonly (readonly [line: string, password: string | undefined])[] = [
  ['db.example:5432:hookctl:anna:secret', 'secret'],
  ['*:*:*:*:secret', 'secret'],
  ['*:*:*:anna:with\\:colon and \\\\', 'with:colon and \\'],
  ['*:*:*:anna:with:colons:unescaped', 'with:colons:unescaped'],
  ['other.example:5432:hookctl:anna:secret', undefined],
  ['*:5433:*:*:secret', undefined],
  ['*:*:other:*:secret', undefined],
  ['*:*:*:bert:secret', undefined],
  ['#*:*:*:*:secret', undefined],
  ['*:*:*:anna', undefined],
  ['*:*:*:*:', undefined],
  ['*:*:*:bert:his\n*:*:*:anna:hers\n*:*:*:*:last', 'hers'],
  ['*:*:*:*:windows\r\n', 'windows'],
]

test.each(lines)('the password file %j has the password %j', (text, password) => {
  expect(passwordIn(text, login)).toBe(password)
})

test('the password file names a user with a colon with a backslash, and a socket localhost', () => {
  const odd = {...login, host: '/run/postgresql', user: 'a:b'}
  expect(passwordIn('localhost:*:*:a\\:b:secret', odd)).toBe('secret')
})
