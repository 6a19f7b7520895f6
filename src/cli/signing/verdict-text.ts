import type {Paint} from '../color.ts'
import {show} from '../escape.ts'
import type {Verified} from './verified.ts'

/** A word with a symbol: never told by colour alone. */
const wordFor = (valid: boolean, paint: Paint): string =>
  valid ? paint('green', '✓ valid') : paint('red', '✗ invalid')

/** What scripts see, in brackets. */
const howFor = ({reason, scheme, detected}: Verified): string =>
  `(${show([scheme ?? 'no scheme', ...(detected ? ['detected'] : []), reason].join(', '))})`

const titled = (paint: Paint, title: string, text: string): string =>
  `  ${paint('dim', title.padEnd(9))} ${show(text)}\n`

const details = ({notes, findings, expected = []}: Verified, paint: Paint): string =>
  [
    ...notes.map(note => titled(paint, 'note', note)),
    ...findings.flatMap(({sentence, fix}) => [titled(paint, 'found', sentence), titled(paint, 'fix', fix)]),
    ...expected.map(({name, value}) => titled(paint, 'expected', `${name}: ${value}`)),
  ].join('')

/** The verdict with all that is known beside it. */
export const verdictText = (verified: Verified, paint: Paint): string =>
  `${wordFor(verified.valid, paint)}: ${show(verified.sentence)} ${howFor(verified)}\n${details(verified, paint)}`

/** The same of one file among others: short where nothing is wrong, so that a line of a terminal holds it. */
export function fileVerdictText(file: string, verified: Verified, paint: Paint): string {
  const why = verified.valid ? '' : titled(paint, 'why', verified.sentence)
  return `${show(file)}: ${wordFor(verified.valid, paint)} ${howFor(verified)}\n${why}${details(verified, paint)}`
}

interface NotChecked {
  readonly file: string
  readonly reason: string
  readonly sentence: string
  readonly hint: string | null
}

export const notCheckedText = ({file, reason, sentence, hint}: NotChecked, paint: Paint): string =>
  [
    `${show(file)}: ${paint('red', '? not checked')} (${show(reason)})\n`,
    titled(paint, 'why', sentence),
    hint === null ? '' : titled(paint, 'next', hint),
  ].join('')
