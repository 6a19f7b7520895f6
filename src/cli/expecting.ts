import {randomBytes} from 'node:crypto'
import type {IdTemplate} from '../domain/id-template.ts'
import {toJsonText} from '../domain/json.ts'
import {isProblem, readComparison} from '../domain/where.ts'
import {usageError} from '../errors.ts'
import {checkPlatform, eventsIn, type Reading, requestIdOf} from '../receiver/arrived.ts'
import {type Expectation, Expectations, type Progress} from '../receiver/expectations.ts'
import {generateSecret} from '../signature/index.ts'
import {readJson} from './bytes.ts'
import {type ListenFlags, type Plan, planFor} from './listen/plan.ts'
import type {Ready} from './listen/ready.ts'
import {type Counts, type Seen, signatureWord} from './listen/seen.ts'
import {runSession} from './listen/session.ts'
import type {SecretReader} from './secrets.ts'
import {idTemplateIn, typeTemplateIn} from './template-flags.ts'
import {formatInstant} from './time.ts'

export interface ExpectFlags extends Omit<ListenFlags, 'count' | 'timeout' | 'reject-invalid'> {
  readonly event?: readonly string[] | undefined
  readonly where?: readonly string[] | undefined
  readonly 'body-schema'?: string | undefined
  readonly count: number
  /** Ms. */
  readonly timeout: number
  readonly verify?: boolean | undefined
  readonly as?: string | undefined
  readonly 'event-type'?: string | undefined
  readonly 'dedupe-by'?: string | undefined
}

/** One request, and what it counted for. */
export interface Arrival {
  readonly n: number
  readonly receivedAt: string
  readonly signature: 'valid' | 'invalid' | 'not_checked'
  readonly reason: string | null
  readonly status: number
  /** It came before, or was answered with a failure: the sender will send it again, and it counts then. */
  readonly counts: boolean
  readonly events: readonly {readonly type: string | null; readonly expectations: readonly number[]}[]
}

/** How it ended. */
export interface Outcome {
  readonly met: boolean
  /** `invalid`: a signature did not fit; `unwanted`: something came that must not. */
  readonly by: 'met' | 'timeout' | 'stopped' | 'invalid' | 'unwanted'
  /** Why the last signature was not valid. */
  readonly reason: string | null
  readonly expectations: readonly Progress[]
  readonly counts: Counts
}

interface Context extends SecretReader {
  readonly signal: AbortSignal
  readonly now: () => number
  readonly onReady: (ready: Ready) => Promise<void>
  readonly onArrival: (arrival: Arrival) => Promise<void>
}

/** Receives until everything expected came, something came that must not, or the time is up. */
export async function expectEvents(flags: ExpectFlags, context: Context): Promise<Outcome> {
  const expectations = new Expectations(await expectedBy(flags, context))
  if (flags.as !== undefined) checkPlatform(flags.as)
  const reading = {
    platform: flags.as,
    template: typeTemplateIn(flags['event-type']),
    dedupeBy: idTemplateIn(flags['dedupe-by']),
  }
  const plan = withSecret(await planFor(flags, context))
  const arrivals = new Map<number, Arrival>()
  const known = new Set<string>()
  let broken: Arrival | undefined
  const ended = await runSession({...flags, count: undefined, 'reject-invalid': flags.verify ?? false}, plan, {
    signal: context.signal,
    now: context.now,
    notice: context.notice,
    onReady: context.onReady,
    isLast(seen) {
      const arrival = arrivalOf(seen, {expectations, known, reading})
      arrivals.set(arrival.n, arrival)
      if (flags.verify && arrival.signature !== 'valid') broken ??= arrival
      return broken !== undefined || expectations.isBroken || expectations.isMet
    },
    onSeen: async ({request: {n}}) => {
      const arrival = arrivals.get(n)
      arrivals.delete(n)
      if (arrival !== undefined) await context.onArrival(arrival)
    },
  })
  const met = broken === undefined && (expectations.isMet || (ended.by === 'timeout' && expectations.isKept))
  const stoppedBy = ended.by === 'timeout' ? 'timeout' : 'stopped'
  return {
    met,
    by: met ? 'met' : broken !== undefined ? 'invalid' : expectations.isBroken ? 'unwanted' : stoppedBy,
    reason: broken?.reason ?? null,
    expectations: expectations.progress,
    counts: ended.counts,
  }
}

/** One expectation per `--event`, or one of whatever comes. @throws usage `bad_comparison`, `bad_schema`, `invalid_json` */
async function expectedBy(
  {event = [], where = [], 'body-schema': schema, count}: ExpectFlags,
  context: Context,
): Promise<readonly Expectation[]> {
  const comparisons = where.map(text => {
    const read = readComparison(text)
    if (isProblem(read)) throw usageError(read.code, `--where: ${read.message}`, {hint: read.hint})
    return read
  })
  const misfits = schema === undefined ? null : await misfitsBy(schema, context)
  return (event.length === 0 ? [null] : event).map(pattern => ({pattern, where: comparisons, misfits, count}))
}

async function misfitsBy(given: string, {surroundings}: Context): Promise<NonNullable<Expectation['misfits']>> {
  const schema = toJsonText(await readJson('body-schema', given, surroundings))
  const {checkSchema, problemsOf} = await import('../domain/json-schema/json-schema.ts')
  checkSchema(schema)
  return value => (value === undefined ? ['it is no JSON'] : problemsOf(schema, toJsonText(value)))
}

/** A throwaway one, spelled so that every scheme can use it, where none was given. */
function withSecret(plan: Plan): Plan {
  if (plan.judge.secrets.length > 0) return plan
  const secret = generateSecret('standard-v1', randomBytes)
  return {...plan, judge: {...plan.judge, secrets: [secret]}, madeSecret: secret}
}

interface Counting {
  readonly expectations: Expectations
  /** Deliveries that counted. */
  readonly known: Set<string>
  readonly reading: Reading & {readonly dedupeBy?: IdTemplate | undefined}
}

function arrivalOf({request, verdict, answer}: Seen, {expectations, known, reading}: Counting): Arrival {
  const id = requestIdOf(request, reading.dedupeBy)
  const counts = answer.status < 400 && !(id !== null && known.has(id))
  if (counts && id !== null) known.add(id)
  const events = eventsIn(request, reading)
  return {
    n: request.n,
    receivedAt: formatInstant(request.receivedAt),
    signature: signatureWord(verdict),
    reason: verdict?.reason ?? null,
    status: answer.status,
    counts,
    events: events.map(event => ({
      type: event.type,
      expectations: counts ? expectations.take(event, request.n) : [],
    })),
  }
}
