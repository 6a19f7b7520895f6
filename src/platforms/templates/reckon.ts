import {withoutLeadingSpace, withoutTrailingSpace} from '../../domain/python-text.ts'
import {TemplateFault} from './fault.ts'
import {float, floatIn, integer, integerIn, isFloat, numeric, roundHalfEven} from './numbers.ts'

const trimmed = (text: string): string => withoutLeadingSpace(withoutTrailingSpace(text))

/** @throws TemplateFault for what is no number: Python turns no text into one by itself */
function numberFor(value: unknown, what: string): number | bigint {
  const found = numeric(value)
  if (found === null) throw new TemplateFault(`${what} takes a number`)
  return found
}

/** An argument that is to be a whole number. */
export function wholeFor(value: unknown, what: string): number {
  if (isFloat(value)) throw new TemplateFault(`${what} takes a whole number`)
  return Number(numberFor(value, what))
}

export function absolute(value: unknown): unknown {
  const found = numberFor(value, 'abs')
  if (isFloat(value)) return float(Math.abs(Number(found)))
  return found < 0 ? -found : found
}

/** Jinja2's int: of a text the integer, or the float without its fraction, or else the fallback. */
export function toInteger(value: unknown, fallback: unknown): unknown {
  if (value === undefined) throw new TemplateFault('int is asked of what is not there')
  if (typeof value !== 'string') return isFloat(value) ? wholeOf(Number(numeric(value))) : (numeric(value) ?? fallback)
  const text = trimmed(value)
  const [whole, other] = [integerIn(text), floatIn(text)]
  if (whole !== null) return whole
  return other !== null && Number.isFinite(other) ? wholeOf(other) : fallback
}

function wholeOf(value: number): unknown {
  if (Number.isFinite(value)) return integer(BigInt(Math.trunc(value)))
  throw new TemplateFault(`int is asked of ${value}`)
}

export function toFloat(value: unknown, fallback: unknown): unknown {
  if (value === undefined) throw new TemplateFault('float is asked of what is not there')
  const found = typeof value === 'string' ? floatIn(trimmed(value)) : numeric(value)
  return found === null ? fallback : float(Number(found))
}

/** Jinja2's round: `common` as Python does, an integer stays one; `ceil` and `floor` always give a float. */
export function rounded(value: unknown, precision: unknown, method: unknown): unknown {
  const digits = wholeFor(precision, 'the precision of round')
  const found = numberFor(value, 'round')
  if (Math.abs(digits) > 300) throw new TemplateFault('the precision of round is at most 300')
  if (method === 'ceil' || method === 'floor') {
    const scale = digits < 0 ? Number(`1e${digits}`) : 10 ** digits
    // Python's ceil gives an integer, and no integer is -0.
    return float((Math[method](Number(found) * scale) || 0) / scale)
  }
  if (method !== 'common') throw new TemplateFault('the method of round is common, ceil or floor')
  if (isFloat(value)) return float(roundHalfEven(Number(found), digits))
  if (digits >= 0) return found
  if (!Number.isSafeInteger(found)) throw new TemplateFault('round takes no such large number')
  return roundHalfEven(Number(found), digits)
}

/** Python's sum: of integers an integer, with one float among them a float. */
export function summed(items: readonly unknown[], start: unknown): unknown {
  const all = [start, ...items]
  const numbers = all.map(item => numberFor(item, 'sum'))
  if (all.some(isFloat)) return float(numbers.map(Number).reduce((sum, each) => sum + each))
  return integer(numbers.map(BigInt).reduce((sum, each) => sum + each))
}
