import {statSync} from 'node:fs'
import process from 'node:process'
import {shellWord} from '../../domain/shell-word.ts'
import {type Finding, warning} from './finding.ts'

/** The permissions of a file or folder, or null where there is none to look at. */
function modeOf(path: string): number | null {
  try {
    return statSync(path).mode & 0o1777
  } catch {
    return null
  }
}

const octal = (mode: number): string => mode.toString(8).padStart(4, '0')

/** Secrets are in it: nobody but its owner should read it. Windows has no such modes. */
export function examineMode(check: string, file: string): readonly Finding[] {
  const mode = process.platform === 'win32' ? null : modeOf(file)
  if (mode === null || (mode & 0o077) === 0) return []
  return [warning(check, `${file} is open to others (mode ${octal(mode)})`, `chmod 600 ${shellWord(file)}`)]
}

/** Who may write a folder may put another file in the place of ours. */
export function examineFolder(check: string, folder: string): readonly Finding[] {
  const mode = process.platform === 'win32' ? null : modeOf(folder)
  if (mode === null || (mode & 0o022) === 0 || (mode & 0o1000) !== 0) return []
  return [warning(check, `others may write into ${folder} (mode ${octal(mode)})`, `chmod go-w ${shellWord(folder)}`)]
}
