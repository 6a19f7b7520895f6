import type {DeliveryState} from '../domain/delivery.ts'

/** Over, and nobody got it. What was skipped was never owed. */
export const isLost = (state: DeliveryState): boolean => state === 'failed' || state === 'cancelled'
