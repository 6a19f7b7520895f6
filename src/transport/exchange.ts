import {reached} from '../failpoint.ts'
import {AnswerReader} from './answer.ts'
import type {CutOff} from './cut-off.ts'
import {explainFailure, explainFlood, explainTimeout, type Failure, type Place} from './failure.ts'
import {MOST_RECEIVED, type WireRequest} from './lines.ts'
import type {Lease} from './pools.ts'

/** What came of one request on one line. */
export interface Exchanged {
  /** Null when the answer is whole, or as long as we read. */
  readonly failure: Failure | null
  readonly answer: Pick<AnswerReader, 'status' | 'headers' | 'body' | 'bytes' | 'truncated'>
  readonly remoteAddress: string | null
  /** The connection was an idle one, and closed before a byte of an answer: the receiver may never have seen the request. */
  readonly stale: boolean
}

export interface ExchangeInput {
  readonly lease: Lease
  /** `host:port`, for what is said of a failure. */
  readonly host: string
  readonly request: WireRequest
  /** When it must be over, by `performance.now()`. */
  readonly deadline: number
  /** The whole time it was given, for what is said when it is over. */
  readonly timeoutMs: number
  readonly cutOffs: readonly CutOff[]
}

/** An idle connection younger than this was not closed for being idle. */
const STALE_AFTER_MS = 1000

/** Sends one request and reads its answer: until it is whole, too long, too late or aborted. Gives the line back. */
export function exchange(input: ExchangeInput): Promise<Exchanged> {
  const {lease, host, timeoutMs, cutOffs} = input
  const {line} = lease
  return new Promise(settle => {
    let over = false

    function end(failure: Failure | null): void {
      if (over) return
      over = true
      reached('send.answered')
      clearTimeout(timer)
      for (const cutOff of cutOffs) cutOff.delete(abort)
      const unanswered = failure?.errorClass === 'reset' && answer.status === null
      const stale = unanswered && !line.opened && lease.idleMs >= STALE_AFTER_MS
      const {remoteAddress} = line
      lease.release(failure === null && !answer.cut)
      settle({failure, answer, remoteAddress, stale})
    }

    const place = (): Place => ({host, phase: line.phase, status: answer.status})
    const abort = () => end({errorClass: 'aborted', error: `stopped before ${host} had answered`})
    const answer = new AnswerReader(error => end(error === null ? null : explainFailure(error, place())))
    // One timer for all of it: a drip runs past whatever watches the gaps (A14).
    // What is there already is read first: the loop comes to timers before sockets, also after this process stood still.
    const late = () => end(explainTimeout(place(), timeoutMs))
    const timer = setTimeout(() => setImmediate(late), input.deadline - performance.now())
    for (const cutOff of cutOffs) cutOff.add(abort)
    line.send(input.request, answer, () => {
      if (!over) end(answer.cutOff() ? null : explainFlood(host, MOST_RECEIVED))
    })
  })
}
