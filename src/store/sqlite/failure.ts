import {HookctlError, unreachableError} from '../../errors.ts'

interface SqliteError extends Error {
  readonly code: string
  readonly errcode: number
}

const isSqliteError = (error: unknown): error is SqliteError =>
  error instanceof Error && (error as {code?: unknown}).code === 'ERR_SQLITE_ERROR'

/** By primary result code (sqlite.org/rescode.html): the code, what happened, what to do. */
const failures: Readonly<Record<number, readonly [code: string, what: string, hint: string]>> = {
  3: ['store_denied', 'may not be read or written', 'check who owns the file and its folder'],
  5: ['store_busy', 'is being written by another process for too long', 'try again in a moment'],
  6: ['store_busy', 'is being written by another process for too long', 'try again in a moment'],
  8: ['store_denied', 'may not be written', 'check who owns the file and its folder, and that the disk is writable'],
  10: ['store_failed', 'could not be read or written: the disk reports an error', 'check the disk'],
  11: [
    'store_corrupt',
    'is damaged',
    'keep the file as it is; restore a backup (hookctl store restore FILE) or save what can be read (hookctl store check --salvage FILE)',
  ],
  13: ['store_full', 'cannot grow: the disk is full', 'free some space; nothing was half written'],
  14: ['store_denied', 'cannot be opened', 'check that the folder exists and who may write there'],
  26: [
    'store_corrupt',
    'is damaged',
    'keep the file as it is; restore a backup (hookctl store restore FILE) or save what can be read (hookctl store check --salvage FILE)',
  ],
}

/**
 * What a failure of SQLite means to whoever asked the store; anything else comes back as it is.
 *
 * Bugs (a broken constraint, a value of a wrong type) become `internal` with the original as cause.
 */
export function translate(error: unknown, location: string): unknown {
  if (!isSqliteError(error)) return error
  // Our statements name what our migrations made: what is not there was lost with a page of the schema.
  const isMissing = error.errcode === 1 && /^no such (?:table|column|index)/.test(error.message)
  const known = failures[isMissing ? 11 : error.errcode & 0xff]
  if (known === undefined) {
    const message = `the store ${location} refused a statement of ours (SQLite code ${error.errcode})`
    return new HookctlError('internal', 'store_refused', message, {cause: error, hint: 'this is a bug in hookctl'})
  }
  const [code, what, hint] = known
  return unreachableError(code, `the store ${location} ${what}`, {cause: error, hint})
}

export const closedError = (location: string): HookctlError =>
  unreachableError('store_closed', `the store ${location} is closed`)
