import type {Problem} from './platform.ts'
import {readPieces, type Taken, type Telling, textTaken} from './request-template.ts'

/** How the id that a sender gives an event, and gives it again when it repeats it, is made from a request: `{body.id}`. */
export interface IdTemplate {
  readonly pieces: readonly (string | Taken)[]
}

/** What is wrong with a text that should be one. */
interface IdProblem extends Omit<Problem, 'path'> {
  readonly hint: string
}

/** The template that a text is, or what is wrong with it. */
export function readIdTemplate(text: string): IdTemplate | IdProblem {
  const pieces = readPieces(text)
  if ('message' in pieces) return problem(pieces.message)
  // Else all events of the source were one.
  return pieces.some(each => typeof each !== 'string') ? {pieces} : problem('nothing of it is taken from the request')
}

const problem = (message: string): IdProblem => ({
  code: 'bad_id_template',
  message: `not the id of what comes in: ${message}`,
  hint: "write it like '{body.id}' or '{header.X-Delivery}'",
})

/** The id of a request; null where something of it is not there. */
export function idOfRequest({pieces}: IdTemplate, request: Telling): string | null {
  const texts = pieces.map(each => (typeof each === 'string' ? each : textTaken(each, request) || null))
  return texts.includes(null) ? null : texts.join('')
}
