import {statSync} from 'node:fs'
import {homedir} from 'node:os'
import path from 'node:path'
import {usageError} from '../../errors.ts'
import {readNamedFile} from './named-file.ts'

/** Whom a password is for. */
export interface Login {
  readonly host: string
  readonly port: string
  readonly database: string
  readonly user: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** `PGPASSFILE`, else the file in which PostgreSQL's own programs look. */
function passwordFilePath(env: Environment): string {
  if (env.PGPASSFILE) return env.PGPASSFILE
  if (process.platform === 'win32') return path.join(env.APPDATA ?? '', 'postgresql', 'pgpass.conf')
  return path.join(env.HOME || homedir(), '.pgpass')
}

/**
 * The password that the password file of PostgreSQL has for a login; undefined where it has none. Only where it has one it
 * matters who else may read it.
 *
 * @throws HookctlError usage `store_file_unreadable` where the file that PGPASSFILE names cannot be read,
 * `store_password_exposed` where others may read it
 */
export function passwordFrom(env: Environment, login: Login): string | undefined {
  const file = passwordFilePath(env)
  const text = read(file, Boolean(env.PGPASSFILE))
  const password = text === null ? undefined : passwordIn(text, login)
  if (password !== undefined && isExposed(file)) {
    throw usageError('store_password_exposed', `the password file ${file} can be read by others, so it is not used`, {
      hint: `chmod 600 ${file}`,
    })
  }
  return password
}

function read(file: string, isNamed: boolean): string | null {
  try {
    const hint = 'a file with lines like host:port:database:user:password, that only this user may read'
    return readNamedFile(file, 'PGPASSFILE names', hint)
  } catch (error) {
    if (isNamed) throw error
    return null
  }
}

/** Only of files: what is handed over in a pipe is nobody else's. On Windows the mode says nothing. */
function isExposed(file: string): boolean {
  const stat = statSync(file)
  return process.platform !== 'win32' && stat.isFile() && (stat.mode & 0o077) !== 0
}

/**
 * The first line that fits, as PostgreSQL has it ("The Password File"): `host:port:database:user:password`, `*` fits
 * everything, `\:` and `\\` are a colon and a backslash, `#` begins a comment.
 */
export function passwordIn(text: string, {host, port, database, user}: Login): string | undefined {
  // A socket in the file system goes by the name of this machine.
  const wanted = [host.startsWith('/') ? 'localhost' : host, port, database, user]
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) continue
    const fields = fieldsOf(line)
    const password = fields[4]
    if (
      password !== undefined &&
      wanted.every((value, index) => fields[index] === '*' || unescaped(fields[index]) === value)
    )
      return unescaped(password)
  }
  return undefined
}

/** At colons that no backslash precedes; what stands behind the fourth is the password, whatever it holds. */
function fieldsOf(line: string): readonly string[] {
  const match = /^((?:\\.|[^\\:])*):((?:\\.|[^\\:])*):((?:\\.|[^\\:])*):((?:\\.|[^\\:])*):(.+)$/.exec(line)
  return match === null ? [] : match.slice(1)
}

const unescaped = (field = ''): string => field.replaceAll(/\\(.)/g, '$1')
