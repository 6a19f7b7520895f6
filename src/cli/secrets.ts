import {usageError} from '../errors.ts'
import {readBytes} from './bytes.ts'
import {repeatFlag, textFlag} from './flags.ts'
import type {Settings} from './settings.ts'
import {MOST_SECRET_BYTES} from './small-file.ts'
import type {Surroundings} from './surroundings.ts'

/** Secrets never have to be on a command line, where `ps` and the shell's history keep them. */
export const secretFlags = {
  'secret-env': repeatFlag({description: 'environment variable that holds the secret', helpValue: 'NAME'}),
  'secret-file': repeatFlag({description: 'file that holds the secret, - for stdin', helpValue: 'FILE'}),
  secret: textFlag({description: 'refused: see --secret-env and --secret-file', hidden: true, empty: true}),
}

export interface SecretFlags {
  readonly 'secret-env'?: readonly string[] | undefined
  readonly 'secret-file'?: readonly string[] | undefined
  readonly secret?: string | undefined
}

export interface SecretReader {
  readonly surroundings: Surroundings
  readonly settings: Settings
  /** Says on stderr what was done to a secret. */
  readonly notice: (text: string) => void
  /** An empty file or variable is an empty secret and no usage error: for `verify`, whose answer it is. */
  readonly allowEmpty?: boolean
}

const LF = 0x0a
const CR = 0x0d

// A byte order mark stays: to the scheme it is part of the secret.
const strict = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true})

/**
 * The text in a file without one trailing LF or CRLF: editors add it, and nobody means it. Exactly one: a second one may
 * be meant. Other bytes than text would have to be replaced, and then it is another secret.
 *
 * @param what it is called in the failure: `the secret in FILE`
 * @throws usage `secret_not_text`
 */
export function withoutLineEnd(
  bytes: Buffer,
  what: string,
): {readonly text: string; readonly stripped: 'LF' | 'CRLF' | undefined} {
  if (bytes.at(-1) !== LF) return {text: textOf(bytes, what), stripped: undefined}
  const crlf = bytes.at(-2) === CR
  const kept = bytes.subarray(0, bytes.length - (crlf ? 2 : 1))
  return {text: textOf(kept, what), stripped: crlf ? 'CRLF' : 'LF'}
}

function textOf(bytes: Buffer, what: string): string {
  try {
    return strict.decode(bytes)
  } catch (error) {
    throw usageError('secret_not_text', `${what} is not UTF-8 text`, {
      hint: 'write it as text, a binary key the way its scheme spells it, like whsec_ and base64',
      cause: error,
    })
  }
}

/**
 * A webhook's secret without white space around it, which NetBox's forms and API take off too. Never for what is signed or
 * verified with: that is taken as it is.
 */
export function trimmedSecret(secret: string, reader: Pick<SecretReader, 'notice'>, where = ''): string {
  const trimmed = secret.trim()
  if (trimmed !== secret) reader.notice(`${where}white space around the secret was not taken as part of it`)
  return trimmed
}

/**
 * Every secret the flags name, in their order; empty where they name none.
 *
 * @throws usage `secret_on_command_line`, `secret_not_set`, `secret_empty`, `secret_not_text`
 */
export async function readSecrets(flags: SecretFlags, reader: SecretReader): Promise<readonly string[]> {
  if (flags.secret !== undefined) {
    throw usageError(
      'secret_on_command_line',
      'a secret on the command line can be seen by every user of the machine',
      {
        hint: 'use --secret-env NAME, --secret-file FILE or --secret-file - (stdin)',
      },
    )
  }
  const fromEnv = (flags['secret-env'] ?? []).map(name => secretFromEnv(name, reader))
  const fromFiles: string[] = []
  for (const file of flags['secret-file'] ?? []) fromFiles.push(await secretFromFile(file, reader))
  return [...fromEnv, ...fromFiles]
}

/** @param flag the one that named it */
export function secretFromEnv(name: string, {surroundings, allowEmpty}: SecretReader, flag = '--secret-env'): string {
  // Of its own: every object also has a `constructor`.
  const value = Object.hasOwn(surroundings.env, name) ? surroundings.env[name] : undefined
  if (value === undefined) {
    throw usageError('secret_not_set', `${flag}: there is no environment variable ${name}`, {
      hint: `export ${name}=…`,
    })
  }
  if (value === '' && !allowEmpty) throw usageError('secret_empty', `${flag}: ${name} is empty`)
  return value
}

/** @param flag the one that named it */
export async function secretFromFile(
  file: string,
  {surroundings, notice, allowEmpty}: SecretReader,
  flag = '--secret-file',
): Promise<string> {
  const name = file === '-' ? 'stdin' : file
  const {text, stripped} = withoutLineEnd(
    await readBytes(file, surroundings, MOST_SECRET_BYTES),
    `the secret in ${name}`,
  )
  if (text === '' && !allowEmpty) throw usageError('secret_empty', `${flag}: ${name} holds no secret`)
  if (stripped !== undefined) notice(`the ${stripped} at the end of ${name} was not taken as part of the secret`)
  return text
}
