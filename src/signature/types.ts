import type {KeyObject} from 'node:crypto'
import type {SenderName} from './schemes/senders.ts'

export type SchemeName =
  | 'netbox'
  | 'standard'
  | 'standard-v1'
  | 'standard-v1a'
  | 'github'
  | 'stripe'
  | 'slack'
  | 'hmac'
  | SenderName
export type Algorithm = 'sha1' | 'sha256' | 'sha512'
export type Encoding = 'hex' | 'base64'
/** How a time is written: unix seconds, unix milliseconds, or `2026-03-01T10:00:00Z` with or without parts of a second. */
export type TimestampFormat = 'seconds' | 'milliseconds' | 'rfc3339'

/** One header as it stood on the wire. A repeated name is a repeated pair. */
export type Header = readonly [name: string, value: string]

/**
 * Why a signature is or is not accepted. Stable: scripts match on these; those that start with `ok` accept.
 * The sentence for each is in {@link describeReason}.
 */
export type Reason =
  | 'ok'
  | 'ok_uppercase'
  | 'mismatch'
  | 'missing_header'
  | 'duplicate_header'
  | 'empty_signature'
  | 'empty_secret'
  | 'bad_secret'
  | 'bad_length'
  | 'bad_encoding'
  | 'bad_prefix'
  | 'bad_id'
  | 'missing_url'
  | 'bad_timestamp'
  | 'duplicate_timestamp'
  | 'timestamp_too_old'
  | 'timestamp_in_future'
  | 'no_known_version'
  | 'too_many_signatures'

/** Something that makes a check end before any digest is compared. `note` names the place, never a secret. */
export interface Fault {
  readonly fault: Exclude<Reason, 'ok' | 'ok_uppercase'>
  readonly note?: string
}

export interface Verdict {
  readonly valid: boolean
  readonly reason: Reason
  /** The scheme that was checked; null when none was named and the headers speak none. */
  readonly scheme: SchemeName | null
  /** Which of the given secrets fits, from 0; the first where several do. */
  readonly secretIndex?: number
  /** Unix seconds the message says it was signed at; absent where the scheme has none or it is unreadable. */
  readonly timestamp?: number
  /** Full sentences for a person. Not stable, never a secret or a digest. */
  readonly notes: readonly string[]
}

export interface VerifyOptions {
  /** Unix seconds to take as the current time. */
  readonly now: number
  /** Seconds the timestamp may be off, either way, inclusive; null accepts any age. Ignored without a timestamp. */
  readonly tolerance: number | null
}

/** What is signed. `body` is the exact bytes that are sent. */
export interface Message extends MessageHead {
  readonly body: Uint8Array
}

export interface MessageHead {
  /** Needed by the standard schemes; must not be empty, hold a `.` or anything but visible ASCII. */
  readonly id?: string
  /** Unix seconds, or the text that the scheme writes of them; needed where {@link Scheme.signs} says so. */
  readonly timestamp?: number | string
}

/** What the headers carry beside the signature, as text, unchecked. */
export interface Envelope {
  readonly id?: string
  readonly timestamp?: string
  /** The one that was told, where the scheme signs it. */
  readonly url?: string
}

/** How a scheme writes one signature into its header. */
interface SignatureFormat {
  readonly header: string
  readonly algorithm: Algorithm | 'ed25519'
  readonly encoding: Encoding
  /** Stands before each encoded signature: `sha256=`, `v1,`; empty for none. */
  readonly prefix: string
}

/** A secret made ready; `secretIndex` is its place in the list it came from. */
export type Key = HmacKey | Ed25519Key

export interface HmacKey {
  readonly kind: 'hmac'
  readonly secretIndex: number
  readonly algorithm: Algorithm
  readonly bytes: Uint8Array
}

export interface Ed25519Key {
  readonly kind: 'ed25519'
  readonly secretIndex: number
  readonly publicKey: KeyObject
  /** Absent for a key that can only verify. */
  readonly privateKey?: KeyObject
}

/** One signature found in the headers: its bytes, or why it has none. */
export type Candidate =
  | {readonly kind: Key['kind']; readonly bytes: Uint8Array; readonly uppercase: boolean}
  | {readonly kind: Key['kind']; readonly fault: Fault}

/** What is hashed of a message. */
export interface Frame {
  /** Stands before the body. */
  readonly before: string
  /** Stands behind it; nothing unless given. */
  readonly after?: string
  /** Whether the fields of a form are hashed in place of the bytes that carry them (form.ts). */
  readonly form?: boolean
}

/** What the headers claim, well-formed but not yet compared. */
export interface Claim {
  readonly candidates: readonly Candidate[]
  readonly frame: Frame
  readonly timestamp?: number
}

/** A check that takes the body piece by piece, for bodies too large to hold. */
export interface Check {
  /** True when the verdict no longer depends on the body, so it need not be read. */
  readonly settled: boolean
  update(chunk: Uint8Array): void
  /** The verdict over all chunks so far; call once, at the end. */
  verdict(): Verdict
}

/** A signer that takes the body piece by piece. */
export interface Signer {
  update(chunk: Uint8Array): void
  /** The headers to send; call once, at the end. */
  headers(): Header[]
}

/** How a signature is computed and carried. */
export interface Scheme {
  readonly name: SchemeName
  /** A line for a person: the header and the recipe. */
  readonly title: string
  readonly format: SignatureFormat
  /** Whether the scheme signs the message's id and timestamp, and the URL that it is sent to. */
  readonly signs: {readonly id: boolean; readonly timestamp: boolean; readonly url: boolean}
  /** Whether one header carries a signature per secret; if not, the first secret signs. */
  readonly several: boolean

  /**
   * The headers to send with the message. Throws SignatureError on a secret, id or timestamp that cannot sign.
   * With a scheme that carries several signatures, every secret signs; else the first.
   */
  headers(secrets: readonly string[], message: Message): Header[]
  signer(secrets: readonly string[], head: MessageHead): Signer
  /** Whether any secret fits. Never throws, whatever the headers, the body or the secrets are. */
  verify(secrets: readonly string[], headers: readonly Header[], body: Uint8Array, options: VerifyOptions): Verdict
  check(secrets: readonly string[], headers: readonly Header[], options: VerifyOptions): Check

  /** The keys that verify, or what is wrong with the first bad secret. */
  verifyingKeys(secrets: readonly string[]): readonly Key[] | Fault
  /** The keys that sign, or what is wrong with the first bad secret. */
  signingKeys(secrets: readonly string[]): readonly Key[] | Fault
  envelope(headers: readonly Header[]): Envelope
  /** What is hashed around the body of such a message. */
  frame(envelope: Envelope): Frame
}
