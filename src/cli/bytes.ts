import {closeSync, openSync, readSync} from 'node:fs'
import path from 'node:path'
import {parseJson} from '../domain/json.ts'
import {type HookctlError, notFoundError, usageError} from '../errors.ts'
import type {Surroundings} from './surroundings.ts'

const WHY: Readonly<Record<string, string>> = {
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'there is no such directory',
  EEXIST: 'it is there and no directory',
  ENOTDIR: 'part of the path is not a directory',
  ENOSPC: 'no space left on device',
  EROFS: 'it can only be read',
  ENAMETOOLONG: 'the name is too long',
}

/** Why a file cannot be read or written, in words. */
export function whyNot(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
  return WHY[code] ?? code
}

function unreadable(what: string, error: unknown): HookctlError {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT')
    return notFoundError('file_not_found', `no file ${what}`, {hint: 'check the path', cause: error})
  return usageError('file_not_readable', `cannot read ${what}: ${whyNot(error)}`, {cause: error})
}

async function readStdin({stdin}: Surroundings): Promise<Buffer> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array))
  } catch (error) {
    throw unreadable('stdin', error)
  }
  return Buffer.concat(chunks)
}

/**
 * Exactly the bytes of a file, or of stdin for `-`: nothing trimmed, decoded or normalised, because a signature is over
 * bytes. A relative path is relative to where the command was started.
 *
 * @throws not_found `file_not_found`; usage `file_not_readable`, or `stdin_is_terminal` where `-` would wait for typing
 */
export async function readBytes(fileOrDash: string, surroundings: Surroundings): Promise<Buffer> {
  if (fileOrDash === '-') {
    if (surroundings.stdin.isTTY) {
      throw usageError('stdin_is_terminal', '- reads stdin, and nothing is piped in', {hint: 'hookctl … < FILE'})
    }
    return readStdin(surroundings)
  }
  // Not at the start: what hashes a file needs none of it, and it takes as long to load as the hashing of a small one.
  const {readFile} = await import('node:fs/promises')
  try {
    return await readFile(path.resolve(surroundings.cwd, fileOrDash))
  } catch (error) {
    throw unreadable(fileOrDash, error)
  }
}

const CHUNK_BYTES = 1024 * 1024

/**
 * The same bytes piece by piece, for bodies too large to hold. A piece is only good until the next one is asked for.
 *
 * @throws as readBytes, when the first piece is asked for
 */
export async function* readChunks(fileOrDash: string, surroundings: Surroundings): AsyncGenerator<Uint8Array> {
  if (fileOrDash !== '-') yield* fileChunks(fileOrDash, surroundings)
  else if (surroundings.stdin.isTTY) yield readBytes(fileOrDash, surroundings)
  else for await (const chunk of surroundings.stdin) yield Buffer.from(chunk as Uint8Array)
}

/** Synchronous: nothing else is going on in a command that hashes a file, and the thread pool costs a start. */
function* fileChunks(file: string, {cwd}: Surroundings): Generator<Uint8Array> {
  let descriptor: number | undefined
  try {
    descriptor = openSync(path.resolve(cwd, file), 'r')
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
    for (let size = readSync(descriptor, buffer); size > 0; size = readSync(descriptor, buffer)) {
      yield buffer.subarray(0, size)
    }
  } catch (error) {
    throw unreadable(file, error)
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/** The same where a value may also be typed: `@FILE`, `-` for stdin, anything else is the text itself as UTF-8. */
export async function readBytesOrText(value: string, surroundings: Surroundings): Promise<Buffer> {
  if (value === '-') return readBytes('-', surroundings)
  if (value.startsWith('@')) return readBytes(value.slice(1), surroundings)
  return Buffer.from(value, 'utf8')
}

/**
 * JSON from `@FILE`, `-` or typed, its numbers as they were written.
 *
 * @param flag the one that gave it, without dashes
 * @throws usage `invalid_json` with the flag and the place, never with the text
 */
export async function readJson(flag: string, value: string, surroundings: Surroundings): Promise<unknown> {
  const bytes = await readBytesOrText(value, surroundings)
  const where = value === '-' ? 'stdin is ' : value.startsWith('@') ? `${value.slice(1)} is ` : ''
  try {
    return parseJson(new TextDecoder('utf-8', {fatal: true}).decode(bytes))
  } catch (error) {
    const place = /\(line \d+ column \d+\)/.exec((error as Error).message)?.[0] ?? ''
    throw usageError('invalid_json', `--${flag}: ${where}not JSON ${place}`.trim(), {hint: 'give JSON, @FILE or -'})
  }
}
