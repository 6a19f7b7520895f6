import {usageError} from '../errors.ts'
import {readBytes} from './bytes.ts'
import {repeatFlag, textFlag} from './flags.ts'
import type {Settings} from './settings.ts'
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

/** Without one trailing LF or CRLF: editors add it, and nobody means it. Exactly one: a second one may be meant. */
export function withoutLineEnd(bytes: Buffer): {readonly secret: Buffer; readonly stripped: 'LF' | 'CRLF' | undefined} {
  if (bytes.at(-1) !== LF) return {secret: bytes, stripped: undefined}
  const crlf = bytes.at(-2) === CR
  return {secret: bytes.subarray(0, bytes.length - (crlf ? 2 : 1)), stripped: crlf ? 'CRLF' : 'LF'}
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
 * Every secret the flags name, in their order, as bytes; empty where they name none.
 *
 * @throws usage `secret_on_command_line`, `secret_not_set`, `secret_empty`
 */
export async function readSecrets(flags: SecretFlags, reader: SecretReader): Promise<readonly Buffer[]> {
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
  const fromFiles: Buffer[] = []
  for (const file of flags['secret-file'] ?? []) fromFiles.push(await secretFromFile(file, reader))
  return [...fromEnv, ...fromFiles]
}

function secretFromEnv(name: string, {surroundings, allowEmpty}: SecretReader): Buffer {
  // Of its own: every object also has a `constructor`.
  const value = Object.hasOwn(surroundings.env, name) ? surroundings.env[name] : undefined
  if (value === undefined) {
    throw usageError('secret_not_set', `--secret-env: there is no environment variable ${name}`, {
      hint: `export ${name}=…`,
    })
  }
  if (value === '' && !allowEmpty) throw usageError('secret_empty', `--secret-env: ${name} is empty`)
  return Buffer.from(value, 'utf8')
}

async function secretFromFile(file: string, reader: SecretReader): Promise<Buffer> {
  const {surroundings, allowEmpty} = reader
  const {secret, stripped} = withoutLineEnd(await readBytes(file, surroundings))
  const name = file === '-' ? 'stdin' : file
  if (secret.length === 0 && !allowEmpty) throw usageError('secret_empty', `--secret-file: ${name} holds no secret`)
  // A command is a reader: its method is not to be taken out of it.
  if (stripped !== undefined) reader.notice(`the ${stripped} at the end of ${name} was not taken as part of the secret`)
  return secret
}

/** The one secret the flags name, or asked for on a terminal. @throws usage `missing_value` where nobody can be asked */
export async function requireSecret(flags: SecretFlags, reader: SecretReader, question: string): Promise<Buffer> {
  const secrets = await readSecrets(flags, reader)
  if (secrets.length > 1) throw usageError('too_many_secrets', 'one secret is wanted, not several')
  if (secrets[0] !== undefined) return secrets[0]
  const {askSecret} = await import('./prompts.ts')
  return Buffer.from(await askSecret(reader, {flag: '--secret-env or --secret-file', question}), 'utf8')
}
