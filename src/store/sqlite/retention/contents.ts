import {nothingPruned} from '../../../domain/retention.ts'
import type {Connection} from '../connection.ts'
import type {Transaction} from '../transaction.ts'
import {IS_SETTLED, isNeeded} from './prunable.ts'
import type {Stage, StageQuestion} from './prune.ts'

interface Row {
  readonly seq: number
  readonly at: number
  readonly bytes: number
  readonly may: number
}

/** Rows of a walk up to the first that is too new; `last` is null when the walk is over. */
export function walked<R extends {readonly seq: number; readonly at: number}>(
  rows: readonly R[],
  {before, limit}: StageQuestion,
): {readonly old: readonly R[]; readonly last: number | null} {
  const end = rows.findIndex(({at}) => at >= before)
  const old = end === -1 ? rows : rows.slice(0, end)
  return {old, last: end === -1 && rows.length === limit ? (rows.at(-1)?.seq ?? null) : null}
}

/** What was sent and what was answered, of deliveries that are settled. */
export const deliveryContents: Stage = {
  look(connection, question) {
    const rows = connection
      .prepare(`SELECT d.seq, d.created_at AS at, coalesce(d.body_bytes, 0) AS bytes,
          (d.content_gone IS NULL AND ${IS_SETTLED}) AS may
        FROM deliveries d WHERE d.seq > :after ORDER BY d.seq LIMIT :limit`)
      .all(parametersOf(question)) as unknown as readonly Row[]
    return found(rows, question)
  },

  remove(transaction, seqs, {before}) {
    const {connection} = transaction
    const may = connection.prepare(
      `SELECT 1 FROM deliveries d WHERE d.seq = :seq AND d.content_gone IS NULL AND ${IS_SETTLED}`,
    )
    let pruned = nothingPruned
    for (const seq of seqs) {
      if (may.get({seq, before}) === undefined) continue
      const bytes = dropDeliveryContent(transaction, seq, 'pruned')
      pruned = {...pruned, bodies: pruned.bodies + 1, bytes: pruned.bytes + bytes}
    }
    return {pruned}
  },
}

/**
 * Takes body and answers of a delivery away; what other deliveries send too stays for them. Answers how many bytes went.
 */
export function dropDeliveryContent({connection}: Transaction, seq: number, gone: 'pruned' | 'expunged'): number {
  const row = connection.prepare('SELECT event, body FROM deliveries WHERE seq = ?').get(seq)
  if (row === undefined) return 0
  connection.prepare('UPDATE deliveries SET body = NULL, content_gone = ? WHERE seq = ?').run(gone, seq)
  const answers = connection
    .prepare('SELECT coalesce(sum(length(response_body)), 0) AS bytes FROM attempts WHERE delivery = ?')
    .get(seq)?.bytes as number
  const headers = gone === 'expunged' ? ", request_headers = '[]', response_headers = '[]', error = NULL" : ''
  connection.prepare(`UPDATE attempts SET response_body = x''${headers} WHERE delivery = ?`).run(seq)
  return answers + (row.body === null ? 0 : dropBody(connection, row.event as number, row.body as number))
}

/** A body is shared by deliveries of one event only: the fan-out, and replays. */
function dropBody(connection: Connection, event: number, body: number): number {
  const other = connection
    .prepare('SELECT 1 FROM deliveries INDEXED BY deliveries_by_event WHERE event = ? AND body = ? LIMIT 1')
    .get(event, body)
  if (other !== undefined) return 0
  const gone = connection.prepare('DELETE FROM bodies WHERE seq = ? RETURNING length(bytes) AS bytes').get(body)
  return (gone?.bytes as number | undefined) ?? 0
}

/** The data of events that no delivery needs any more. */
export const eventContents: Stage = {
  look(connection, question) {
    const rows = connection
      .prepare(`SELECT e.seq, e.accepted_at AS at, ${EVENT_BYTES} AS bytes,
          (e.content_gone IS NULL AND NOT ${isNeeded(`NOT ${IS_SETTLED}`)}) AS may
        FROM events e WHERE e.seq > :after ORDER BY e.seq LIMIT :limit`)
      .all(parametersOf(question)) as unknown as readonly Row[]
    return found(rows, question)
  },

  remove({connection}, seqs, {before}) {
    const may = connection.prepare(`SELECT ${EVENT_BYTES} AS bytes FROM events e WHERE e.seq = :seq
      AND e.content_gone IS NULL AND NOT ${isNeeded(`NOT ${IS_SETTLED}`)}`)
    let pruned = nothingPruned
    for (const seq of seqs) {
      const row = may.get({seq, before})
      if (row === undefined) continue
      dropEventContent(connection, seq, 'pruned')
      pruned = {...pruned, bodies: pruned.bodies + 1, bytes: pruned.bytes + (row.bytes as number)}
    }
    return {pruned}
  },
}

const EVENT_BYTES = `(length(e.data) + coalesce(length(e.before), 0) + coalesce(length(e.after), 0)
  + coalesce(length(e.extra), 0))`

export function dropEventContent(connection: Connection, seq: number, gone: 'pruned' | 'expunged'): void {
  connection
    .prepare(
      "UPDATE events SET data = 'null', before = NULL, after = NULL, extra = NULL, content_gone = ? WHERE seq = ?",
    )
    .run(gone, seq)
}

const parametersOf = ({before, after, limit}: StageQuestion) => ({before, after, limit})

function found(rows: readonly Row[], question: StageQuestion) {
  const {old, last} = walked(rows, question)
  const going = old.filter(({may}) => may === 1)
  const bytes = going.reduce((sum, row) => sum + row.bytes, 0)
  return {seqs: going.map(({seq}) => seq), last, would: {...nothingPruned, bodies: going.length, bytes}}
}
