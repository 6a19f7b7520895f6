import {spawnSync} from 'node:child_process'
import {startDigest} from '../../src/signature/digest.ts'
import {type Algorithm, type Scheme, type SchemeName, schemeOf} from '../../src/signature/index.ts'

export const url = 'https://hooks.example.com/in?from=here'

/** The scheme of that name, with the URL that it signs. */
export function withUrl(name: SchemeName): Scheme {
  const scheme = schemeOf(name)
  return scheme.signs.url ? schemeOf(name, {url}) : scheme
}

/** HMAC through the room's own code, with a key of any bytes. */
export function hmacBytes(algorithm: Algorithm, key: Uint8Array, data: Uint8Array): Buffer {
  const digest = startDigest({kind: 'hmac', secretIndex: 0, algorithm, bytes: key}, {before: ''})
  digest.update(data)
  return digest.sign()
}

/** `openssl dgst -sha512 -hmac`: hex. Fails by name where openssl is not installed. */
export function opensslHmac(secret: string, body: Uint8Array): string {
  const run = spawnSync('openssl', ['dgst', '-sha512', '-hmac', secret, '-r'], {input: body})
  if (run.error !== undefined) throw new Error('this test needs the openssl command on the path', {cause: run.error})
  if (run.status !== 0) throw new Error(`openssl failed: ${run.stderr}`)
  return `${run.stdout}`.split(' ')[0]!
}

/** The same numbers every run (mulberry32), so that a failure can be repeated. */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const randomBody = (random: () => number, length: number): Buffer =>
  Buffer.from(Array.from({length}, () => Math.floor(random() * 256)))
