import {z} from 'zod'
import {type ErrorClass, errorClasses} from '../domain/delivery.ts'
import {lazily} from './lazily.ts'
import {deliveryState, flag, listOf, timeRange} from './shapes.ts'

/** What a value of its own grammar looks like the services say, with a code for each: their check is the only one. */
const text = () => z.string().max(1000)
const name = () => z.string().min(1).max(200)

/** Which deliveries, by the one grammar of src/domain/filter-grammar.ts: the same members wherever some are chosen. */
export const deliveryFilter = lazily(() => ({
  state: listOf(deliveryState).optional(),
  undelivered: flag.optional(),
  webhook: name().optional(),
  event: name().optional(),
  type: listOf(text()).optional(),
  /** `404`, `4xx`. */
  status: listOf(text()).optional(),
  errorClass: listOf(z.enum(errorClasses as readonly [ErrorClass, ...ErrorClass[]])).optional(),
  trigger: listOf(z.enum(['event', 'replay', 'test'])).optional(),
  replay: name().optional(),
  context: name().optional(),
  /** `TYPE:ID`, or the id alone. */
  object: text().optional(),
  host: text().optional(),
  /** Each as `data.name=db-1`; all of them hold. */
  where: listOf(text()).optional(),
  ...timeRange,
}))
