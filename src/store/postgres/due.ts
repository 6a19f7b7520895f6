import type {DeliveryTrigger} from '../../domain/delivery.ts'
import type {Fetched} from '../fetched.ts'
import type {AnyRow} from '../sqlite/rows.ts'
import type {DueDelivery, DueQuestion} from '../store.ts'
import {bodyIn} from './bodies.ts'
import type {Database, Questions} from './connection.ts'
import {SELECT_DELIVERY, toDelivery} from './delivery-row.ts'
import {type Claimed, placedAll} from './moves.ts'
import {ofUnfinished} from './ordered.ts'

/** The question with row numbers in the place of ids. */
interface Asked extends Omit<DueQuestion, 'except'> {
  readonly except: readonly number[]
}

/** One webhook's share of an answer. */
interface Turn {
  readonly webhook: number
  /** Only what a person asked for is looked for besides what was found: it rests, or one follows the other. */
  readonly asksOnly: boolean
  readonly found: number[]
  isDone: boolean
}

/**
 * Answers `due` with every webhook in turn, and the next time beginning with the webhook after the last one answered.
 * With an owner in the question, what is answered is claimed for it: nobody else is answered the same.
 */
export function createDue(
  database: Database,
  fetched: Fetched<Claimed>,
): (question: DueQuestion) => Promise<readonly DueDelivery[]> {
  let last = 0
  return question =>
    database.transaction(
      async questions => {
        const asked = {...question, except: await seqsOf(questions, fetched, question.except)}
        const turns = await turnsFrom(questions, asked, last)
        await fill(questions, asked, turns)
        const answering = turns.filter(({found}) => found.length > 0)
        last = answering.at(-1)?.webhook ?? last
        const rows = await claim(questions, question, inTurn(answering))
        for (const row of rows) fetched.add(row.id as string, toClaimed(row))
        return rows.map(row => toDue(row, database.location))
      },
      // A claim that a crash of the server takes along is none that anybody misses: see the table.
      {first: 'SET LOCAL synchronous_commit = off'},
    )
}

async function seqsOf(
  questions: Questions,
  fetched: Fetched<Claimed>,
  deliveryIds: ReadonlySet<string>,
): Promise<readonly number[]> {
  const unknown = fetched.keep(deliveryIds)
  const found = unknown.length === 0 ? [] : await placedAll(questions, unknown)
  for (const [id, delivery] of found) fetched.add(id, delivery)
  return fetched.seqs()
}

/** The webhooks that have pending deliveries, by row number: a loose walk over the index, a look-up per webhook. */
const PENDING = `WITH RECURSIVE w AS (
    (SELECT webhook FROM delivery_states WHERE state = 'pending' ORDER BY webhook LIMIT 1)
    UNION ALL
    SELECT (SELECT d.webhook FROM delivery_states d WHERE d.state = 'pending' AND d.webhook > w.webhook
      ORDER BY d.webhook LIMIT 1) FROM w WHERE w.webhook IS NOT NULL
  )`

/** From the webhook after `last` on, without those whose queue is full. */
async function turnsFrom(questions: Questions, question: Asked, last: number): Promise<readonly Turn[]> {
  const rows = await questions.all(
    `${PENDING} SELECT w.webhook, h.id = ANY($2) AS resting, h.policies::jsonb ->> 'ordered' IS NOT NULL AS ordered
      FROM w JOIN webhooks h ON h.seq = w.webhook WHERE h.id <> ALL($1) ORDER BY w.webhook`,
    [...question.exceptWebhooks],
    [...question.restingWebhooks],
  )
  const turns: Turn[] = []
  for (const row of rows) {
    const webhook = row.webhook as number
    const isResting = row.resting as unknown as boolean
    const isOrdered = row.ordered as unknown as boolean
    const found = isOrdered && !isResting ? await headOf(questions, webhook, question) : []
    turns.push({webhook, asksOnly: isOrdered || isResting, found, isDone: false})
  }
  return [...turns.filter(({webhook}) => webhook > last), ...turns.filter(({webhook}) => webhook <= last)]
}

/** The one that was accepted first of what is not over: none where it waits for its time, is held, or is under way. */
async function headOf(questions: Questions, webhook: number, {now, except, owner}: Asked): Promise<number[]> {
  const row = await questions.one(
    `SELECT d.seq, d.state, d.due_at, c.owner FROM delivery_states d LEFT JOIN claims c ON c.delivery = d.seq
      WHERE d.seq = (SELECT u.seq FROM (${ofUnfinished('$1', 'ASC')}) AS u ORDER BY u.created_at, u.seq LIMIT 1)
      FOR UPDATE OF d`,
    webhook,
  )
  const isFree = row?.owner === null || row?.owner === owner
  const isDue = row?.state === 'pending' && (row.due_at as number) <= now
  return row !== undefined && isDue && isFree && !except.includes(row.seq as number) ? [row.seq as number] : []
}

/** First the oldest due of each webhook, then what is left of the limit in even shares. */
async function fill(questions: Questions, question: Asked, turns: readonly Turn[]): Promise<void> {
  const taken = turns.flatMap(({found}) => found)
  let left = question.limit - taken.length
  // Who has its head of the queue has had its turn in the first round.
  let open = turns.filter(({found}) => found.length === 0)
  // Where there is not enough for all, one each; else each its share, and what some do not use is shared out again.
  const isScarce = open.length > left
  for (let round = 0; left > 0 && open.length > 0; round++) {
    const most = Math.min(isScarce && round === 0 ? 1 : Math.ceil(left / open.length), left)
    const found = await takeAll(questions, question, open, most, taken)
    for (const turn of open) {
      const room = Math.min(most, left, question.perWebhook - turn.found.length)
      const mine = (found.get(turn.webhook) ?? []).slice(0, room)
      turn.found.push(...mine)
      taken.push(...mine)
      left -= mine.length
      turn.isDone = mine.length < most || turn.found.length >= question.perWebhook
    }
    const rest = round === 0 ? turns.filter(turn => turn.found.length > 0) : open
    open = rest.filter(turn => !turn.isDone)
  }
}

type Found = ReadonlyMap<number, readonly number[]>

async function takeAll(
  questions: Questions,
  question: Asked,
  turns: readonly Turn[],
  count: number,
  taken: readonly number[],
): Promise<Found> {
  const asked = await take(questions, question, {turns: turns.filter(({asksOnly}) => asksOnly), count, taken}, true)
  const rest = await take(questions, question, {turns: turns.filter(({asksOnly}) => !asksOnly), count, taken}, false)
  return new Map([...asked, ...rest])
}

interface Taking {
  readonly turns: readonly Turn[]
  readonly count: number
  readonly taken: readonly number[]
}

/** Up to `count` of each of these webhooks, oldest due first, that nobody else has and that are not taken yet. */
async function take(
  questions: Questions,
  {now, owner, except}: Asked,
  {turns, count, taken}: Taking,
  asksOnly: boolean,
): Promise<Found> {
  if (turns.length === 0) return new Map()
  const rows = await questions.all(
    `SELECT t.webhook, x.seq FROM unnest($1::bigint[]) AS t (webhook) CROSS JOIN LATERAL (
        SELECT d.seq, d.due_at FROM delivery_states d WHERE d.state = 'pending'${asksOnly ? " AND d.trigger <> 'event'" : ''}
          AND d.webhook = t.webhook AND d.due_at <= $2
          AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.delivery = d.seq AND c.owner <> $3)
          AND d.seq <> ALL ($4)
        ORDER BY d.due_at, d.seq LIMIT $5 FOR UPDATE OF d SKIP LOCKED) x
      ORDER BY x.due_at, x.seq`,
    turns.map(({webhook}) => webhook),
    now,
    owner ?? '',
    [...except, ...taken],
    count,
  )
  return new Map(
    [...Map.groupBy(rows, row => row.webhook as number)].map(
      ([webhook, found]) => [webhook, found.map(({seq}) => seq as number)] as const,
    ),
  )
}

/** The first of each, then the second of each… */
function inTurn(turns: readonly Turn[]): readonly number[] {
  const longest = Math.max(0, ...turns.map(turn => turn.found.length))
  return Array.from({length: longest}, (_, index) => turns.flatMap(turn => turn.found.slice(index, index + 1))).flat()
}

/** Claims what it can; the conflict leaves alone what others have. */
const CLAIMED = `WITH mine AS (
    INSERT INTO claims (delivery, owner) SELECT s, $2 FROM unnest($1::bigint[]) AS s
      ON CONFLICT (delivery) DO UPDATE SET owner = claims.owner WHERE claims.owner = $2 RETURNING delivery)`
const WITH_BODY = `${SELECT_DELIVERY.replace('SELECT d.*', 'SELECT d.*, b.bytes, b.crc')} LEFT JOIN bodies b ON b.seq = d.body`

/**
 * Those that are ours now. What was looked at may have been claimed by another worker since: the key decides, of two that
 * claim one the second is not answered it.
 */
async function claim(questions: Questions, {owner}: DueQuestion, seqs: readonly number[]): Promise<readonly AnyRow[]> {
  if (seqs.length === 0) return []
  const rows =
    owner === undefined
      ? await questions.all(`${WITH_BODY} WHERE d.seq = ANY($1)`, [...seqs])
      : await questions.all(`${CLAIMED} ${WITH_BODY} JOIN mine ON mine.delivery = d.seq`, [...seqs], owner)
  const bySeq = new Map(rows.map(row => [row.seq as number, row]))
  return seqs.flatMap((seq): readonly AnyRow[] => {
    const row = bySeq.get(seq)
    return row === undefined ? [] : [row]
  })
}

const toDue = (row: AnyRow, location: string): DueDelivery => ({
  delivery: toDelivery(row),
  hops: row.hops as number,
  body: bodyIn(row, location) ?? new Uint8Array(),
})

const toClaimed = (row: AnyRow): Claimed => ({
  seq: row.seq as number,
  id: row.id as string,
  organizationId: row.organization_id as number,
  webhook: row.webhook as number,
  eventType: row.event_type as string,
  trigger: row.trigger as DeliveryTrigger,
  toUrl: row.to_url as string | null,
  journey: row.journey as number | null,
})

export async function nextDue(questions: Questions, now: number): Promise<number | null> {
  const row = await questions.one(
    `${PENDING} SELECT min((SELECT d.due_at FROM delivery_states d WHERE d.state = 'pending' AND d.webhook = w.webhook
        AND d.due_at > $1 ORDER BY d.due_at LIMIT 1)) AS at FROM w WHERE w.webhook IS NOT NULL`,
    now,
  )
  return (row?.at as number | null | undefined) ?? null
}

/** When the first in line of an ordered webhook was due: what stands behind it is not late. */
const HEAD_DUE = `(SELECT d.due_at FROM delivery_states d WHERE d.state = 'pending' AND d.due_at <= $1
  AND d.seq = (SELECT u.seq FROM (${ofUnfinished('c.webhook', 'ASC')}) AS u ORDER BY u.created_at, u.seq LIMIT 1))`

/** And what a person asked for, which goes besides. */
const ASKED_DUE = `(SELECT d.due_at FROM delivery_states d WHERE d.state = 'pending' AND d.trigger <> 'event'
  AND d.webhook = c.webhook AND d.due_at <= $1 ORDER BY d.due_at LIMIT 1)`

export async function overdueSince(questions: Questions, organizationId: number, now: number): Promise<number | null> {
  const row = await questions.one(
    `SELECT min(CASE WHEN w.policies::jsonb ->> 'ordered' IS NULL THEN f.due_at ELSE LEAST(${HEAD_DUE}, ${ASKED_DUE}) END) AS at
      FROM delivery_counts c
      CROSS JOIN LATERAL (SELECT d.due_at FROM delivery_states d
        WHERE d.state = 'pending' AND d.webhook = c.webhook AND d.due_at <= $1 ORDER BY d.due_at LIMIT 1) f
      JOIN webhooks w ON w.seq = c.webhook
      WHERE c.organization_id = $2 AND c.state = 'pending' AND c.n > 0`,
    now,
    organizationId,
  )
  return (row?.at as number | null | undefined) ?? null
}
