import type {Paint} from '../color.ts'
import {show} from '../escape.ts'
import type {Verified} from './verified.ts'

/** One line that says it: symbol, word, sentence, and in brackets what scripts see. */
function verdictLine({valid, reason, scheme, detected, sentence}: Verified, paint: Paint): string {
  const word = valid ? paint('green', '✓ valid') : paint('red', '✗ invalid')
  const how = [scheme ?? 'no scheme', ...(detected ? ['detected'] : []), reason].join(', ')
  return `${word}: ${show(sentence)} (${show(how)})\n`
}

const titled = (paint: Paint, title: string, text: string): string =>
  `  ${paint('dim', title.padEnd(9))} ${show(text)}\n`

/** The verdict with all that is known beside it. */
export function verdictText(verified: Verified, paint: Paint): string {
  const {notes, findings, expected = []} = verified
  return [
    verdictLine(verified, paint),
    ...notes.map(note => titled(paint, 'note', note)),
    ...findings.flatMap(({sentence, fix}) => [titled(paint, 'found', sentence), titled(paint, 'fix', fix)]),
    ...expected.map(({name, value}) => titled(paint, 'expected', `${name}: ${value}`)),
  ].join('')
}
