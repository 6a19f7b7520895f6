import {numberText} from './json.ts'
import {type JsonPath, readJsonPath, valuesAtPath} from './json-path.ts'
import type {Problem} from './platform.ts'
import {checkPattern} from './subscription.ts'
import type {Header} from './webhook.ts'

/**
 * Event types that are made from each request that comes in: `github.{header.X-GitHub-Event}.{body.action}`. What stands
 * in braces is taken from a header of the request, or from a path of its body (json-path.ts).
 */
export interface TypeTemplate {
  /** What stands between the dots: words, and what is taken from the request. */
  readonly parts: readonly (readonly (string | Taken)[])[]
}

/** What is wrong with a text that should be one. */
export interface TemplateProblem extends Omit<Problem, 'path'> {
  readonly hint: string
}

type Taken = {readonly header: string} | {readonly body: JsonPath['names']}

/** What a type is made from. `body` as `parseJson` answers it. */
interface Telling {
  readonly headers: readonly Header[]
  readonly body: unknown
}

const LONGEST = 200
// In double quotes a name of the body may hold anything, braces and dots too.
const piece = /\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\}|\.|[^{}.]+/gy
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** The template that a text is, or what is wrong with it. A type without braces is the same for every request. */
export function readTypeTemplate(text: string): TypeTemplate | TemplateProblem {
  if (text.length > LONGEST) return problem(`it has more than ${LONGEST} characters`)
  const parts: (string | Taken)[][] = [[]]
  let end = 0
  for (const [found] of text.matchAll(piece)) {
    end += found.length
    if (found === '.') {
      parts.push([])
      continue
    }
    const taken = found.startsWith('{') ? readTaken(found.slice(1, -1)) : found
    if (typeof taken === 'object' && 'message' in taken) return problem(taken.message)
    parts.at(-1)?.push(taken)
  }
  if (end < text.length) return problem(`the brace at "${text.slice(end, end + 40)}" has no other half`)
  // What is taken will be spelled as a type is: the rest has to be already.
  const rest = parts.map(part => part.map(each => (typeof each === 'string' ? each : 'x')).join('')).join('.')
  if (checkPattern(rest) === null && !rest.includes('*')) return {parts}
  return problem('outside of braces stand letters, digits, _ and - in parts joined by dots')
}

function readTaken(inner: string): Taken | {readonly message: string} {
  const [, from, rest = ''] = /^(header|body)\.(.*)$/s.exec(inner) ?? []
  if (from === 'header' && headerName.test(rest)) return {header: rest.toLowerCase()}
  const path = from === 'body' ? readJsonPath(rest) : null
  if (path !== null && 'names' in path && path.end === rest.length && !path.names.includes(null)) {
    return {body: path.names}
  }
  return {message: `"{${inner}}" is neither {header.NAME} nor {body.PATH}`}
}

const problem = (message: string): TemplateProblem => ({
  code: 'bad_type_template',
  message: `not the type of what comes in: ${message}`,
  hint: "write it like 'github.{header.X-GitHub-Event}.{body.action}', or as one type",
})

/**
 * The type of a request. A part of which something is not in the request is left out; null where nothing is there of all
 * that is to be taken, or what comes out is too long for a type.
 */
export function typeOfRequest({parts}: TypeTemplate, request: Telling): string | null {
  const texts = parts.map(part => part.map(each => (typeof each === 'string' ? each : takenFrom(each, request))))
  const taking = texts.filter((_, at) => parts[at]?.some(each => typeof each !== 'string'))
  if (taking.length > 0 && taking.every(part => part.includes(null))) return null
  const type = texts
    .filter(part => !part.includes(null))
    .map(part => part.join(''))
    .join('.')
  return checkPattern(type) === null ? type : null
}

function takenFrom(taken: Taken, {headers, body}: Telling): string | null {
  const value =
    'header' in taken
      ? headers.find(([name]) => name.toLowerCase() === taken.header)?.[1]
      : valuesAtPath(body, taken.body)[0]
  return asType(typeof value === 'boolean' ? String(value) : (numberText(value) ?? value))
}

/** `orders/create` and `repo:push` have parts as a type has; what else cannot stand in one is `_`: `Push_Hook`. Null: nothing is left. */
function asType(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const parts = value
    .slice(0, LONGEST)
    .split(/[.:/]/)
    .map(part => part.trim().replaceAll(/[^\w-]+/g, '_'))
    .filter(part => part !== '')
  return parts.length === 0 ? null : parts.join('.')
}
