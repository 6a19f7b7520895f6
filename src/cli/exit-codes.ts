import type {ErrorKind} from '../errors.ts'

/** Never renumbered: scripts test for them. `hookctl help exit-codes` prints this table. */
export const EXIT = {
  done: 0,
  unexpected: 1,
  usage: 2,
  notFound: 3,
  conflict: 4,
  notAllowed: 5,
  unreachable: 6,
  answerNo: 7,
  timeout: 8,
  nodeTooOld: 78,
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

const BY_KIND: Readonly<Record<ErrorKind, ExitCode>> = {
  usage: EXIT.usage,
  not_found: EXIT.notFound,
  conflict: EXIT.conflict,
  not_allowed: EXIT.notAllowed,
  unreachable: EXIT.unreachable,
  answer_no: EXIT.answerNo,
  timeout: EXIT.timeout,
  // The input is what has to change.
  too_large: EXIT.usage,
  // It is there but takes nothing now: for a script the same as not there, try again later.
  overloaded: EXIT.unreachable,
  internal: EXIT.unexpected,
}

export const exitCodeOf = (kind: ErrorKind): ExitCode => BY_KIND[kind]

export const EXIT_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.done, 'done'],
  [EXIT.unexpected, 'unexpected failure: a bug, with a way to get its details'],
  [EXIT.usage, 'usage: a flag, an argument, a value or a configuration is wrong or missing'],
  [EXIT.notFound, 'not found'],
  [EXIT.conflict, 'conflict: it exists already, or its state does not allow this'],
  [EXIT.notAllowed, 'not allowed'],
  [EXIT.unreachable, 'server or store not reachable, or overloaded'],
  [EXIT.answerNo, 'the answer is no: signature invalid, undelivered found, expectation not met, drift found'],
  [EXIT.timeout, 'timeout'],
  [EXIT.nodeTooOld, 'Node.js is too old'],
  [EXIT.interrupted, 'interrupted with Ctrl-C'],
]
