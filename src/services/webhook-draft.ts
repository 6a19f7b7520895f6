import type {Parsed} from '../api/operations.ts'
import {given} from '../domain/given.ts'
import {checkSignatureHeaders, isFormType} from '../domain/headers.ts'
import type {Organization} from '../domain/organization.ts'
import type {Platform, Problem} from '../domain/platform.ts'
import type {Policies, SignaturePolicy} from '../domain/policy.ts'
import {checkUrl} from '../domain/url.ts'
import type {Header, Webhook} from '../domain/webhook.ts'
import {conflictError, usageError} from '../errors.ts'
import {type Spoken, spokenBy} from './catalog.ts'
import type {Deps} from './deps.ts'
import {knownContexts} from './known-contexts.ts'
import {problemOfScheme, schemeFor} from './scheme.ts'
import {checkOAuth, withOAuth} from './webhook-oauth.ts'

/** The members of a webhook that a caller may give, each on its own. */
export type WebhookInput = Omit<Parsed<'webhook.edit'>, 'organization' | 'webhook'>

/** A webhook with what was given in place; what was not given stays. Null URL and context are values. */
export function withInput(webhook: Webhook, input: WebhookInput, {platform, version}: Spoken): Webhook {
  return {
    ...webhook,
    ...given({
      name: input.name,
      // As a store will hold it: half a character is none.
      description: input.description?.toWellFormed(),
      eventTypes: input.eventTypes && [
        ...new Set(input.eventTypes.map(pattern => platform.canonicalType?.(version, pattern) ?? pattern)),
      ],
      contextId: input.contextId,
      mode: input.mode,
      method: input.method,
      contentType: input.contentType,
      settings: input.settings && mergeSettings(webhook.settings, input.settings),
      url: input.url == null ? input.url : canonical(input.url),
      headers: input.headers?.map(({name, value}): Header => [name, value]),
      oauth: input.oauth && withOAuth(webhook.oauth, input.oauth),
    }),
    policies: mergePolicies(webhook.policies, input.policies, platform.preset(version).locked),
  }
}

/** Setting by setting, like everything else of a webhook: null takes one away. Numbers become what the store will hold. */
function mergeSettings(settings: Webhook['settings'], input: Webhook['settings']): Webhook['settings'] {
  const merged = {...settings, ...(JSON.parse(JSON.stringify(input)) as Webhook['settings'])}
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null))
}

/** What will be dialled is what is stored and shown; what is no URL is left for the check to name. */
function canonical(url: string): string {
  // A template is no URL yet: parsing would spell its braces as %7B.
  if (/\{[{%#]/.test(url)) return url
  const verdict = checkUrl(url)
  return verdict.ok ? verdict.canonical : url
}

/** Where a platform offers batches and a webhook has none so far. */
const someBatches: NonNullable<Policies['batch']> = {everyMs: 300_000, maxEvents: 1000}

/** @throws usage `policy_locked` for a policy that the platform leaves to nobody */
function mergePolicies(
  policies: Policies,
  input: WebhookInput['policies'],
  locked: readonly (keyof Policies)[],
): Policies {
  if (input === undefined) return policies
  const {tls, batch, ...others} = input
  const merged = {
    ...policies,
    ...JSON.parse(JSON.stringify(others)),
    tls: {...policies.tls, ...given(tls ?? {})},
    ...(batch === undefined ? {} : {batch: batch && {...(policies.batch ?? someBatches), ...given(batch)}}),
  } as Policies
  for (const name of locked) {
    if (JSON.stringify(merged[name]) === JSON.stringify(policies[name])) continue
    const says =
      name === 'batch' && policies.batch === null
        ? 'the platform has no batches: each event is sent by itself'
        : `the platform decides ${name} itself`
    throw usageError('policy_locked', says, {path: `policies/${name}`, hint: 'leave it out'})
  }
  return merged
}

/**
 * Refuses a webhook that breaks a rule of hookctl or of its platform, with every problem in one error: the first one
 * as code and path, the others in the message.
 */
export function refuseProblems(webhook: Webhook, {platform, version}: Spoken): void {
  const problems = [...checkOurs(webhook, platform), ...platform.check(webhook, version)]
  const [first, ...others] = problems
  if (first === undefined) return
  const hint = first.hint ?? others.find(problem => problem.hint !== undefined)?.hint
  throw usageError(first.code, problems.map(({message}) => message).join('; '), {
    path: first.path,
    ...(hint === undefined ? {} : {hint}),
  })
}

/** A webhook scoped to a context that is not there would never get an event. @throws usage `unknown_context` */
export async function refuseUnknownContext(
  deps: Pick<Deps, 'store'>,
  organization: Organization,
  {contextId}: Webhook,
): Promise<void> {
  if (contextId !== null) await knownContexts(deps, organization, [{id: contextId, path: 'contextId'}])
}

/**
 * Refuses what a platform allows once per organization and another webhook has already.
 *
 * @returns `seen` of the webhooks it was compared with, for the store to refuse it where one of them takes it meanwhile;
 * nothing where there is nothing to take
 */
export async function refuseClaimed(
  {store}: Pick<Deps, 'store'>,
  webhook: Webhook,
  spoken: Spoken,
): Promise<number | undefined> {
  const claims = claimsOf(webhook, spoken)
  if (claims.length === 0) return undefined
  const {webhooks, seen} = await store.webhooks.allSeen(webhook.organizationId)
  for (const other of webhooks) {
    if (other.id === webhook.id) continue
    const keys = new Set(claimsOf(other, spokenBy(other)).map(({key}) => key))
    const taken = claims.find(({key}) => keys.has(key))
    if (taken !== undefined) throw conflictError(taken.code, taken.message, {hint: `that webhook is "${other.name}"`})
  }
  return seen
}

const claimsOf = (webhook: Webhook, {platform, version}: Spoken) => platform.claims?.(webhook, version) ?? []

function checkOurs(webhook: Webhook, platform: Platform): Problem[] {
  const {name, policies} = webhook
  return [...checkName(name), ...checkBatch(policies, platform), ...checkScheme(webhook), ...checkOAuth(webhook)]
}

/** A webhook is found by id first: a name that looks like one could not be reached. */
function checkName(name: string): Problem[] {
  if (/^wh_[0-9a-f]{32}$/.test(name))
    return [{path: 'name', code: 'bad_name', message: `"${name}" is an id, not a name`}]
  if (!/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(name) && name.isWellFormed()) return []
  return [{path: 'name', code: 'bad_name', message: 'a name holds visible characters and spaces only'}]
}

/** A policy that could never take effect is a mistake. */
function checkBatch({batch}: Policies, {name, modes}: Platform): Problem[] {
  if (batch === null || modes.includes('batch')) return []
  const message = `${name} has no batch delivery`
  return [{path: 'policies/batch', code: 'mode_not_offered', message, hint: 'leave the batch interval and size out'}]
}

function checkScheme({policies: {signature}, contentType}: Webhook): Problem[] {
  if (signature === null) return []
  const problem = problemOfScheme(signature) ?? problemOfForm(signature, contentType)
  const path = 'policies/signature'
  return problem === null ? checkSignatureHeaders(signature, path) : [{path, ...problem}]
}

/** Of JSON such a signature would say next to nothing. */
function problemOfForm(
  signature: SignaturePolicy,
  contentType: string,
): Pick<Problem, 'code' | 'message' | 'hint'> | null {
  if (!schemeFor(signature).frame({}).form || isFormType(contentType)) return null
  return {
    code: 'not_a_form',
    message: `the scheme ${signature.scheme} signs the fields of a form, and the body is ${contentType}`,
    hint: 'choose another scheme',
  }
}
