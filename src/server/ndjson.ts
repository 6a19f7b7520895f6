import {HookctlError, usageError} from '../errors.ts'
import {readJson} from './json-text.ts'
import {Refused} from './refused.ts'

export interface Line {
  /** From 1, as an editor counts. */
  readonly number: number
  readonly value: unknown
}

/**
 * The values of newline-delimited JSON, one a line; empty lines do not count.
 *
 * @throws Refused 422 naming the line
 */
export const readLines = (text: string): Line[] =>
  text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [readLine(line, index + 1)]))

function readLine(line: string, number: number): Line {
  try {
    return {number, value: readJson(line, `line ${number}`)}
  } catch (error) {
    throw error instanceof Refused ? new Refused(422, error.error) : error
  }
}

/** An error about `events/2/type` of a list made from lines, told with the number of the line. */
export function nameLine(error: unknown, lines: readonly Line[]): unknown {
  if (!(error instanceof HookctlError) || error.kind !== 'usage') return error
  const index = /^events\/(\d+)(?:\/|$)/.exec(error.path ?? '')?.[1]
  const line = index === undefined ? undefined : lines[Number(index)]
  if (line === undefined) return error
  return usageError(error.code, `line ${line.number}: ${error.message}`, {
    ...(error.hint === undefined ? {} : {hint: error.hint}),
    ...(error.path === undefined ? {} : {path: error.path}),
  })
}
