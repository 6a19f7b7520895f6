import path from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import {isRunning} from '../api/server-file.ts'
import {HookctlError, usageError} from '../errors.ts'
import {whyNot} from './bytes.ts'
import type {Ready} from './listen/ready.ts'
import {readSmallFile} from './small-file.ts'
import type {Surroundings} from './surroundings.ts'

const WAIT_MS = 10_000
const POLL_MS = 20

/**
 * What a receiver that was started just before says of itself: waits until its ready file is there and it is alive, so
 * that a script need not. A file that an earlier run left does not count.
 *
 * @throws timeout `not_ready`; usage `bad_ready_file`
 */
export async function awaitReady(
  file: string,
  {cwd}: Pick<Surroundings, 'cwd'>,
): Promise<Pick<Ready, 'url' | 'secret'>> {
  const endsAt = performance.now() + WAIT_MS
  for (;;) {
    const ready = readReady(path.resolve(cwd, file), file)
    if (ready !== null && isRunning(ready)) return ready
    if (performance.now() > endsAt) throw notReady(file, ready)
    await wait(POLL_MS)
  }
}

const notReady = (file: string, stale: Ready | null): HookctlError =>
  new HookctlError(
    'timeout',
    'not_ready',
    stale === null ? `${file} did not appear within 10 seconds` : `process ${stale.pid}, which wrote ${file}, is gone`,
    {hint: `start it first, in the background: hookctl expect --ready-file ${file} … &`},
  )

function readReady(file: string, shown: string): Ready | null {
  const text = textIn(file, shown)
  if (text === null) return null
  const ready = parsed(text)
  if (typeof ready?.url === 'string' && Number.isInteger(ready.pid)) return ready as Ready
  throw usageError('bad_ready_file', `${shown} is no ready file`, {
    hint: 'hookctl expect and hookctl listen write one with --ready-file',
  })
}

function textIn(file: string, shown: string): string | null {
  try {
    return readSmallFile(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw usageError('bad_ready_file', `cannot read ${shown}: ${whyNot(error)}`, {cause: error})
  }
}

function parsed(text: string): Partial<Ready> | null {
  try {
    return JSON.parse(text) as Partial<Ready> | null
  } catch {
    return null
  }
}
