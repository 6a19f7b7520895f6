import type {Page, PageRequest} from '../../domain/page.ts'
import type {Replay, ReplayCounts, ReplayState} from '../../domain/replay.ts'
import type {Body, NewDelivery, Telling} from './events.ts'

/** Something to be sent again, oldest first by `at`. */
export interface NewReplayItem {
  readonly webhookId: string
  /** When what is repeated was made, or its event accepted (ms): the order in which they go out. */
  readonly at: number
  /** The delivery that is repeated, or null where there never was one. */
  readonly deliveryId: string | null
  /** The event, where it was never rendered for this webhook; else null: its frozen body is sent. */
  readonly eventId: string | null
}

export interface ReplayItem extends NewReplayItem {
  /** Within its replay. */
  readonly number: number
}

/** What a replay has still to hand over to a webhook. */
export interface ReplayQueue {
  readonly webhookId: string
  /** Deliveries made and not yet tried. */
  readonly untried: number
  /** Of these, due at `overdueAt` or before. */
  readonly overdue: number
  /** When the last of these is due; null where there is none. */
  readonly lastDueAt: number | null
}

/** Items of a replay that are handed over together. */
export interface HandOver {
  readonly replayId: string
  /** Only while this boot id drives the replay. */
  readonly bootId: string
  readonly webhookId: string
  readonly now: number
  /** To be sent with the frozen body of the delivery that they repeat. */
  readonly again: readonly {readonly number: number; readonly id: string; readonly dueAt: number}[]
  /** What was never rendered: deliveries for the item, none where it is refused after all. */
  readonly fresh: readonly {readonly number: number; readonly deliveries: readonly NewDelivery[]}[]
  readonly bodies: readonly Body[]
  /** Items that cannot be sent any more. */
  readonly refused: readonly number[]
}

export interface ReplayStore {
  /** In the state `selecting`. */
  add(replay: Replay): Promise<void>
  /** What is to be sent again; only while it is `selecting`. */
  addItems(replayId: string, items: readonly NewReplayItem[]): Promise<void>
  /** Ends the selection: `running`, or `done` where there is nothing. Answers the replay with its total. */
  begin(replayId: string, now: number, entry: Telling): Promise<Replay>
  /** Removes a replay whose selection was not what was wanted: nothing of it was sent. */
  discard(replayId: string): Promise<void>
  find(organizationId: number, id: string): Promise<Replay | null>
  /** Newest first. */
  list(organizationId: number, page: PageRequest): Promise<Page<Replay>>
  /**
   * Another state, where it is in one of `from`. `cancelled` forgets its items and cancels its deliveries that are not
   * over, at most 10,000 a call. Answers whether there may be more to do: ask again.
   */
  change(
    replayId: string,
    change: {
      readonly from: readonly ReplayState[]
      readonly to: ReplayState
      readonly now: number
      readonly entry: Telling | null
    },
  ): Promise<{readonly changed: boolean; readonly more: boolean}>
  /** What has become of its deliveries. Walks an index range of them. */
  counts(replayId: string): Promise<ReplayCounts>
  /**
   * The running replays, of all organizations, that this boot id may hand over from now on: those nobody drives, it
   * drives itself, whose driver has not been heard of since `staleBefore`, or may send no more. Writes only where that changes or is old.
   */
  drive(bootId: string, now: number, staleBefore: number): Promise<readonly Replay[]>
  /** The webhooks that a replay has still items for. A look-up per webhook. */
  queues(replayId: string, overdueAt: number): Promise<readonly ReplayQueue[]>
  /** The next items for a webhook, oldest first, at most `limit`. */
  items(replayId: string, webhookId: string, limit: number): Promise<readonly ReplayItem[]>
  /**
   * Makes the deliveries of items and forgets the items, one transaction: an item is handed over once, whatever dies
   * when. What is repeated and its webhook are looked at again; what cannot be sent counts as refused. False, and
   * nothing happens, where the replay is not running or another drives it.
   */
  handOver(handOver: HandOver): Promise<boolean>
}
