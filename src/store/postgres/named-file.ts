import {readFileSync, statSync} from 'node:fs'
import {usageError} from '../../errors.ts'

const MOST_BYTES = 1_000_000

/**
 * The text of a file that a setting of PostgreSQL names: a plain one, as libpq insists on for passwords. One without end
 * would be read until the machine had no memory left.
 *
 * @param names whose file it is: `PGPASSFILE names`
 * @throws HookctlError usage `store_file_unreadable`
 */
export function readNamedFile(file: string, names: string, hint: string): string {
  const refused = (why: string, cause?: unknown) =>
    usageError('store_file_unreadable', `${names} ${file}, which ${why}`, {hint, cause})
  let isPlain: boolean
  try {
    const found = statSync(file)
    isPlain = found.isFile()
    if (isPlain && found.size <= MOST_BYTES) return readFileSync(file, 'utf8')
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    throw refused(code === 'ENOENT' ? 'is not there' : `cannot be read: ${code}`, error)
  }
  throw refused(isPlain ? 'is too large' : 'is no plain file')
}
