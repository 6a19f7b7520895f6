// What the benchmarks share: flags, medians with their spread, one table and one JSON document.
import process from 'node:process'
import {parseArgs} from 'node:util'

/** Flags that every benchmark knows, so that `npm run bench -- --full` may give them to all. */
const shared = {
  json: {type: 'boolean'},
  full: {type: 'boolean'},
  million: {type: 'boolean'},
  'slow-disk': {type: 'boolean'},
  rounds: {type: 'string'},
}

/** The flags of this run; a number where the default is one. Exits with 2 on what it does not know. */
export function flags(own = {}) {
  const options = Object.entries(own).map(([name, type]) => [name, {type: type === Boolean ? 'boolean' : 'string'}])
  try {
    const {values} = parseArgs({options: {...shared, ...Object.fromEntries(options)}})
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, asNumber(name, value)]))
  } catch (error) {
    console.error(`${error.message}\nA flag of one benchmark goes with its name: npm run bench -- latency --seconds 6`)
    process.exit(2)
  }
}

function asNumber(name, value) {
  if (typeof value === 'boolean') return value
  const number = Number(value)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new Error(`--${name} is a whole number above 0, not "${value}"`)
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b)
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2
}

export const percentile = (numbers, share) => {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}

const spread = numbers => ({median: median(numbers), low: Math.min(...numbers), high: Math.max(...numbers)})

/**
 * A row of a table that is a ratio, with the least or the most it should be where there is such a bound, and beside it the
 * `goal` that is meant to be reached.
 */
export const row = (name, numbers, bounds = {}) => ({name, ...spread(numbers), ...bounds})

/** Something that cannot be measured here, by name. */
export const skipped = (name, reason) => ({name, skipped: reason})

/** Prints `{bench, title, unit, rows, …}` as JSON or as a table. */
export function report(result, {json}) {
  console.log(json ? JSON.stringify(result, null, 2) : tableOf(result).join('\n'))
}

export function tableOf({title, rows}) {
  const width = Math.max(...rows.map(({name}) => name.length))
  return [title, ...rows.map(each => `  ${each.name.padEnd(width)}  ${cells(each)}`)]
}

const cells = each =>
  each.skipped === undefined
    ? [figure(each), [bound(each), missed(each)].filter(Boolean).join(': ')].filter(Boolean).join('  ')
    : `skipped: ${each.skipped}`

/** `0.72 (0.68–0.85)`, with its unit where it is not a ratio. */
export function figure({median: middle, low, high, unit}) {
  const suffix = unit === undefined ? '' : ` ${unit}`
  return `${short(middle)}${suffix} (${short(low)}–${short(high)})`
}

export function bound({least, most, goal}) {
  const parts = [
    least !== undefined && `at least ${least}`,
    most !== undefined && `at most ${most}`,
    goal && `goal ${goal}`,
  ]
  return parts.filter(Boolean).join(', ')
}

/** What of them was missed, by name. */
export function missed({median: middle, least, most, goal}) {
  if (middle < least || middle > most) return 'not reached'
  if (goal === undefined) return null
  return (most === undefined ? middle < goal : middle > goal) ? 'goal not reached' : null
}

function short(number) {
  if (number >= 100) return number.toFixed(0)
  if (number >= 10) return number.toFixed(1)
  if (number > 0 && number < 0.01) return number.toPrecision(2)
  return number.toFixed(number < 0.1 ? 3 : 2)
}
