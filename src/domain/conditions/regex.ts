/** Longest time one expression may take for one text: written by an administrator, but run on what others send. */
const TIMEOUT_MS = 50

/** Escapes that both languages read alike. */
const shared = /^\\(?:[dDwWsSbBnrtfv]|[1-9]\d?|x[\da-fA-F]{2}|u[\da-fA-F]{4})$/

const translated: Readonly<Record<string, string>> = {
  '\\A': '(?<![^])',
  '\\Z': '(?![^])',
  '\\a': '\\x07',
  '\\0': '\\x00',
}

/**
 * A regular expression of Python's `re` as one of JavaScript's that matches at the start of a text only, like
 * `re.match`; null where it is none that both can read.
 */
export function fromPython(pattern: string): RegExp | null {
  const [, inline = '', rest = ''] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(pattern) ?? []
  try {
    return new RegExp(translate(rest, inline.includes('m')), `uy${inline}`)
  } catch {
    return null
  }
}

function translate(pattern: string, multiline: boolean): string {
  let inClass = false
  return pattern.replace(
    /\\u?(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|[1-9]\d?|.)|\(\?P[<=]|[[\]$]/gsu,
    (token, at: number) => {
      if (token === '(?P<') return '(?<'
      if (token === '(?P=') throw new SyntaxError('a reference to a named group')
      if (token === '[') {
        if (inClass) return '\\['
        inClass = true
        return token
      }
      if (token === ']') {
        // First in a class, it stands for itself.
        const first = inClass && /\[\^?$/.test(pattern.slice(0, at))
        if (first) return '\\]'
        inClass = false
        return token
      }
      if (token === '$') return inClass || multiline ? token : '(?=\\n?(?![^]))'
      return readEscape(token, inClass)
    },
  )
}

/** With the `u` flag an escape nobody knows is an error in both languages; one of punctuation is the character. */
function readEscape(token: string, inClass: boolean): string {
  if (shared.test(token)) return token
  const known = inClass ? undefined : translated[token]
  if (known !== undefined) return known
  if (/^\\[\w]/.test(token)) throw new SyntaxError(`bad escape ${token}`)
  const char = token.slice(1)
  if (/[\^$\\.*+?()[\]{}|/]/.test(char) || (inClass && char === '-')) return token
  return char
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
