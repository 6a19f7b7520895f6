import type {Parsed} from '../api/operations.ts'
import {argumentWord} from '../domain/shell-word.ts'
import type {Secret, Webhook} from '../domain/webhook.ts'
import {conflictError, usageError} from '../errors.ts'
import {generateSecret, inspectSecret, type SchemeName} from '../signature/index.ts'
import type {Deps} from './deps.ts'
import {schemeFor} from './scheme.ts'

export type SecretInput = Parsed<'webhook.rotateSecret'>['secret']

/** Live at once: two are usual while receivers follow, more is a rotation that nobody finished. */
const MOST_SECRETS = 5

export interface NewSecret {
  readonly secret: Secret
  /** The value where hookctl made it: told this once. Null where the caller knows it. */
  readonly told: string | null
}

/**
 * A secret as its scheme spells it: generated, or the one given when the scheme can sign with it.
 *
 * @throws usage `bad_secret`, conflict `webhook_unsigned` where the webhook's policy signs nothing
 */
export function newSecret(
  deps: Pick<Deps, 'now' | 'randomBytes'>,
  {policies: {signature}, name}: Pick<Webhook, 'policies' | 'name'>,
  input: SecretInput,
): NewSecret {
  if (signature === null) throw unsigned(name)
  const made = 'generate' in input
  const value = made ? generateSecret(signature.scheme as SchemeName, deps.randomBytes) : input.value
  const {problem} = inspectSecret(schemeFor(signature), value, 'sign')
  if (problem !== null) {
    const why = problem.note === undefined ? '' : `: ${problem.note}`
    throw usageError(
      'bad_secret',
      `the scheme ${signature.scheme} cannot sign with this secret (${problem.fault})${why}`,
      {
        path: 'secret/value',
        hint: 'let hookctl make one: --generate-secret',
      },
    )
  }
  return {secret: {value, createdAt: deps.now(), expiresAt: null}, told: made ? value : null}
}

export const unsigned = (name: string) =>
  conflictError('webhook_unsigned', `the webhook "${name}" signs nothing: its signature policy is none`, {
    hint: `give it a scheme: \`hookctl webhook edit ${argumentWord(name, '--scheme netbox')}\``,
  })

/**
 * A webhook's secrets after a rotation: the new one first, the live ones until the end of the grace, the rest gone.
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
