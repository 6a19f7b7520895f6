import {decodeSignature} from '../encoding.ts'
import {fault, isFault} from '../fault.ts'
import {MAX_SIGNATURES, oneValue, valuesOf} from '../headers.ts'
import {base64Key, ed25519PrivateKey, ed25519PublicKey, readKeys} from '../keys.ts'
import {defineScheme, type Written} from '../scheme.ts'
import {readTimestamp} from '../timestamp.ts'
import type {Candidate, Claim, Envelope, Fault, Header, Key, Scheme} from '../types.ts'

export interface StandardOptions {
  /** What the three header names start with: `webhook` by default, `svix` for senders that use the older names. */
  readonly headerPrefix?: 'webhook' | 'svix'
}

/** A version of the signature in the header's list. */
interface Version {
  readonly label: string
  readonly kind: Key['kind']
  readonly size: number
}

const V1: Version = {label: 'v1', kind: 'hmac', size: 32}
const V1A: Version = {label: 'v1a', kind: 'ed25519', size: 64}

const isAsymmetric = (secret: string) => /^wh[ps]k_/.test(secret)
const v1Keys = (secrets: readonly string[]) => readKeys(secrets, base64Key)

/**
 * Standard Webhooks v1: HMAC-SHA-256 of `id.timestamp.body`, key base64 after `whsec_`. With several secrets the
 * header carries a signature of each.
 * Source: standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
 */
export const standardV1 = (options: StandardOptions = {}): Scheme =>
  family('standard-v1', [V1], 'HMAC-SHA-256', v1Keys, v1Keys, options)

/**
 * Standard Webhooks v1a: ed25519 over `id.timestamp.body`. `whsk_` signs, `whpk_` verifies; a private key handed to a
 * verifier is refused (`bad_secret`), because it has no business there: {@link publicSecret} gives the public one.
 */
export const standardV1a = (options: StandardOptions = {}): Scheme =>
  family(
    'standard-v1a',
    [V1A],
    'ed25519',
    secrets => readKeys(secrets, ed25519PublicKey),
    secrets => readKeys(secrets, ed25519PrivateKey),
    options,
  )

/** Standard Webhooks in the versions the secrets are for: `whsec_` or bare base64 v1, `whsk_` and `whpk_` v1a. */
export const standard = (options: StandardOptions = {}): Scheme =>
  family(
    'standard',
    [V1, V1A],
    'HMAC-SHA-256 or ed25519',
    secrets => readKeys(secrets, (secret, at) => (isAsymmetric(secret) ? ed25519PublicKey : base64Key)(secret, at)),
    secrets => readKeys(secrets, (secret, at) => (isAsymmetric(secret) ? ed25519PrivateKey : base64Key)(secret, at)),
    options,
  )

function family(
  name: Scheme['name'],
  versions: readonly Version[],
  recipe: string,
  verifyingKeys: Scheme['verifyingKeys'],
  signingKeys: Scheme['signingKeys'],
  {headerPrefix = 'webhook'}: StandardOptions,
): Scheme {
  const names = {id: `${headerPrefix}-id`, time: `${headerPrefix}-timestamp`, signature: `${headerPrefix}-signature`}
  const [{label, kind}] = versions as [Version]
  return defineScheme({
    name,
    title: `${names.signature}: ${versions.map(each => `${each.label},`).join(' or ')} and base64 of ${recipe} over id.timestamp.body`,
    format: {
      header: names.signature,
      algorithm: kind === 'hmac' ? 'sha256' : 'ed25519',
      encoding: 'base64',
      prefix: `${label},`,
    },
    signs: {id: true, timestamp: true, url: false},
    several: true,
    verifyingKeys,
    signingKeys,
    frame,
    envelope(headers) {
      const [id] = valuesOf(headers, names.id)
      const [timestamp] = valuesOf(headers, names.time)
      return {...(id === undefined ? {} : {id}), ...(timestamp === undefined ? {} : {timestamp})}
    },
    claim: headers => claim(headers, names, versions),
    write: (signatures, {id, timestamp}) => [
      [names.id, `${id}`],
      [names.time, `${timestamp}`],
      [names.signature, signatures.map(entryOf).join(' ')],
    ],
  })
}

const frame = ({id = '', timestamp = ''}: Envelope) => ({before: `${id}.${timestamp}.`})

const entryOf = ({kind, bytes}: Written) => `${kind === 'hmac' ? V1.label : V1A.label},${bytes.toString('base64')}`

interface Names {
  readonly id: string
  readonly time: string
  readonly signature: string
}

function claim(headers: readonly Header[], names: Names, versions: readonly Version[]): Claim | Fault {
  const id = oneValue(headers, names.id)
  if (isFault(id)) return id
  const written = oneValue(headers, names.time)
  if (isFault(written)) return written
  const value = oneValue(headers, names.signature)
  if (isFault(value)) return value
  if (id === '') return fault('missing_header', `the ${names.id} header is empty`)
  if (id.includes('.')) return fault('bad_id', 'a full stop in the id would let two messages share one signature')
  if (value === '') return fault('empty_signature')
  const entries = value.split(/[ \t]+/)
  if (entries.length > MAX_SIGNATURES) return fault('too_many_signatures', `${entries.length} signatures`)
  const timestamp = readTimestamp(written)
  if (typeof timestamp !== 'number') return timestamp
  const candidates = entries.flatMap(entry => candidateOf(entry, versions))
  if (candidates.length === 0) return fault('no_known_version')
  return {timestamp, frame: frame({id, timestamp: written}), candidates}
}

/** An entry is `version,base64`; one of a version that is not asked for is no candidate at all. */
function candidateOf(entry: string, versions: readonly Version[]): Candidate[] {
  const comma = entry.indexOf(',')
  const label = comma === -1 ? entry : entry.slice(0, comma)
  const version = versions.find(each => each.label === label)
  return version === undefined
    ? []
    : [decodeSignature(version.kind, comma === -1 ? '' : entry.slice(comma + 1), 'base64', version.size)]
}
