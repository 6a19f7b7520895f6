/**
 * Python's numbers. An integer is a number without fraction, or a bigint where a number would lose digits; a float is a
 * number with a fraction, or a `Float` where JavaScript would take it for an integer: 1.0 and 1 print differently.
 */
export class Float {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

export const float = (value: number): number | Float => (Number.isInteger(value) ? new Float(value) : value)

export const integer = (value: bigint): number | bigint =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value

/** A number as JSON and Python write it. */
export const numberFrom = (text: string): number | bigint | Float =>
  /[.eE]/.test(text) ? float(Number(text)) : integer(BigInt(text))

/** What is to be reckoned with; null for what is no number. Booleans are numbers to Python. */
export function numeric(value: unknown): number | bigint | null {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof Float) return value.value
  return typeof value === 'number' || typeof value === 'bigint' ? value : null
}

export const isNumber = (value: unknown): boolean => numeric(value) !== null

export const isFloat = (value: unknown): boolean =>
  value instanceof Float || (typeof value === 'number' && !Number.isInteger(value))

/** A number as Python prints it; a boolean is none here. */
export const numberText = (value: unknown): string =>
  isFloat(value) ? floatText(Number(numeric(value))) : String(value)

/** The shortest digits are the same in both languages; Python writes powers from 1e16 on and below 1e-4. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const [digits = '', power = ''] = value.toExponential().split('e')
  if (Number(power) < -4 || Number(power) >= 16) return `${digits}e${power[0]}${power.slice(1).padStart(2, '0')}`
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

const DIGITS = String.raw`\d+(?:_\d+)*`
const integerText = new RegExp(`^[+-]?${DIGITS}$`)
const floatForm = new RegExp(`^[+-]?(?:(?:${DIGITS})?\\.${DIGITS}|${DIGITS}\\.?)(?:[eE][+-]?${DIGITS})?$`)
/** Python reads no integer of more digits. */
const MOST_DIGITS = 4300

/** Python's `float()` of a text without white space around it; null where it is none. */
export function floatIn(text: string): number | null {
  if (floatForm.test(text)) return Number(text.replaceAll('_', ''))
  const [, sign = '', word = ''] = /^([+-]?)(inf|infinity|nan)$/i.exec(text) ?? []
  if (word === '') return null
  return /nan/i.test(word) ? NaN : sign === '-' ? -Infinity : Infinity
}

/** Python's `int()` of such a text. */
export const integerIn = (text: string): number | bigint | null =>
  integerText.test(text) && text.length <= MOST_DIGITS ? integer(BigInt(text.replace(/^\+|_/g, ''))) : null

/** Python's `round()` of a float: to the nearest, of two as near to the even one, by the exact value and not its digits. */
export function roundHalfEven(value: number, digits: number): number {
  if (!Number.isFinite(value) || digits > 30) return value
  return digits > 0 ? roundFraction(value, digits) : roundWhole(value, 10 ** -digits)
}

function roundFraction(value: number, digits: number): number {
  if (Math.abs(value) >= 1e21) return value
  // toFixed is exact, but rounds what lies in the middle up: that has as many binary places as it has digits after it.
  const isMiddle = Number.isInteger(value * 2 ** (digits + 1)) && value.toFixed(digits + 1).endsWith('5')
  const rounded = value.toFixed(digits)
  if (!isMiddle || Number(rounded.at(-1)) % 2 === 0) return Number(rounded)
  return Number(value.toFixed(digits + 1).slice(0, -1))
}

function roundWhole(value: number, step: number): number {
  const rest = Math.abs(value % step)
  const below = Math.abs(value) - rest
  const isUp = rest > step / 2 || (rest === step / 2 && (below / step) % 2 === 1)
  return Math.sign(value) * (isUp ? below + step : below)
}
