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
 *
 * In a script of its own because that is what can be stopped.
 */
export function beginsWith(regex: RegExp, text: string): boolean | null {
  const code = `new RegExp(${JSON.stringify(regex.source)},${JSON.stringify(regex.flags)}).test(${JSON.stringify(text)})`
  const timeout = patience.limitMs(regex.source)
  if (timeout === 0) return null
  try {
    // Asked for here: every command would pay for it at its start.
    return process.getBuiltinModule('node:vm').runInThisContext(code, {timeout}) as boolean
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    patience.tookTooLong(regex.source, timeout)
    return null
  }
}
