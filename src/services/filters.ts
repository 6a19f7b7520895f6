import {type FilterProblem, readStatus} from '../domain/filter-grammar.ts'
import type {StatusRange} from '../domain/filters.ts'
import {checkPattern} from '../domain/subscription.ts'
import {usageError} from '../errors.ts'

/** Patterns of event types in every spelling, for a filter: enforced or refused. @throws usage `bad_event_type` */
export async function typePatterns(patterns: readonly string[] | undefined): Promise<readonly string[] | undefined> {
  if (patterns === undefined) return
  for (const [index, pattern] of patterns.entries()) {
    const problem = checkPattern(pattern)
    if (problem === null) continue
    const hint = problem.hint === undefined ? {} : {hint: problem.hint}
    throw usageError(problem.code, problem.message, {path: `type/${index}`, ...hint})
  }
  // All platforms hang on it, and most lists are asked without a type.
  const {spellingsOf} = await import('./catalog.ts')
  return patterns.flatMap(spellingsOf)
}

/** What the grammar reads of a value, for a filter: enforced or refused. @throws usage, with the grammar's own code */
export function enforced<T>(path: string, found: T | FilterProblem): T {
  if (typeof found !== 'object' || found === null || !('code' in found)) return found as T
  const {code, message, hint} = found as FilterProblem
  throw usageError(code, message, {path, ...(hint === undefined ? {} : {hint})})
}

/** `404` is that one status, `4xx` its whole class. @throws usage `bad_status` */
export const statusRanges = (texts: readonly string[] | undefined): readonly StatusRange[] | undefined =>
  texts?.map((text, index) => enforced<StatusRange>(`status/${index}`, readStatus(text)))
