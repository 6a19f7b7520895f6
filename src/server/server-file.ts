import {randomUUID} from 'node:crypto'
import {existsSync, linkSync, readFileSync, unlinkSync, writeFileSync} from 'node:fs'
import {parseServerFile, type ServerFile} from '../api/server-file.ts'
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
  if (other === null || !isAlive(other)) return
  throw conflictError('server_running', `a server for this store runs already at ${other.url} (process ${other.pid})`, {
    hint: 'use it, or stop it first',
  })
}

/** Removes the file unless another server has written its own meanwhile. */
export function removeServerFile(path: string, file: ServerFile): void {
  if (readServerFile(path)?.token === file.token) unlinkSync(path)
}

function readServerFile(path: string): ServerFile | null {
  try {
    return parseServerFile(readFileSync(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Whether the process is there and was so when the file was written: in containers every server has the same pid. */
function isAlive({pid, startedAt}: ServerFile): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const began = processBegan(pid)
  return began === null || began <= Date.parse(startedAt) + 2000
}

/** When a process began, ms since the epoch, or null where the system does not tell (it does on Linux). */
function processBegan(pid: number): number | null {
  if (pid === process.pid) return performance.timeOrigin
  try {
    const ticks = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19])
    const boot = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1])
    return Number.isFinite(ticks + boot) ? boot * 1000 + ticks * 10 : null
  } catch {
    return null
  }
}
