import path from 'node:path'
import {parseJson} from '../domain/json.ts'
import {HookctlError, notFoundError, usageError} from '../errors.ts'
import {formatBytes} from './sizes.ts'
import {chunksOf} from './small-file.ts'
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
  EFBIG: 'it is too large',
}

/** Why a file cannot be read or written, in words. */
export function whyNot(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
  return WHY[code] ?? code
}

function unreadable(what: string, error: unknown): HookctlError {
  if (error instanceof HookctlError) return error
  if ((error as NodeJS.ErrnoException).code === 'ENOENT')
    return notFoundError('file_not_found', `no file ${what}`, {hint: 'check the path', cause: error})
  return usageError('file_not_readable', `cannot read ${what}: ${whyNot(error)}`, {cause: error})
}

/** Most that is held at once, in bytes: what never ends, like /dev/zero, would fill the machine. */
const MOST_BYTES = 256_000_000

const tooLarge = (what: string, most: number): HookctlError =>
  usageError('file_too_large', `${what} holds more than ${formatBytes(most)}`, {hint: 'is it the right file?'})

async function collected(what: string, chunks: AsyncIterable<unknown>, most: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of chunks) {
    parts.push(Buffer.from(chunk as Uint8Array))
    size += (chunk as Uint8Array).length
    if (size > most) throw tooLarge(what, most)
  }
  return Buffer.concat(parts)
}

async function readStdin({stdin}: Surroundings, most: number): Promise<Buffer> {
  try {
    return await collected('stdin', stdin, most)
  } catch (error) {
    throw unreadable('stdin', error)
  }
}

/**
 * Exactly the bytes of a file, or of stdin for `-`: nothing trimmed, decoded or normalised, because a signature is over
 * bytes. A relative path is relative to where the command was started.
 *
 * @param most bytes that it may have
 * @throws not_found `file_not_found`; usage `file_not_readable`, `file_too_large`, or `stdin_is_terminal` where `-` would
 * wait for typing
 */
export async function readBytes(fileOrDash: string, surroundings: Surroundings, most = MOST_BYTES): Promise<Buffer> {
  if (fileOrDash === '-') {
    if (surroundings.stdin.isTTY) {
      throw usageError('stdin_is_terminal', '- reads stdin, and nothing is piped in', {hint: 'hookctl … < FILE'})
    }
    return readStdin(surroundings, most)
  }
  // Not at the start: what hashes a file needs none of it, and it takes as long to load as the hashing of a small one.
  const {open} = await import('node:fs/promises')
  try {
    const handle = await open(path.resolve(surroundings.cwd, fileOrDash))
    try {
      const found = await handle.stat()
      if (!found.isFile()) return await collected(fileOrDash, handle.createReadStream({autoClose: false}), most)
      if (found.size > most) throw tooLarge(fileOrDash, most)
      return await handle.readFile()
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw unreadable(fileOrDash, error)
  }
}

/** What is read stays in the processor's second cache until it is hashed: of 1 MiB a read costs twice as much. */
const CHUNK_BYTES = 128 * 1024

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
  try {
    yield* chunksOf(path.resolve(cwd, file), CHUNK_BYTES)
  } catch (error) {
    throw unreadable(file, error)
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
