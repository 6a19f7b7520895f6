import type {Fetched} from '../fetched.ts'
import type {DueDelivery, DueQuestion} from '../store.ts'
import {readBody} from './bodies.ts'
import type {Connection} from './connection.ts'
import {DUE_COLUMNS, type DueColumns, FROM_DELIVERIES, toDue} from './delivery-row.ts'
import {type Placed, placed} from './moves.ts'
import {ORDERED_WEBHOOKS, orderedWebhooks} from './ordered.ts'
import {inSnapshot} from './transaction.ts'

// The condition of the partial index is written out: a parameter would hide it from SQLite's planner.
const DUE = `FROM deliveries INDEXED BY deliveries_due WHERE state = 'pending'`

/** The same of what a person asked for: replays and tests. */
const ASKED = `FROM deliveries INDEXED BY deliveries_asked WHERE state = 'pending' AND trigger <> 'event'`

/** The question with row numbers in the place of ids. */
interface Asked extends Omit<DueQuestion, 'except'> {
  readonly except: ReadonlySet<number>
}

/** One webhook's share of an answer: what was found so far, and where to go on. */
interface Turn {
  readonly webhook: number
  /** Only what a person asked for is looked for besides what was found: it rests, or one follows the other. */
  readonly asksOnly: boolean
  readonly found: number[]
  dueAt: number
  seq: number
  isDone: boolean
}

/**
 * Answers `due` with every webhook in turn, and the next time beginning with the webhook after the last one answered:
 * with more webhooks than `limit` none waits for ever. Cost: a look-up per webhook with pending deliveries, plus the
 * rows answered and those in `except` that are in front of them; the length of the queues does not matter.
 */
export function createDue(
  connection: Connection,
  fetched: Fetched<Placed>,
): (question: DueQuestion) => readonly DueDelivery[] {
  let last = 0
  return question =>
    inSnapshot(connection, () => {
      const asked = {...question, except: seqsOf(connection, fetched, question.except)}
      const turns = firstTurns(connection, asked, last)
      last = turns.at(-1)?.webhook ?? last
      fill(connection, asked, turns)
      return readAll(connection, fetched, inTurn(turns))
    })
}

/** Also of what was never answered, but handed over when it was accepted. */
function seqsOf(
  connection: Connection,
  fetched: Fetched<Placed>,
  deliveryIds: ReadonlySet<string>,
): ReadonlySet<number> {
  for (const id of fetched.keep(deliveryIds)) {
    const delivery = placed({connection}, id)
    if (delivery !== null) fetched.add(id, delivery)
  }
  return new Set(fetched.seqs())
}

/** The oldest due of each webhook, from the one after `last`, until there are `limit`. */
function firstTurns(connection: Connection, question: Asked, last: number): readonly Turn[] {
  const except = new Set(question.exceptWebhooks.map(id => webhookOf(connection, id)))
  const resting = new Set(question.restingWebhooks.map(id => webhookOf(connection, id)))
  const ordered = orderedWebhooks(connection)
  const turns: Turn[] = []
  for (const webhook of webhooksInTurn(connection, last)) {
    if (turns.length >= question.limit) break
    if (except.has(webhook)) continue
    const isOrdered = ordered.has(webhook)
    const isResting = resting.has(webhook)
    const found = isOrdered && !isResting ? headOf(connection, webhook, question).map(({seq}) => seq) : []
    const turn: Turn = {
      webhook,
      asksOnly: isOrdered || isResting,
      found,
      dueAt: Number.MIN_SAFE_INTEGER,
      seq: 0,
      isDone: false,
    }
    if (found.length > 0 || take(connection, question, turn, 1) > 0) turns.push(turn)
  }
  return turns
}

interface Head {
  readonly seq: number
  readonly due_at: number
  readonly created_at: number
}

/** The one that was accepted first of what is not over: none where it waits for its time, is held, or is under way. */
function headOf(connection: Connection, webhook: number, {now, except}: Pick<Asked, 'now' | 'except'>): Head[] {
  const oldest = connection.prepare(`SELECT seq, due_at, created_at FROM deliveries INDEXED BY deliveries_by_state
    WHERE webhook = ? AND state = ? AND trigger = 'event' ORDER BY created_at, seq LIMIT 1`)
  const [pending, held] = (['pending', 'held'] as const).map(
    state => oldest.get(webhook, state) as unknown as Head | undefined,
  )
  if (pending === undefined || pending.due_at > now || except.has(pending.seq)) return []
  return held !== undefined && isBefore(held, pending) ? [] : [pending]
}

const isBefore = (a: Head, b: Head): boolean =>
  a.created_at < b.created_at || (a.created_at === b.created_at && a.seq < b.seq)

/** Shares out what is left of the limit evenly, and what some do not use among the others. */
function fill(connection: Connection, question: Asked, turns: readonly Turn[]): void {
  let left = question.limit - turns.length
  let open = turns
  while (left > 0 && open.length > 0) {
    const share = Math.ceil(left / open.length)
    for (const turn of open) left -= take(connection, question, turn, Math.min(share, left))
    open = open.filter(turn => !turn.isDone)
  }
}

const webhookOf = (connection: Connection, id: string): number | undefined =>
  connection.prepare('SELECT seq FROM webhooks WHERE id = ?').get(id)?.seq as number | undefined

function* webhooksInTurn(connection: Connection, last: number): Generator<number> {
  const next = connection.prepare(`SELECT webhook ${DUE} AND webhook > ? ORDER BY webhook LIMIT 1`)
  for (let webhook = next.get(last)?.webhook as number | undefined; webhook !== undefined; ) {
    yield webhook
    webhook = next.get(webhook)?.webhook as number | undefined
  }
  for (let webhook = next.get(0)?.webhook as number | undefined; webhook !== undefined && webhook <= last; ) {
    yield webhook
    webhook = next.get(webhook)?.webhook as number | undefined
  }
}

/** Takes up to `count` more of a webhook, oldest due first. Answers how many. */
function take(connection: Connection, {now, perWebhook, except}: Asked, turn: Turn, count: number): number {
  const wanted = Math.min(count, perWebhook - turn.found.length)
  let taken = 0
  if (wanted > 0) {
    for (const [seq, dueAt] of rest(connection, turn, now)) {
      turn.dueAt = dueAt
      turn.seq = seq
      if (except.has(seq)) continue
      turn.found.push(seq)
      if (++taken === wanted) break
    }
  }
  turn.isDone = taken < wanted || turn.found.length >= perWebhook
  return taken
}

type DueRow = [seq: number, dueAt: number]

/**
 * Two ranges, as after a cursor: thousands may be due in the same millisecond. Both are read from the index alone, as most
 * of what is in front may be in `except`.
 */
function* rest(connection: Connection, {webhook, dueAt, seq, asksOnly}: Turn, now: number): Generator<DueRow> {
  const select = `SELECT seq, due_at ${asksOnly ? ASKED : DUE} AND webhook = ?`
  const tie = connection.prepareLists(`${select} AND due_at = ? AND seq > ? ORDER BY seq`)
  yield* tie.iterate(webhook, dueAt, seq) as unknown as Iterable<DueRow>
  const later = connection.prepareLists(`${select} AND due_at > ? AND due_at <= ? ORDER BY due_at, seq`)
  yield* later.iterate(webhook, dueAt, now) as unknown as Iterable<DueRow>
}

/** The first of each, then the second of each… */
function inTurn(turns: readonly Turn[]): readonly number[] {
  const longest = Math.max(0, ...turns.map(turn => turn.found.length))
  return Array.from({length: longest}, (_, index) => turns.flatMap(turn => turn.found.slice(index, index + 1))).flat()
}

const READ = `SELECT d.body, d.webhook, d.journey, ${DUE_COLUMNS} ${FROM_DELIVERIES} WHERE d.seq = ?`

type Row = readonly [body: number | null, webhook: number, journey: number | null, ...DueColumns]

/** A body that several are to be sent is read once. */
function readAll(connection: Connection, fetched: Fetched<Placed>, seqs: readonly number[]): readonly DueDelivery[] {
  const read = connection.prepareLists(READ)
  const bodies = new Map<number | null, Uint8Array>()
  return seqs.map(seq => {
    const [bodySeq, webhook, journey, ...columns] = read.get(seq) as unknown as Row
    const body = bodies.get(bodySeq) ?? readBody(connection, bodySeq) ?? new Uint8Array()
    bodies.set(bodySeq, body)
    const due = toDue(columns, body)
    const {id, organizationId, eventType, trigger, state, toUrl} = due.delivery
    fetched.add(id, {seq, organizationId, webhook, eventType, trigger, state, toUrl, journey})
    return due
  })
}

/** A look-up per webhook with pending deliveries. */
export function nextDue(connection: Connection, now: number): number | null {
  const first = connection.prepare(`SELECT due_at ${DUE} AND webhook = ? AND due_at > ? ORDER BY due_at LIMIT 1`)
  let next: number | null = null
  for (const webhook of webhooksInTurn(connection, 0)) {
    const dueAt = first.get(webhook, now)?.due_at as number | undefined
    if (dueAt !== undefined && (next === null || dueAt < next)) next = dueAt
  }
  return next
}

const WAITING = "delivery_counts c WHERE c.organization_id = ? AND c.state = 'pending' AND c.n > 0 AND c.webhook"

export function overdueSince(connection: Connection, organizationId: number, now: number): number | null {
  const row = connection
    .prepare(`SELECT min((SELECT due_at ${DUE} AND webhook = c.webhook AND due_at <= ? ORDER BY due_at LIMIT 1)) AS at
      FROM ${WAITING} NOT IN (${ORDERED_WEBHOOKS})`)
    .get(now, organizationId) as {at: number | null}
  const ordered = connection.prepare(`SELECT c.webhook FROM ${WAITING} IN (${ORDERED_WEBHOOKS})`).all(organizationId)
  const instants = ordered.flatMap(({webhook}) => overdueInOrder(connection, webhook as number, now))
  return row.at === null && instants.length === 0 ? null : Math.min(row.at ?? Number.MAX_VALUE, ...instants)
}

/** When its first in line was due, and what a person asked for: what stands behind the first in line is not late. */
function overdueInOrder(connection: Connection, webhook: number, now: number): number[] {
  const head = headOf(connection, webhook, {now, except: new Set()})
  const asked = connection.prepare(`SELECT due_at ${ASKED} AND webhook = ? AND due_at <= ? ORDER BY due_at LIMIT 1`)
  return [...head.map(({due_at}) => due_at), ...asked.all(webhook, now).map(row => row.due_at as number)]
}
