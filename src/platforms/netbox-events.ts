import type {Change} from '../domain/history.ts'
import type {EventType} from '../domain/platform.ts'
import {matches} from '../domain/subscription.ts'
import {suggest} from '../domain/suggest.ts'
import {netboxExample} from './netbox-examples.ts'
import {byBareModel, isIn, jobTypes, type ObjectType, objectType, objectTypes} from './netbox-objects.ts'
import {versionOf} from './netbox-versions.ts'

const changes: Readonly<Record<string, Change | null>> = {
  created: 'created',
  updated: 'changed',
  deleted: 'deleted',
  job_started: null,
  job_ended: null,
}

/** NetBox's event types, and what webhooks call them. Source: extras/constants.py, WEBHOOK_EVENT_TYPES. */
const published: Readonly<Record<string, string>> = {
  object_created: 'created',
  object_updated: 'updated',
  object_deleted: 'deleted',
  job_completed: 'job_ended',
  job_failed: 'job_ended',
  job_errored: 'job_ended',
  ...Object.fromEntries(Object.keys(changes).map(change => [change, change])),
}

/** What webhooks call an event of NetBox: a plugin's as the plugin does. */
export const publishedName = (event: string): string =>
  Object.hasOwn(published, event) ? (published[event] as string) : event

export const isKnownEvent = (event: string): boolean => Object.hasOwn(published, event)

/**
 * Whether an event may be one that a plugin adds, `my_plugin_event` or `my_plugin.thing_happened`. One word, what
 * begins like an event of NetBox's own and what is a typing slip away from one are taken for mistakes.
 */
export const isPluginEvent = (event: string): boolean =>
  /^[a-z]\w*(?:\.[a-z]\w*)?$/.test(event) &&
  event === event.toLowerCase() &&
  event.includes('_') &&
  !/^(?:job|object)_/.test(event) &&
  !event.split('.').some(isKnownEvent) &&
  suggest(event, Object.keys(published)) === undefined

/** `dcim.site` and `created` of `dcim.site.created`, completed where only the model is given. */
export function splitType(type: string): {object: string; change: string} {
  const [, full, event] = /^([^.]+\.[^.]+)\.(.+)$/.exec(type) ?? []
  if (full !== undefined && event !== undefined) return {object: full, change: event}
  const dot = type.lastIndexOf('.')
  const model = type.slice(0, dot)
  return {object: byBareModel(model)?.name ?? model, change: type.slice(dot + 1)}
}

export function eventType(version: string, type: string): EventType | null {
  const {object: name, change: event} = splitType(type)
  const change = publishedName(event)
  const isOwn = isKnownEvent(event)
  const object = objectType(name)
  if (object === null || !isIn(version, name) || !(isOwn || isPluginEvent(event))) return null
  // Jobs came with 3.5, events of plugins later.
  if (!(Object.hasOwn(changes, change) && changes[change]) && !versionOf(version).jobs) return null
  const about = changes[change] ?? null
  const full = `${name}.${change}`
  return {
    name: full,
    category: object.app,
    summary: summaryOf(object, change),
    change: about === null ? null : {objectType: name, change: about},
    get example() {
      return netboxExample(full, object, change, version)
    },
  }
}

function summaryOf({model}: ObjectType, change: string): string {
  if (!Object.hasOwn(changes, change)) return `a plugin's ${change} of a ${model}`
  return change.startsWith('job_') ? `a job of a ${model} ${change.slice(4)}` : `a ${model} was ${change}`
}

export function eventTypes(version: string): readonly EventType[] {
  const names = objectTypes(version).flatMap(({name}) =>
    Object.keys(changes).flatMap(change => {
      const isListed = !change.startsWith('job_') || jobTypes.includes(name)
      return isListed ? [`${name}.${change}`] : []
    }),
  )
  return names.map(name => eventType(version, name)).filter(type => type !== null)
}

const namesByVersion = new Map<string, readonly string[]>()

/** Made once: a webhook is compared with every other one. */
export function typeNames(version: string): readonly string[] {
  const names = namesByVersion.get(version) ?? eventTypes(version).map(({name}) => name)
  namesByVersion.set(version, names)
  return names
}

/** Bare models have their app added; `site.*` too. */
export function canonicalType(_version: string, type: string): string {
  const match = /^([a-z]\w*)\.([a-z_]+|\*)$/.exec(type)
  const [, model = '', change = ''] = match ?? []
  const known = change === '*' || Object.hasOwn(changes, change) ? byBareModel(model) : null
  return known === null ? type : `${known.name}.${change}`
}

// A star may stand for a plugin's object type, which no list knows: any pattern is fine whose end can be an event.
export function acceptsPattern(version: string, given: string): boolean {
  const pattern = canonicalType(version, given)
  // Of `job_failed` there is only `job_ended` to subscribe to: the other name would never match.
  if (!pattern.includes('*')) return eventType(version, pattern)?.name === pattern
  if (version === '2.6') return typeNames(version).some(name => matches(pattern, name))
  const end = pattern.slice(pattern.lastIndexOf('*') + 1)
  if (isPluginEvent(end.slice(1))) return versionOf(version).jobs
  const isChange = Object.keys(changes).some(change => `.${change}`.endsWith(end) || end.endsWith(`.${change}`))
  return isChange && /^[a-z0-9_.*]+$/.test(pattern) && pattern.split('.').length <= 3
}
