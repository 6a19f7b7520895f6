import {HookctlError, unreachableError} from '../../errors.ts'

interface ServerError extends Error {
  readonly code?: string
}

type Said = readonly [code: string, what: string, hint: string]

const unreachable: Said = ['store_unreachable', 'cannot be reached', 'is the server up, and the address right?']
const denied: Said = ['store_denied', 'does not let us in', 'check user, password and grants']
const busy: Said = ['store_busy', 'is busy for too long', 'try again in a moment']
const full: Said = ['store_full', 'cannot grow: the disk is full', 'free some space; nothing was half written']

/** By SQLSTATE, the whole code or its class, and by what Node says of sockets. */
const failures: Readonly<Record<string, Said>> = {
  '08': unreachable,
  '57': unreachable,
  '28': denied,
  '42501': denied,
  '3D000': ['store_unreachable', 'is not there: no such database', 'create it: createdb NAME'],
  '53100': full,
  '53': ['store_busy', 'has no connection or memory to spare', 'raise max_connections, or use fewer workers'],
  '55P03': busy,
  '40': busy,
  '25006': ['store_denied', 'is read-only', 'name the primary, not a replica'],
  XX001: ['store_corrupt', 'is damaged', 'restore a backup'],
  ECONNREFUSED: unreachable,
  ECONNRESET: unreachable,
  EPIPE: unreachable,
  ENOTFOUND: unreachable,
  EAI_AGAIN: unreachable,
  ETIMEDOUT: unreachable,
  EHOSTUNREACH: unreachable,
}

/** pg has no code for these. */
const sentences =
  /terminated|timeout exceeded|Connection ended|not queryable|connection error|end has been called|after calling end/i

/** What a failure of PostgreSQL or of the way to it means to whoever asked the store; anything else comes back as it is. */
export function translate(error: unknown, location: string): unknown {
  if (!(error instanceof Error) || error instanceof HookctlError) return error
  const {code = ''} = error as ServerError
  const said = failures[code] ?? failures[code.slice(0, 2)] ?? (sentences.test(error.message) ? unreachable : undefined)
  if (said !== undefined) {
    const [name, what, hint] = said
    return unreachableError(name, `the store ${location} ${what}`, {cause: error, hint})
  }
  if (!/^[0-9A-Z]{5}$/.test(code)) return error
  const message = `the store ${location} refused a statement of ours (SQLSTATE ${code})`
  return new HookctlError('internal', 'store_refused', message, {cause: error, hint: 'this is a bug in hookctl'})
}

export const closedError = (location: string): HookctlError =>
  unreachableError('store_closed', `the store ${location} is closed`)
