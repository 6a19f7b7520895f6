import {expect, test} from 'vitest'
import {foldLine, textWidth} from '../../../src/cli/screen/width.ts'

test('a line as long as a body is folded in one pass, and nothing of it is lost', () => {
  // One that begins again with what is left would go through hundreds of millions of characters.
  const line = 'ab漢\u001b[31mc\u0301'.repeat(60_000)
  const folded = foldLine(line, 80)
  expect(folded.join('')).toBe(line)
  expect(Math.max(...folded.map(textWidth))).toBe(80)
})

test('what is wider than the room stands alone, and marks stay with their character', () => {
  expect(foldLine('漢字', 1)).toEqual(['漢', '字'])
  expect(foldLine('abc\u0301d', 3)).toEqual(['abc\u0301', 'd'])
  expect(foldLine('', 3)).toEqual([''])
  expect(foldLine('abc', 3)).toEqual(['abc'])
})
