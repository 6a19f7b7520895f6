import {HTTPError, isKyError, TimeoutError} from 'ky'
import {kindOf} from '../api/status.ts'
import {type ErrorBody, HookctlError, notAllowedError, unreachableError} from '../errors.ts'

/**
 * What went wrong on the way to a server or in it, as the same error the services would have thrown in this process.
 *
 * @param url where the server was expected
 */
export function failureOf(error: unknown, url: string): unknown {
  if (error instanceof HTTPError) return answered(error.response, error.data, url)
  if (error instanceof TimeoutError || isNamed(error, 'TimeoutError')) return tooSlow(url, error)
  // A body that breaks off: fetch says so with a TypeError that has a cause, which a bug of ours has not.
  const isCut = error instanceof TypeError && error.cause !== undefined
  return isKyError(error) || isCut ? notReached(url, error as Error) : error
}

function answered(response: Response, data: unknown, url: string): HookctlError {
  const kind = kindOf(response.status)
  if (kind === null || !isErrorBody(data)) return notOurs(response, url)
  if (response.status === 401) return notAllowedError(data.code, `${data.message} (${url})`, {hint: tokenHint})
  return new HookctlError(kind, data.code, data.message, {
    ...(data.hint === undefined ? {} : {hint: data.hint}),
    ...(data.path === undefined ? {} : {path: data.path}),
  })
}

const tokenHint = 'set HOOKCTL_TOKEN, or hookctl config set token, to a token of that server'

/** Something else listens there, or stands in between. */
export const notOurs = ({status, headers}: Response, url: string): HookctlError =>
  unreachableError(
    'not_a_hookctl_server',
    `${url} answered ${status} with ${headers.get('content-type') ?? 'no content type'}, which hookctl does not say`,
    {
      hint: isRedirect(status)
        ? `use the address it redirects to: ${origin(headers)}`
        : 'check the address of the server',
    },
  )

const isRedirect = (status: number): boolean => status >= 300 && status < 400

function origin(headers: Headers): string {
  const location = headers.get('location') ?? ''
  return URL.canParse(location) ? new URL(location).origin : 'see its Location header'
}

function notReached(url: string, error: Error): HookctlError {
  const reason = reasonOf(error)
  return unreachableError(
    'server_unreachable',
    `no hookctl server can be reached at ${url}${reason && ` (${reason})`}`,
    {
      hint: 'start one with: hookctl serve, or check the address',
      cause: error,
    },
  )
}

/** The system's word for it, `ECONNREFUSED`: the innermost error has it. */
function reasonOf(error: unknown): string {
  let inner = error
  let reason = ''
  for (let depth = 0; inner instanceof Error && depth < 5; depth++) {
    reason = (inner as NodeJS.ErrnoException).code ?? reason
    inner = inner.cause
  }
  return reason
}

const tooSlow = (url: string, cause: unknown): HookctlError =>
  new HookctlError('timeout', 'server_timeout', `the server at ${url} did not answer in time`, {
    hint: 'try again; hookctl status shows what it is busy with',
    cause,
  })

const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name

const isErrorBody = (data: unknown): data is ErrorBody =>
  typeof data === 'object' && data !== null && 'code' in data && 'message' in data && typeof data.code === 'string'
