import type {Output, Parsed} from '../api/operations.ts'
import type {SignaturePolicy} from '../domain/policy.ts'
import {argumentWord} from '../domain/shell-word.ts'
import {type Header, liveSecrets, type Webhook} from '../domain/webhook.ts'
import {conflictError, usageError} from '../errors.ts'
import {explain, fingerprint, type Scheme, SignatureError, sign, verify} from '../signature/index.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import {findWebhook} from './find-webhook.ts'
import {schemeFor} from './scheme.ts'
import {headerViews} from './views.ts'

interface Signing {
  readonly scheme: Scheme
  readonly secrets: readonly string[]
}

/** @throws conflict `webhook_unsigned`, `webhook_has_no_secret` */
function signingOf(webhook: Webhook, now: number): Signing {
  const signature = signatureOf(webhook)
  const secrets = liveSecrets(webhook, now).map(({value}) => value)
  if (secrets.length > 0) return {scheme: schemeFor(signature, webhook.url), secrets}
  throw conflictError('webhook_has_no_secret', `the webhook "${webhook.name}" has no secret`, {
    hint: `give it one: \`hookctl webhook rotate-secret ${argumentWord(webhook.name)}\``,
  })
}

/** How a webhook signs. @throws conflict `webhook_unsigned` where its policy signs nothing */
export function signatureOf({policies: {signature}, name}: Pick<Webhook, 'policies' | 'name'>): SignaturePolicy {
  if (signature !== null) return signature
  throw conflictError('webhook_unsigned', `the webhook "${name}" signs nothing: its signature policy is none`, {
    hint: `give it a scheme: \`hookctl webhook edit ${argumentWord(name, '--scheme netbox')}\``,
  })
}

const secondsOf = (now: number): number => Math.floor(now / 1000)

/**
 * Whether a message was signed with a live secret of a webhook; the secrets never leave the store.
 *
 * @param input.at Unix seconds to take as now; absent is now. Secrets are those live now, whatever `at` says.
 */
export async function verifyForWebhook(
  deps: Deps,
  input: Resolved<Parsed<'webhook.verify'>>,
  _caller: Asking,
): Promise<Output<'webhook.verify'>> {
  const webhook = await findWebhook(deps, input.organization, input.webhook)
  const {scheme, secrets} = signingOf(webhook, deps.now())
  const message = {
    scheme,
    secrets,
    headers: input.headers.map(({name, value}): Header => [name, value]),
    body: Buffer.from(input.body, 'base64'),
    now: input.at ?? secondsOf(deps.now()),
    tolerance: input.toleranceSeconds,
  }
  const verdict = verify(message)
  const fitting = verdict.secretIndex === undefined ? undefined : secrets[verdict.secretIndex]
  return {
    valid: verdict.valid,
    reason: verdict.reason,
    scheme: verdict.scheme ?? scheme.name,
    timestamp: verdict.timestamp ?? null,
    secretFingerprint: fitting === undefined ? null : fingerprint(fitting),
    findings: input.explain && !verdict.valid ? await findingsOf(message) : [],
  }
}

async function findingsOf(message: Parameters<typeof explain>[0]): Promise<Output<'webhook.verify'>['findings']> {
  const {findings} = await explain(message)
  return findings.map(({mistake, sentence, fix}) => ({mistake, sentence, fix}))
}

/** Signs a body as the worker would, with the live secrets of a webhook. @throws usage with the signature's own code */
export async function signForWebhook(
  deps: Deps,
  {organization, webhook: idOrName, body, id, at}: Resolved<Parsed<'webhook.sign'>>,
  _caller: Asking,
): Promise<Output<'webhook.sign'>> {
  const webhook = await findWebhook(deps, organization, idOrName)
  const {scheme, secrets} = signingOf(webhook, deps.now())
  const head = {...(scheme.signs.id ? {id: id ?? deps.newId('evt')} : {}), timestamp: at ?? secondsOf(deps.now())}
  try {
    return {
      scheme: scheme.name,
      headers: headerViews(sign({scheme, secrets, body: Buffer.from(body, 'base64'), ...head})),
    }
  } catch (error) {
    if (error instanceof SignatureError) throw usageError(error.code, error.message, {cause: error})
    throw error
  }
}
