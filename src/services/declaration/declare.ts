import type {Output, Parsed} from '../../api/operations.ts'
import type {Webhook} from '../../domain/webhook.ts'
import {conflictError, HookctlError, usageError} from '../../errors.ts'
import {platformId} from '../../platforms/table.ts'
import {spokenAs, spokenBy} from '../catalog.ts'
import {createContext, deleteContext, editContext} from '../contexts.ts'
import type {Asking, Deps, Resolved} from '../deps.ts'
import {createEventType, deleteEventType, editEventType} from '../event-types.ts'
import {createMember, deleteMember, editMember} from '../members.ts'
import {createSource, deleteSource, editSource, rotateSourceSecret} from '../sources.ts'
import {takingTurns} from '../turns.ts'
import {type WebhookInput, withInput} from '../webhook-draft.ts'
import {disableWebhook, enableWebhook} from '../webhook-switch.ts'
import {createWebhook, deleteWebhook, editWebhook, rotateSecret} from '../webhooks.ts'
import type {Everything} from './everything.ts'
import {plainly, sorted} from './fields.ts'

export type Question = Resolved<Parsed<'declaration.plan'>>
type Declaration = Question['declaration']
type Declared<S extends keyof Declaration> = NonNullable<Declaration[S]>[number]

interface Declaring {
  readonly deps: Deps
  readonly question: Question
  readonly caller: Asking
  /** What there is before anything of this is done. */
  readonly found: Everything
  readonly there: There
}

/** What there is, by the name that it is declared under. */
export type There = {readonly [S in Section]: ReadonlyMap<string, Everything[S][number]>}

export const byName = (all: Everything): There =>
  Object.fromEntries(
    (Object.keys(KEYS) as Section[]).map(section => [
      section,
      new Map(all[section].map(object => [nameOf(section, object), object])),
    ]),
  ) as unknown as There

/** The sections, each with what its objects are named by. */
export const KEYS = {contexts: 'id', members: 'user', webhooks: 'name', sources: 'name', eventTypes: 'name'} as const
export type Section = keyof typeof KEYS

/**
 * Asks the services for all that is missing, other than declared, or too much: contexts before the webhooks and sources
 * that are scoped to them, and out after them; a webhook out before another one takes its place.
 *
 * @throws what the services throw, with the place in the declaration
 */
export async function declare(declaring: Declaring): Promise<void> {
  const {question, there} = declaring
  refuseTwice(question.declaration)
  await each(declaring, 'contexts', declareContext)
  await dropUndeclared(declaring, 'webhooks', ({deps, question: {organization}, caller}, {id}) =>
    deleteWebhook(deps, {organization, webhook: id}, caller),
  )
  // Those there are first: they may give up what a new one takes.
  const isThere = ({name}: Declared<'webhooks'>) => there.webhooks.has(name)
  await each(declaring, 'webhooks', changeWebhook, isThere)
  await each(declaring, 'webhooks', addWebhook, declared => !isThere(declared))
  await dropUndeclared(declaring, 'sources', ({deps, question: {organization}, caller}, {id}) =>
    deleteSource(deps, {organization, source: id}, caller),
  )
  await each(declaring, 'sources', declareSource)
  await dropUndeclared(declaring, 'contexts', ({deps, question: {organization}, caller}, {id}) =>
    deleteContext(deps, {organization, context: id}, caller),
  )
  await each(declaring, 'eventTypes', declareEventType)
  await dropUndeclared(declaring, 'eventTypes', ({deps, question: {organization}, caller}, {name}) =>
    deleteEventType(deps, {organization, eventType: name}, caller),
  )
  await each(declaring, 'members', declareMember)
  await dropUndeclared(declaring, 'members', ({deps, question: {organization}, caller}, {user}) =>
    deleteMember(deps, {organization, user}, caller),
  )
}

function refuseTwice(declaration: Declaration): void {
  for (const section of Object.keys(KEYS) as Section[]) {
    const names = (declaration[section] ?? []).map(declared => nameOf(section, declared))
    const twice = firstRepeated(names)
    if (twice === null) continue
    const message = `"${names[twice]}" stands in ${section} twice`
    throw usageError('declared_twice', message, {path: `declaration/${section}/${twice}/${KEYS[section]}`})
  }
}

function firstRepeated(names: readonly string[]): number | null {
  const seen = new Set<string>()
  for (const [at, name] of names.entries()) {
    if (seen.has(name)) return at
    seen.add(name)
  }
  return null
}

export const nameOf = (section: Section, object: object): string =>
  String((object as Record<string, unknown>)[KEYS[section]])

async function each<S extends Section>(
  declaring: Declaring,
  section: S,
  work: (declaring: Declaring, declared: Declared<S>) => Promise<unknown>,
  chosen: (declared: Declared<S>) => boolean = () => true,
): Promise<void> {
  const all = (declaring.question.declaration[section] ?? []) as readonly Declared<S>[]
  const turn = takingTurns()
  for (const [at, declared] of all.entries()) {
    if (chosen(declared)) await placed(`${section}/${at}`, section, declared, () => work(declaring, declared))
    const over = turn()
    if (over !== null) await over
  }
}

async function dropUndeclared<S extends Section>(
  declaring: Declaring,
  section: S,
  work: (declaring: Declaring, object: Everything[S][number]) => Promise<unknown>,
): Promise<void> {
  if (!declaring.question.prune) return
  for (const object of undeclared(declaring.question.declaration, declaring.found, section)) {
    await placed(section, section, object, () => work(declaring, object))
  }
}

/** What there is of a section and the declaration does not have; nothing where it does not have the section. */
export function undeclared<S extends Section>(
  declaration: Declaration,
  found: Everything,
  section: S,
): readonly Everything[S][number][] {
  const all = declaration[section]
  if (all === undefined) return []
  const names = new Set(all.map(declared => nameOf(section, declared)))
  return (found[section] as readonly Everything[S][number][]).filter(object => !names.has(nameOf(section, object)))
}

/** What a service refuses, with the place in the declaration and whom it is about. */
async function placed<T>(path: string, section: Section, object: object, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof HookctlError)) throw error
    const {kind, code, hint, cause} = error
    throw new HookctlError(kind, code, `${section.slice(0, -1)} "${nameOf(section, object)}": ${error.message}`, {
      path: `declaration/${path}${error.path === undefined ? '' : `/${error.path}`}`,
      cause,
      ...(hint === undefined ? {} : {hint}),
    })
  }
}

async function declareContext(
  {deps, question: {organization}, caller, there}: Declaring,
  declared: Declared<'contexts'>,
): Promise<void> {
  const {id, name, kind = 'context'} = declared
  const is = there.contexts.get(id)
  if (is === undefined) await createContext(deps, {organization, id, name, kind}, caller)
  else if (differs(is, {name, kind: declared.kind}))
    await editContext(deps, {organization, context: id, name, kind: declared.kind}, caller)
}

async function declareMember(
  {deps, question: {organization}, caller, there}: Declaring,
  {user, email, role}: Declared<'members'>,
): Promise<void> {
  const is = there.members.get(user)
  const input = {organization, user}
  if (is === undefined) await createMember(deps, {...input, email: email ?? undefined, role: role ?? 'member'}, caller)
  else if (differs(is, {email, role})) await editMember(deps, {...input, email, role}, caller)
}

async function declareSource(
  {deps, question: {organization, graceMs}, caller, there}: Declaring,
  {secret, active, ...declared}: Declared<'sources'>,
): Promise<void> {
  const is = there.sources.get(declared.name)
  if (is === undefined) {
    refuseMade(await createSource(deps, {organization, ...declared, secret, active: active ?? true}, caller))
    return
  }
  const one = {organization, source: is.id}
  if (differs(is, {...declared, active}))
    refuseMade(await editSource(deps, {...one, ...declared, active, secret}, caller))
  const now = await deps.store.sources.find(organization.id, is.id)
  if (secret !== undefined && secret.value !== now?.secrets[0]?.value)
    await rotateSourceSecret(deps, {...one, secret, graceMs}, caller)
}

async function declareEventType(
  {deps, question: {organization}, caller, there}: Declaring,
  {name, ...declared}: Declared<'eventTypes'>,
): Promise<void> {
  const is = there.eventTypes.get(name)
  const {summary = '', onMismatch = 'refuse'} = declared
  if (is === undefined) await createEventType(deps, {organization, name, ...declared, summary, onMismatch}, caller)
  else if (differs({...is, ...plainly(is)}, declared))
    await editEventType(deps, {organization, eventType: name, ...declared}, caller)
}

/** Nobody would be told of a secret that was made. */
function refuseMade({secret}: Output<'source.create'>): void {
  if (secret === null) return
  throw usageError('secret_needed', 'it expects a signature, and no secret that fits is declared', {
    path: 'secret',
    hint: 'write "secret: {env: NAME}", or "signature: null" where a token comes along instead',
  })
}

/** Whether any of what was given is not what is. */
const differs = (is: object, given: object): boolean =>
  Object.entries(given).some(
    ([name, value]) => value !== undefined && !isSame((is as Record<string, unknown>)[name], value),
  )

/** The order of members says nothing: settings that are taken away and given again stand in another one. */
const isSame = (a: unknown, b: unknown): boolean => a === b || sorted(a) === sorted(b)

const addWebhook = (
  {deps, question: {organization}, caller}: Declaring,
  {active = true, eventTypes = [], ...declared}: Declared<'webhooks'>,
): Promise<unknown> => createWebhook(deps, {organization, ...declared, active, eventTypes}, caller)

async function changeWebhook(
  {deps, question: {organization, graceMs}, caller, there}: Declaring,
  {platform, active, secret, ...declared}: Declared<'webhooks'>,
): Promise<void> {
  const is = there.webhooks.get(declared.name) as Webhook
  refuseOtherPlatform(is, platform)
  const one = {organization, webhook: is.id}
  const input = whatDiffers(is, declared)
  if (Object.keys(input).length > 0) await editWebhook(deps, {...one, ...input}, caller)
  if (secret !== undefined && secret.value !== is.secrets[0]?.value)
    await rotateSecret(deps, {...one, secret, graceMs}, caller)
  if (active !== undefined && active !== is.active)
    await (active ? enableWebhook(deps, one, caller) : disableWebhook(deps, one, caller))
}

/** The members that would change it. Settings are declared as a whole: what is not among them is taken away. */
function whatDiffers(is: Webhook, {settings, ...declared}: WebhookInput): WebhookInput {
  const none = Object.fromEntries(Object.keys(is.settings).map(name => [name, null]))
  const input = {...declared, ...(settings === undefined ? {} : {settings: {...none, ...settings}})}
  const spoken = spokenBy(is)
  const changing = Object.entries(input).filter(([name, value]) => {
    return differs(is, withInput(is, {[name]: value}, spoken))
  })
  return Object.fromEntries(changing)
}

function refuseOtherPlatform(is: Webhook, platform: string): void {
  if (platform === is.platform || platform === is.platform.split('@')[0]) return
  if (platformId(spokenAs(platform)) === is.platform) return
  throw conflictError('platform_fixed', `it is ${is.platform} and cannot become ${platform}`, {
    path: 'platform',
    hint: 'give the new one another name, and take this one out',
  })
}
