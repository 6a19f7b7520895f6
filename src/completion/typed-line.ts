/** A command line up to the cursor, as far as it has been typed. */
export interface TypedLine {
  /** The words before the one at the cursor, without quotes, from behind the program's name. */
  readonly words: readonly string[]
  /** The one at the cursor, without quotes; empty behind a space. */
  readonly current: string
  /** The same as it stands there. */
  readonly raw: string
  /** The quote that is still open. */
  readonly quote: '"' | "'" | ''
}

interface Word {
  text: string
  raw: string
}

const isAssignment = (word: string): boolean => /^[A-Za-z_]\w*=/.test(word)

/** The words of a line, as a shell splits it: quotes and backslashes are followed, nothing is expanded or run. */
export function readTypedLine(line: string): TypedLine {
  const {words, quote} = split(line)
  const program = words.findIndex(({text}) => !isAssignment(text))
  const behind = words.slice(program + 1)
  const current = behind.at(-1) ?? {text: '', raw: ''}
  return {words: behind.slice(0, -1).map(({text}) => text), current: current.text, raw: current.raw, quote}
}

/** The last word is empty where a space came before the cursor. */
function split(line: string): {readonly words: Word[]; readonly quote: TypedLine['quote']} {
  const words: Word[] = [{text: '', raw: ''}]
  let quote: TypedLine['quote'] = ''
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at]!
    const word = words.at(-1)!
    if (quote === '' && /\s/.test(character)) {
      if (word.raw !== '') words.push({text: '', raw: ''})
      continue
    }
    word.raw += character
    if (character === quote) quote = ''
    else if (quote === '' && (character === '"' || character === "'")) quote = character
    else if (character === '\\' && quote !== "'") {
      at += 1
      word.raw += line[at] ?? ''
      word.text += line[at] ?? ''
    } else word.text += character
  }
  return {words, quote}
}
