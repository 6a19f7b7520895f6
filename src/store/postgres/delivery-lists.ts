import type {Delivery} from '../../domain/delivery.ts'
import {eventDocument, leadsTo} from '../../domain/filter-grammar.ts'
import type {DeliveryFilter} from '../../domain/filters.ts'
import type {Page, PageRequest} from '../../domain/page.ts'
import {wants} from '../../domain/subscription.ts'
import {allHold} from '../../domain/where.ts'
import {toCursor} from '../sqlite/cursor.ts'
import type {AnyRow} from '../sqlite/rows.ts'
import type {Questions} from './connection.ts'
import {SELECT_DELIVERY, toDelivery} from './delivery-row.ts'
import {distinctTypes} from './events.ts'
import {type Condition, condition, countRows, equals, type ListQuestion, oneOf, page, statusBetween} from './newest.ts'

/** What SQL can ask of a filter; null where it names something that is not there, and nothing can match. */
async function questionOf(
  questions: Questions,
  organizationId: number,
  filter: DeliveryFilter,
): Promise<ListQuestion | null> {
  const webhook = await seqOf(questions, 'webhooks', filter.webhookId, organizationId)
  const event = await seqOf(questions, 'events', filter.eventId, organizationId)
  const replayOf = await seqOf(questions, 'deliveries', filter.replayOf, organizationId)
  const replay = await seqOf(questions, 'replays', filter.replayId, organizationId)
  if ([webhook, event, replayOf, replay].includes(null)) return null
  const conditions: readonly Condition[] = [
    // A webhook is of one organization: its own indexes then answer without a look at the rows.
    ...(webhook == null ? [condition('organization_id = ?', organizationId)] : equals('webhook', webhook)),
    ...oneOf('state', filter.states),
    ...equals('replay_of', replayOf ?? undefined),
    ...equals('replay', replay ?? undefined),
    ...(event == null ? [] : [await ofEvent(questions, event)]),
    ...oneOf('event_type', filter.eventTypes && (await typesLike(questions, organizationId, filter.eventTypes))),
    ...oneOf('trigger', filter.triggers),
    ...ofStatus(filter.statuses),
    ...oneOf('last_error_class', filter.errorClasses),
    ...equals('context_id', filter.contextId),
    ...equals('object_id', filter.object?.id),
    ...equals('object_type', filter.object?.type),
    ...(filter.undelivered ? [condition('undelivered = 1')] : []),
    ...(filter.host === undefined ? [] : [await atHost(questions, organizationId, filter.host)]),
  ]
  const from = asksStanding(filter) ? 'standing_deliveries' : 'deliveries'
  return {table: 'deliveries', from, time: 'created_at', conditions, since: filter.since, until: filter.until}
}

/** Whether how a delivery stands is what chooses best: there are indexes of that. All of one state may be nearly all. */
const asksStanding = ({webhookId, states, statuses, errorClasses, undelivered}: DeliveryFilter): boolean =>
  undelivered === true ||
  errorClasses !== undefined ||
  statuses !== undefined ||
  (states !== undefined && webhookId !== undefined)

/** Answers outside 2xx have an index of their own: its condition is repeated where it holds. */
const ofStatus = (statuses: DeliveryFilter['statuses']): readonly Condition[] => {
  const isUnusual = statuses?.every(([from, to]) => to < 200 || from > 299) ?? false
  const unusual = isUnusual ? [condition('(last_status < 200 OR last_status > 299)')] : []
  return [...statusBetween('last_status', statuses), ...unusual]
}

/** Its own deliveries, and those of batches that it joined. */
async function ofEvent(questions: Questions, event: number): Promise<Condition> {
  const rows = await questions.all('SELECT batch FROM batch_events WHERE event = $1 AND position > 0', event)
  return condition(
    '(event = ? OR batch = ANY(?))',
    event,
    rows.map(({batch}) => batch as number),
  )
}

async function typesLike(questions: Questions, organizationId: number, eventTypes: readonly string[]) {
  const rows = await questions.all(distinctTypes('deliveries', 'event_type'), organizationId)
  return rows.map(row => row.type as string).filter(type => wants({eventTypes}, type))
}

/** To a URL of its own, or to where its webhook leads now. */
async function atHost(questions: Questions, organizationId: number, host: string): Promise<Condition> {
  const webhooks = await questions.all(
    'SELECT seq, url FROM webhooks WHERE organization_id = $1 AND deleted_at IS NULL',
    organizationId,
  )
  const urls = await questions.all(
    'SELECT DISTINCT to_url FROM deliveries WHERE organization_id = $1 AND to_url IS NOT NULL',
    organizationId,
  )
  return condition(
    'CASE WHEN to_url IS NULL THEN webhook = ANY(?) ELSE to_url = ANY(?) END',
    webhooks.filter(({url}) => leadsTo(url as string | null, host)).map(({seq}) => seq as number),
    urls.map(({to_url}) => to_url as string).filter(url => leadsTo(url, host)),
  )
}

async function seqOf(
  questions: Questions,
  table: string,
  id: string | undefined,
  organizationId: number,
): Promise<number | null | undefined> {
  if (id === undefined) return undefined
  const row = await questions.one(`SELECT seq FROM ${table} WHERE id = $1 AND organization_id = $2`, id, organizationId)
  return row === undefined ? null : (row.seq as number)
}

/** Newest first. What a body says is looked at here, row by row. */
export async function listDeliveries(
  questions: Questions,
  organizationId: number,
  filter: DeliveryFilter,
  request: PageRequest,
): Promise<Page<Delivery>> {
  const question = await questionOf(questions, organizationId, filter)
  if (question === null) return page(questions, nothing, request, toDelivery, SELECT_DELIVERY)
  if (!asksBodies(filter)) return page(questions, question, request, toDelivery, SELECT_DELIVERY)
  const found: Row[] = []
  for await (const row of walk(questions, question, filter, request.cursor)) {
    found.push(row)
    if (found.length > request.limit) break
  }
  const items = found.slice(0, request.limit)
  const last = items.at(-1)
  const next =
    found.length > request.limit && last !== undefined
      ? toCursor('deliveries', [last.created_at as number, last.seq as number])
      : null
  return {items: items.map(toDelivery), next}
}

const nothing: ListQuestion = {table: 'deliveries', time: 'created_at', conditions: [condition('false')]}

export async function countDeliveries(
  questions: Questions,
  organizationId: number,
  filter: DeliveryFilter,
): Promise<number> {
  const question = await questionOf(questions, organizationId, filter)
  if (question === null) return 0
  if (!asksBodies(filter)) return countRows(questions, question)
  let count = 0
  for await (const _ of walk(questions, question, filter, undefined)) count++
  return count
}

/** Which of these deliveries match: the same conditions, looked at row by row. */
export async function matchingDeliveries(
  questions: Questions,
  organizationId: number,
  filter: DeliveryFilter,
  ids: readonly string[],
): Promise<readonly string[]> {
  const question = await questionOf(questions, organizationId, filter)
  if (question === null) return []
  const ofIds = {...question, conditions: [...question.conditions, condition('id = ANY(?)', [...ids])]}
  const found: string[] = []
  for await (const row of walk(questions, ofIds, filter, undefined)) found.push(row.id as string)
  return found
}

const asksBodies = ({where}: DeliveryFilter): boolean => where !== undefined && where.length > 0

type Row = AnyRow

/** What SQL answers for, in pages, without what a body says otherwise. */
async function* walk(
  questions: Questions,
  question: ListQuestion,
  filter: DeliveryFilter,
  from: string | undefined,
): AsyncGenerator<Row> {
  let cursor = from
  do {
    const {items, next} = await page(questions, question, {limit: 500, cursor}, row => row, WITH_BODY)
    for (const row of items) if (!asksBodies(filter) || allHold(filter.where ?? [], textOf(row))) yield row
    cursor = next ?? undefined
  } while (cursor !== undefined)
}

const WITH_BODY = `${SELECT_DELIVERY.replace(
  'SELECT d.*',
  `SELECT d.*, b.bytes, e.context_id AS e_context_id, e.object_type AS e_object_type, e.object_id AS e_object_id,
    e.object_name AS e_object_name, e.data AS e_data, e.before AS e_before, e.after AS e_after, e.type AS e_type`,
)} LEFT JOIN bodies b ON b.seq = d.body`

/** The body, or the event of a delivery that was never rendered. */
function textOf(row: Row): string {
  if (row.bytes instanceof Uint8Array) return Buffer.from(row.bytes).toString('utf8')
  const object =
    row.e_object_type === ''
      ? null
      : {type: row.e_object_type as string, id: row.e_object_id as string, name: row.e_object_name as string}
  return eventDocument({
    type: row.e_type as string,
    contextId: row.e_context_id as string | null,
    object,
    data: row.e_data as never,
    before: row.e_before as never,
    after: row.e_after as never,
  })
}
