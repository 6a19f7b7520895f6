import {randomBytes} from 'node:crypto'
import {expect, test} from 'vitest'
import {adminAuth} from '../../src/server/auth.ts'
import {isToken, newToken, tokenDigest} from '../../src/services/token-text.ts'

test('D4: a token is hkt_, 256 random bits and a checksum that scanners can test', () => {
  const token = newToken(randomBytes)
  expect(token).toMatch(/^hkt_[A-Za-z0-9_-]{43}[A-Za-z0-9]{6}$/)
  expect(isToken(token)).toBe(true)
  expect(newToken(() => new Uint8Array(32))).toBe(newToken(() => new Uint8Array(32)))
  expect(newToken(randomBytes)).not.toBe(token)
})

test('D4: one changed character, a shorter and a longer text are no tokens', () => {
  const token = newToken(randomBytes)
  for (let index = 0; index < token.length; index++) {
    const other = token[index] === 'A' ? 'B' : 'A'
    expect(isToken(token.slice(0, index) + other + token.slice(index + 1))).toBe(false)
  }
  for (const text of ['', 'hkt_', token.slice(1), token.slice(0, -1), `${token}0`, `${token}\n`, ` ${token}`]) {
    expect(isToken(text)).toBe(false)
  }
})

test('D4: only the one token stands for the admin; 10,000 wrong ones stand for nobody', async () => {
  const token = newToken(randomBytes)
  const auth = adminAuth(token)
  expect(await auth.byDigest(tokenDigest(token))).toMatchObject({
    role: 'owner',
    scopes: ['read', 'ingest', 'admin'],
    via: 'api',
  })
  for (let count = 0; count < 10_000; count++)
    expect(await auth.byDigest(tokenDigest(newToken(randomBytes)))).toBeNull()
  expect(JSON.stringify(Object.values(auth))).not.toContain(token)
})
