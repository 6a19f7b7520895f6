import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {expect, test} from 'vitest'
import {passwordFrom, passwordIn} from '../../../src/store/postgres/password-file.ts'
import {tlsOf} from '../../../src/store/postgres/tls.ts'

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

test('a file that a setting names is a plain one of a megabyte at most: one without end would fill the machine', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-'))
  const large = path.join(folder, 'large')
  writeFileSync(large, Buffer.alloc(1_000_001, '#'), {mode: 0o600})
  const messageOf = (work: () => unknown) => {
    try {
      return work()
    } catch (error) {
      return (error as Error).message
    }
  }
  const passwords = ['/dev/zero', large, '/nope'].map(file =>
    messageOf(() => passwordFrom({PGPASSFILE: file, HOME: folder}, login)),
  )
  expect(passwords).toEqual([
    'PGPASSFILE names /dev/zero, which is no plain file',
    `PGPASSFILE names ${large}, which is too large`,
    'PGPASSFILE names /nope, which is not there',
  ])
  const question = {mode: 'verify-full', rootCert: '/dev/zero', cert: null, key: null}
  expect(messageOf(() => tlsOf(question))).toBe('sslrootcert of the store names /dev/zero, which is no plain file')
  expect(passwordFrom({HOME: folder}, login)).toBeUndefined()
  rmSync(folder, {recursive: true})
})
