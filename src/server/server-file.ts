import {randomUUID} from 'node:crypto'
import {existsSync, linkSync, unlinkSync, writeFileSync} from 'node:fs'
import {isRunning, readServerFile, type ServerFile} from '../api/server-file.ts'
import {conflictError} from '../errors.ts'

/**
 * Writes the file that tells this user's commands where the server is: whole or not at all, 0600, and only where no
 * other server has done so.
 *
 * @throws conflict `server_running` naming the other's URL
 */
export function writeServerFile(path: string, file: ServerFile): void {
  checkServerFile(path)
  if (existsSync(path)) unlinkSync(path)
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

/** @throws conflict `server_running` when the file names a server that is alive. One of a dead server counts for nothing. */
export function checkServerFile(path: string): void {
  const other = readServerFile(path)
  if (other === null || !isRunning(other)) return
  throw conflictError('server_running', `a server for this store runs already at ${other.url} (process ${other.pid})`, {
    hint: `use it, or stop it first; where that process is no hookctl server, remove ${path}`,
  })
}

/** Removes the file unless another server has written its own meanwhile. */
export function removeServerFile(path: string, file: ServerFile): void {
  if (readServerFile(path)?.token === file.token) unlinkSync(path)
}
