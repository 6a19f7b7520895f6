import {rename, rm, writeFile} from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import {usageError} from '../../errors.ts'

/** What a script waits for: the line on stdout under --json, and the content of `--ready-file`. */
export interface Ready {
  readonly ready: true
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Only one that was made for this run: what was given is known. */
  readonly secret?: string
}

const unwritable = (file: string, error: unknown): Error =>
  usageError('ready_file_not_writable', `cannot write ${file}: ${(error as NodeJS.ErrnoException).code}`, {
    hint: 'choose another --ready-file',
    cause: error,
  })

/** Takes away what an earlier run left: while the file is there, somebody listens. */
export async function forgetReady(file: string): Promise<void> {
  try {
    await rm(file, {force: true})
  } catch (error) {
    throw unwritable(file, error)
  }
}

/** Appears whole or not at all. @throws usage `ready_file_not_writable` */
export async function writeReady(file: string, ready: Ready): Promise<void> {
  const growing = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`)
  try {
    await writeFile(growing, `${JSON.stringify(ready)}\n`, {mode: 0o600, flag: 'wx'})
    await rename(growing, file)
  } catch (error) {
    await rm(growing, {force: true}).catch(() => {})
    throw unwritable(file, error)
  }
}
