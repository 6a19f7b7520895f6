import type {Output, Parsed} from '../api/operations.ts'
import type {Webhook} from '../domain/webhook.ts'
import {spokenAs, spokenBy} from './catalog.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import {findWebhook} from './find-webhook.ts'
import {shownWebhook} from './shown-webhook.ts'
import {newSecret, rotated} from './signing-secret.ts'
import {refuseTarget} from './targets.ts'
import {webhookView} from './views.ts'
import {refuseClaimed, refuseProblems, refuseUnknownContext, type WebhookInput, withInput} from './webhook-draft.ts'
import {webhookRecord} from './webhook-record.ts'
import {signatureOf} from './webhook-signature.ts'

type Name = 'create' | 'edit' | 'delete' | 'rotateSecret'
type In<N extends Name> = Resolved<Parsed<`webhook.${N}`>>

/**
 * Registers a webhook. The platform's policies are resolved now and stored with it: a later edit of a preset never
 * changes a live webhook. A generated secret is in the answer, this once.
 *
 * @throws usage `unknown_platform`, `unknown_platform_version`, `unknown_context`, `policy_locked`, `bad_secret`, `target_denied` and what the
 * platform's rules say; conflict `webhook_exists` and what the platform allows only once
 */
export async function createWebhook(
  deps: Deps,
  {organization, platform: platformName, secret, active, ...input}: In<'create'>,
  caller: Asking,
): Promise<Output<'webhook.create'>> {
  const spoken = spokenAs(platformName)
  const preset = spoken.platform.preset(spoken.version)
  const now = deps.now()
  const blank: Webhook = {
    id: deps.newId('wh'),
    organizationId: organization.id,
    contextId: null,
    name: input.name,
    description: '',
    url: null,
    platform: spoken.name,
    eventTypes: [],
    mode: preset.mode,
    active,
    paused: null,
    method: preset.method,
    contentType: preset.contentType,
    headers: [],
    secrets: [],
    oauth: null,
    policies: preset.policies,
    settings: {},
    createdAt: now,
    updatedAt: now,
  }
  const draft = withInput(blank, input, spoken)
  refuseProblems(draft, spoken)
  await refuseUnknownContext(deps, organization, draft)
  const seen = await refuseClaimed(deps, draft, spoken)
  await refuseTargets(deps, draft, input)
  const made = secret === undefined ? null : newSecret(deps, signatureOf(draft), secret, 'sign')
  const webhook = {...draft, secrets: made === null ? [] : [made.secret]}
  await deps.store.webhooks.add(webhook, await webhookRecord(deps, caller, {after: webhook}), seen)
  return {webhook: webhookView(webhook, organization.slug), secret: made?.told ?? null}
}

/** Changes what is given and keeps the rest, the id first of all; throws as `createWebhook` does. */
export async function editWebhook(
  deps: Deps,
  {organization, webhook: idOrName, ...input}: In<'edit'>,
  caller: Asking,
): Promise<Output<'webhook.edit'>> {
  const before = await findWebhook(deps, organization, idOrName)
  const spoken = spokenBy(before)
  const after = {...withInput(before, input, spoken), updatedAt: deps.now()}
  refuseProblems(after, spoken)
  await refuseUnknownContext(deps, organization, after)
  const seen = await refuseClaimed(deps, after, spoken)
  await refuseTargets(deps, after, input)
  await deps.store.webhooks.replace(after, await webhookRecord(deps, caller, {before, after}), {was: before, seen})
  if (collectsOtherwise(before, after)) await deps.store.deliveries.flush(after.id, deps.now())
  return shownWebhook(deps, organization, after)
}

/** A URL that was saved under another policy stays: its other members can still be changed. */
async function refuseTargets(deps: Deps, {url, oauth}: Webhook, given: WebhookInput): Promise<void> {
  if (url !== null && given.url !== undefined) await refuseTarget(deps, url, 'url')
  if (oauth !== null && given.oauth?.tokenUrl !== undefined) await refuseTarget(deps, oauth.tokenUrl, 'oauth/tokenUrl')
}

/**
 * What was collected under other terms is sent, so that nobody waits for an interval that was just shortened, and no list
 * holds events of two types where a webhook has one (Pro Custodibus).
 */
const collectsOtherwise = (before: Webhook, after: Webhook): boolean =>
  before.mode === 'batch' && (after.mode !== 'batch' || termsOf(after) !== termsOf(before))

const termsOf = ({eventTypes, policies}: Webhook): string => JSON.stringify([eventTypes, policies.batch])

/** Deletes a webhook and cancels what it is still owed. Its deliveries and its history stay readable. */
export async function deleteWebhook(
  deps: Deps,
  {organization, webhook: idOrName}: In<'delete'>,
  caller: Asking,
): Promise<Output<'webhook.delete'>> {
  const before = await findWebhook(deps, organization, idOrName)
  const entry = await webhookRecord(deps, caller, {before})
  const cancelled = await deps.store.webhooks.remove(before, entry, deps.now())
  return {id: before.id, name: before.name, cancelled}
}

/**
 * Gives a webhook a new secret. The secrets of now stay live for the grace: schemes with a list of signatures sign with
 * all, the others with the newest, and `verify` takes any.
 */
export async function rotateSecret(
  deps: Deps,
  {organization, webhook: idOrName, secret, graceMs}: In<'rotateSecret'>,
  caller: Asking,
): Promise<Output<'webhook.rotateSecret'>> {
  const before = await findWebhook(deps, organization, idOrName)
  const made = newSecret(deps, signatureOf(before), secret, 'sign')
  const secrets = rotated(before.secrets, made.secret, graceMs)
  const after = {...before, secrets, updatedAt: deps.now()}
  await deps.store.webhooks.replace(after, await webhookRecord(deps, caller, {before, after}), {was: before})
  return {webhook: await shownWebhook(deps, organization, after), secret: made.told}
}
