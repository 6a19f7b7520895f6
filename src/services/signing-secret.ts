import type {Parsed} from '../api/operations.ts'
import type {SignaturePolicy} from '../domain/policy.ts'
import type {Secret} from '../domain/webhook.ts'
import {conflictError, usageError} from '../errors.ts'
import {generateSecret, inspectSecret} from '../signature/index.ts'
import type {Deps} from './deps.ts'
import {schemeFor} from './scheme.ts'

type SecretInput = Parsed<'webhook.rotateSecret'>['secret']

/** Live at once: two are usual while the other side follows, more is a rotation that nobody finished. */
const MOST_SECRETS = 5

export interface NewSecret {
  readonly secret: Secret
  /** The value where hookctl made it: told this once. Null where the caller knows it. */
  readonly told: string | null
}

/**
 * A secret as its scheme spells it: generated, or the one given when the scheme can use it.
 *
 * @param use what for: a webhook signs, a source verifies, for which half of a pair of keys is enough
 * @throws usage `bad_secret`
 */
export function newSecret(
  deps: Pick<Deps, 'now' | 'randomBytes'>,
  signature: SignaturePolicy,
  input: SecretInput,
  use: 'sign' | 'verify',
): NewSecret {
  const made = 'generate' in input
  const value = made ? generateSecret(signature.scheme, deps.randomBytes) : input.value
  const {problem} = inspectSecret(schemeFor(signature), value, use)
  if (problem !== null) {
    const why = problem.note === undefined ? '' : `: ${problem.note}`
    throw usageError(
      'bad_secret',
      `the scheme ${signature.scheme} cannot ${use} with this secret (${problem.fault})${why}`,
      {
        path: 'secret/value',
        hint: 'let hookctl make one: --generate-secret',
      },
    )
  }
  return {secret: {value, createdAt: deps.now(), expiresAt: null}, told: made ? value : null}
}

/**
 * The secrets after a rotation: the new one first, the live ones until the end of the grace, the rest gone.
 *
 * @throws conflict `too_many_secrets` when more than five would be live
 */
export function rotated(secrets: readonly Secret[], next: Secret, graceMs: number): Secret[] {
  const now = next.createdAt
  const endsAt = now + graceMs
  const kept = secrets
    .map(secret => ({...secret, expiresAt: Math.min(secret.expiresAt ?? endsAt, endsAt)}))
    .filter(({expiresAt}) => expiresAt > now)
  if (kept.length < MOST_SECRETS) return [next, ...kept]
  throw conflictError('too_many_secrets', `${kept.length} secrets are live already, at most ${MOST_SECRETS} may be`, {
    hint: 'end the old ones at once with a grace of 0s, or wait until the first has expired',
  })
}
