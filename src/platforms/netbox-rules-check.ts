import {checkConditions} from '../domain/conditions.ts'
import type {Problem} from '../domain/platform.ts'
import {characters} from '../domain/python-text.ts'
import {suggest} from '../domain/suggest.ts'
import type {Webhook} from '../domain/webhook.ts'
import {isKnownEvent} from './netbox-events.ts'
import {isObject, type Settings, spelled, type Values} from './netbox-rules.ts'
import {problem} from './shared/check.ts'

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
