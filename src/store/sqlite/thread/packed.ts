import type {TransferListItem} from 'node:worker_threads'
import type {Acceptance, DueDelivery, Recorded} from '../../store.ts'
import {type DueColumns, fromDue, toDue} from '../delivery-row.ts'

/**
 * What goes to the other thread by the thousand goes as one text and one piece of memory. As objects each would be taken
 * apart and put together again member by member, and bytes would bring along the larger buffer of which they are a part.
 */
interface Packed {
  /** JSON of all but the bytes: in their place stands how many they are. */
  readonly text: string
  /** One after the other. */
  readonly bytes: Uint8Array
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, {length}) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

/** Hands out the pieces in their order. */
function taker(bytes: Uint8Array): (length: number) => Uint8Array {
  let at = 0
  return length => {
    at += length
    return bytes.subarray(at - length, at)
  }
}

const TEXTS = ['data', 'before', 'after', 'extra'] as const

interface PackedAcceptances extends Packed {
  /** Of each event in the order of `TEXTS`. JSON already: as text within text each quote of theirs would be escaped. */
  readonly texts: readonly (string | null)[]
}

type SentAcceptance = Omit<Acceptance, 'event' | 'bodies'> & {
  readonly event: Omit<Acceptance['event'], (typeof TEXTS)[number]>
  readonly bodies: readonly (readonly [key: string, bytes: number])[]
}

function packAcceptances(acceptances: readonly Acceptance[]): PackedAcceptances {
  const texts: (string | null)[] = []
  const pieces: Uint8Array[] = []
  const sent = acceptances.map(({event: {data, before, after, extra, ...event}, bodies, deliveries, history}) => {
    texts.push(data, before, after, extra)
    const lengths = bodies.map(({key, bytes}) => {
      pieces.push(bytes)
      return [key, bytes.length] as const
    })
    return {event, bodies: lengths, deliveries, history} satisfies SentAcceptance
  })
  return {text: JSON.stringify(sent), texts, bytes: joined(pieces)}
}

function unpackAcceptances({text, texts, bytes}: PackedAcceptances): readonly Acceptance[] {
  const take = taker(bytes)
  return (JSON.parse(text) as SentAcceptance[]).map(({event, bodies, ...acceptance}, index) => {
    const [data, before, after, extra] = texts.slice(index * TEXTS.length, (index + 1) * TEXTS.length)
    return {
      ...acceptance,
      event: {...event, data, before, after, extra} as Acceptance['event'],
      bodies: bodies.map(([key, length]) => ({key, bytes: take(length)})),
    }
  })
}

/** What an outcome leads to besides itself. */
type Consequences = Pick<Recorded, 'pause' | 'raised'>

interface PackedOutcomes extends Packed {
  /** Of few outcomes, and with events that hold bytes: as they are, by the place of the outcome. */
  readonly consequences: readonly (readonly [index: number, Consequences])[]
}

/** A list instead of an object: the names of the members would be half of the text. */
const sentOutcome = ({attempt: a, state, reason, dueAt, finishedAt}: Recorded) =>
  [
    ...([a.id, a.deliveryId, a.number, a.startedAt, a.durationMs, a.success, a.status, a.errorClass, a.error] as const),
    ...([a.url, a.method, a.requestHeaders, a.responseHeaders, a.responseBody.length, a.responseBytes] as const),
    ...([a.responseTruncated, a.remoteAddress, a.signedWith, state, reason, dueAt, finishedAt] as const),
  ] as const

function recordedOf(sent: ReturnType<typeof sentOutcome>, take: (length: number) => Uint8Array) {
  const [id, deliveryId, number, startedAt, durationMs, success, status, errorClass, error, ...rest] = sent
  const [url, method, requestHeaders, responseHeaders, bodyLength, responseBytes, responseTruncated, ...more] = rest
  const [remoteAddress, signedWith, state, reason, dueAt, finishedAt] = more
  const responseBody = take(bodyLength)
  const made = {id, deliveryId, number, startedAt, durationMs, success, status, errorClass, error, url, method}
  const answer = {responseHeaders, responseBody, responseBytes, responseTruncated, remoteAddress, signedWith}
  return {attempt: {...made, requestHeaders, ...answer}, state, reason, dueAt, finishedAt}
}

function packOutcomes(outcomes: readonly Recorded[]): PackedOutcomes {
  return {
    text: JSON.stringify(outcomes.map(sentOutcome)),
    bytes: joined(outcomes.map(({attempt}) => attempt.responseBody)),
    consequences: outcomes.flatMap(({pause, raised = []}, index) =>
      pause === null && raised.length === 0 ? [] : [[index, {pause, raised}] as const],
    ),
  }
}

const none: Consequences = {pause: null, raised: []}

function unpackOutcomes({text, bytes, consequences}: PackedOutcomes): readonly Recorded[] {
  const known = new Map(consequences)
  const take = taker(bytes)
  return (JSON.parse(text) as ReturnType<typeof sentOutcome>[]).map((sent, index) => ({
    ...recordedOf(sent, take),
    ...(known.get(index) ?? none),
  }))
}

/** What is due, as it comes back. */
interface PackedDue {
  readonly due: readonly (readonly [body: number, ...DueColumns])[]
  /** Each once, however many deliveries share it. */
  readonly bodies: readonly Uint8Array[]
}

function packDue(due: readonly DueDelivery[]): PackedDue {
  const places = new Map<Uint8Array, number>()
  const placeOf = (body: Uint8Array): number => {
    const place = places.get(body) ?? places.size
    places.set(body, place)
    return place
  }
  return {due: due.map(each => [placeOf(each.body), ...fromDue(each)] as const), bodies: [...places.keys()]}
}

const unpackDue = ({due, bodies}: PackedDue): readonly DueDelivery[] =>
  due.map(([body, ...columns]) => toDue(columns, bodies[body]!))

type Question = readonly unknown[]

const packs = {
  accept: {pack: packAcceptances, unpack: unpackAcceptances},
  record: {pack: packOutcomes, unpack: unpackOutcomes},
}

/** The question of a method as it goes over; as it is where it is asked seldom or is short. */
export const packed = (method: string, question: Question): Question => first('pack', method, question)

/** The question as it was asked. */
export const unpacked = (method: string, question: Question): Question => first('unpack', method, question)

function first(step: 'pack' | 'unpack', method: string, question: Question): Question {
  if (!Object.hasOwn(packs, method)) return question
  const [list, ...rest] = question
  return [packs[method as keyof typeof packs][step](list as never), ...rest]
}

/** The answer of a method as it comes back, and the memory that goes along uncopied. */
export function packedAnswer(method: string, answer: unknown): {value: unknown; transfer: TransferListItem[]} {
  if (method !== 'due') return {value: answer, transfer: []}
  const value = packDue(answer as readonly DueDelivery[])
  return {value, transfer: value.bodies.flatMap(({buffer, length}) => (length > 0 ? [buffer as ArrayBuffer] : []))}
}

/** The answer as it was given. */
export const unpackedAnswer = (method: string, value: unknown): unknown =>
  method === 'due' ? unpackDue(value as PackedDue) : value
