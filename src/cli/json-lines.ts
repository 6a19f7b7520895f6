import {parseJson} from '../domain/json.ts'
import {HookctlError, usageError} from '../errors.ts'
import {readBytes} from './bytes.ts'
import type {Surroundings} from './surroundings.ts'

/** The JSON objects of a file, one a line; empty lines do not count. */
export interface JsonLines {
  readonly objects: readonly object[]
  /**
   * A failure of the list that was made of them, naming lines of the file where it names members of the list.
   *
   * @param list what the input calls the list: `events`
   * @param from which of the objects its first one is
   */
  placed(error: unknown, list: string, from?: number): unknown
}

/** @param hint what a line looks like. @throws usage `invalid_json` naming the line */
export async function readJsonLines(file: string, surroundings: Surroundings, hint: string): Promise<JsonLines> {
  const text = (await readBytes(file, surroundings)).toString('utf8')
  const name = file === '-' ? 'stdin' : file
  const lines = text
    .split('\n')
    .map((line, index) => ({line: line.trim(), place: `line ${index + 1} of ${name}`}))
    .filter(({line}) => line !== '')
  return {
    objects: lines.map(({line, place}) => parseLine(line, place, hint)),
    placed: (error, list, from = 0) => placedError(error, list, at => lines[from + at]?.place ?? `line ${at + 1}`),
  }
}

function parseLine(line: string, place: string, hint: string): object {
  try {
    const value = parseJson(line)
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value
  } catch {
    // said below, with the line's number: the parser's own place is within the line
  }
  throw usageError('invalid_json', `${place} is not a JSON object`, {hint})
}

function placedError(error: unknown, list: string, placeOf: (at: number) => string): unknown {
  if (!(error instanceof HookctlError) || error.path === undefined) return error
  const [first, at] = error.path.split('/')
  if (first !== list) return error
  const {kind, code, hint, path, cause} = error
  const named = error.message
    .replaceAll(new RegExp(`(^|; )${list}/(\\d+)/`, 'g'), (_, before, n) => `${before}${placeOf(Number(n))}: `)
    .replaceAll(new RegExp(` in ${list}/(\\d+)(?=;|$)`, 'g'), (_, n) => ` in ${placeOf(Number(n))}`)
  const message = named === error.message ? `${placeOf(Number(at))}: ${named}` : named
  return new HookctlError(kind, code, message, {path, cause, ...(hint === undefined ? {} : {hint})})
}
