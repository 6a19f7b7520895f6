import type {Organization} from '../domain/organization.ts'
import {flagWord} from '../domain/shell-word.ts'
import {denialHint, denialSentence} from '../domain/target-denial.ts'
import {judgeTarget, knownAddresses, parseTarget, type Target} from '../domain/target-policy.ts'
import {usageError} from '../errors.ts'
import type {Deps, Targets} from './deps.ts'
import {everyOrganization} from './every-organization.ts'

/** Longest wait for a name: an early answer that comes late is none. */
const LOOKUP_MS = 2000

/** What the instance says against a URL: for people, with what to do about it. */
interface Objection {
  readonly sentence: string
  readonly hint: string
}

/**
 * Why this instance would not deliver to a URL as things are now, or null. Also null where nobody can say: a URL that is
 * none yet (a template), a name that is not looked up here or does not answer in time. The dial decides, not this.
 */
export async function objectionTo(targets: Targets, url: string): Promise<Objection | null> {
  const target = parseTarget(url)
  if (typeof target === 'string') return null
  const addresses = knownAddresses(target.hostname) ?? (await lookUp(targets, target))
  if (addresses === null) return null
  const verdict = judgeTarget(targets.policy, target, addresses, targets.ownListeners())
  if (verdict.allowed) return null
  const host = new URL(url).host
  return {sentence: denialSentence(verdict, host), hint: denialHint(verdict, target)}
}

async function lookUp({resolve}: Targets, {hostname}: Target): Promise<readonly string[] | null> {
  if (resolve === null) return null
  const late = Promise.withResolvers<null>()
  const timer = setTimeout(late.resolve, LOOKUP_MS, null)
  try {
    return await Promise.race([resolve(hostname), late.promise])
  } catch {
    return null
  } finally {
    clearTimeout(timer)
  }
}

/** @throws usage `target_denied` for a URL that this instance would not deliver to */
export async function refuseTarget({targets}: Pick<Deps, 'targets'>, url: string, path: string): Promise<void> {
  const objection = await objectionTo(targets, url)
  if (objection === null) return
  throw usageError('target_denied', objection.sentence, {path, hint: objection.hint})
}

/** A webhook that is stored and would not be delivered to. */
export interface RefusedWebhook {
  readonly organization: string
  readonly id: string
  readonly name: string
  /** Why, with the host and its address. */
  readonly sentence: string
  readonly hint: string
}

/** A page of these says which webhooks wait because of the policy; the page after it would name the same ones. */
const RECENT = 200

/**
 * The webhooks of an organization that the policy keeps from being delivered to, by what is known without a look-up:
 * those whose URL, or that of their tokens, holds an address, and those with a delivery that waits because it was refused when it was dialled.
 */
export async function refusedSoFar(
  deps: Pick<Deps, 'store' | 'targets'>,
  organization: Pick<Organization, 'id' | 'slug'>,
): Promise<readonly RefusedWebhook[]> {
  const {store, targets} = deps
  const [byUrl, {items}] = await Promise.all([
    refusedIn({store, targets: {...targets, resolve: null}}, organization),
    store.deliveries.list(organization.id, {errorClasses: ['target_denied'], states: ['pending']}, {limit: RECENT}),
  ])
  const known = new Set(byUrl.map(({id}) => id))
  const waiting = [...new Set(items.map(({webhookId}) => webhookId))].filter(id => !known.has(id))
  const seen = (await store.webhooks.byIds(waiting)).map(({id, name}) => ({
    organization: organization.slug,
    id,
    name,
    sentence: `${name} is not delivered to: the target policy refused the address that was to be dialled`,
    hint: `hookctl delivery list ${flagWord('webhook', name)} --state pending; hookctl delivery show ID says which`,
  }))
  return [...byUrl, ...seen]
}

/** The webhooks of an organization that deliveries will not be sent to, as far as can be said without dialling. */
async function refusedIn(
  {store, targets}: Pick<Deps, 'store' | 'targets'>,
  {id, slug}: Pick<Organization, 'id' | 'slug'>,
): Promise<readonly RefusedWebhook[]> {
  const own = targets.ownListeners()
  const once = {...targets, resolve: askedOnce(targets.resolve), ownListeners: () => own}
  const judged = await Promise.all(
    (await store.webhooks.all(id)).map(async ({id, name, url, oauth}) => {
      const asked = [url, oauth?.tokenUrl ?? null].filter(each => each !== null)
      const [objection] = (await Promise.all(asked.map(each => objectionTo(once, each)))).filter(each => each !== null)
      return objection === undefined ? null : {organization: slug, id, name, ...objection}
    }),
  )
  return judged.filter(each => each !== null)
}

/** Webhooks share hosts: each name is asked for once. */
function askedOnce(resolve: Targets['resolve']): Targets['resolve'] {
  if (resolve === null) return null
  const asked = new Map<string, Promise<readonly string[]>>()
  return hostname => {
    const answer = asked.get(hostname) ?? resolve(hostname)
    asked.set(hostname, answer)
    return answer
  }
}

/** The same over all organizations: what an administrator who narrows the policy needs to see. */
export async function refusedEverywhere(deps: Pick<Deps, 'store' | 'targets'>): Promise<readonly RefusedWebhook[]> {
  const refused: RefusedWebhook[] = []
  for (const organization of await everyOrganization(deps.store)) refused.push(...(await refusedIn(deps, organization)))
  return refused
}
