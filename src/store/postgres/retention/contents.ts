import type {ContentGone} from '../../../domain/delivery.ts'
import {nothingPruned} from '../../../domain/retention.ts'
import type {AnyRow} from '../../sqlite/rows.ts'
import type {Questions} from '../connection.ts'
import {IS_SETTLED, isNeeded} from './prunable.ts'
import type {Stage, StageQuestion} from './prune.ts'

/** Rows of a walk up to the first that is too new; `last` is null when the walk is over. */
export function walked(
  rows: readonly AnyRow[],
  {before, limit}: StageQuestion,
): {readonly old: readonly AnyRow[]; readonly last: number | null} {
  const end = rows.findIndex(({at}) => at !== null && (at as number) >= before)
  const old = end === -1 ? rows : rows.slice(0, end)
  return {old, last: end === -1 && rows.length === limit ? ((rows.at(-1)?.seq as number | undefined) ?? null) : null}
}

const DELIVERY_MAY = `d.content_gone IS NULL AND ${IS_SETTLED}`

/** What was sent and what was answered, of deliveries that are settled. */
export const deliveryContents: Stage = {
  async look(questions, question) {
    const rows = await questions.all(
      `SELECT d.seq, d.created_at AS at, coalesce(d.body_bytes, 0) AS bytes, (${DELIVERY_MAY}) AS may
        FROM deliveries d WHERE d.seq > $2 ORDER BY d.seq LIMIT $3`,
      ...[question.before, question.after, question.limit],
    )
    return found(rows, question)
  },

  async remove(transaction, seqs, {before}) {
    const rows = await transaction.all(
      `SELECT d.seq FROM deliveries d WHERE d.seq = ANY($2) AND ${DELIVERY_MAY}`,
      before,
      [...seqs],
    )
    const going = rows.map(({seq}) => seq as number)
    const bytes = await dropDeliveryContents(transaction, going, 'pruned')
    return {pruned: {...nothingPruned, bodies: going.length, bytes}}
  },
}

/** Takes away what attempts of deliveries tell of their content. */
export async function dropAnswers(questions: Questions, seqs: readonly number[], gone: ContentGone): Promise<void> {
  const headers = gone === 'expunged' ? ", request_headers = '[]', response_headers = '[]', error = NULL" : ''
  await questions.run(`UPDATE attempts SET response_body = ''${headers} WHERE delivery = ANY($1)`, [...seqs])
}

/** Takes bodies and answers of deliveries away; what other deliveries send too stays for them. Answers how many bytes went. */
export async function dropDeliveryContents(
  questions: Questions,
  seqs: readonly number[],
  gone: 'pruned' | 'expunged',
): Promise<number> {
  const bodies = await questions.all(
    'SELECT DISTINCT body, event FROM deliveries WHERE seq = ANY($1) AND body IS NOT NULL',
    [...seqs],
  )
  await questions.run('UPDATE delivery_records SET body = NULL WHERE seq = ANY($1)', [...seqs])
  await questions.run('UPDATE delivery_states SET content_gone = $1 WHERE seq = ANY($2)', gone, [...seqs])
  const answers = await questions.one(
    'SELECT coalesce(sum(length(response_body)), 0)::bigint AS bytes FROM attempts WHERE delivery = ANY($1)',
    [...seqs],
  )
  await dropAnswers(questions, seqs, gone)
  // A body is shared by deliveries of one event only: the fan-out, and replays.
  const dropped = await questions.all(
    `DELETE FROM bodies b USING unnest($1::bigint[], $2::bigint[]) AS g (body, event) WHERE b.seq = g.body
      AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event = g.event AND d.body = g.body)
      RETURNING length(bytes) AS bytes`,
    bodies.map(({body}) => body as number),
    bodies.map(({event}) => event as number),
  )
  return (answers?.bytes as number) + dropped.reduce((sum, {bytes}) => sum + (bytes as number), 0)
}

const EVENT_BYTES = `(length(e.data) + coalesce(length(e.before), 0) + coalesce(length(e.after), 0)
  + coalesce(length(e.extra), 0))`

const EVENT_MAY = `e.content_gone IS NULL AND NOT ${isNeeded(`NOT ${IS_SETTLED}`)}`

/** The data of events that no delivery needs any more. */
export const eventContents: Stage = {
  async look(questions, question) {
    const rows = await questions.all(
      `SELECT e.seq, e.accepted_at AS at, ${EVENT_BYTES} AS bytes, (${EVENT_MAY}) AS may
        FROM events e WHERE e.seq > $2 ORDER BY e.seq LIMIT $3`,
      ...[question.before, question.after, question.limit],
    )
    return found(rows, question)
  },

  async remove(transaction, seqs, {before}) {
    const rows = await transaction.all(
      `SELECT e.seq, ${EVENT_BYTES} AS bytes FROM events e WHERE e.seq = ANY($2) AND ${EVENT_MAY}`,
      before,
      [...seqs],
    )
    await dropEventContents(
      transaction,
      rows.map(({seq}) => seq as number),
      'pruned',
    )
    const bytes = rows.reduce((sum, row) => sum + (row.bytes as number), 0)
    return {pruned: {...nothingPruned, bodies: rows.length, bytes}}
  },
}

export const dropEventContents = (questions: Questions, seqs: readonly number[], gone: 'pruned' | 'expunged') =>
  questions.run(
    `UPDATE events SET data = 'null', before = NULL, after = NULL, extra = NULL, content_gone = $1 WHERE seq = ANY($2)`,
    gone,
    [...seqs],
  )

function found(rows: readonly AnyRow[], question: StageQuestion) {
  const {old, last} = walked(rows, question)
  const going = old.filter(({may}) => may as unknown as boolean)
  const bytes = going.reduce((sum, row) => sum + (row.bytes as number), 0)
  return {seqs: going.map(({seq}) => seq as number), last, would: {...nothingPruned, bodies: going.length, bytes}}
}
