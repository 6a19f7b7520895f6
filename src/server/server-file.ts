import {randomUUID} from 'node:crypto'
import {linkSync, lstatSync, rmSync, unlinkSync, writeFileSync} from 'node:fs'
import {isRunning, isTrusted, readServerFile, type ServerFile} from '../api/server-file.ts'
import {shellWord} from '../domain/shell-word.ts'
import {conflictError, type HookctlError} from '../errors.ts'

/**
 * Writes the file that tells this user's commands where the server is: whole or not at all, 0600, and only where no
 * other server has done so.
 *
 * @throws conflict `server_running` naming the other's URL, `server_file_of_another_user` saying what to do with it
 */
export function writeServerFile(path: string, file: ServerFile): void {
  checkServerFile(path)
  unlessForeign(path, () => rmSync(path, {force: true}))
  const fresh = `${path}.${randomUUID()}`
  writeFileSync(fresh, `${JSON.stringify(file)}\n`, {mode: 0o600, flag: 'wx'})
  try {
    // A link, not a rename: it fails where another server was a moment faster.
    linkSync(fresh, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    checkServerFile(path)
    throw error
  } finally {
    unlinkSync(fresh)
  }
}

/**
 * @throws conflict `server_running` when the file names a server that is alive (one of a dead server counts for nothing),
 * `server_file_of_another_user` when it is of a user whose servers are not found by it
 */
export function checkServerFile(path: string): void {
  const other = unlessForeign(path, () => readServerFile(path))
  if (other === null || !isRunning(other)) return
  if (!isTrusted(path, storeOf(path))) throw foreign(path)
  throw conflictError('server_running', `a server for this store runs already at ${other.url} (process ${other.pid})`, {
    hint: `use it, or stop it first: kill ${other.pid}`,
  })
}

const storeOf = (path: string): string => path.replace(/\.server\.json$/, '')

/** What the file system forbids with a file of this user is another thing than what it forbids with somebody else's. */
function unlessForeign<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    const {code = ''} = error as NodeJS.ErrnoException
    throw ['EACCES', 'EPERM'].includes(code) && !isTrusted(path, storeOf(path)) ? foreign(path) : error
  }
}

function foreign(path: string): HookctlError {
  const writer = lstatSync(path, {throwIfNoEntry: false})?.uid
  return conflictError(
    'server_file_of_another_user',
    `${path} was left by another user (uid ${writer}), whose server would be in the way of this one`,
    {
      hint: `where no hookctl of theirs runs (ps -u ${writer}): rm ${shellWord(path)}, as they or root where it is refused`,
    },
  )
}

/** Removes the file unless another server has written its own meanwhile. */
export function removeServerFile(path: string, file: ServerFile): void {
  if (readServerFile(path)?.token === file.token) unlinkSync(path)
}
