import {checkConditions} from './check.ts'
import {type Compared, comparisons, equals} from './compare.ts'
import {type Condition, type Conditions, isObject, isSnapshotOp, type Op, SNAPSHOTS} from './language.ts'

/** What conditions look at: the object's data, and its snapshots, null where a version or an event has none. */
export interface ConditionSubject {
  /** Null (or any other value that is no object) where the event carries no data. */
  readonly data: unknown
  readonly snapshots: {readonly prechange: unknown; readonly postchange: unknown} | null
}

/** How one condition went. */
export interface Explanation {
  /** Where it stands: `and/0/or/1`; empty for a bare one. */
  readonly path: string
  readonly condition: Condition
  readonly holds: boolean
  /** What stood at the path; absent where the path leads nowhere. */
  readonly found?: unknown
  /** Why it could not be compared; such a condition never holds, negated or not. */
  readonly fault?: string
}

export interface Verdict {
  readonly fires: boolean
  /** Every condition in the order written: none is left out because another decided before. */
  readonly why: readonly Explanation[]
}

/**
 * Whether an event fires under conditions, and how each condition went. Never throws.
 *
 * Null conditions fire always, others never where the event carries no data (NetBox 4.7). A condition whose path leads nowhere, passes null or a scalar, or finds a value of the
 * wrong type does not hold, negated or not. Conditions that `checkConditions` would refuse (kept from an older store)
 * never fire.
 *
 * Source: NetBox extras/conditions.py. There an error ends the whole set, so that its outcome depends on the order of
 * the list; here it is that one condition's answer.
 */
export function evaluate(conditions: unknown, subject: ConditionSubject): Verdict {
  if (conditions === null || conditions === undefined) return {fires: true, why: []}
  const [problem] = checkConditions(conditions, '', {snapshots: true})
  if (problem !== undefined) {
    const condition = {attr: ''}
    return {fires: false, why: [{path: problem.path.slice(1), condition, holds: false, fault: problem.message}]}
  }
  const why: Explanation[] = []
  const holds = visit(conditions as Conditions, '', subject, why)
  // Also an empty `and` says something of the data: that there are some.
  return {fires: holds && isObject(subject.data), why}
}

function visit(conditions: Conditions, path: string, subject: ConditionSubject, why: Explanation[]): boolean {
  if ('and' in conditions) return visitAll(conditions.and, `${path}and/`, subject, why).every(Boolean)
  if ('or' in conditions) return visitAll(conditions.or, `${path}or/`, subject, why).some(Boolean)
  const explained = explain(conditions, path.replace(/\/$/, ''), subject)
  why.push(explained)
  return explained.holds
}

const visitAll = (list: readonly Conditions[], path: string, subject: ConditionSubject, why: Explanation[]) =>
  list.map((each, index) => visit(each, `${path}${index}/`, subject, why))

function explain(condition: Condition, path: string, subject: ConditionSubject): Explanation {
  const {op = 'eq', negate = false} = condition
  if (!isObject(subject.data)) return {path, condition, holds: false, fault: 'the event carries no data'}
  const {compared, ...found} = isSnapshotOp(op)
    ? compareSnapshots(condition.attr, op, subject)
    : compareValue(condition, op as keyof typeof comparisons, subject)
  if (typeof compared === 'string') return {path, condition, holds: false, ...found, fault: compared}
  return {path, condition, holds: compared !== negate, ...found}
}

interface Answer {
  readonly compared: Compared
  readonly found?: unknown
}

function compareValue({attr, value}: Condition, op: keyof typeof comparisons, subject: ConditionSubject): Answer {
  const walked = resolve(attr, subject)
  if ('fault' in walked) return {compared: walked.fault}
  return {compared: comparisons[op](walked.found, value), found: walked.found}
}

type Walked = {readonly found: unknown} | {readonly fault: string; readonly unwalkable?: boolean}

function resolve(attr: string, {data, snapshots}: ConditionSubject): Walked {
  const [first, side, ...keys] = attr.split('.')
  if (first === SNAPSHOTS && !Object.hasOwn(data as object, SNAPSHOTS)) {
    return resolveSnapshot(attr, snapshots, side, keys)
  }
  return walk(data, attr.split('.'))
}

/** A snapshot that is not there (before a creation, after a deletion) holds null wherever the other one has the path. */
function resolveSnapshot(
  attr: string,
  snapshots: ConditionSubject['snapshots'],
  side: string | undefined,
  keys: readonly string[],
): Walked {
  if (snapshots === null) return {fault: 'the event carries no snapshots'}
  if (side !== 'prechange' && side !== 'postchange') return {fault: `there is no ${attr}`}
  const snapshot = snapshots[side]
  if (keys.length === 0) return {found: snapshot ?? null}
  if (snapshot !== null && snapshot !== undefined) return walk(snapshot, keys)
  const other = walk(snapshots[side === 'prechange' ? 'postchange' : 'prechange'], keys)
  return 'found' in other ? {found: null} : {fault: `${attr}: ${other.fault}`}
}

/** Follows a path through objects; a list on the way stands for that member of each of its items. */
function walk(value: unknown, keys: readonly string[]): Walked {
  let at = value
  for (const [index, key] of keys.entries()) {
    const items: readonly unknown[] = Array.isArray(at) ? at : [at]
    for (const item of items) {
      const fault = faultAt(item, key, keys.slice(0, index).join('.'))
      if (fault !== null) return fault
    }
    const found = items.map(item => (item as Record<string, unknown>)[key])
    at = Array.isArray(at) ? found : found[0]
  }
  return {found: at}
}

function faultAt(item: unknown, key: string, before: string): {fault: string; unwalkable: boolean} | null {
  const where = before === '' ? 'the data' : before
  if (item === null || item === undefined) return {fault: `${where} is null`, unwalkable: false}
  if (!isObject(item)) return {fault: `${where} is no object: there is no ${key} in it`, unwalkable: true}
  return Object.hasOwn(item, key) ? null : {fault: `${where} has no ${key}`, unwalkable: false}
}

/** Found in one snapshot only is a difference; found in neither, nothing can be said. */
function compareSnapshots(attr: string, op: Op, {snapshots}: ConditionSubject): Answer {
  if (snapshots === null) return {compared: 'the event carries no snapshots'}
  const keys = attr.split('.')
  const [pre, post] = [walk(snapshots.prechange, keys), walk(snapshots.postchange, keys)]
  if ('fault' in pre && 'fault' in post) {
    const {fault} = post.unwalkable || snapshots.prechange === null ? post : pre
    return {compared: `neither snapshot has ${attr}: ${fault}`}
  }
  const same = 'found' in pre && 'found' in post && equals(pre.found, post.found)
  const found = {prechange: 'found' in pre ? pre.found : null, postchange: 'found' in post ? post.found : null}
  return {compared: op === 'unchanged' ? same : !same, found}
}
