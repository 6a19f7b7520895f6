import {startDigest} from './digest.ts'
import {fault, isFault, SignatureError} from './fault.ts'
import {ageFault, readTimestamp, writeTimestamp} from './timestamp.ts'
import type {
  Candidate,
  Check,
  Claim,
  Envelope,
  Fault,
  Header,
  Key,
  MessageHead,
  Scheme,
  Signer,
  TimestampFormat,
  Verdict,
  VerifyOptions,
} from './types.ts'

/** What a new signature has to say of itself when it is written into its header. */
export interface Written {
  readonly kind: Key['kind']
  readonly bytes: Buffer
}

/** All that differs between schemes; {@link defineScheme} makes the rest of it. */
export interface SchemeParts
  extends Pick<
    Scheme,
    'name' | 'title' | 'format' | 'signs' | 'several' | 'verifyingKeys' | 'signingKeys' | 'envelope' | 'frame'
  > {
  /** Unix seconds unless given. */
  readonly timestampFormat?: TimestampFormat
  /** The URL that is signed, as it was told. */
  readonly url?: string
  /** What comes behind an id that is signed, so that an id may not have it; a full stop unless given. */
  readonly afterId?: string
  claim(headers: readonly Header[]): Claim | Fault
  write(signatures: readonly Written[], envelope: Envelope): Header[]
}

export function defineScheme(given: SchemeParts): Scheme {
  const parts = {...given, signingKeys: forTheSame(given.signingKeys)}
  return {
    ...parts,
    signer: (secrets, head) => startSigning(parts, secrets, head),
    check: (secrets, headers, options) => startCheck(parts, secrets, headers, options),
    headers(secrets, message) {
      const signer = startSigning(parts, secrets, message)
      signer.update(message.body)
      return signer.headers()
    },
    verify(secrets, headers, body, options) {
      const check = startCheck(parts, secrets, headers, options)
      check.update(body)
      return check.verdict()
    },
  }
}

/** A webhook signs with the same secrets again and again: its keys are made once. */
function forTheSame(make: SchemeParts['signingKeys']): SchemeParts['signingKeys'] {
  let last: readonly string[] | null = null
  let made: ReturnType<typeof make>
  return secrets => {
    if (last?.length !== secrets.length || last.some((secret, at) => secret !== secrets[at])) {
      made = make(secrets)
      last = [...secrets]
    }
    return made
  }
}

function startSigning(parts: SchemeParts, secrets: readonly string[], head: MessageHead): Signer {
  const keys = parts.signingKeys(parts.several ? secrets : secrets.slice(0, 1))
  if (isFault(keys)) throw new SignatureError(keys.fault, keys.note ?? 'the secret is empty')
  const envelope = signedEnvelope(parts, head)
  const frame = parts.frame(envelope)
  const digests = keys.map(key => startDigest(key, frame))
  return {
    update(chunk) {
      for (const digest of digests) digest.update(chunk)
    },
    headers: () =>
      parts.write(
        digests.map((digest, at) => ({kind: keys[at]!.kind, bytes: digest.sign()})),
        envelope,
      ),
  }
}

/** The id and timestamp to sign, as they will be read by the other side. */
function signedEnvelope(parts: SchemeParts, {id, timestamp}: MessageHead): Envelope {
  const {name, signs, timestampFormat, url, afterId = '.'} = parts
  if (isUrlMissing(parts))
    throw new SignatureError('missing_url', `${name} signs the URL that is sent to: it was not told`)
  if (signs.id && id === undefined) throw new SignatureError('missing_id', `${name} signs a message id: none was given`)
  if (signs.id && !isUsableId(`${id}`, afterId)) {
    const without = afterId === '.' ? 'a full stop' : `a full stop or "${afterId}"`
    throw new SignatureError('bad_id', `a message id is visible ASCII without ${without}, and not empty`)
  }
  if (signs.timestamp && timestamp === undefined) {
    throw new SignatureError('missing_timestamp', `${name} signs a timestamp: none was given`)
  }
  const time = typeof timestamp === 'number' ? writeTimestamp(timestamp, timestampFormat) : `${timestamp}`
  if (signs.timestamp) refuseUnreadable(time, timestampFormat)
  return {
    ...(signs.id ? {id: `${id}`} : {}),
    ...(signs.timestamp ? {timestamp: time} : {}),
    ...(url === undefined ? {} : {url}),
  }
}

function refuseUnreadable(time: string, format: TimestampFormat | undefined): void {
  const read = readTimestamp(time, format)
  if (isFault(read))
    throw new SignatureError('bad_timestamp', `${JSON.stringify(time)} cannot be signed as a time: ${read.note}`)
}

const isUrlMissing = ({signs, url}: SchemeParts): boolean => signs.url && url === undefined

/** Else two different messages could have the same signed text (Standard Webhooks, "Signature scheme"). */
const isUsableId = (id: string, afterId: string): boolean =>
  /^[!-~]+$/.test(id) && !id.includes('.') && !id.includes(afterId)

function startCheck(
  parts: SchemeParts,
  secrets: readonly string[],
  headers: readonly Header[],
  options: VerifyOptions,
): Check {
  const claim = parts.claim(headers)
  if (isFault(claim)) return settled(parts, claim)
  if (isUrlMissing(parts)) return settled(parts, fault('missing_url'), claim)
  const keys = parts.verifyingKeys(secrets)
  if (isFault(keys)) return settled(parts, keys, claim)
  const candidates = usable(claim.candidates, keys)
  if (isFault(candidates)) return settled(parts, candidates, claim)
  const stale = claim.timestamp === undefined ? undefined : ageFault(claim.timestamp, options)
  if (stale !== undefined) return settled(parts, stale, claim)

  const digests = keys.map(key => startDigest(key, claim.frame))
  return {
    settled: false,
    update(chunk) {
      for (const digest of digests) digest.update(chunk)
    },
    verdict() {
      // Every key against every candidate, no early exit: the time taken does not tell which secret is live.
      const hits = digests.flatMap((digest, at) => {
        const own = candidates.filter(each => each.kind === keys[at]!.kind)
        const fits = digest.fits(own.map(each => each.bytes))
        return own.filter((_, index) => fits[index]).map(({uppercase}) => ({key: keys[at]!, uppercase}))
      })
      return hits[0] === undefined ? refused(parts, fault('mismatch'), claim) : accepted(parts, hits[0], claim)
    },
  }
}

type Decoded = Extract<Candidate, {bytes: unknown}>

/** The well-formed candidates the keys can judge; the first one's fault when none is well-formed. */
function usable(candidates: readonly Candidate[], keys: readonly Key[]): Decoded[] | Fault {
  const known = candidates.filter(each => keys.some(key => key.kind === each.kind))
  const decoded = known.filter(each => 'bytes' in each)
  if (decoded.length > 0) return decoded
  const [first] = known
  return first !== undefined && 'fault' in first ? first.fault : fault('no_known_version')
}

function settled(parts: SchemeParts, problem: Fault, claim?: Claim): Check {
  return {settled: true, update() {}, verdict: () => refused(parts, problem, claim)}
}

const refused = ({name}: SchemeParts, problem: Fault, claim?: Claim): Verdict => ({
  valid: false,
  reason: problem.fault,
  scheme: name,
  ...(claim?.timestamp === undefined ? {} : {timestamp: claim.timestamp}),
  notes: problem.note === undefined ? [] : [problem.note],
})

const accepted = ({name}: SchemeParts, hit: {key: Key; uppercase: boolean}, claim: Claim): Verdict => ({
  valid: true,
  reason: hit.uppercase ? 'ok_uppercase' : 'ok',
  scheme: name,
  secretIndex: hit.key.secretIndex,
  ...(claim.timestamp === undefined ? {} : {timestamp: claim.timestamp}),
  notes: [],
})
