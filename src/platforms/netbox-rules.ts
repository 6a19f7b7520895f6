import type {Check} from '../domain/check.ts'
import {evaluate, explanationChecks, type Verdict} from '../domain/conditions.ts'
import type {JsonText} from '../domain/json.ts'
import {scalarText} from '../domain/json-style.ts'
import type {Firing, RenderableEvent} from '../domain/platform.ts'
import {matches} from '../domain/subscription.ts'
import type {Webhook} from '../domain/webhook.ts'
import {snapshotsOf} from './netbox-data.ts'
import {publishedName, splitType} from './netbox-events.ts'
import {textsOf} from './shared/members.ts'

/** An event rule (NetBox 3.7 and later): which events of the webhook's own fire it, on what conditions, with what added. */
export interface Rule {
  readonly name: string
  /** Patterns of object types: `dcim.site`, `dcim.*`. Absent: all. */
  readonly objectTypes?: readonly string[]
  /** What happened: `created`, NetBox's own `object_created` or `job_failed`, or whole patterns: `dcim.site.*`. Absent: all. */
  readonly eventTypes?: readonly string[]
  readonly enabled?: boolean
  readonly conditions?: unknown
  readonly actionData?: Readonly<Record<string, unknown>> | null
  /** Nothing but a webhook: `webhook`, or as NetBox's API shows a choice, `{"value": "webhook", …}`. */
  readonly actionType?: unknown
}

/** As NetBox's API spells them: an exported rule can be given as it is. */
const spellings: Readonly<Record<string, keyof Rule>> = {
  object_types: 'objectTypes',
  event_types: 'eventTypes',
  action_data: 'actionData',
  action_type: 'actionType',
}

export type Settings = Webhook['settings']
export type Values = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** With the names of hookctl where NetBox spells otherwise. */
export const spelled = (value: Values): Values =>
  Object.fromEntries(
    Object.entries(value).map(([key, each]) => [(Object.hasOwn(spellings, key) && spellings[key]) || key, each]),
  )

/** Every rule that can be read; what an older store holds otherwise is left out. Null where the webhook has no rules. */
function rulesOf({rules}: Settings): readonly Rule[] | null {
  if (rules === undefined || rules === null) return null
  if (!Array.isArray(rules)) return []
  return rules.filter(isObject).map(value => spelled(value) as unknown as Rule)
}

/** The settings of a webhook with a rule's action data over its own. */
const withRule = (settings: Settings, {actionData}: Rule): Settings =>
  isObject(actionData)
    ? {...settings, actionData: {...(isObject(settings.actionData) ? settings.actionData : {}), ...actionData}}
    : settings

export function settingsFor({settings}: Webhook, rule: string | null): Settings {
  const found = rule === null ? undefined : rulesOf(settings)?.find(({name}) => name === rule)
  return found === undefined ? settings : withRule(settings, found)
}

/** How one rule went for an event. Conditions are looked at when somebody asks. */
interface JudgedRule {
  readonly rule: Rule
  readonly isEnabled: boolean
  readonly isAboutObject: boolean
  readonly isAboutChange: boolean
  readonly conditions: () => Verdict
}

interface Judgement {
  /** Of the webhook itself. */
  readonly conditions: () => Verdict
  /** Null where the webhook has no rules. */
  readonly rules: readonly JudgedRule[] | null
}

function judge(event: RenderableEvent, {settings}: Webhook, canonical: Canonical): Judgement {
  const subject = lazily(() => subjectOf(event))
  const verdictOn = (conditions: unknown) =>
    lazily(() => (conditions === undefined || conditions === null ? ALWAYS : evaluate(conditions, subject())))
  const rules = rulesOf(settings)
  return {
    conditions: verdictOn(settings.conditions),
    rules:
      rules?.map(rule => ({
        rule,
        isEnabled: rule.enabled !== false,
        isAboutObject: isAboutObject(rule, event, canonical),
        isAboutChange: isAboutChange(rule, event, canonical),
        conditions: verdictOn(rule.conditions),
      })) ?? null,
  }
}

/** Completes an object type or pattern: `dcim.site` for `site`. */
type Canonical = (type: string) => string

const ALWAYS: Verdict = {fires: true, why: []}

const applies = ({isEnabled, isAboutObject, isAboutChange}: JudgedRule): boolean =>
  isEnabled && isAboutObject && isAboutChange

/**
 * The rules that an event fires, each with its own action data; the webhook alone where it has none. What only its
 * conditions keep from firing is told once.
 */
export function firingsOf(event: RenderableEvent, webhook: Webhook, canonical: Canonical): readonly Firing[] {
  const {settings} = webhook
  const {conditions, rules} = judge(event, webhook, canonical)
  const declined: Firing = {rule: null, settings, declined: 'condition'}
  if (rules === null) return [conditions().fires ? {...declined, declined: null} : declined]
  const matching = rules.filter(applies)
  if (matching.length === 0) return []
  const firing = conditions().fires ? matching.filter(each => each.conditions().fires) : []
  if (firing.length === 0) return [{...declined, rule: matching.length === 1 ? nameOf(matching[0]?.rule) : null}]
  return firing.map(({rule}) => ({rule: nameOf(rule), settings: withRule(settings, rule), declined: null}))
}

/** The same judgement, told: the webhook's conditions, then its rules, each with all that it asks for. */
export function firingChecks(event: RenderableEvent, webhook: Webhook, canonical: Canonical): readonly Check[] {
  const {conditions, rules} = judge(event, webhook, canonical)
  const hasConditions = webhook.settings.conditions !== undefined && webhook.settings.conditions !== null
  return [...(hasConditions ? [conditionsCheck(conditions())] : []), ...(rules === null ? [] : [rulesCheck(rules)])]
}

function conditionsCheck(verdict: Verdict): Check {
  const held = verdict.why.filter(({holds}) => holds).length
  return {
    name: 'conditions',
    holds: verdict.fires,
    says: `${held} of ${verdict.why.length} hold: ${verdict.fires ? 'enough' : 'not enough'}`,
    parts: explanationChecks(verdict),
  }
}

function rulesCheck(rules: readonly JudgedRule[]): Check {
  const parts = rules.map(ruleCheck)
  const firing = parts.filter(({holds}) => holds).length
  return {name: 'rules', holds: firing > 0, says: `${firing} of ${parts.length} event rules fire`, parts}
}

function ruleCheck(judged: JudgedRule): Check {
  const {rule, isEnabled, isAboutObject, isAboutChange, conditions} = judged
  const {objectTypes, eventTypes} = rule
  const list = (types: unknown) => (Array.isArray(types) ? types.map(String).join(', ') : 'all')
  const parts = [
    {name: 'enabled', holds: isEnabled, says: isEnabled ? 'the rule is on' : 'the rule is off'},
    {name: 'object_types', holds: isAboutObject, says: `it is about ${list(objectTypes)}`},
    {name: 'event_types', holds: isAboutChange, says: `it is about ${list(eventTypes)}`},
    ...(rule.conditions === undefined || rule.conditions === null ? [] : [conditionsCheck(conditions())]),
  ]
  const holds = applies(judged) && conditions().fires
  return {name: nameOf(rule) ?? 'a rule', holds, says: holds ? 'the rule fires' : 'the rule does not fire', parts}
}

const nameOf = (rule: Rule | undefined): string | null => (typeof rule?.name === 'string' ? rule.name : null)

function lazily<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** What conditions are about: the data without what a rule adds to it, and the snapshots, as they are sent. */
function subjectOf(event: RenderableEvent) {
  const captured = textsOf(textsOf(event.extra).get('snapshots') ?? null)
  const {prechange, postchange} = snapshotsOf(event) ?? {prechange: null, postchange: null}
  const [pre, post] = [prechange ?? captured.get('prechange') ?? null, postchange ?? captured.get('postchange') ?? null]
  const snapshots = pre === null && post === null ? null : {prechange: parsed(pre), postchange: parsed(post)}
  return {data: parsed(event.data), snapshots}
}

const parsed = (text: JsonText | null): unknown => (text === null ? null : JSON.parse(text))

function isAboutObject({objectTypes}: Rule, event: RenderableEvent, canonical: Canonical): boolean {
  if (!Array.isArray(objectTypes)) return true
  const {object} = splitType(event.type)
  return objectTypes.some(pattern => matches(completed(pattern, canonical), object))
}

function isAboutChange({eventTypes}: Rule, event: RenderableEvent, canonical: Canonical): boolean {
  if (!Array.isArray(eventTypes)) return true
  const {change} = splitType(event.type)
  return eventTypes.some(type => isChange(String(type), change, event) || matches(canonical(String(type)), event.type))
}

/** `site` is `dcim.site`: completed as a pattern of event types is. */
const completed = (pattern: unknown, canonical: (type: string) => string): string =>
  canonical(`${String(pattern)}.*`).replace(/\.\*$/, '')

/** `job_failed` is about a job that ended, and failed: its data say which. */
function isChange(type: string, change: string, event: RenderableEvent): boolean {
  if (publishedName(type) !== publishedName(change)) return false
  const outcome = /^job_(completed|failed|errored)$/.exec(type)?.[1]
  if (outcome === undefined) return true
  const status = textsOf(event.data).get('status')
  const value = scalarText(status) ?? scalarText(textsOf(status ?? null).get('value'))
  return value === null || value === outcome
}
