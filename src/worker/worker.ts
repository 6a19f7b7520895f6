import type {Breaker} from '../domain/breaker.ts'
import {defaultRetention} from '../domain/retention.ts'
import type {Deps} from '../services/deps.ts'
import {createDriver} from '../services/hand-over.ts'
import {endOf, tellWorkerStopped} from '../services/worker-end.ts'
import type {DueDelivery, Owner} from '../store/store.ts'
import type {Transport} from '../transport/request.ts'
import {createClockWatch} from './clock.ts'
import {createKeeper} from './keeper.ts'
import {defaultLimits, type Limits} from './limits.ts'
import type {WorkerLog} from './log.ts'
import {createOwnership, isAliveHere} from './ownership.ts'
import {createPump} from './pump.ts'

export interface WorkerOptions extends Deps {
  /** Closed when the worker has stopped. */
  readonly transport: Transport
  readonly random: () => number
  /** New for every worker that ever starts. */
  readonly bootId: string
  readonly pid: number
  readonly host: string
  readonly log: WorkerLog
  readonly limits?: Partial<Limits>
  /** Whether its end is told to operators: not where it sends only as long as a command waits. */
  readonly tellsItsEnd?: boolean
  /** Whether the process of another owner on this host still runs; asks the operating system unless given. */
  readonly isAlive?: (owner: Owner) => boolean
  /** Monotonic ms; by it is told how long another process has been silent. */
  readonly clock?: () => number
}

export interface Worker {
  /**
   * Begins to send what is due, also what other processes accept, until it is stopped. Resolves when it is clear
   * whether it may: where another process sends from this store, it waits for its turn (`activating`).
   */
  start(): Promise<void>
  /**
   * Begins nothing new, lets what is in flight finish for `graceMs`, cuts off the rest unrecorded (it is due again),
   * records, lets go of the store. A second call cuts off at once.
   */
  stop(options: {readonly graceMs: number}): Promise<void>
  /** Looks for due work at once. */
  wake(): void
  /** Takes what this process has just accepted, without asking the store for it; what it does not take it finds there. */
  offer(due: readonly DueDelivery[]): void
  /**
   * Resolves when nothing is due, in flight or unrecorded; at once while this worker does not send (switched off,
   * stopped, or another process has the store). Retries that are planned for later are not waited for.
   */
  drained(): Promise<void>
  /** `activating`: switched on, but another process sends, or this one has not begun. */
  readonly state: 'active' | 'inactive' | 'activating'
  readonly inFlight: number
  /** Of these, how many per webhook. */
  readonly inFlightByWebhook: ReadonlyMap<string, number>
  /** Of webhooks that failed so often that they are tried by one delivery at a time, and seldom. */
  readonly breakers: ReadonlyMap<string, Breaker>
}

/** Work written by other processes is found within this time; also how far a clock that jumps can put us off (F9). */
const POLL_MS = 250
const BEAT_MS = 1000
/** Without a heartbeat for so long another process may be about to take over: we stop before it can. */
const SILENT_MS = 10_000

/** Sends what is due: fair over webhooks, each outcome through the state machine, many to a commit. */
export function createWorker(options: WorkerOptions): Worker {
  const {store, now, log, transport, random, bootId, pid, host} = options
  const {isAlive = isAliveHere, clock = () => performance.now()} = options
  const ownership = createOwnership({store, bootId, pid, host, now, isAlive, clock})
  const keeper = createKeeper({store, now, log, retention: options.retention ?? defaultRetention})
  const waiters: (() => void)[] = []
  let phase: 'new' | 'running' | 'stopping' | 'stopped' = 'new'
  let enabled = false
  const clockJump = createClockWatch(now)
  let nextDueAt: number | null = null
  let beatAt = 0
  let timer: NodeJS.Timeout | null = null
  let ticking: Promise<void> = Promise.resolve()
  let isTicking = false
  let unsubscribe = () => {}
  let stopped: Promise<void> | null = null
  let trouble: string | null = null
  const rush = Promise.withResolvers<void>()

  const maySend = () => phase === 'running' && enabled && ownership.held
  const pump = createPump({
    deps: options,
    owner: bootId,
    transport,
    random,
    log,
    limits: {...defaultLimits, ...options.limits},
    maySend,
    planned(dueAt) {
      if (nextDueAt !== null && nextDueAt <= dueAt) return
      nextDueAt = dueAt
      if (!isTicking) planTick()
    },
    looked: tellWaiters,
  })

  const driver = createDriver(options, bootId)

  async function tick(): Promise<void> {
    const at = now()
    isTicking = true
    try {
      await keepOwnership()
      await heedClock(clockJump())
      if (maySend()) await advanceReplays()
      await lookAround()
      nextDueAt = maySend() ? await store.deliveries.nextDue(at) : null
      if (ownership.held) await keeper.step()
      tellAsked(null)
    } catch (error) {
      tellAsked(error)
    }
    isTicking = false
    planTick()
  }

  /** A store that is gone is asked four times a second: that it cannot be is said once, and when it can be again. */
  function tellAsked(error: unknown): void {
    const said = trouble
    trouble = error === null ? null : String(error)
    if (trouble === said) return
    if (trouble === null) log.info({}, 'the store can be asked for work again')
    else log.warn({error: trouble}, 'the store cannot be asked for work')
  }

  /** What goes wrong with a replay keeps nothing else from being sent; it is met again at the next tick. */
  async function advanceReplays(): Promise<void> {
    try {
      await driver.advance(pump.inFlightByWebhook)
    } catch (error) {
      log.warn({error: String(error)}, 'a replay cannot be worked off')
    }
  }

  /** What waits keeps its distance from now: set back a day, the clock would put everything off by that day (F9). */
  async function heedClock(jumpMs: number): Promise<void> {
    if (jumpMs === 0) return
    log.warn({jumpMs}, 'the clock of this machine was set')
    if (jumpMs < 0 && ownership.held) await store.deliveries.setBack(-jumpMs)
  }

  /** Wall time is compared afresh at each tick: a clock that jumps puts nothing off by more than a poll. */
  function planTick(): void {
    if (timer !== null) clearTimeout(timer)
    if (phase !== 'running' && phase !== 'stopping') return
    const wait = nextDueAt === null ? POLL_MS : Math.min(POLL_MS, Math.max(1, nextDueAt - now()))
    timer = setTimeout(() => {
      ticking = tick()
    }, wait)
  }

  async function lookAround(): Promise<void> {
    enabled = await store.worker.enabled()
    pump.stir()
    await pump.look()
  }

  async function keepOwnership(): Promise<void> {
    if (!ownership.held) {
      if (phase !== 'running') return
      const {held, from} = await ownership.take()
      if (!held) return
      if (from !== null) await tellEnd(from, endOf(from, now()))
      beatAt = performance.now()
      log.info({bootId}, 'this process sends from now on')
    } else if (performance.now() - beatAt >= BEAT_MS) await beat()
  }

  async function tellEnd(owner: Owner, reason: Parameters<typeof tellWorkerStopped>[2]): Promise<void> {
    try {
      await tellWorkerStopped(options, owner, reason)
    } catch (error) {
      log.warn({bootId: owner.bootId, error: String(error)}, 'the end of a worker could not be told')
    }
  }

  async function beat(): Promise<void> {
    try {
      if (await ownership.beat()) beatAt = performance.now()
      else stand('another process has taken over')
    } catch (error) {
      if (performance.now() - beatAt > SILENT_MS) stand('the store cannot be told that this process is alive')
      throw error
    }
  }

  /** Another process may be sending the same deliveries: all of ours ends unrecorded. */
  function stand(why: string): void {
    log.warn({bootId}, `sending stops: ${why}`)
    ownership.lose()
    pump.forget()
    pump.cutOff()
  }

  function wake(): void {
    if (phase !== 'running') return
    lookAround().catch(tellAsked)
  }

  function tellWaiters(): void {
    if (maySend() && !pump.idle) return
    for (const tell of waiters.splice(0)) tell()
  }

  /** While it still sends: what tells of its end is on its way before nothing new is begun. */
  async function tellOwnEnd(): Promise<void> {
    const {own} = ownership
    if (!options.tellsItsEnd || !maySend() || own === null) return
    await tellEnd(own, 'stopped')
    await lookAround().catch(() => {})
  }

  async function finish(graceMs: number): Promise<void> {
    await tellOwnEnd()
    phase = 'stopping'
    unsubscribe()
    pump.forget()
    const grace = setTimeout(rush.resolve, graceMs)
    await Promise.race([pump.settled(), rush.promise])
    clearTimeout(grace)
    pump.cutOff()
    await pump.settled()
    await pump.end()
    phase = 'stopped'
    if (timer !== null) clearTimeout(timer)
    await ticking
    await ownership.release().catch(error => log.warn({error: String(error)}, 'the store could not be let go of'))
    await transport.close()
    tellWaiters()
  }

  return {
    async start() {
      if (phase !== 'new') return
      phase = 'running'
      unsubscribe = store.onWrite(wake)
      ticking = tick()
      await ticking
    },

    stop({graceMs}) {
      if (stopped !== null) rush.resolve()
      stopped ??= finish(graceMs)
      return stopped
    },

    wake,
    offer: pump.offer,

    async drained() {
      if (!maySend()) return
      const drained = Promise.withResolvers<void>()
      waiters.push(drained.resolve)
      wake()
      await drained.promise
    },

    get state() {
      if (!enabled || phase === 'stopping' || phase === 'stopped') return 'inactive'
      return maySend() ? 'active' : 'activating'
    },
    get inFlight() {
      return pump.inFlight
    },
    get inFlightByWebhook() {
      return pump.inFlightByWebhook
    },
    get breakers() {
      return pump.breakers
    },
  }
}
