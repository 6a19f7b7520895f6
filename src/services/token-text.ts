import {hash, timingSafeEqual} from 'node:crypto'

const prefix = 'hkt_'
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/**
 * A new token: `hkt_`, 256 random bits as 43 characters of base64url, 6 characters of checksum.
 *
 * The prefix lets secret scanners find it, the checksum lets them be sure (the shape of GitHub's tokens).
 */
export function newToken(randomBytes: (length: number) => Uint8Array): string {
  const random = Buffer.from(randomBytes(32)).toString('base64url')
  return `${prefix}${random}${checksum(random)}`
}

/** Whether a text has the form of a token and its checksum fits; says nothing of whether it is valid anywhere. */
export function isToken(text: string): boolean {
  const match = /^hkt_([\w-]{43})(\w{6})$/.exec(text)
  return match !== null && checksum(match[1] as string) === match[2]
}

/** What is kept of a token: its SHA-256. */
export const tokenDigest = (token: string): Buffer => hash('sha256', token, 'buffer')

export const sameDigest = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b)

/** CRC-32 in base 62. */
function checksum(text: string): string {
  // Asked for here: every command would pay for it at its start.
  let rest = process.getBuiltinModule('node:zlib').crc32(text)
  let spelled = ''
  for (let place = 0; place < 6; place++) {
    spelled = `${digits[rest % 62]}${spelled}`
    rest = Math.floor(rest / 62)
  }
  return spelled
}
