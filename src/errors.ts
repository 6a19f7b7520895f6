/** What kind of failure this is: decides the exit code of the command line and the status of the server. */
export type ErrorKind =
  | 'usage'
  | 'not_found'
  | 'conflict'
  | 'not_allowed'
  | 'unreachable'
  | 'answer_no'
  | 'timeout'
  | 'too_large'
  | 'overloaded'
  | 'internal'

export interface ErrorDetails {
  /** What to do next: a command where there is one. */
  readonly hint?: string
  /** Where in the input the trouble is, as a JSON pointer without the leading slash: `headers/0/name`. */
  readonly path?: string
  readonly cause?: unknown
}

/**
 * A failure that was expected: said to the user in one sentence, never with a stack.
 *
 * `code` is snake_case and API; `message` names the value and may change between versions. Neither ever holds a
 * secret, a token or a whole body.
 */
export class HookctlError extends Error {
  override readonly name = 'HookctlError'
  readonly kind: ErrorKind
  readonly code: string
  readonly hint: string | undefined
  readonly path: string | undefined

  constructor(kind: ErrorKind, code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : {cause: details.cause})
    this.kind = kind
    this.code = code
    this.hint = details.hint
    this.path = details.path
  }
}

/** The input is wrong: exit 2, HTTP 422 (400 where it could not be read at all). */
export const usageError = (code: string, message: string, details?: ErrorDetails): HookctlError =>
  new HookctlError('usage', code, message, details)

/** There is no such thing: exit 3, HTTP 404. */
export const notFoundError = (code: string, message: string, details?: ErrorDetails): HookctlError =>
  new HookctlError('not_found', code, message, details)

/** It exists already, or its state does not allow this: exit 4, HTTP 409. */
export const conflictError = (code: string, message: string, details?: ErrorDetails): HookctlError =>
  new HookctlError('conflict', code, message, details)

/** Who asks may not: exit 5, HTTP 403 (401 where nobody is named). */
export const notAllowedError = (code: string, message: string, details?: ErrorDetails): HookctlError =>
  new HookctlError('not_allowed', code, message, details)

/** The server or the store cannot be reached: exit 6, HTTP 503. */
export const unreachableError = (code: string, message: string, details?: ErrorDetails): HookctlError =>
  new HookctlError('unreachable', code, message, details)

/** It is there and takes nothing more for now: exit 6, HTTP 429 with Retry-After. */
export const overloadedError = (code: string, message: string, details?: ErrorDetails): HookctlError =>
  new HookctlError('overloaded', code, message, details)

/** The wire form of an error, the same under `--json` and over HTTP. */
export interface ErrorBody {
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly path?: string
}

export const toErrorBody = (error: HookctlError): ErrorBody => ({
  code: error.code,
  message: error.message,
  ...(error.hint === undefined ? {} : {hint: error.hint}),
  ...(error.path === undefined ? {} : {path: error.path}),
})
