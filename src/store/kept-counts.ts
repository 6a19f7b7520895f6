import type {Problem} from './care.ts'

/** How many deliveries of a webhook, by its row number, are in a state. */
export interface Counted {
  readonly organization_id: number
  readonly webhook: number
  readonly state: string
  readonly n: number
}

export interface WrongCount {
  readonly row: Counted
  readonly kept: number
  readonly real: number
}

const keyOf = ({organization_id, webhook, state}: Counted): string => `${organization_id} ${webhook} ${state}`

/** Kept counts that differ from what is there, with both numbers. None and zero are the same. */
export function wrongCounts(kept: readonly Counted[], real: readonly Counted[]): readonly WrongCount[] {
  const both = new Map<string, WrongCount>()
  for (const row of kept) both.set(keyOf(row), {row, kept: row.n, real: 0})
  for (const row of real) both.set(keyOf(row), {row, kept: both.get(keyOf(row))?.kept ?? 0, real: row.n})
  return [...both.values()].filter(each => each.kept !== each.real)
}

/** So many are told: who has more counts them all anew. */
const MOST = 20

export const tellCounts = (wrong: readonly WrongCount[]): readonly Problem[] =>
  wrong.slice(0, MOST).map(({row, kept, real}) => ({
    kind: 'counts',
    detail: `${real} deliveries are ${row.state} for webhook number ${row.webhook}, counted are ${kept}`,
  }))
