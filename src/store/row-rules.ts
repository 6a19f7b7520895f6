import {
  type ContentGone,
  type DeliveryReason,
  type DeliveryTrigger,
  deliveryStates,
  errorClasses,
} from '../domain/delivery.ts'
import {mismatchRules} from '../domain/event-type.ts'
import type {Change} from '../domain/history.ts'
import type {Role} from '../domain/organization.ts'
import {replaySelections, replayStates} from '../domain/replay.ts'
import type {Method, Mode} from '../domain/webhook.ts'
import type {Problem} from './care.ts'
import type {Value} from './sqlite/connection.ts'
import type {FeedKind} from './store.ts'

/** What rows must be beyond the types of their columns: the schema does not say it, because checking costs with every write. */

type Column = `${string}.${string}`

/** What a column refers to, where it refers to anything. */
const REFERENCES: readonly (readonly [from: Column, to: Column])[] = [
  ['contexts.organization_id', 'organizations.id'],
  ['members.organization_id', 'organizations.id'],
  ['tokens.organization_id', 'organizations.id'],
  ['webhooks.organization_id', 'organizations.id'],
  ['sources.organization_id', 'organizations.id'],
  ['event_types.organization_id', 'organizations.id'],
  ['webhook_health.webhook', 'webhooks.seq'],
  ['deliveries.webhook', 'webhooks.seq'],
  ['deliveries.event', 'events.seq'],
  ['deliveries.body', 'bodies.seq'],
  ['batch_events.batch', 'deliveries.seq'],
  ['batch_events.event', 'events.seq'],
  ['open_batches.webhook', 'webhooks.seq'],
  ['open_batches.delivery', 'deliveries.seq'],
  ['attempts.delivery', 'deliveries.seq'],
  ['replay_items.replay', 'replays.seq'],
]

/** By their names, so that the compiler misses none. */
const wordsOf = (words: Readonly<Record<string, true>>): readonly string[] => Object.keys(words)

const reasons = wordsOf({
  inactive: true,
  condition: true,
  unconfigured: true,
  render_failed: true,
  webhook_deleted: true,
  cancelled: true,
  exhausted: true,
  gone: true,
  no_retry: true,
} satisfies Record<DeliveryReason, true>)
const triggers = wordsOf({event: true, replay: true, test: true} satisfies Record<DeliveryTrigger, true>)
const gone = wordsOf({pruned: true, expunged: true} satisfies Record<ContentGone, true>)
const methods = {GET: true, POST: true, PUT: true, PATCH: true, DELETE: true} satisfies Record<Method, true>

/** The words a column knows, where it knows only some. */
const WORDS: readonly (readonly [Column, readonly string[]])[] = [
  ['members.role', wordsOf({owner: true, admin: true, member: true} satisfies Record<Role, true>)],
  ['webhooks.mode', wordsOf({instant: true, batch: true} satisfies Record<Mode, true>)],
  ['webhooks.method', wordsOf(methods)],
  ['event_types.on_mismatch', mismatchRules],
  ['events.content_gone', gone],
  ['deliveries.trigger', triggers],
  ['deliveries.state', deliveryStates],
  ['deliveries.reason', reasons],
  ['deliveries.last_error_class', errorClasses],
  ['deliveries.content_gone', gone],
  ['attempts.error_class', errorClasses],
  ['replays.selection', replaySelections],
  ['replays.state', replayStates],
  ['history.change', wordsOf({created: true, changed: true, deleted: true} satisfies Record<Change, true>)],
  ['feed.kind', wordsOf({attempt: true, skipped: true, history: true} satisfies Record<FeedKind, true>)],
]

/** Columns that hold JSON, and what of it. */
const JSON_COLUMNS: readonly (readonly [Column, 'list' | 'object' | 'value'])[] = [
  ['tokens.scopes', 'list'],
  ['webhooks.event_types', 'list'],
  ['webhooks.headers', 'list'],
  ['webhooks.secrets', 'list'],
  ['webhooks.oauth', 'object'],
  ['webhooks.policies', 'object'],
  ['webhooks.settings', 'object'],
  ['webhooks.paused', 'object'],
  ['sources.signature', 'object'],
  ['sources.secrets', 'list'],
  ['event_types.schema', 'value'],
  ['event_types.example', 'value'],
  ['events.actor', 'object'],
  ['events.extra', 'value'],
  ['events.data', 'value'],
  ['events.before', 'value'],
  ['events.after', 'value'],
  ['attempts.request_headers', 'list'],
  ['attempts.response_headers', 'list'],
  ['attempts.signed_with', 'list'],
  ['replays.filter', 'object'],
  ['history.actor', 'object'],
  ['history.before', 'value'],
  ['history.after', 'value'],
  ['history.rotated', 'list'],
  ['tracked_objects.data', 'value'],
  ['tracked_objects.secrets', 'object'],
]

/** So many of a kind are told: who has more has lost a table. */
export const MOST = 20

export interface WrongRow {
  readonly table: string
  /** Its primary key. */
  readonly key: Readonly<Record<string, Value>>
  readonly column: string
  readonly kind: 'references' | 'rows' | 'bodies'
  readonly what: string
}

interface Rule {
  readonly column: Column
  readonly kind: WrongRow['kind']
  /** True of a row that is wrong, which is called r. */
  readonly isWrong: string
  readonly what: (value: Value) => string
}

/** A table as it is in a database. */
export interface TableShape {
  readonly columns: ReadonlySet<string>
  /** Of its primary key. */
  readonly key: readonly string[]
}

/** A question for the rows that one rule finds wrong, and what each row of the answer is. */
export interface Look {
  readonly sql: string
  readonly found: (row: Readonly<Record<string, Value>>) => WrongRow
}

/**
 * Looks for rows that cannot be shown or sent: what they refer to is not there, or nobody knows what they say. In SQL of a
 * database with the function `jsonKind`: whether a text is JSON of a `list`, an `object` or another `value`, or none
 * (empty).
 *
 * @param shapeOf null where there is no such table: an older schema has not all of them, nor all columns
 */
export function looksForWrongRows(shapeOf: (table: string) => TableShape | null, jsonKind: string): readonly Look[] {
  const has = (column: Column): boolean => {
    const [table = '', name = ''] = column.split('.')
    return shapeOf(table)?.columns.has(name) ?? false
  }
  return rules(has, jsonKind).flatMap(({column, kind, isWrong, what}) => {
    if (!has(column)) return []
    const [table = '', name = ''] = column.split('.')
    const keys = (shapeOf(table)?.key ?? []).map(key => `r.${key}`).join(', ')
    return {
      sql: `SELECT r.${name} AS hookctl_value, ${keys} FROM ${table} r WHERE ${isWrong} LIMIT ${MOST}`,
      found: ({hookctl_value: value = null, ...key}) => ({table, column: name, kind, key, what: what(value)}),
    }
  })
}

const rules = (has: (column: Column) => boolean, jsonKind: string): readonly Rule[] => [
  ...REFERENCES.filter(([, to]) => has(to)).map(([from, to]): Rule => {
    const [table, key] = to.split('.')
    const name = from.split('.')[1]
    return {
      column: from,
      kind: table === 'bodies' ? 'bodies' : 'references',
      isWrong: `r.${name} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${table} t WHERE t.${key} = r.${name})`,
      what: value => `there is no row of ${table} with the ${key} ${value}`,
    }
  }),
  {
    column: 'deliveries.body',
    kind: 'bodies',
    isWrong: "r.body IS NULL AND r.state IN ('pending', 'held', 'delivering')",
    what: () => 'an unfinished delivery has no body',
  },
  ...WORDS.map(([column, words]): Rule => {
    const name = column.split('.')[1]
    return {
      column,
      kind: 'rows',
      isWrong: `r.${name} NOT IN (${words.map(word => `'${word}'`).join(', ')})`,
      what: value => `${shown(value)} is none of ${words.join(', ')}`,
    }
  }),
  ...JSON_COLUMNS.map(([column, kind]): Rule => {
    const name = column.split('.')[1]
    return {
      column,
      kind: 'rows',
      isWrong: `r.${name} IS NOT NULL AND ${jsonKind}(r.${name}) ${kind === 'value' ? "= ''" : `<> '${kind}'`}`,
      what: () => (kind === 'value' ? 'it is not JSON' : `it is not JSON of a${kind === 'object' ? 'n' : ''} ${kind}`),
    }
  }),
]

const shown = (value: Value): string => JSON.stringify(String(value).slice(0, 40))

export const tellWrongRows = (wrong: readonly WrongRow[]): readonly Problem[] =>
  wrong.map(({table, key, column, kind, what}) => ({
    kind,
    detail: `${table}/${Object.values(key).join(',')}/${column}: ${what}`,
  }))

/** @param changed bodies whose check sum does not fit */
export const tellChangedBodies = (changed: number): readonly Problem[] =>
  changed === 0 ? [] : [{kind: 'bodies', detail: `${changed} bodies are not as they were stored`}]
