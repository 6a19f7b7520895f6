import {type ErrorKind, HookctlError} from '../../../errors.ts'

/** A question to the thread that owns the connection: which method of which part of the store, with what. */
export interface Call {
  readonly id: number
  readonly part: string
  readonly method: string
  readonly question: readonly unknown[]
}

export type Answer =
  | {readonly id: number; readonly ok: true; readonly value: unknown}
  | {readonly id: number; readonly ok: false; readonly failure: Failure}

/** What the thread says: answers to calls, and whether something was written. */
export interface Told {
  readonly answers: readonly Answer[]
  readonly written: boolean
}

/** What the thread is started with. */
export interface Start {
  readonly file: string
  readonly secureDelete: boolean
  readonly secretKey: string | null
}

/** An error on its way between threads, which would arrive as a plain Error. */
export interface Failure {
  readonly kind: ErrorKind | null
  readonly code: string
  readonly message: string
  readonly hint: string | undefined
  readonly path: string | undefined
  readonly stack: string | undefined
}

export function toFailure(error: unknown): Failure {
  const {message, stack} = error instanceof Error ? error : new Error(String(error))
  if (!(error instanceof HookctlError)) {
    return {kind: null, code: '', message, hint: undefined, path: undefined, stack}
  }
  const {kind, code, hint, path} = error
  return {kind, code, message, hint, path, stack}
}

export function fromFailure({kind, code, message, hint, path, stack}: Failure): Error {
  const details = {...(hint === undefined ? {} : {hint}), ...(path === undefined ? {} : {path})}
  const error = kind === null ? new Error(message) : new HookctlError(kind, code, message, details)
  // Where it happened, not where it arrived.
  if (stack !== undefined) error.stack = stack
  return error
}
