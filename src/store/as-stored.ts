import {type Delivery, isFinished} from '../domain/delivery.ts'

/** What a webhook says of the deliveries that are stored for it, read in the same transaction. */
export interface Standing {
  readonly isDeleted: boolean
  readonly holds: boolean
  /** Of an ordered webhook: when the last delivery of an event was made that is not over yet (ms). */
  readonly latestAt: number | null
}

/**
 * A delivery as it is stored: its webhook may have been deleted or switched on since the fan-out looked at it. Held it is
 * only while its webhook holds, or nobody would ever resume it. Pending it may be in any case: the worker looks at the
 * webhook once more before it sends.
 */
export function asStored(delivery: Delivery, {isDeleted, holds}: Omit<Standing, 'latestAt'>): Delivery {
  if (isFinished(delivery.state)) return delivery
  const {createdAt} = delivery
  if (isDeleted) {
    return {...delivery, state: 'cancelled', reason: 'webhook_deleted', dueAt: null, finishedAt: createdAt}
  }
  return delivery.state === 'held' && !holds ? {...delivery, state: 'pending', dueAt: createdAt} : delivery
}

/**
 * A delivery of an ordered webhook with its place behind those that are not over: the order is that of `createdAt`, and a
 * clock that was set back would have it overtake them.
 */
export const inItsPlace = (delivery: Delivery, {latestAt}: Pick<Standing, 'latestAt'>): Delivery =>
  delivery.trigger !== 'event' || latestAt === null || latestAt <= delivery.createdAt
    ? delivery
    : {...delivery, createdAt: latestAt}
