import type {Check} from '../domain/check.ts'
import {checkConditions, evaluate, explanationChecks, type Verdict} from '../domain/conditions.ts'
import type {JsonText} from '../domain/json.ts'
import {scalarText} from '../domain/json-style.ts'
import type {Firing, Problem, RenderableEvent} from '../domain/platform.ts'
import {characters} from '../domain/python-text.ts'
import {matches} from '../domain/subscription.ts'
import {suggest} from '../domain/suggest.ts'
import type {Webhook} from '../domain/webhook.ts'
import {snapshotsOf} from './netbox-data.ts'
import {isKnownEvent, publishedName, splitType} from './netbox-events.ts'
import {problem} from './shared/check.ts'
import {textsOf} from './shared/members.ts'

/** An event rule (NetBox 3.7 and later): which events of the webhook's own fire it, on what conditions, with what added. */
interface Rule {
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
/** What an exported rule has besides, and what does not matter here. */
const besides: readonly string[] =
  `id url display display_url action_object_type action_object_id action_object tags owner
  comments description custom_fields created last_updated`.split(/\s+/)
const members: readonly string[] = [
  'name',
  'objectTypes',
  'eventTypes',
  'enabled',
  'conditions',
  'actionData',
  'actionType',
]

type Settings = Webhook['settings']
type Values = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const spelled = (value: Values): Values =>
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

export interface RuleChecks {
  /** Whether the version's conditions can compare snapshots. */
  readonly snapshots: boolean
  acceptsObject(pattern: string): boolean
  acceptsEvent(pattern: string): boolean
}

/** Everything wrong with conditions, action data and rules of a webhook. */
export function checkRules({settings}: Webhook, checks: RuleChecks): Problem[] {
  const {conditions, actionData, rules} = settings
  return [
    ...checkConditions(conditions, 'settings/conditions', checks),
    ...checkActionData(actionData, 'settings/actionData'),
    ...checkList(rules, checks),
    ...checkNumbers({conditions, actionData, rules}),
  ]
}

/** Settings hold JavaScript's numbers: another one than was written would be sent and compared with. */
function checkNumbers(settings: Settings): Problem[] {
  return Object.entries(settings)
    .filter(([, value]) => hasLossyNumber(value))
    .map(([name]) => {
      const message = 'a number beyond 9007199254740991 cannot be kept to the last digit'
      return problem(`settings/${name}`, 'bad_number', message, 'write it as a text, in quotes')
    })
}

function hasLossyNumber(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER
  return typeof value === 'object' && value !== null && Object.values(value).some(hasLossyNumber)
}

function checkActionData(value: unknown, path: string): Problem[] {
  if (value === undefined || value === null || isObject(value)) return []
  return [problem(path, 'bad_setting', 'action data is a JSON object or null', '{"team": "noc"}')]
}

function checkList(rules: unknown, checks: RuleChecks): Problem[] {
  if (rules === undefined || rules === null) return []
  const example = '[{"name": "sites", "objectTypes": ["dcim.site"], "eventTypes": ["created"]}]'
  if (!Array.isArray(rules)) return [problem('settings/rules', 'bad_rules', 'event rules are a list', example)]
  if (rules.length > 100) return [problem('settings/rules', 'bad_rules', 'a webhook has at most 100 event rules')]
  const names = rules.map(rule => (isObject(rule) ? rule.name : undefined))
  return rules.flatMap((rule: unknown, index) => {
    const path = `settings/rules/${index}`
    if (!isObject(rule)) return [problem(path, 'bad_rules', 'an event rule is an object', example)]
    const again = typeof rule.name === 'string' && names.indexOf(rule.name) < index
    const repeated = again ? [problem(`${path}/name`, 'bad_rules', `two rules are named "${rule.name}"`)] : []
    return [...repeated, ...checkRule(rule, path, checks)]
  })
}

function checkRule(given: Values, path: string, checks: RuleChecks): Problem[] {
  const rule = spelled(given)
  const {name, objectTypes, eventTypes, enabled, conditions, actionData} = rule
  const wrong = (member: string, message: string, hint?: string) =>
    problem(`${path}/${member}`, 'bad_rules', message, hint)
  const problems: Problem[] = Object.keys(rule)
    .filter(member => !(members.includes(member) || besides.includes(member)))
    .map(member => wrong(member, `an event rule has no "${member.slice(0, 60)}"`, suggestion(member)))
  if (typeof name !== 'string' || name.trim() === '' || characters(name) > 150) {
    problems.push(wrong('name', 'an event rule has a name of 1 to 150 characters'))
  }
  if (enabled !== undefined && typeof enabled !== 'boolean')
    problems.push(wrong('enabled', '"enabled" is true or false'))
  const action = isObject(rule.actionType) ? rule.actionType.value : rule.actionType
  if (action !== undefined && action !== 'webhook')
    problems.push(wrong('actionType', 'the action of an event rule is a webhook here, not a script or a notification'))
  return [
    ...problems,
    ...checkTexts(objectTypes, 'objectTypes', text => checks.acceptsObject(text), wrong),
    ...checkTexts(eventTypes, 'eventTypes', text => isKnownEvent(text) || checks.acceptsEvent(text), wrong),
    ...checkConditions(conditions, `${path}/conditions`, checks),
    ...checkActionData(actionData, `${path}/actionData`),
  ]
}

function suggestion(member: string): string {
  const near = suggest(member, members)
  return near === undefined ? `it has ${members.join(', ')}` : `did you mean ${near}?`
}

function checkTexts(
  value: unknown,
  member: string,
  accepts: (text: string) => boolean,
  wrong: (member: string, message: string, hint?: string) => Problem,
): Problem[] {
  if (value === undefined) return []
  if (!Array.isArray(value) || value.length === 0) {
    return [wrong(member, `${member} is a list of at least one`, 'leave it out for all')]
  }
  return value.flatMap((text, index) =>
    typeof text === 'string' && accepts(text)
      ? []
      : [wrong(`${member}/${index}`, `netbox has nothing like ${JSON.stringify(text)?.slice(0, 80)}`)],
  )
}
