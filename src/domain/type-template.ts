import type {Problem} from './platform.ts'
import {LONGEST_TEMPLATE, readPieces, type Taken, type Telling, textTaken} from './request-template.ts'
import {checkPattern} from './subscription.ts'

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

/** The template that a text is, or what is wrong with it. A type without braces is the same for every request. */
export function readTypeTemplate(text: string): TypeTemplate | TemplateProblem {
  const pieces = readPieces(text)
  if ('message' in pieces) return problem(pieces.message)
  const parts: (string | Taken)[][] = [[]]
  for (const each of pieces.flatMap(byDots)) {
    if (each === '.') parts.push([])
    else parts.at(-1)?.push(each)
  }
  // What is taken will be spelled as a type is: the rest has to be already.
  const rest = parts.map(part => part.map(each => (typeof each === 'string' ? each : 'x')).join('')).join('.')
  if (checkPattern(rest) === null && !rest.includes('*')) return {parts}
  return problem('outside of braces stand letters, digits, _ and - in parts joined by dots')
}

const byDots = (piece: string | Taken): (string | Taken)[] =>
  typeof piece === 'string' ? piece.split(/(\.)/).filter(text => text !== '') : [piece]

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
  const texts = parts.map(part =>
    part.map(each => (typeof each === 'string' ? each : asType(textTaken(each, request)))),
  )
  const taking = texts.filter((_, at) => parts[at]?.some(each => typeof each !== 'string'))
  if (taking.length > 0 && taking.every(part => part.includes(null))) return null
  const type = texts
    .filter(part => !part.includes(null))
    .map(part => part.join(''))
    .join('.')
  return checkPattern(type) === null ? type : null
}

/** `orders/create` and `repo:push` have parts as a type has; what else cannot stand in one is `_`: `Push_Hook`. Null: nothing is left. */
function asType(text: string | null): string | null {
  if (text === null) return null
  const parts = text
    .slice(0, LONGEST_TEMPLATE)
    .split(/[.:/]/)
    .map(part => part.trim().replaceAll(/[^\w-]+/g, '_'))
    .filter(part => part !== '')
  return parts.length === 0 ? null : parts.join('.')
}
