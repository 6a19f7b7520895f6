import {trim} from './headers.ts'
import type {HmacOptions} from './schemes/hmac.ts'
import type {Algorithm, Encoding, Header} from './types.ts'

/** How a digest was made, by its looks. */
interface Look {
  readonly algorithm: Algorithm
  readonly encoding: Encoding
}

/** How long a digest of each algorithm is in each encoding. */
const LENGTHS: ReadonlyMap<string, Algorithm> = new Map([
  ['hex 128', 'sha512'],
  ['hex 64', 'sha256'],
  ['hex 40', 'sha1'],
  ['base64 88', 'sha512'],
  ['base64 44', 'sha256'],
  ['base64 28', 'sha1'],
])

/** Undefined where it is as long as no digest. */
export function lookOf(digest: string): Look | undefined {
  const encoding = /^[0-9a-fA-F]+$/.test(digest) ? 'hex' : 'base64'
  const algorithm = LENGTHS.get(`${encoding} ${digest.length}`)
  return algorithm === undefined ? undefined : {algorithm, encoding}
}

const STAMPED =
  /^([A-Za-z0-9_-]{1,20}=)\d{9,10}([,;])[ \t]?([A-Za-z0-9_-]{1,20}=)([A-Za-z0-9+/]{26,128}={0,2})(?:[,;]|$)/
const LONE = /^([A-Za-z][A-Za-z0-9_-]{0,19}=)?([A-Za-z0-9+/]{26,128}={0,2})$/

/**
 * How a header of no known scheme seems to be made; undefined where it looks like no HMAC. What is hashed cannot be seen:
 * with a time it is taken for `{timestamp}.{body}`, as most have it.
 */
export function guessRecipe([header, written]: Header): HmacOptions | undefined {
  // It is for a command line: a name may hold what a shell would run.
  if (!/^[A-Za-z0-9-]+$/.test(header)) return undefined
  const value = trim(written)
  const [, time, separator, label, stamped] = STAMPED.exec(value) ?? []
  if (time !== undefined && stamped !== undefined) {
    const look = lookOf(stamped)
    return look && {header, ...look, prefix: `${time}{timestamp}${separator}${label}`, signed: '{timestamp}.{body}'}
  }
  const [, prefix = '', digest = ''] = LONE.exec(value) ?? []
  const look = lookOf(digest)
  return look && {header, ...look, ...(prefix === '' ? {} : {prefix})}
}
