import {expect, test} from 'vitest'
import {isCredential, MASK, maskHeaderLines, maskHeaders, maskUrl} from '../../src/domain/mask.ts'

const urls: readonly [url: string, shown: string][] = [
  ['https://example.com/in', 'https://example.com/in'],
  ['https://example.com:8443/in/a%20b', 'https://example.com:8443/in/a%20b'],
  ['https://example.com/in?token=CANARY', 'https://example.com/in?token=***'],
  ['https://example.com/in?a=CANARY&b=CANARY&c=&d', 'https://example.com/in?a=***&b=***&c=&d'],
  ['https://example.com/?a=b=CANARY?x=CANARY', 'https://example.com/?a=***'],
  ['https://example.com/?CANARYCANARYCANARY', 'https://example.com/?***'],
  ['https://example.com/in#CANARY', 'https://example.com/in#***'],
  ['https://user:CANARY@example.com/in', 'https://***@example.com/in'],
  ['https://user:CA@NARY@example.com/in', 'https://***@example.com/in'],
  ['postgres://hookctl:CANARY@db/hooks?sslpassword=CANARY', 'postgres://***@db/hooks?sslpassword=***'],
  ['http:\\\\user:CANARY@example.com', 'http:\\\\***@example.com'],
  ['not a url ?key=CANARY', 'not a url ?key=***'],
  ['https://example.com/@scope/in', 'https://example.com/@scope/in'],
]

test.each(urls)('C4, E4: %s is shown as %s', (url, shown) => {
  expect(maskUrl(url)).toBe(shown)
  expect(maskUrl(shown)).toBe(shown)
})

test.each([
  ['Authorization', 'abc', true],
  ['Proxy-Authorization', 'abc', true],
  ['cookie', 'abc', true],
  ['X-Auth-Token', 'abc', true],
  ['X-API-Key', 'abc', true],
  ['DD-API-KEY', 'abc', true],
  ['apikey', 'abc', true],
  ['X-Secret', 'abc', true],
  ['X-Password', 'abc', true],
  ['X-Session-Id', 'abc', true],
  ['X-Whatever', 'Bearer abc', true],
  ['Pwd', 'abc', true],
  ['X-PAT', 'abc', true],
  ['X-Pin', 'abc', true],
  ['X-Vault', 'abc', true],
  ['X-Pass', 'abc', true],
  ['X-OTP', 'abc', true],
  ['X-Whatever', 'eyJhbGciOiJIUzI1NiJ9.e30.abc', true],
  ['X-Whatever', 'ghp_abc', true],
  ['X-Whatever', 'glpat-abc', true],
  ['X-Whatever', 'sk_live_abc', true],
  ['X-Foo', 'bar & baz: qux', false],
  ['X-Pattern', 'abc', false],
  ['X-Pinned', 'abc', false],
  ['X-Passenger', 'abc', false],
  ['X-Desk', 'desk-12', false],
  ['Content-Type', 'application/json', false],
  ['X-Author', 'anna', false],
  ['X-Hook-Signature', 'abc', false],
  ['X-Keyboard', 'qwerty', false],
])('E4: the header %s: %s is a credential: %s', (name, value, expected) => {
  expect(isCredential([name, value])).toBe(expected)
  expect(maskHeaders([[name, value]])).toEqual([[name, expected ? '***' : value]])
})

test('header lines with a hundred thousand beginnings of templates and no end are masked in one pass', () => {
  const opened = '{'.repeat(100_000)
  expect(maskHeaderLines(`${opened}: x\nX-{{ a }}-Token: CANARY\n{% if a %}Authorization{% endif %}: CANARY`)).toBe(
    `${opened}: x\nX-{{ a }}-Token: ${MASK}\n{% if a %}Authorization{% endif %}: ${MASK}`,
  )
})
