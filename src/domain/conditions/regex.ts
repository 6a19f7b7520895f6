import {withinTime} from '../within-time.ts'
import {Patience} from './patience.ts'
import {fromPythonSyntax} from './python-regex.ts'

/** Written by an administrator, but run on what others send. State of the process, as what it bounds is its time. */
const patience = new Patience({onceMs: 50, togetherMs: 1000, everyMs: 60_000}, () => performance.now())

/**
 * A regular expression of Python's `re` as one of JavaScript's that matches at the start of a text only, like
 * `re.match`; null where it is none, or one that cannot be carried over.
 */
export function fromPython(pattern: string): RegExp | null {
  try {
    const {source, ignoresCase} = fromPythonSyntax(pattern)
    return new RegExp(source, ignoresCase ? 'vyi' : 'vy')
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/**
 * Whether a text begins with a match; null where finding out took too long, as nested repetitions can, or such
 * expressions have taken a second of this minute already.
 */
export function beginsWith(regex: RegExp, text: string): boolean | null {
  const limit = patience.limitMs(regex.source)
  if (limit === 0) return null
  // A new one: it would go on where it has matched before.
  const found = withinTime(limit, () => ({begins: new RegExp(regex).test(text)}))
  if (found === null) patience.tookTooLong(regex.source, limit)
  return found?.begins ?? null
}
