import {createHash} from 'node:crypto'
import {sameBytes, startDigest} from '../digest.ts'
import type {Algorithm, Frame, Header, Key, Scheme} from '../types.ts'
import {bodyVariants} from './bodies.ts'
import {frameVariants} from './frames.ts'
import type {Mistake} from './mistakes.ts'
import {algorithmOf, type Received, receivedDigests} from './received.ts'
import {keyVariants} from './secrets.ts'

export interface Search {
  readonly scheme: Scheme
  readonly secrets: readonly string[]
  readonly previousSecrets?: readonly string[]
  readonly headers: readonly Header[]
  readonly body: Uint8Array
}

/** Mistakes under which, all undone together, the signature fits. */
export interface Hit {
  readonly mistakes: readonly Mistake[]
  /** The algorithm it was made with, where that is the mistake. */
  readonly algorithm?: Algorithm
  /** What was signed, like `{timestamp}.{body}` or another URL, where that is the mistake. */
  readonly signed?: string
}

/** Above this, mistakes are tried one at a time only. */
const MAX_PAIR_BYTES = 64 * 1024

/** All that fits with the fewest mistakes of body, key and signed text. How the digest is written comes on top, free. */
export function fewestMistakes(search: Search): Hit[] {
  const space = spaceOf(search)
  for (const depth of search.body.length > MAX_PAIR_BYTES ? [0, 1] : [0, 1, 2]) {
    const hits = [...hitsAt(space, depth), ...(depth === 1 ? keylessHits(search, space.received) : [])]
    if (hits.length > 0) return hits
  }
  return []
}

interface Variant<T> {
  readonly mistakes: readonly Mistake[]
  readonly value: T
}

interface Space {
  readonly received: readonly Received[]
  readonly bodies: readonly Variant<Uint8Array>[]
  readonly keys: readonly Variant<Key>[]
  readonly frames: readonly (Variant<Frame> & {readonly signed?: string})[]
}

const variant = <T>([mistake, value]: readonly [Mistake | undefined, T]): Variant<T> => ({
  mistakes: mistake === undefined ? [] : [mistake],
  value,
})

const spaceOf = ({scheme, headers, body, secrets, previousSecrets = []}: Search): Space => ({
  received: receivedDigests(scheme, headers),
  bodies: [variant([undefined, body]), ...bodyVariants(body).map(each => variant<Uint8Array>(each))],
  keys: keyVariants(scheme, secrets, previousSecrets).map(each => variant(each)),
  frames: frameVariants(scheme, headers).map(([mistake, frame, signed]) => ({
    ...variant([mistake, frame]),
    ...(signed === undefined ? {} : {signed}),
  })),
})

function* hitsAt(space: Space, depth: number): Generator<Hit> {
  if (space.received.length === 0) return
  const bodies = depth < 2 ? space.bodies : [...space.bodies, ...space.bodies.slice(1).flatMap(again)]
  for (const body of bodies) {
    for (const key of space.keys) {
      for (const frame of space.frames) {
        const mistakes = [...key.mistakes, ...frame.mistakes, ...body.mistakes]
        if (mistakes.length !== depth) continue
        const hit = matching(space.received, {key: key.value, frame: frame.value}, body.value)
        if (hit === undefined) continue
        const {signed} = frame
        yield {...hit, mistakes: [...mistakes, ...hit.mistakes], ...(signed === undefined ? {} : {signed})}
      }
    }
  }
}

/** A second body mistake on top of the first. */
const again = ({mistakes, value}: Variant<Uint8Array>): Variant<Uint8Array>[] =>
  bodyVariants(value)
    .filter(([mistake]) => !mistakes.includes(mistake))
    .map(([mistake, bytes]) => ({mistakes: [...mistakes, mistake], value: bytes}))

/** Whether the key gives one of the digests for this message, under whichever algorithm the digest's length tells. */
function matching(
  received: readonly Received[],
  {key, frame}: {readonly key: Key; readonly frame: Frame},
  body: Uint8Array,
): Hit | undefined {
  for (const {bytes, mistakes} of received) {
    const algorithm = algorithmOf(bytes)!
    const digest = startDigest(key.kind === 'hmac' ? {...key, algorithm} : key, frame)
    digest.update(body)
    if (!digest.fits([bytes])[0]) continue
    const isOther = key.kind === 'hmac' && algorithm !== key.algorithm
    return isOther ? {mistakes: [...mistakes, 'wrong_algorithm'], algorithm} : {mistakes}
  }
  return undefined
}

/** Signatures made without HMAC: a hash of secret and body (Starling v1), or no more than the secret itself. */
function keylessHits({scheme, secrets, headers, body}: Search, received: readonly Received[]): Hit[] {
  const texts = secrets.filter(secret => secret !== '').map(secret => Buffer.from(secret, 'utf8'))
  const hashed = received.filter(({bytes}) =>
    texts.some(text => isPlainHash(bytes, [text, body]) || isPlainHash(bytes, [body, text])),
  )
  const bare = headers.some(([, value]) => texts.some(text => sameBytes(text, Buffer.from(value.trim(), 'utf8'))))
  return [
    ...hashed.slice(0, 1).map(({mistakes}) => ({mistakes: ['plain_hash' as const, ...mistakes]})),
    ...(bare && scheme.format.algorithm !== 'ed25519' ? [{mistakes: ['static_secret' as const]}] : []),
  ]
}

function isPlainHash(digest: Uint8Array, parts: readonly Uint8Array[]): boolean {
  const hash = createHash(algorithmOf(digest)!)
  for (const part of parts) hash.update(part)
  return sameBytes(digest, hash.digest())
}
