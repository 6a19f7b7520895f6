import {lstatSync, readFileSync, statSync} from 'node:fs'

/**
 * What a running server writes beside its store (`<store>.server.json`, 0600), so that commands of the same user find
 * it without being told.
 */
export interface ServerFile {
  /** Where it listens: `http://127.0.0.1:8700`. */
  readonly url: string
  readonly token: string
  readonly pid: number
  /** RFC 3339. */
  readonly startedAt: string
  readonly version: string
  /** When its process began, in which start of the machine: tells it from a later one of the same number. Absent where the system does not say. */
  readonly began?: string | undefined
}

export const serverFilePath = (storePath: string): string => `${storePath}.server.json`

/** The file's content, or null where the text is not one: a file half written or of another program is no server. */
export function parseServerFile(text: string): ServerFile | null {
  try {
    const value = JSON.parse(text) as Record<keyof ServerFile, unknown> | null
    return value !== null && isServerFile(value) ? value : null
  } catch {
    return null
  }
}

/**
 * The server of a store as its file names it; null where there is none, or none that counts: gone, or not of this user.
 *
 * @throws what the file system says where the file cannot be read
 */
export function runningServerOf(storePath: string): ServerFile | null {
  const path = serverFilePath(storePath)
  const file = readServerFile(path)
  return file !== null && isRunning(file) && isTrusted(path, storePath) ? file : null
}

/** Null where there is no such file, or none that can be read as what it is. */
export function readServerFile(path: string): ServerFile | null {
  try {
    return parseServerFile(readFileSync(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/**
 * Whether a server's file was written by this user, by root or by the user whose store it is. In a folder where others
 * may write, anybody could send this user's events and secrets to a server of their own. The file itself counts, not
 * what a link leads to: servers make no links.
 */
export function isTrusted(path: string, storePath: string): boolean {
  const writer = lstatSync(path, {throwIfNoEntry: false})?.uid
  return [process.getuid?.(), 0, statSync(storePath, {throwIfNoEntry: false})?.uid].includes(writer)
}

/**
 * Whether the process that wrote the file is there still, and no other one that has its number by now: in containers
 * every server has the same. By ticks since the system began, which no setting of the clock moves.
 */
export function isRunning({pid, began}: Pick<ServerFile, 'pid' | 'began'>): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // Somebody else's process is alive all the same.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const {state, began: known} = processOf(pid)
  // A killed process keeps its number until its parent asks for it; in a container that may be never.
  if (state === 'Z' || state === 'X') return false
  return began === undefined || known === undefined || known === began
}

/** When a process began, where the system tells. */
export const beganOf = (pid: number): string | undefined => processOf(pid).began

/** What the system tells of a process: on Linux, fields 3 and 22 of proc_pid_stat(5), and which start of the system it is. */
function processOf(pid: number): {readonly state?: string | undefined; readonly began?: string | undefined} {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return {state: fields[0], began: `${boot}+${fields[19]}`}
  } catch {
    return {}
  }
}

const isServerFile = (value: Record<keyof ServerFile, unknown>): value is Record<keyof ServerFile, never> =>
  [value.url, value.token, value.startedAt, value.version].every(text => typeof text === 'string') &&
  ['string', 'undefined'].includes(typeof value.began) &&
  URL.canParse(value.url as string) &&
  Number.isSafeInteger(value.pid) &&
  (value.pid as number) > 0
