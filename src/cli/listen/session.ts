import process from 'node:process'
import {setTimeout as wait} from 'node:timers/promises'
import {HookctlError, usageError} from '../../errors.ts'
import {type Answer, jsonAnswer, scriptedAnswer, textAnswer} from '../../receiver/answer.ts'
import {forwardRequest} from '../../receiver/forward.ts'
import {type ReceivedRequest, type Receiver, type RefusedRequest, startReceiver} from '../../receiver/receiver.ts'
import {saveRequest} from '../../receiver/save.ts'
import {challengeAnswer, fingerprint, type Handshake, handshakeAnswer, type SchemeName} from '../../signature/index.ts'
import {whyNot} from '../bytes.ts'
import type {Verified} from '../signing/verified.ts'
import {createHandler, type Handled, type Handler} from './handler.ts'
import {judge} from './judge.ts'
import {isLoopback, type ListenFlags, type Plan} from './plan.ts'
import {forgetReady, type Ready, writeReady} from './ready.ts'
import type {Counts, Seen} from './seen.ts'

export interface ListenContext {
  /** Aborts when somebody presses Ctrl-C. */
  readonly signal: AbortSignal
  readonly now: () => number
  /** Comes back when it is written: a slow reader slows the senders, and nothing piles up. */
  readonly onReady: (ready: Ready) => Promise<void>
  readonly onSeen: (seen: Seen) => Promise<void>
  readonly notice: (text: string) => void
  /** Whether a request was the last one that is wanted: asked once it is decided how to answer it. */
  readonly isLast?: (seen: Seen) => boolean
}

export interface Ended {
  /** `count`: all that were waited for came; `timeout`: time was up; `stopped`: somebody stopped it. */
  readonly by: 'count' | 'timeout' | 'stopped'
  readonly counts: Counts
}

/** Receives until a count, a timeout or a signal ends it. Rejects with what kept it from going on. */
export async function runSession(flags: ListenFlags, plan: Plan, context: ListenContext): Promise<Ended> {
  const session = new Session(flags, plan, context)
  return session.run()
}

class Session {
  readonly #flags: ListenFlags
  readonly #plan: Plan
  readonly #context: ListenContext
  readonly #ended = Promise.withResolvers<Ended['by']>()
  readonly #counts = {received: 0, valid: 0, invalid: 0, notChecked: 0, refused: 0}
  readonly #handle: Handler | undefined
  /** Stops the command that runs. */
  readonly #over = new AbortController()
  /** Numbers of requests that were no webhooks. */
  readonly #greetings = new Set<number>()
  #finished = 0
  /** The number of the last request that is wanted. */
  #last: number

  constructor(flags: ListenFlags, plan: Plan, context: ListenContext) {
    this.#flags = flags
    this.#last = flags.count ?? Number.POSITIVE_INFINITY
    this.#plan = plan
    this.#context = context
    this.#handle = plan.handler && createHandler(plan.handler, this.#over.signal)
  }

  async run(): Promise<Ended> {
    const {readyFile} = this.#plan
    if (readyFile !== undefined) await forgetReady(readyFile)
    const receiver = await this.#start()
    try {
      await this.#announce(receiver, readyFile)
      this.#watch(this.#over.signal)
      return {by: await this.#ended.promise, counts: {...this.#counts}}
    } finally {
      this.#over.abort()
      await receiver.close()
    }
  }

  #start(): Promise<Receiver> {
    const {host, port} = this.#flags
    return startReceiver({
      host,
      port,
      now: this.#context.now,
      respond: request => this.#respond(request),
      onAnswered: (request, sent) => this.#answered(request, sent),
      onRefused: refused => this.#refused(refused),
      onFailure: error => this.#ended.reject(error),
    })
  }

  async #announce({url, port, host}: Receiver, readyFile: string | undefined): Promise<void> {
    const {madeSecret: secret} = this.#plan
    const ready: Ready = {ready: true, url, port, pid: process.pid, ...(secret === undefined ? {} : {secret})}
    if (readyFile !== undefined) await writeReady(readyFile, ready)
    await this.#context.onReady(ready)
    if (!isLoopback(host)) this.#context.notice(`WARNING: everybody who can reach ${host} can send here, without TLS`)
  }

  #watch(over: AbortSignal): void {
    const {signal} = this.#context
    const stop = () => this.#ended.resolve('stopped')
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, {signal: over})
    const {timeout} = this.#flags
    if (timeout !== undefined) {
      wait(timeout, undefined, {signal: over}).then(
        () => this.#ended.resolve('timeout'),
        () => {},
      )
    }
  }

  async #respond(request: ReceivedRequest): Promise<Answer> {
    if (request.n > this.#last) return textAnswer(503, 'this receiver has all it waited for')
    const greeting = this.#greetingFor(request)
    if (greeting !== null) return this.#greet(request, greeting)
    const verdict = await judge(request, this.#plan.judge)
    this.#tally(verdict)
    const saved = await this.#save(request)
    const {answer, ran} = await this.#answerFor(request, verdict)
    const seen: Seen = {request, verdict, isGreeting: false, answer, ran, saved, counts: {...this.#counts}}
    if (this.#context.isLast?.(seen)) this.#last = Math.min(this.#last, request.n)
    await this.#context.onSeen(seen)
    return answer
  }

  /** Whoever only looks whether this is the right address signs nothing, and is none of those that are waited for. */
  async #greet(request: ReceivedRequest, answer: Answer): Promise<Answer> {
    this.#greetings.add(request.n)
    this.#last += 1
    const counts = {...this.#counts}
    await this.#context.onSeen({request, verdict: null, isGreeting: true, answer, ran: null, saved: null, counts})
    return answer
  }

  #tally(verdict: Verified | null): void {
    this.#counts.received += 1
    if (verdict === null) this.#counts.notChecked += 1
    else if (verdict.valid) this.#counts.valid += 1
    else this.#counts.invalid += 1
  }

  async #save(request: ReceivedRequest): Promise<string | null> {
    const {folder} = this.#plan
    if (folder === undefined) return null
    try {
      return await saveRequest(folder, request)
    } catch (error) {
      if (error instanceof HookctlError) throw error
      throw usageError('cannot_save', `cannot save request ${request.n} into ${folder}: ${whyNot(error)}`, {
        hint: 'make room, or choose another folder with --save',
        cause: error,
      })
    }
  }

  async #answerFor(request: ReceivedRequest, verdict: Verified | null): Promise<Handled> {
    const {delay: delayMs = 0, 'fail-first': failFirst = 0, 'reject-invalid': rejects} = this.#flags
    if ((rejects || this.#handle) && verdict?.valid === false) {
      const answer = textAnswer(401, `invalid signature: ${verdict.reason}`)
      return {answer: {...answer, delayMs, note: 'rejected as invalid'}, ran: null}
    }
    const handshake = this.#handshakeFor(request, verdict)
    if (handshake !== null) return {answer: {...handshake, delayMs}, ran: null}
    if (request.n > failFirst && this.#handle !== undefined) {
      const {answer, ran} = await this.#handle(request)
      return {answer: {...answer, delayMs}, ran}
    }
    const {forward} = this.#plan
    if (forward !== undefined && request.n > failFirst) {
      const answer = await forwardRequest(request, {url: forward})
      return {answer: {note: `from ${forward.host}`, ...answer, delayMs}, ran: null}
    }
    return {answer: this.#scripted(request), ran: null}
  }

  /** Of a sender that asks by a GET, or looks by a HEAD whether somebody is there: no webhook comes by either. */
  #greetingFor({n, method, target}: ReceivedRequest): Answer | null {
    const {scheme, delay: delayMs = 0} = this.#flags
    if (scheme === undefined || !this.#answersItself(n)) return null
    if (method === 'HEAD') return {...textAnswer(200, ''), delayMs, note: 'the sender looks whether somebody is there'}
    if (method !== 'GET') return null
    const query = new URLSearchParams(target.split('?').slice(1).join('?'))
    const answer = challengeAnswer(scheme, query)
    return answer === null ? null : {...handshakeOf(answer), delayMs, note: 'the challenge of the sender'}
  }

  /** A receiver of one's own does it else, and a status that was asked for is what is answered. */
  #answersItself(n: number): boolean {
    const {status, 'fail-first': failFirst = 0} = this.#flags
    return status === undefined && n > failFirst && this.#plan.forward === undefined
  }

  #handshakeFor({n, body}: ReceivedRequest, verdict: Verified | null): Answer | null {
    if (!verdict?.valid || !this.#answersItself(n)) return null
    const secret = this.#plan.judge.secrets.find(each => fingerprint(each) === verdict.secretFingerprint) ?? ''
    const answer = handshakeAnswer(verdict.scheme as SchemeName, secret, body)
    return answer === null ? null : {...handshakeOf(answer), note: 'the handshake of the sender'}
  }

  #scripted(request: ReceivedRequest): Answer {
    const {status, delay: delayMs = 0, 'fail-first': failFirst = 0, 'fail-status': failStatus} = this.#flags
    const answer = scriptedAnswer(
      {...(status === undefined ? {} : {status}), delayMs, failFirst, failStatus},
      request.n,
    )
    return request.n > failFirst ? answer : {...answer, note: `--fail-first, ${request.n} of ${failFirst}`}
  }

  #answered({n}: ReceivedRequest, sent: boolean): void {
    const {count} = this.#flags
    if (n > this.#last || this.#greetings.delete(n)) return
    this.#finished += 1
    if (!sent && !this.#context.signal.aborted) this.#context.notice(`[${n}] the sender was gone before its answer`)
    if (count === undefined ? n === this.#last : this.#finished === count) this.#ended.resolve('count')
  }

  #refused({detail, status}: RefusedRequest): void {
    this.#counts.refused += 1
    this.#context.notice(`refused${status === null ? '' : ` with ${status}`}: ${detail}`)
  }
}

const handshakeOf = (answer: Handshake): Answer =>
  typeof answer === 'string' ? {...textAnswer(200, ''), body: Buffer.from(answer)} : jsonAnswer(answer)
