import type {Output, Parsed} from '../api/operations.ts'
import type {SourceView} from '../api/sources.ts'
import {given} from '../domain/given.ts'
import {readIdTemplate} from '../domain/id-template.ts'
import type {Organization} from '../domain/organization.ts'
import type {SignaturePolicy} from '../domain/policy.ts'
import {argumentWord} from '../domain/shell-word.ts'
import {addressOf, type LastReceived, type Source} from '../domain/source.ts'
import {suggest} from '../domain/suggest.ts'
import {readTypeTemplate} from '../domain/type-template.ts'
import {conflictError, notFoundError, usageError} from '../errors.ts'
import {inspectSecret} from '../signature/index.ts'
import type {Telling} from '../store/store.ts'
import {spokenAs} from './catalog.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import {toInstant, toInstantOrNull} from './instants.ts'
import {knownContexts} from './known-contexts.ts'
import {problemOfScheme, schemeFor} from './scheme.ts'
import {type NewSecret, newSecret, rotated} from './signing-secret.ts'
import {tell} from './tell.ts'
import {secretViews} from './views.ts'

type In<N extends 'create' | 'list' | 'show' | 'edit' | 'delete' | 'rotateSecret'> = Resolved<Parsed<`source.${N}`>>

/**
 * Makes an address where webhooks of a platform come in. What is sent there is taken when it is signed as the platform
 * signs, or as `signature` says; where nothing is signed, when a token comes along.
 *
 * @throws usage `unknown_platform`, `unknown_platform_version`, `unknown_context`, `bad_secret`, `bad_name`,
 * `bad_type_template`, `event_type_unused`, `bad_id_template`, `dedupe_unused`, `secret_unused`, `secret_needed`, and what is wrong with the signature;
 * conflict `source_exists`
 */
export async function createSource(
  deps: Deps,
  {organization, secret, signature, platform, ...input}: In<'create'>,
  caller: Asking,
): Promise<Output<'source.create'>> {
  const spoken = spokenAs(platform)
  const preset = spoken.platform.preset(spoken.version).policies
  const now = deps.now()
  const draft: Source = {
    id: deps.newId('src'),
    organizationId: organization.id,
    name: input.name,
    platform: named(platform),
    eventType: input.eventType ?? null,
    dedupeBy: input.dedupeBy ?? null,
    contextId: input.contextId ?? null,
    signature: (signature === undefined ? preset.signature : signature) as SignaturePolicy | null,
    secrets: [],
    active: input.active,
    createdAt: now,
    updatedAt: now,
  }
  await refuseWrong(deps, organization, draft)
  if (draft.signature === null && secret !== undefined) throw secretUnused()
  const made = draft.signature === null ? null : secretFor(deps, draft.signature, secret)
  const source = {...draft, secrets: made === null ? [] : [made.secret]}
  await deps.store.sources.add(source, await sourceRecord(deps, caller, {after: source}))
  return {source: {...settingsView(source, organization.slug), ...lastView()}, secret: made?.told ?? null}
}

/** Sources, by name. */
export async function listSources(
  {store}: Deps,
  {organization, limit, cursor}: In<'list'>,
): Promise<Output<'source.list'>> {
  const {items, next} = await store.sources.list(organization.id, {limit, cursor})
  const last = await store.sources.lastReceived(organization.id)
  return {
    items: items.map(source => ({...settingsView(source, organization.slug), ...lastView(last.get(source.id))})),
    next,
  }
}

/** @throws not_found `source_not_found` */
export const showSource = async (deps: Deps, {organization, source}: In<'show'>): Promise<Output<'source.show'>> =>
  sourceView(deps, organization, await findSource(deps, organization, source))

/**
 * Changes what is given; id and address stay. Secrets that another signature cannot use are gone, and `secret` is in their
 * place, or one that is made and told this once. Throws as `createSource` does.
 */
export async function editSource(
  deps: Deps,
  {organization, source: idOrName, platform, secret, ...input}: In<'edit'> & Partial<Pick<In<'create'>, 'secret'>>,
  caller: Asking,
): Promise<Output<'source.edit'>> {
  const before = await findSource(deps, organization, idOrName)
  const draft: Source = {
    ...before,
    // Without a type there is nothing that an id could be made of.
    ...(input.eventType === null && {dedupeBy: null}),
    ...(given(input) as Partial<Source>),
    ...(platform === undefined ? {} : {platform: named(platform)}),
    updatedAt: deps.now(),
  }
  await refuseWrong(deps, organization, draft)
  const {signature} = draft
  const secrets = signature === null ? [] : before.secrets.filter(({value}) => isUsable(signature, value))
  const made = signature === null || secrets.length > 0 ? null : secretFor(deps, signature, secret)
  const after = {...draft, secrets: made === null ? secrets : [made.secret]}
  await deps.store.sources.replace(after, await sourceRecord(deps, caller, {before, after}), {was: before})
  return {source: await sourceView(deps, organization, after), secret: made?.told ?? null}
}

/** Nothing that is sent to its address is taken any more. @throws not_found `source_not_found` */
export async function deleteSource(
  deps: Deps,
  {organization, source: idOrName}: In<'delete'>,
  caller: Asking,
): Promise<Output<'source.delete'>> {
  const before = await findSource(deps, organization, idOrName)
  await deps.store.sources.remove(before, await sourceRecord(deps, caller, {before}))
  return {id: before.id, name: before.name}
}

/** Gives a source a new secret; what is signed with those of now is taken until the end of the grace. @throws conflict `source_unsigned` */
export async function rotateSourceSecret(
  deps: Deps,
  {organization, source: idOrName, secret, graceMs}: In<'rotateSecret'>,
  caller: Asking,
): Promise<Output<'source.rotateSecret'>> {
  const before = await findSource(deps, organization, idOrName)
  if (before.signature === null) throw unsigned(before.name)
  const made = secretFor(deps, before.signature, secret)
  const after = {...before, secrets: rotated(before.secrets, made.secret, graceMs), updatedAt: deps.now()}
  await deps.store.sources.replace(after, await sourceRecord(deps, caller, {before, after}), {was: before})
  return {source: await sourceView(deps, organization, after), secret: made.told}
}

async function sourceView({store}: Deps, {id, slug}: Organization, source: Source): Promise<SourceView> {
  return {...settingsView(source, slug), ...lastView((await store.sources.lastReceived(id)).get(source.id))}
}

type LastView = Pick<SourceView, 'lastAcceptedAt' | 'lastRefusedAt' | 'lastRefusal'>

function lastView({acceptedAt = null, refusedAt = null, refusal = null}: Partial<LastReceived> = {}): LastView {
  return {lastAcceptedAt: toInstantOrNull(acceptedAt), lastRefusedAt: toInstantOrNull(refusedAt), lastRefusal: refusal}
}

/** How it is set up. Nothing here shows a secret. */
export const settingsView = (source: Source, organization: string): Omit<SourceView, keyof LastView> => ({
  id: source.id,
  organization,
  name: source.name,
  address: addressOf(source),
  platform: source.platform,
  eventType: source.eventType,
  dedupeBy: source.dedupeBy,
  contextId: source.contextId,
  signature: structuredClone(source.signature) as SourceView['signature'],
  secrets: secretViews(source.secrets),
  active: source.active,
  createdAt: toInstant(source.createdAt),
  updatedAt: toInstant(source.updatedAt),
})

/** @throws not_found `source_not_found`, with the name that was probably meant */
async function findSource({store}: Deps, organization: Organization, idOrName: string): Promise<Source> {
  const source = await store.sources.find(organization.id, idOrName)
  if (source !== null) return source
  const {items} = await store.sources.list(organization.id, {limit: 1000})
  const meant = suggest(
    idOrName,
    items.map(({name}) => name),
  )
  throw notFoundError('source_not_found', `no source "${idOrName}"`, {
    path: 'source',
    hint: meant === undefined ? 'hookctl source list' : `did you mean "${meant}"?`,
  })
}

async function refuseWrong(
  deps: Deps,
  organization: Organization,
  {name, platform, eventType, dedupeBy, contextId, signature}: Source,
): Promise<void> {
  // A source is found by id first: a name that looks like one could not be reached.
  if (/^src_[0-9a-f]{32}$/.test(name)) throw usageError('bad_name', `"${name}" is an id, not a name`, {path: 'name'})
  if (signature !== null) refuseSignature(signature)
  if (eventType !== null) refuseType(eventType, platform)
  if (dedupeBy !== null) refuseId(dedupeBy, eventType)
  if (contextId !== null) await knownContexts(deps, organization, [{id: contextId, path: 'contextId'}])
}

function refuseSignature(signature: SignaturePolicy): void {
  const problem = problemOfScheme(signature)
  if (problem !== null) throw usageError(problem.code, problem.message, {path: 'signature'})
  if (!schemeFor(signature).signs.url || signature.url !== undefined) return
  throw usageError('missing_url', `the scheme ${signature.scheme} signs the URL that the sender was given: tell it`, {
    path: 'signature/url',
    hint: '--signed-url https://hooks.example.com, how the sender reaches this server',
  })
}

/** Standard Webhooks has room for every type; the others say themselves what their events are. */
function refuseType(eventType: string, platform: string): void {
  const problem = readTypeTemplate(eventType)
  if ('code' in problem) {
    throw usageError(problem.code, problem.message, {path: 'eventType', hint: problem.hint})
  }
  if (spokenAs(platform).platform.name === 'standard') return
  throw usageError('event_type_unused', `${platform} says itself what its events are: no event type is made for them`, {
    path: 'eventType',
    hint: "leave the event type out, or the platform; `hookctl source edit --event-type ''` takes it away",
  })
}

function refuseId(dedupeBy: string, eventType: string | null): void {
  const problem = readIdTemplate(dedupeBy)
  if ('code' in problem) throw usageError(problem.code, problem.message, {path: 'dedupeBy', hint: problem.hint})
  if (eventType !== null) return
  throw usageError(
    'dedupe_unused',
    'what no platform sends is told apart by an id, and there is no event type for it',
    {
      path: 'dedupeBy',
      hint: "leave it out, or give the event type; `hookctl source edit --dedupe-by ''` takes it away",
    },
  )
}

/** A platform without a version stays one: what any of its versions sends is read. @throws as `spokenAs` */
function named(given: string): string {
  const {name, platform} = spokenAs(given)
  return given.includes('@') ? name : platform.name
}

const isUsable = (signature: SignaturePolicy, secret: string): boolean =>
  inspectSecret(schemeFor(signature), secret, 'verify').problem === null

/** Made where none is given, but not half of a pair of keys: the sender has the other half. */
function secretFor(deps: Deps, signature: SignaturePolicy, given: In<'create'>['secret']): NewSecret {
  const input = given ?? {generate: true as const}
  if (signature.scheme !== 'standard-v1a' || 'value' in input) return newSecret(deps, signature, input, 'verify')
  throw usageError(
    'secret_needed',
    'the scheme standard-v1a verifies with the public key of the sender: none is given',
    {
      path: 'secret',
      hint: 'ask the sender for the key that begins with whpk_, and give it: --secret-file FILE',
    },
  )
}

const secretUnused = () =>
  usageError('secret_unused', 'a source that expects no signature has no secret', {
    path: 'secret',
    hint: 'leave the secret or the scheme none out',
  })

const unsigned = (name: string) =>
  conflictError('source_unsigned', `the source "${name}" expects no signature: it has no secret`, {
    hint: `give it a scheme: \`hookctl source edit ${argumentWord(name, '--scheme netbox')}\``,
  })

function sourceRecord(
  deps: Deps,
  caller: Asking,
  {before, after}: {readonly before?: Source; readonly after?: Source},
): Promise<Telling> {
  const {id, name, organizationId, contextId} = (after ?? before) as Source
  return tell(deps, caller, {
    organizationId,
    contextId,
    change: before === undefined ? 'created' : after === undefined ? 'deleted' : 'changed',
    object: {type: 'Source', id, name},
    ...(before === undefined ? {} : {before: masked(before)}),
    ...(after === undefined ? {} : {after: masked(after)}),
  })
}

function masked(source: Source): object {
  const {organization: _, ...shown} = settingsView(source, '')
  return shown
}
