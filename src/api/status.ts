import type {ErrorKind, HookctlError} from '../errors.ts'

/** One status per kind, so that a client can tell the kind from the status. */
const statuses: Readonly<Record<ErrorKind, number>> = {
  usage: 422,
  not_found: 404,
  conflict: 409,
  not_allowed: 403,
  unreachable: 503,
  answer_no: 417,
  timeout: 504,
  too_large: 413,
  overloaded: 429,
  internal: 500,
}

/** What a server says besides the one status of a kind: who asks is unknown, the request itself is wrong, the disk is full. */
const others: Readonly<Record<number, ErrorKind>> = {
  400: 'usage',
  401: 'not_allowed',
  405: 'usage',
  408: 'timeout',
  415: 'usage',
  421: 'not_allowed',
  431: 'too_large',
  507: 'unreachable',
}

/** The status an error goes out with. A full disk has its own: the sender must keep what it has. */
export const statusOf = (error: Pick<HookctlError, 'kind' | 'code'>): number =>
  error.code === 'store_full' ? 507 : statuses[error.kind]

/** The kind of error a status stands for, or null where hookctl never answers it. */
export const kindOf = (status: number): ErrorKind | null =>
  others[status] ?? (Object.keys(statuses) as ErrorKind[]).find(kind => statuses[kind] === status) ?? null
