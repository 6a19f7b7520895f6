import {reached} from '../failpoint.ts'
import type {Deps} from '../services/deps.ts'
import {followHealth} from '../services/health.ts'
import type {Recorded, WebhookHealth} from '../store/store.ts'
import {createBatcher} from './batcher.ts'
import type {WorkerLog} from './log.ts'

/** An outcome with what telling of it needs. */
interface Outcome extends Recorded {
  readonly webhookId: string
  readonly organizationId: number
  readonly hops: number
}

export interface RecorderOptions {
  readonly deps: Deps
  readonly owner: string
  readonly log: WorkerLog
  /** Called when a retry was planned, with its time (ms since the epoch). */
  readonly planned: (dueAt: number) => void
}

/** Brings outcomes into the store, many to a commit, and sees to what follows from them. */
export interface Recorder {
  /** Resolves once it is durable; false when it cannot be written. */
  add(outcome: Outcome): Promise<boolean>
  /** Whether nothing more should be sent for now: the store refuses, or so much is unrecorded already. */
  readonly stuck: boolean
  /** Records what is known, then nothing more. */
  end(): Promise<void>
}

/** What was sent and is not recorded is sent again after a crash: that stays few, however slow the store is (F3). */
const MOST_UNRECORDED = 1024

export function createRecorder({deps, owner, log, planned}: RecorderOptions): Recorder {
  const {store} = deps
  const batcher = createBatcher<Outcome>({
    write: recordAll,
    describe: ({attempt}) => ({delivery: attempt.deliveryId}),
    log,
  })

  async function recordAll(batch: readonly Outcome[]): Promise<void> {
    const troubled = await store.deliveries.record(batch, owner)
    deps.meter?.attempted(batch)
    for (const health of troubled) {
      const own = batch.filter(({webhookId}) => webhookId === health.webhookId)
      await follow(health, Math.max(...own.map(({hops}) => hops)))
    }
  }

  /** Tells of a webhook's health what is to be told. The outcomes are recorded whatever comes of it. */
  async function follow(health: WebhookHealth, hops: number): Promise<void> {
    try {
      if (await followHealth(deps, health, hops)) await hold(health.webhookId)
    } catch (error) {
      // The next outcome of the webhook leads here again.
      log.warn({webhook: health.webhookId, error: String(error)}, 'how a webhook is doing could not be told')
    }
  }

  /** What a paused webhook is owed waits until a person lifts the pause. */
  async function hold(webhookId: string): Promise<void> {
    try {
      while ((await store.deliveries.hold(webhookId)) > 0);
    } catch (error) {
      // Each is looked at again before it is sent, and held then.
      log.warn({webhook: webhookId, error: String(error)}, 'a paused queue could not be held at once')
    }
  }

  return {
    async add(outcome) {
      const durable = await batcher.add(outcome)
      reached('record.committed')
      if (durable && outcome.dueAt !== null) planned(outcome.dueAt)
      if (durable && outcome.pause !== null) await hold(outcome.webhookId)
      return durable
    },
    get stuck() {
      return batcher.stuck || batcher.waiting >= MOST_UNRECORDED
    },
    end: batcher.end,
  }
}
