import {parseJson} from '../domain/json.ts'
import {usageError} from '../errors.ts'
import {Refused} from './refused.ts'

/**
 * The 128 levels that services let a member have, and the envelope's around it: both ways in refuse the same data. Far
 * below where JSON.stringify runs out of stack.
 */
const deepest = 128 + 8

const utf8 = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true})

/**
 * The text of a body: UTF-8 and nothing else.
 *
 * @throws Refused 400 on a byte order mark, on other encodings and on NUL
 */
export function decodeText(bytes: Uint8Array): string {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    throw unreadable('it is not UTF-8')
  }
  if (text.startsWith('\uFEFF')) throw unreadable('it starts with a byte order mark')
  if (text.includes('\0')) throw unreadable('it holds NUL bytes, as UTF-16 does')
  return text
}

/**
 * The value of a JSON text, numbers as they were written (src/domain/json.ts).
 *
 * @param where what the text is: `the body`, `line 3`
 * @throws Refused 400 where it is no JSON, 422 where it is nested too deep. Repeats nothing of the text: it may hold a secret
 */
export function readJson(text: string, where: string): unknown {
  if (isDeep(text)) {
    throw new Refused(
      422,
      usageError('too_deep', `${where} is nested deeper than ${deepest} levels`, {
        hint: 'flatten it, or send the inner part as a text',
      }),
    )
  }
  try {
    return parseJson(text)
  } catch (error) {
    throw unreadable(syntaxProblem(error as SyntaxError), where)
  }
}

/** Whether brackets nest too deep. Most texts have fewer of them than that. */
function isDeep(text: string): boolean {
  let left: number = deepest
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      if (left-- === 0) return depthOf(text) > deepest
    }
  }
  return false
}

/** How deep brackets nest, without parsing: a reviver would run out of stack on what this is to find. */
function depthOf(text: string): number {
  let depth = 0
  let most = 0
  let quoted = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (quoted) {
      if (code === backslash) index++
      else if (code === quote) quoted = false
    } else if (code === quote) quoted = true
    else if (code === openList || code === openObject) most = Math.max(most, ++depth)
    else if (code === closeList || code === closeObject) depth--
  }
  return most
}

const [quote, backslash, openList, closeList, openObject, closeObject] = [34, 92, 91, 93, 123, 125]

/** V8 quotes the text around the place: only the place is told. */
function syntaxProblem(error: SyntaxError): string {
  const position = /position (\d+)/.exec(error.message)?.[1]
  if (position !== undefined) return `it is no JSON from character ${Number(position) + 1} on`
  return /end of JSON/.test(error.message) ? 'it is no JSON: it ends too early' : 'it is no JSON'
}

const unreadable = (problem: string, where = 'the body'): Refused =>
  new Refused(400, usageError('unreadable_body', `${where} cannot be read: ${problem}`, {hint: 'send UTF-8 JSON'}))
