import {usageError} from '../errors.ts'
import {Refused} from './refused.ts'

/**
 * How many deliveries of hookctl brought a request here, by its `Hookctl-Hops` header; 0 without one.
 *
 * @throws Refused 400 for what is no count: taken for 0 it would let a loop run for ever
 */
export function hopsOf(header: string | null): number {
  if (header === null) return 0
  if (/^\d{1,3}$/.test(header)) return Number(header)
  throw new Refused(
    400,
    usageError('bad_hops', 'the header Hookctl-Hops holds one whole number', {
      hint: 'hookctl sets it; leave it out of requests of your own',
    }),
  )
}
