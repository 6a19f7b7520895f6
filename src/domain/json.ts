import {mayLoseNames, parseKeepingNames} from './json-names.ts'

/**
 * JSON as text, valid, with numbers as they were written and members in the order written.
 *
 * JavaScript's numbers cannot hold what JSON's can: `1.0` would come back as `1`, and a 20-digit id as another id. Its
 * objects put members called like whole numbers first. What is stored, signed and sent is therefore text.
 */
export type JsonText = string & {readonly __json: true}

// Numbers that JavaScript would print otherwise than they are written: a fraction ending in 0, an exponent, -0, or more
// digits than a double holds. Text inside strings may match too: that costs the slower parse, never a wrong result.
const delicateNumber = /\.\d*0(?!\d)|\d[eE]|-0(?![.\d])|\d{16}|\.\d{7}/

/**
 * The value of a JSON text. Numbers that a JavaScript number cannot hold exactly come back as `JSON.rawJSON` values,
 * which `JSON.stringify` prints as they were written. Members of objects come in the order of the text, whatever they are
 * called.
 *
 * @throws SyntaxError on anything but one JSON value
 */
export function parseJson(text: string): unknown {
  const numbers = mayHoldRaw(text) ? keepNumber : null
  if (mayLoseNames(text)) return parseKeepingNames(text, numbers)
  return numbers === null ? JSON.parse(text) : JSON.parse(text, numbers)
}

/** Whether a value may come back as raw JSON; false for most texts. */
export const mayHoldRaw = (text: string): boolean => delicateNumber.test(text)

/** As `JSON.parse` calls it; TypeScript's library does not know of `context` yet. */
export type Reviver = (key: string, value: unknown, context?: {source?: string}) => unknown

function keepNumber(_key: string, value: unknown, context?: {source?: string}): unknown {
  if (typeof value !== 'number' || context?.source === undefined || String(value) === context.source) return value
  return (JSON as unknown as {rawJSON(text: string): unknown}).rawJSON(context.source)
}

/** A number that a JavaScript number cannot hold, as `parseJson` answers it. TypeScript's library does not know of them yet. */
export interface RawNumber {
  readonly rawJSON: string
}

export const isRawNumber = (value: unknown): value is RawNumber =>
  (JSON as unknown as {isRawJSON(value: unknown): boolean}).isRawJSON(value)

/** A number as it was written; null for what is none. */
export function numberText(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return isRawNumber(value) ? value.rawJSON : null
}

/** A value as compact JSON text. Undefined members vanish, as in `JSON.stringify`. */
export const toJsonText = (value: unknown): JsonText => JSON.stringify(value) as JsonText
