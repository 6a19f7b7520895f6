import type {Problem} from '../platform.ts'
import {suggest} from '../suggest.ts'
import {isObject, isOp, isSnapshotOp, kindOf, operators, SNAPSHOTS} from './language.ts'
import {fromPython} from './regex.ts'

const DEEPEST = 20
const MOST = 500
const LONGEST_REGEX = 1000
const keys = ['attr', 'op', 'value', 'negate']
const hint = '{"and": [{"attr": "status.value", "value": "active"}]}'

export interface CheckOptions {
  /** Whether `changed`, `unchanged` and paths into the snapshots are part of the language: from NetBox 4.7 on. */
  readonly snapshots: boolean
}

/**
 * Everything wrong with conditions, paths from `path`; none where they may be saved. Null is no conditions.
 *
 * NetBox takes some of these and fails later: `AND` in upper case, unknown keys of a nested condition.
 */
export function checkConditions(value: unknown, path: string, options: CheckOptions): Problem[] {
  if (value === null || value === undefined) return []
  if (JSON.stringify(value).length > 100_000) return [wrong(path, 'bad_conditions', 'the conditions are too long')]
  const problems: Problem[] = []
  const count = {left: MOST}
  visit(value, path, 0, options, problems, count)
  if (count.left < 0) problems.push(wrong(path, 'bad_conditions', `more than ${MOST} conditions`))
  return problems
}

function visit(
  value: unknown,
  path: string,
  depth: number,
  options: CheckOptions,
  problems: Problem[],
  count: {left: number},
): void {
  count.left -= 1
  if (count.left < 0) return
  if (depth > DEEPEST) {
    problems.push(wrong(path, 'bad_conditions', `conditions nest deeper than ${DEEPEST} levels`))
    return
  }
  if (!isObject(value)) {
    problems.push(wrong(path, 'bad_conditions', `a condition is an object, not ${article(kindOf(value))}`, hint))
    return
  }
  const [name, ...others] = Object.keys(value)
  const logic = name === 'and' || name === 'or' ? name : null
  if (logic === null || others.length > 0) {
    problems.push(...checkOne(value, path, options))
    return
  }
  const list = value[logic]
  if (!Array.isArray(list)) problems.push(wrong(`${path}/${logic}`, 'bad_conditions', `"${logic}" takes a list`, hint))
  else
    for (const [index, each] of list.entries())
      visit(each, `${path}/${logic}/${index}`, depth + 1, options, problems, count)
}

function checkOne(value: Readonly<Record<string, unknown>>, path: string, options: CheckOptions): Problem[] {
  const names = Object.keys(value)
  if (names.length === 0) return [wrong(path, 'bad_conditions', 'an empty object is no condition', hint)]
  const unknown = names.filter(name => !keys.includes(name))
  if (unknown.length > 0) return unknown.map(name => unknownKey(name, names, path))
  const {attr, op = 'eq', negate = false} = value
  const problems: Problem[] = []
  if (typeof attr !== 'string' || attr === '' || attr.split('.').includes('')) {
    problems.push(wrong(`${path}/attr`, 'bad_condition_attr', 'a condition needs "attr", a path like status.value'))
  }
  if (typeof negate !== 'boolean') {
    problems.push(wrong(`${path}/negate`, 'bad_condition_negate', '"negate" is true or false'))
  }
  return [...problems, ...checkOp(value, String(attr), op, path, options)]
}

function checkOp(
  condition: Readonly<Record<string, unknown>>,
  attr: string,
  op: unknown,
  path: string,
  {snapshots}: CheckOptions,
): Problem[] {
  const known = Object.keys(operators).filter(name => snapshots || !/changed$/.test(name))
  if (!isOp(op)) {
    const near = suggest(String(op), known)
    const message = `there is no operator ${JSON.stringify(op)}`
    return [wrong(`${path}/op`, 'bad_condition_op', message, near ? `did you mean ${near}?` : known.join(', '))]
  }
  const readsSnapshot = attr === SNAPSHOTS || attr.startsWith(`${SNAPSHOTS}.`)
  if (!snapshots && (isSnapshotOp(op) || readsSnapshot)) {
    const what = isSnapshotOp(op) ? `the operator ${op}` : attr
    return [wrong(path, 'bad_condition_op', `${what} compares snapshots: NetBox has that from 4.7 on`, 'netbox@4.7')]
  }
  if (isSnapshotOp(op)) return checkSnapshotOp(condition, op, readsSnapshot, path)
  if (!Object.hasOwn(condition, 'value')) {
    return [wrong(path, 'bad_condition_value', `the operator ${op} needs a value`)]
  }
  return checkValue(condition.value, op, path)
}

function checkSnapshotOp(condition: object, op: string, readsSnapshot: boolean, path: string): Problem[] {
  const problems: Problem[] = []
  if (Object.hasOwn(condition, 'value')) {
    problems.push(wrong(`${path}/value`, 'bad_condition_value', `the operator ${op} takes no value`, 'leave it out'))
  }
  if (readsSnapshot) {
    const message = `the operator ${op} looks into both snapshots itself`
    problems.push(wrong(`${path}/attr`, 'bad_condition_attr', message, 'give the bare attribute: status'))
  }
  return problems
}

function checkValue(value: unknown, op: keyof typeof operators, path: string): Problem[] {
  const kind = kindOf(value)
  if (kind === 'object') {
    const message = 'a value is a text, number, boolean, list or null, not an object'
    return [wrong(`${path}/value`, 'bad_condition_value', message)]
  }
  if (!operators[op].includes(kind)) {
    const message = `the operator ${op} compares with ${operators[op].map(article).join(' or ')}, not ${article(kind)}`
    return [wrong(`${path}/value`, 'bad_condition_value', message)]
  }
  if (op !== 'regex') return []
  const text = value as string
  if (text.length <= LONGEST_REGEX && fromPython(text) !== null) return []
  const message = `not a regular expression that hookctl can read: ${JSON.stringify(text.slice(0, 60))}`
  const howTo = 'as Python writes them, but without a++, (?>…), (?(1)…), (?x) and \\N{…}; it matches at the start'
  return [wrong(`${path}/value`, 'bad_condition_value', message, howTo)]
}

function unknownKey(name: string, names: readonly string[], path: string): Problem {
  const lower = name.toLowerCase()
  if (lower === 'and' || lower === 'or') {
    return name === lower
      ? wrong(path, 'bad_conditions', `"${name}" stands alone in its object`, `it came with ${names.join(', ')}`)
      : wrong(path, 'bad_conditions', `"${name}" is written in lower case`, `"${lower}"`)
  }
  const near = suggest(name, keys)
  const what = `a condition has no "${name.slice(0, 60)}"`
  return wrong(`${path}/${name}`, 'unknown_condition_key', what, near ? `did you mean ${near}?` : keys.join(', '))
}

const article = (kind: string): string => (kind === 'null' ? 'null' : kind === 'object' ? 'an object' : `a ${kind}`)

const wrong = (path: string, code: string, message: string, howTo?: string): Problem => ({
  path,
  code,
  message,
  ...(howTo === undefined ? {} : {hint: howTo}),
})
