import {expect, test} from 'vitest'
import {fitLine, padLine, textWidth} from '../../../src/cli/screen/width.ts'

const red = (text: string) => `\u001b[31m${text}\u001b[39m`

test.each([
  ['abc', 3],
  ['', 0],
  [red('abc'), 3],
  ['網路', 4],
  ['ｆｕｌｌ', 8],
  ['e\u0301', 1],
  ['🚀', 2],
  ['—…█', 3],
])('%j takes %d columns', (text, width) => expect(textWidth(text)).toBe(width))

test.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'ab…'],
  ['網路x', 4, '網…'],
  ['網路', 4, '網路'],
  [`${red('abcd')}ef`, 4, `${red('abc…')}`],
  [`a${red('b')}`, 2, `a${red('b')}`],
  ['abc', 1, '…'],
])('%j cut to %d columns', (line, width, fitted) => {
  expect(fitLine(line, width)).toBe(fitted)
  expect(textWidth(fitted)).toBeLessThanOrEqual(width)
})

test('a line is filled to exactly its width, styles or not', () => {
  for (const line of ['a', red('a'), '網路', '網路網路', 'a long line']) expect(textWidth(padLine(line, 5))).toBe(5)
})
