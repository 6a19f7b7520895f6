import {statusOf} from '../api/status.ts'
import {HookctlError, toErrorBody} from '../errors.ts'
import type {Reply} from './answer.ts'

/** A request the server turns down itself, with a status or headers that the kind of error alone does not give. */
export class Refused extends Error {
  readonly status: number
  readonly error: HookctlError
  readonly headers: Readonly<Record<string, string>>

  get code(): string {
    return this.error.code
  }

  constructor(status: number, error: HookctlError, headers: Readonly<Record<string, string>> = {}) {
    super(error.message)
    this.status = status
    this.error = error
    this.headers = headers
  }
}

/** Seconds after which asking again makes sense, by status. */
const retryAfter: Readonly<Record<number, string>> = {429: '1', 503: '1', 507: '60'}

/** How an error goes out, or null where it is none that was expected: a bug. */
export function errorAnswer(error: unknown): Reply | null {
  if (error instanceof Refused) return told(error.status, error.error, error.headers)
  if (error instanceof HookctlError && error.kind !== 'internal') return told(statusOf(error), error)
  return null
}

/** What a client hears of a bug: that it is one, and where its details are. Never the details. */
export const bugAnswer = (requestId: string): Reply =>
  told(
    500,
    new HookctlError('internal', 'internal', 'hookctl failed: this is a bug in the server', {
      hint: `its log has the details under request ${requestId}`,
    }),
  )

function told(status: number, error: HookctlError, headers: Readonly<Record<string, string>> = {}): Reply {
  const wait = retryAfter[status]
  return {
    status,
    headers: {...(wait === undefined ? {} : {'retry-after': wait}), ...headers},
    body: JSON.stringify(toErrorBody(error)),
  }
}
