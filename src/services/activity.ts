import type {ActivityView} from '../api/history.ts'
import type {Change, HistoryEntry} from '../domain/history.ts'
import {toInstant} from './instants.ts'

/** Catalyst shows changes of nodes and security groups, which it calls tags inside; created and changed only. */
export const feedOfTen = {objectTypes: ['Node', 'Tag'], changes: ['created', 'changed']} as const

/** Names for a reader where the platform's own word is not one. */
const labels: Readonly<Record<string, string>> = {
  Tag: 'Security group',
  WebhookDelivery: 'Delivery',
}

const verbs: Readonly<Record<Change, string>> = {created: 'created', changed: 'updated', deleted: 'deleted'}

/**
 * What happened, as a sentence: `Node “db-1” was created.`
 *
 * Source: Catalyst's activity feed, word for word, typographic quotes included.
 */
export function activitySentence({object, change}: Pick<HistoryEntry, 'object' | 'change'>): string {
  const name = object.name || object.id
  return `${labelOf(object.type)}${name === '' ? '' : ` “${name}”`} was ${verbs[change]}.`
}

/** `FirewallRule` is a firewall rule; of `dcim.front_port` the part before the point is the application. */
function labelOf(type: string): string {
  const known = labels[type]
  if (known !== undefined) return known
  const words = type
    .slice(type.lastIndexOf('.') + 1)
    .replace(/[_-]+/g, ' ')
    .replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
  return words === '' ? type : words.charAt(0).toUpperCase() + words.slice(1)
}

export const activityView = (entry: HistoryEntry): ActivityView => ({
  at: toInstant(entry.at),
  change: entry.change,
  message: activitySentence(entry),
  object: entry.object,
  actor: entry.actor,
  historyId: entry.id,
})
