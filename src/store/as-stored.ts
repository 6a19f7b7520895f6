import {type Delivery, isFinished} from '../domain/delivery.ts'

/** What a webhook says of the deliveries that are stored for it, read in the same transaction. */
export interface Standing {
  readonly isDeleted: boolean
  readonly holds: boolean
}

/**
 * A delivery as it is stored: its webhook may have been deleted or switched on since the fan-out looked at it. Held it is
 * only while its webhook holds, or nobody would ever resume it. Pending it may be in any case: the worker looks at the
 * webhook once more before it sends.
 */
export function asStored(delivery: Delivery, {isDeleted, holds}: Standing): Delivery {
  if (isFinished(delivery.state)) return delivery
  const {createdAt} = delivery
  if (isDeleted) {
    return {...delivery, state: 'cancelled', reason: 'webhook_deleted', dueAt: null, finishedAt: createdAt}
  }
  return delivery.state === 'held' && !holds ? {...delivery, state: 'pending', dueAt: createdAt} : delivery
}
