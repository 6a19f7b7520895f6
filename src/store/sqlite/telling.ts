import type {Telling} from '../store.ts'
import {accept} from './accept.ts'
import {writeHistory} from './history.ts'
import type {Transaction} from './transaction.ts'

/** A history row and the events that tell of it. */
export function writeTelling(transaction: Transaction, {raised = [], ...entry}: Telling): void {
  writeHistory(transaction, entry)
  if (raised.length > 0) accept(transaction, raised)
}

/** About how many rows they are. */
export const rowsOf = (tellings: readonly Telling[]): number =>
  tellings.reduce(
    (sum, {raised = []}) => sum + 1 + raised.reduce((all, {deliveries}) => all + 1 + deliveries.length, 0),
    0,
  )
