import {createHash} from 'node:crypto'
import type {Plan} from '../../api/declarations.ts'
import type {Output, Parsed} from '../../api/operations.ts'
import {conflictError} from '../../errors.ts'
import type {Asking, Deps, Resolved} from '../deps.ts'
import {takingTurns} from '../turns.ts'
import {byName, declare, KEYS, nameOf, type Question, type Section, type There, undeclared} from './declare.ts'
import {type Everything, everythingOf} from './everything.ts'
import {
  blankEventTypeValues,
  blankSourceValues,
  blankValues,
  contextValues,
  eventTypeValues,
  fieldsOf,
  memberValues,
  sourceValues,
  type Values,
  webhookValues,
} from './fields.ts'
import {type StagedStore, stage} from './staged-store.ts'

/** What would change to have what is declared. Changes nothing. @throws what `applyDeclaration` throws */
export const planDeclaration = async (
  deps: Deps,
  question: Resolved<Parsed<'declaration.plan'>>,
  caller: Asking,
): Promise<Output<'declaration.plan'>> => (await prepare(deps, question, caller)).plan

/**
 * Makes what is declared so, in one transaction: all of it or nothing. Every change is in the history like one made by
 * its own command, all with the same request id. Asked again it changes nothing.
 *
 * @throws usage `declared_twice` and what the services refuse, with the place in the declaration; conflict
 * `platform_fixed`, `plan_changed` where it is not what `plan` named, `changed_meanwhile`
 */
export async function applyDeclaration(
  deps: Deps,
  question: Resolved<Parsed<'declaration.apply'>>,
  caller: Asking,
): Promise<Output<'declaration.apply'>> {
  const {plan, staged} = await prepare(deps, question, caller)
  if (question.plan !== undefined && question.plan !== plan.digest) {
    throw conflictError('plan_changed', 'what would change is not what it was when you looked; nothing was changed', {
      hint: 'look again: hookctl plan',
    })
  }
  await staged.commit()
  return plan
}

interface Prepared {
  readonly plan: Plan
  readonly staged: StagedStore
}

async function prepare(deps: Deps, question: Question, caller: Asking): Promise<Prepared> {
  const {organization, declaration, prune} = question
  const found = await everythingOf(deps, organization)
  const staged = stage(deps.store, found)
  const within = {...deps, store: staged.store}
  const there = byName(found)
  await declare({deps: within, question, caller, found, there})
  const after = byName(await everythingOf(within, organization))
  const sections = Object.keys(KEYS) as Section[]
  const changes: Plan['changes'] = []
  for (const section of sections) {
    for (const change of await changesOf(section, declaration, there, after)) changes.push(change)
  }
  const declared = sections.reduce((sum, section) => sum + (declaration[section]?.length ?? 0), 0)
  return {
    staged,
    plan: {
      organization: organization.slug,
      changes,
      unchanged: declared - changes.filter(({action}) => action !== 'delete').length,
      undeclared: prune
        ? []
        : sections.flatMap(section =>
            undeclared(declaration, found, section).map(object => ({
              kind: KINDS[section],
              name: nameOf(section, object),
            })),
          ),
      digest: digestOf(changes, there),
    },
  }
}

const KINDS = {
  contexts: 'context',
  members: 'member',
  webhooks: 'webhook',
  sources: 'source',
  eventTypes: 'eventType',
} as const

interface Looks<T> {
  readonly values: (object: T) => Values
  /** What a new one is compared with. */
  readonly blank: (object: T) => Values
}

const LOOKS: {readonly [S in Section]: Looks<Everything[S][number]>} = {
  contexts: {values: contextValues, blank: () => ({})},
  members: {values: memberValues, blank: () => ({})},
  webhooks: {values: webhookValues, blank: blankValues},
  sources: {values: sourceValues, blank: blankSourceValues},
  eventTypes: {values: eventTypeValues, blank: blankEventTypeValues},
}

/** In the order of the declaration; what is deleted comes last. */
async function changesOf<S extends Section>(
  section: S,
  declaration: Question['declaration'],
  there: There,
  after: There,
): Promise<Plan['changes']> {
  type Object = Everything[S][number]
  const {values, blank} = LOOKS[section] as Looks<Object>
  const [was, is] = [there[section], after[section]] as readonly [
    ReadonlyMap<string, Object>,
    ReadonlyMap<string, Object>,
  ]
  const changeOf = (name: string): Plan['changes'] => {
    const [before, now] = [was.get(name), is.get(name)]
    if (now === before) return []
    const about = {kind: KINDS[section], name}
    if (now === undefined) return [{...about, action: 'delete', fields: []}]
    if (before === undefined) return [{...about, action: 'create', fields: fieldsOf(blank(now), values(now))}]
    const fields = fieldsOf(values(before), values(now))
    return fields.length === 0 ? [] : [{...about, action: 'change', fields}]
  }
  const declared = (declaration[section] ?? []).map(object => nameOf(section, object))
  const gone = [...was.keys()].filter(name => !is.has(name))
  const changes: Plan['changes'] = []
  const turn = takingTurns()
  for (const name of [...declared, ...gone]) {
    changes.push(...changeOf(name))
    const over = turn()
    if (over !== null) await over
  }
  return changes
}

/** A webhook or source that is changed or deleted is part of it as it was saved last: masks hide what differs. */
function digestOf(changes: Plan['changes'], {webhooks, sources}: There): string {
  const masked: Partial<Record<string, ReadonlyMap<string, {readonly updatedAt: number}>>> = {
    webhook: webhooks,
    source: sources,
  }
  const saved = changes.map(({kind, name}) => masked[kind]?.get(name)?.updatedAt)
  return createHash('sha256')
    .update(JSON.stringify([changes, saved]))
    .digest('hex')
    .slice(0, 32)
}
