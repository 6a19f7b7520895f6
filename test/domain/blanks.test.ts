import {expect, test} from 'vitest'
import {headerValueIn, withoutLastBlanks} from '../../src/domain/blanks.ts'

test('blanks at the end are left out, those before them are not, and neither are other kinds', () => {
  expect(withoutLastBlanks('  a  b  ', ' ')).toBe('  a  b')
  expect(withoutLastBlanks('   ', ' ')).toBe('')
  expect(withoutLastBlanks('a\t\u00a0 ', ' ')).toBe('a\t\u00a0')
  expect(headerValueIn(' \ta b\u00a0 \t')).toBe('a b\u00a0')
  expect(headerValueIn(' \u00a0a')).toBe('\u00a0a')
})

test('a run of a million blanks in the middle costs nothing', () => {
  const text = `a${' '.repeat(1_000_000)}b`
  // An expression would look at half a million million places.
  expect(withoutLastBlanks(`${text}  `, ' ')).toBe(text)
  expect(headerValueIn(`  ${text} \t`)).toBe(text)
})
