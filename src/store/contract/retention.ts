import type {Pruned, RetentionKind} from '../../domain/retention.ts'
import type {Telling} from './events.ts'

/** One slice of a walk through what is old. */
export interface PruneQuestion {
  readonly kind: RetentionKind
  /** Only what was over before this instant (ms). */
  readonly before: number
  /** How many rows are looked at, and removed in one transaction, at most. */
  readonly limit: number
  /** From the slice before; null begins. */
  readonly cursor: string | null
  /** Of history: what made an object and what changed it last stays. */
  readonly keepEnds?: boolean
  /** Counts and removes nothing. */
  readonly dryRun?: boolean
}

export interface PruneSlice {
  readonly pruned: Pruned
  /** Null: this was the last slice. */
  readonly cursor: string | null
}

export interface ExpungeQuestion {
  readonly deliveryIds: readonly string[]
  readonly entries: readonly Telling[]
}

/** Events whose data went too, and those whose data other deliveries still have. */
export interface Expunged {
  readonly eventIds: readonly string[]
  readonly keptEventIds: readonly string[]
}

export interface RetentionStore {
  /**
   * Removes what is past its time and owed to nobody, oldest first, in slices that are a transaction each. `bodies`: the
   * content of settled deliveries and of events that only such have; their records stay and say so (`contentGone`).
   * `records`: settled deliveries with their attempts, then events without deliveries. Unfinished deliveries stay, and so
   * does what the filter `undelivered` finds, until its webhook is deleted or its content was expunged.
   * The newest row of each kind stays. Counts are kept right; what the feed tells of removed rows goes too.
   */
  prune(question: PruneQuestion): Promise<PruneSlice>
  /**
   * Overwrites the content of finished deliveries, and the data of events that no other delivery has. One transaction.
   * Rejects with `delivery_not_found`, and conflict `delivery_not_over`.
   */
  expunge(question: ExpungeQuestion): Promise<Expunged>
  /** Gives free room back to the disk, where the backend has a file; everybody else waits. */
  compact(): Promise<void>
}
