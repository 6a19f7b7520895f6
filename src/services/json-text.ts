import {type JsonText, toJsonText} from '../domain/json.ts'
import {HookctlError, usageError} from '../errors.ts'

/** Deeper than any honest document; JSON.stringify fails at a few thousand, a receiver's parser sooner. */
const MOST_DEPTH = 128
/** Of one member's JSON text, in UTF-8 bytes. */
const MOST_BYTES = 1024 * 1024

/**
 * A member of an input as JSON text, or null where it is absent.
 *
 * @throws usage `too_deep`, too_large `payload_too_large`, usage `invalid_input` for what JSON cannot hold
 */
export function jsonTextOf(value: unknown, path: string): JsonText | null {
  if (value === undefined) return null
  if (!isShallow(value, MOST_DEPTH)) {
    throw usageError('too_deep', `${path} nests deeper than ${MOST_DEPTH} levels`, {
      path,
      hint: 'flatten it, or send the inner part as a text',
    })
  }
  return withinLimit(textOf(value, path), path)
}

function textOf(value: unknown, path: string): JsonText {
  try {
    const text = toJsonText(value) as JsonText | undefined
    if (text !== undefined) return text
  } catch (cause) {
    // A BigInt: only a caller in this process can hand one in.
    if (!(cause instanceof TypeError)) throw cause
  }
  throw usageError('invalid_input', `${path} is no JSON value`, {path})
}

function withinLimit(text: JsonText, path: string): JsonText {
  if (text.length <= MOST_BYTES / 3 || Buffer.byteLength(text) <= MOST_BYTES) return text
  throw new HookctlError('too_large', 'payload_too_large', `${path} is larger than 1 MiB`, {
    path,
    hint: 'send a reference to the content in place of the content',
  })
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  const members = Array.isArray(value) ? value : Object.values(value)
  return members.every(member => isShallow(member, levels - 1))
}
