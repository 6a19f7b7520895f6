import {formatDuration} from '../../domain/duration.ts'
import type {IdTemplate} from '../../domain/id-template.ts'
import {checkPattern} from '../../domain/subscription.ts'
import type {TypeTemplate} from '../../domain/type-template.ts'
import {type Answer, textAnswer} from '../../receiver/answer.ts'
import {eventsIn, requestIdOf} from '../../receiver/arrived.ts'
import type {ReceivedRequest} from '../../receiver/receiver.ts'
import {type Ran, runCommand} from '../../receiver/run-command.ts'

/** The command that every valid request is handed to. */
export interface HandlerPlan {
  readonly command: string
  readonly timeoutMs: number
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** How the type of what no platform sends is made. */
  readonly template?: TypeTemplate | undefined
  /** How the id is made that its sender repeats. */
  readonly dedupeBy?: IdTemplate | undefined
}

export interface Handled {
  readonly answer: Answer
  /** Null where it was not run. */
  readonly ran: Ran | null
}

export type Handler = (request: ReceivedRequest) => Promise<Handled>

/** So many wait for their turn; who comes then is asked to come again. */
const MOST_WAITING = 100
/** Of deliveries that are done. */
const MOST_KNOWN = 10_000

/**
 * Runs the command for one request after the other, in their order. What it ends with is the answer: 200 where it is 0,
 * else 500, so that the sender tries again. A delivery it is done with is not handed to it again.
 *
 * @param signal stops the one that runs, and lets no other begin
 */
export function createHandler(plan: HandlerPlan, signal: AbortSignal): Handler {
  const done = new Set<string>()
  let waiting = 0
  let turn: Promise<unknown> = Promise.resolve()

  async function handle(request: ReceivedRequest): Promise<Handled> {
    const id = requestIdOf(request, plan.dedupeBy)
    if (id !== null && done.has(id)) return notRun(textAnswer(200, 'done before'), 'this delivery was done before')
    if (signal.aborted) return notRun(textAnswer(503, 'this receiver stops'), 'it stops')
    const ran = await runCommand({...plan, env: {...plan.env, ...about(request, plan)}, input: request.body, signal})
    const isDone = ran.exitCode === 0
    if (isDone && id !== null) remember(id)
    return {ran, answer: {...textAnswer(isDone ? 200 : 500, isDone ? 'done' : 'failed'), note: sayRan(ran)}}
  }

  function remember(id: string): void {
    done.add(id)
    if (done.size > MOST_KNOWN) done.delete(done.values().next().value as string)
  }

  return async request => {
    if (waiting >= MOST_WAITING) return notRun(textAnswer(503, 'too many are waiting'), `${waiting} are waiting`)
    waiting += 1
    const handled = turn.then(() => handle(request)).finally(() => (waiting -= 1))
    // Whatever became of one, the next has its turn.
    turn = handled.catch(() => {})
    return handled
  }
}

const notRun = (answer: Answer, note: string): Handled => ({answer: {...answer, note}, ran: null})

function sayRan({exitCode, signal, timedOut, durationMs}: Ran): string {
  const took = `in ${formatDuration(Math.round(durationMs))}`
  if (timedOut) return `the command was stopped ${took}`
  if (exitCode !== null) return `the command ended with ${exitCode} ${took}`
  return signal === null ? 'the command could not be started' : `the command was ended by ${signal} ${took}`
}

/** What is known of a request, for the command; nothing of it that is no plain word. */
function about(request: ReceivedRequest, {template, dedupeBy}: HandlerPlan): Record<string, string> {
  const {method, target, from} = request
  const types = new Set(
    eventsIn(request, {template}).flatMap(({type}) => (type !== null && checkPattern(type) === null ? [type] : [])),
  )
  return {
    HOOK_EVENT: [...types].join(','),
    HOOK_DELIVERY: requestIdOf(request, dedupeBy)?.replace(/^\S+ /, '') ?? '',
    HOOK_METHOD: method,
    HOOK_PATH: target,
    HOOK_FROM: from,
  }
}
