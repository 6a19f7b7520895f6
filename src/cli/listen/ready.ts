import {lstat, rename, rm, stat, writeFile} from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import {HookctlError, usageError} from '../../errors.ts'
import {whyNot} from '../bytes.ts'

/** What a script waits for: the line on stdout under --json, and the content of `--ready-file`. */
export interface Ready {
  readonly ready: true
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Only one that was made for this run: what was given is known. */
  readonly secret?: string
}

const unwritable = (file: string, why: string, cause?: unknown): HookctlError =>
  usageError('ready_file_not_writable', `cannot write ${file}: ${why}`, {hint: 'choose another --ready-file', cause})

/**
 * Whether it is a pipe or a terminal, which are written into as they are: a file appears in the place of another one.
 * A link is refused, because it would be taken away with what it stands for: /dev/stdout leads to what stdout is.
 *
 * @throws usage `ready_file_not_writable`
 */
async function isWrittenInto(file: string): Promise<boolean> {
  const [itself, target] = await Promise.all([lstat(file).catch(() => null), stat(file).catch(() => null)])
  if (target?.isFIFO() || target?.isCharacterDevice()) return true
  if (itself === null || itself.isFile()) return false
  throw unwritable(file, itself.isDirectory() ? 'it is a directory' : 'it is no file of its own')
}

/** Takes away what an earlier run left: while the file is there, somebody listens. @throws usage `ready_file_not_writable` */
export async function forgetReady(file: string): Promise<void> {
  try {
    if (!(await isWrittenInto(file))) await rm(file, {force: true})
  } catch (error) {
    throw failed(file, error)
  }
}

/** Appears whole or not at all. @throws usage `ready_file_not_writable` */
export async function writeReady(file: string, ready: Ready): Promise<void> {
  const line = `${JSON.stringify(ready)}\n`
  const growing = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`)
  try {
    if (await isWrittenInto(file)) return await writeFile(file, line)
    await writeFile(growing, line, {mode: 0o600, flag: 'wx'})
    await rename(growing, file)
  } catch (error) {
    await rm(growing, {force: true}).catch(() => {})
    throw failed(file, error)
  }
}

const failed = (file: string, error: unknown): HookctlError =>
  error instanceof HookctlError ? error : unwritable(file, whyNot(error), error)
