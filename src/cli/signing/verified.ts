import {
  describeReason,
  type Finding,
  fingerprint,
  type Header,
  type Reason,
  type Verdict,
} from '../../signature/index.ts'

/** A verdict as a script reads it: the same shape whoever checked, this process or a server. */
export interface Verified {
  readonly valid: boolean
  /** Stable; those that start with `ok` accept. */
  readonly reason: string
  readonly scheme: string | null
  /** True where the headers told the scheme. */
  readonly detected: boolean
  /** The reason for a person. */
  readonly sentence: string
  /** Unix seconds the message says it was signed at. */
  readonly timestamp: number | null
  /** First 8 hex digits of the SHA-256 of the secret that fits. */
  readonly secretFingerprint: string | null
  readonly notes: readonly string[]
  /** What went wrong, likeliest first; only where it was asked for. */
  readonly findings: readonly Pick<Finding, 'mistake' | 'sentence' | 'fix'>[]
  /** The headers that would have fitted; only with --show-expected. */
  readonly expected?: readonly {readonly name: string; readonly value: string}[]
}

export interface VerifiedParts {
  readonly secrets: readonly string[]
  readonly detected: boolean
  readonly notes: readonly string[]
  readonly findings?: readonly Finding[]
  readonly expected?: readonly Header[]
}

export function verifiedFrom(
  verdict: Verdict,
  {secrets, detected, notes, findings = [], expected}: VerifiedParts,
): Verified {
  const secret = verdict.secretIndex === undefined ? undefined : secrets[verdict.secretIndex]
  return {
    valid: verdict.valid,
    reason: verdict.reason,
    scheme: verdict.scheme,
    detected,
    sentence: describeReason(verdict.reason),
    timestamp: verdict.timestamp ?? null,
    secretFingerprint: secret === undefined ? null : fingerprint(secret),
    notes: [...verdict.notes, ...notes],
    findings: findings.map(({mistake, sentence, fix}) => ({mistake, sentence, fix})),
    ...(expected === undefined ? {} : {expected: expected.map(([name, value]) => ({name, value}))}),
  }
}

/** Reasons from a server may be newer than this program. */
export const sentenceOf = (reason: string): string => describeReason(reason as Reason) ?? reason
