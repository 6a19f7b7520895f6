import type {Telling} from './events.ts'

export interface Owner {
  /** Made anew by every process that sends. */
  readonly bootId: string
  readonly pid: number
  readonly host: string
  readonly since: number
  readonly heartbeatAt: number
}

export interface WorkerStore {
  /** Whether any number of workers may send from it: each then has the right to, and claims what it sends. */
  readonly isShared: boolean
  /** Whether sending is switched on; what `worker enable|disable` sets. On in a new store. */
  enabled(): Promise<boolean>
  /** Answers whether it was otherwise: where it was not, nothing is written. */
  setEnabled(enabled: boolean, entry: Telling): Promise<boolean>
  /** Who sends, as far as is known; of several the one that has been for the longest. */
  owner(): Promise<Owner | null>
  /** All that send, the one that has been for the longest first: more than one only where the store is shared. */
  owners(): Promise<readonly Owner[]>
  /**
   * Takes the right to send when nobody has it, its holder's heartbeat is older than `staleBefore`, or its holder is
   * `deadBootId`, whose process is known to be gone. Answers whether this boot id now holds it. The dead one is named
   * because two processes may find the same holder dead: the second must not take it from the first.
   */
  own(owner: Owner, staleBefore: number, deadBootId: string | null): Promise<boolean>
  /** Renews the heartbeat; false when another took over: stop sending at once. */
  renew(bootId: string, now: number): Promise<boolean>
  release(bootId: string): Promise<void>
}
