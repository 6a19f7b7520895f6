import {fromPythonSyntax} from './python-regex.ts'

/** Longest time one expression may take for one text: written by an administrator, but run on what others send. */
const TIMEOUT_MS = 50

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
 * Whether a text begins with a match; null where finding out took too long, as nested repetitions can.
 *
 * In a script of its own because that is what can be stopped.
 */
export function beginsWith(regex: RegExp, text: string): boolean | null {
  const code = `new RegExp(${JSON.stringify(regex.source)},${JSON.stringify(regex.flags)}).test(${JSON.stringify(text)})`
  try {
    // Asked for here: every command would pay for it at its start.
    return process.getBuiltinModule('node:vm').runInThisContext(code, {timeout: TIMEOUT_MS}) as boolean
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null
    throw error
  }
}
