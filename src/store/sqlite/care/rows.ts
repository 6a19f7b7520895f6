import type {DatabaseSync} from 'node:sqlite'
import {
  type ContentGone,
  type DeliveryReason,
  type DeliveryTrigger,
  deliveryStates,
  errorClasses,
} from '../../../domain/delivery.ts'
import type {Change} from '../../../domain/history.ts'
import type {Role} from '../../../domain/organization.ts'
import {replaySelections, replayStates} from '../../../domain/replay.ts'
import type {Method, Mode} from '../../../domain/webhook.ts'
import type {FeedKind} from '../../store.ts'
import type {Value} from '../connection.ts'

/** What rows must be beyond the types of their columns: the schema does not say it, because checking costs with every write. */

type Column = `${string}.${string}`

/** What a column refers to, where it refers to anything. */
const REFERENCES: readonly (readonly [from: Column, to: Column])[] = [
  ['contexts.organization_id', 'organizations.id'],
  ['members.organization_id', 'organizations.id'],
  ['tokens.organization_id', 'organizations.id'],
  ['webhooks.organization_id', 'organizations.id'],
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
  ['webhooks.policies', 'object'],
  ['webhooks.settings', 'object'],
  ['webhooks.paused', 'object'],
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
const MOST = 20

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

/** Rows that cannot be shown or sent: what they refer to is not there, or nobody knows what they say. */
export function wrongRows(database: DatabaseSync): readonly WrongRow[] {
  database.function('json_kind', {deterministic: true}, text => kindOf(String(text)))
  const known = new Map<string, readonly {readonly name: string; readonly isKey: boolean}[]>()
  const columnsOf = (table: string) => {
    const columns = known.get(table) ?? describe(database, table)
    known.set(table, columns)
    return columns
  }
  // An older schema has not all of them.
  const has = (column: Column) => {
    const [table = '', name] = column.split('.')
    return columnsOf(table).some(each => each.name === name)
  }
  return rules(has).flatMap(({column, kind, isWrong, what}) => {
    if (!has(column)) return []
    const [table = '', name = ''] = column.split('.')
    const keys = columnsOf(table).flatMap(each => (each.isKey ? [each.name] : []))
    return database
      .prepare(`SELECT r.${name} AS hookctl_value, ${keys.map(key => `r.${key}`).join(', ')} FROM ${table} r
        WHERE ${isWrong} LIMIT ${MOST}`)
      .all()
      .map(({hookctl_value, ...key}) => ({
        ...{table, column: name, kind, key: key as WrongRow['key']},
        what: what(hookctl_value as Value),
      }))
  })
}

const describe = (database: DatabaseSync, table: string) =>
  database
    .prepare(`PRAGMA table_info(${table})`)
    .all()
    .map(({name, pk}) => ({name: name as string, isKey: pk !== 0}))

const rules = (has: (column: Column) => boolean): readonly Rule[] => [
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
      isWrong: `r.${name} IS NOT NULL AND json_kind(r.${name}) ${kind === 'value' ? "= ''" : `<> '${kind}'`}`,
      what: () => (kind === 'value' ? 'it is not JSON' : `it is not JSON of a${kind === 'object' ? 'n' : ''} ${kind}`),
    }
  }),
]

const shown = (value: Value): string => JSON.stringify(String(value).slice(0, 40))

function kindOf(text: string): 'list' | 'object' | 'value' | '' {
  try {
    const value = JSON.parse(text) as unknown
    if (Array.isArray(value)) return 'list'
    return value !== null && typeof value === 'object' ? 'object' : 'value'
  } catch {
    return ''
  }
}
