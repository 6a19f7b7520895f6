/** NetBox's conditions language. Source: netbox/extras/conditions.py and its documentation (reference/conditions.md). */

/** Compares one attribute of an event with a value; `negate` turns the answer round, but never that of a broken path. */
export interface Condition {
  readonly attr: string
  readonly op?: Op
  readonly value?: unknown
  readonly negate?: boolean
}

/** All of a list, or any of it, nested freely; or one bare condition. */
export type Conditions = {readonly and: readonly Conditions[]} | {readonly or: readonly Conditions[]} | Condition

export type Op = 'eq' | 'gt' | 'gte' | 'lt' | 'lte' | 'in' | 'contains' | 'regex' | 'changed' | 'unchanged'

/** The kinds of value an operator compares with; none where it compares the snapshots with each other. */
export const operators: Readonly<Record<Op, readonly ValueKind[]>> = {
  eq: ['text', 'boolean', 'number', 'list', 'null'],
  gt: ['number'],
  gte: ['number'],
  lt: ['number'],
  lte: ['number'],
  in: ['list'],
  contains: ['text', 'boolean', 'number', 'list'],
  regex: ['text'],
  changed: [],
  unchanged: [],
}

export type ValueKind = 'text' | 'boolean' | 'number' | 'list' | 'null' | 'object'

export function kindOf(value: unknown): ValueKind {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'string') return 'text'
  if (typeof value === 'boolean') return 'boolean'
  return typeof value === 'number' ? 'number' : 'object'
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => kindOf(value) === 'object'

export const isOp = (op: unknown): op is Op => typeof op === 'string' && Object.hasOwn(operators, op)

export const isSnapshotOp = (op: Op): boolean => op === 'changed' || op === 'unchanged'

/** `snapshots.prechange.status` reads a snapshot in place of the data. */
export const SNAPSHOTS = 'snapshots'
