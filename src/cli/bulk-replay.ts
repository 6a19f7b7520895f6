import type {Output} from '../api/operations.ts'
import type {ReplayView} from '../api/replays.ts'
import type {Client} from '../client/client.ts'
import {checkSelection, type ReplaySelection} from '../domain/replay.ts'
import {usageError} from '../errors.ts'
import {counted} from './counted.ts'
import {type DeliveryFilterFlags, deliveryFilterFrom} from './delivery-flags.ts'
import {EXIT, type ExitCode} from './exit-codes.ts'
import type {Progress} from './progress.ts'

interface SelectionFlags extends DeliveryFilterFlags {
  readonly failed?: boolean | undefined
  readonly missing?: boolean | undefined
  readonly all?: boolean | undefined
  readonly 'dry-run'?: boolean | undefined
}

/**
 * Which deliveries are to be sent again, before anything is asked of the product.
 *
 * @throws usage `missing_value` where nothing says which, `filter_not_taken`
 */
export function selectionFrom(ids: readonly string[], flags: SelectionFlags): ReplaySelection {
  const asked = (['failed', 'missing', 'all'] as const).filter(name => flags[name])
  const [selection = 'named'] = asked
  if (asked.length > 1 || (ids.length > 0 && selection !== 'named')) {
    const both = ids.length > 0 ? `ids and --${selection}` : asked.map(name => `--${name}`).join(' and ')
    throw usageError('conflicting_flags', `${both} cannot be given together`, {
      hint: 'give ids, or one of --failed, --missing, --all',
    })
  }
  if (selection === 'named' && ids.length === 0) {
    throw usageError('missing_argument', 'which deliveries?', {
      hint: 'give their ids, or one of --failed, --missing, --all with filters; --dry-run counts them',
    })
  }
  if (selection === 'named' && flags['dry-run']) {
    throw usageError(
      'conflicting_flags',
      `ids and --dry-run cannot be given together: ${ids.length} would be sent again`,
      {
        hint: 'look at them with hookctl delivery show, or leave out --dry-run',
      },
    )
  }
  const problem = checkSelection(selection, deliveryFilterFrom(flags))
  if (problem !== null) throw usageError(problem.code, problem.message, {hint: problem.hint})
  return selection
}

type Preview = Output<'replay.preview'>

/** What is asked before a terminal is asked, and what is told where there is none. */
export const sayWhatWould = ({count, webhooks}: Preview): string =>
  `send ${counted(count, 'delivery', 'deliveries')} again to ${counted(webhooks.length, 'webhook', 'webhooks')}?`

export interface Following {
  readonly client: Client
  readonly organization: string
  /** `tried`: every one was attempted once. `finished`: nothing more will happen by itself. */
  readonly until: 'tried' | 'finished'
  /** Null: as long as it takes. */
  readonly timeoutMs: number | null
  readonly signal: AbortSignal
  readonly progress: Progress
}

export interface Followed {
  readonly replay: ReplayView
  readonly ended: 'over' | 'timeout' | 'interrupted' | 'off'
}

const pollMs = {local: 100, http: 400}

/**
 * Follows a replay, and works it off where no server does, until it is where the caller wants it. One that this process
 * works off is paused when it is interrupted or its time is up: nobody goes on with it unasked.
 */
export async function followReplay(id: string, following: Following): Promise<Followed> {
  const {client, organization, signal} = following
  const isWorker = (await client.sender?.start()) === true
  let ended: Followed['ended'] | undefined
  try {
    ended = await poll(id, following)
  } finally {
    if (isWorker && (signal.aborted || ended === 'timeout')) await pause(client, organization, id)
    await client.sender?.stop()
    following.progress.end()
  }
  return {replay: await client.call('replay.show', {organization, replay: id}), ended}
}

/** Over meanwhile, it cannot be paused, and need not. */
const pause = (client: Client, organization: string, replay: string): Promise<unknown> =>
  client.call('replay.pause', {organization, replay}).catch(() => null)

async function poll(id: string, following: Following): Promise<Followed['ended']> {
  const {client, organization, until, timeoutMs, signal, progress} = following
  const endsAt = timeoutMs === null ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs
  for (let round = 0; ; round++) {
    if (signal.aborted) return 'interrupted'
    const replay = await client.call('replay.show', {organization, replay: id})
    progress.show(replay)
    if (isOver(replay, until)) return 'over'
    if (performance.now() >= endsAt) return 'timeout'
    // Asked to wait, somebody may still switch sending on.
    if (until === 'tried' && round % 20 === 0 && !(await client.call('worker.status', {})).enabled) return 'off'
    await pauseFor(Math.min(pollMs[client.target.kind], endsAt - performance.now()), signal)
  }
}

function isOver({state, waiting, untried, unfinished}: ReplayView, until: Following['until']): boolean {
  if (state === 'paused') return true
  if (state !== 'done' && state !== 'cancelled') return false
  return until === 'tried' ? untried === 0 : waiting === 0 && unfinished === 0
}

function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, Math.max(0, ms))
    signal.addEventListener('abort', end)
  })
}

export interface SaidReplay {
  readonly sentence: string
  readonly next: readonly string[]
  readonly exitCode: ExitCode | undefined
}

/** How it went, what to do next, and the exit code where the command waited for the outcome. */
export function sayFollowed({replay, ended}: Followed, waited: boolean, isLocal: boolean): SaidReplay {
  const {id, total, delivered, failed, refused, unfinished, waiting, state} = replay
  const parts = [
    `${delivered} of ${total} delivered`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(refused > 0 ? [`${refused} refused: their webhook is off or gone`] : []),
    ...(unfinished > 0 ? [`${unfinished} not over yet`] : []),
    ...(waiting > 0 ? [`${waiting} still to be sent`] : []),
  ]
  const isUndelivered = delivered < total
  return {
    sentence: `replay ${id} ${ended === 'off' ? 'waits: sending is switched off' : sayState(state, ended)}: ${parts.join(', ')}`,
    next: nextSteps(replay, ended, isLocal),
    exitCode: exitCodeOf(ended, waited, isUndelivered),
  }
}

function exitCodeOf(ended: Followed['ended'], waited: boolean, isUndelivered: boolean): ExitCode | undefined {
  if (ended === 'interrupted') return EXIT.interrupted
  if (!waited) return undefined
  if (ended === 'timeout') return EXIT.timeout
  return isUndelivered ? EXIT.answerNo : undefined
}

const sayState = (state: ReplayView['state'], ended: Followed['ended']): string =>
  ended === 'timeout'
    ? `is ${state === 'paused' ? state : 'not over'}, the time was up`
    : state === 'running' || state === 'selecting'
      ? 'goes on'
      : `is ${state}`

function nextSteps({id, state, failed, unfinished}: ReplayView, ended: Followed['ended'], isLocal: boolean): string[] {
  if (ended === 'off') return ['hookctl worker enable']
  if (state === 'paused') return [`hookctl replay resume ${id}`, `hookctl replay cancel ${id}`]
  if (state === 'running' || unfinished > 0) {
    const follow = isLocal && state === 'running' ? 'resume' : 'show'
    return [`hookctl replay ${follow} ${id}${follow === 'show' ? ' --wait' : ''}`]
  }
  return failed > 0 ? [`hookctl delivery list --replay ${id} --state failed`] : []
}
