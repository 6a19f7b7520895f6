import {checkPattern} from '../domain/subscription.ts'
import {usageError} from '../errors.ts'
import {spellingsOf} from './catalog.ts'

/** Patterns of event types in every spelling, for a filter: enforced or refused. @throws usage `bad_event_type` */
export function typePatterns(patterns: readonly string[] | undefined): readonly string[] | undefined {
  for (const [index, pattern] of (patterns ?? []).entries()) {
    const problem = checkPattern(pattern)
    if (problem === null) continue
    const hint = problem.hint === undefined ? {} : {hint: problem.hint}
    throw usageError(problem.code, problem.message, {path: `type/${index}`, ...hint})
  }
  return patterns?.flatMap(spellingsOf)
}

/** `404` is that one status, `4xx` its whole class. */
export function statusRange(text: string | undefined): readonly [from: number, to: number] | undefined {
  if (text === undefined) return undefined
  const from = Number(text.replace('xx', '00'))
  return [from, text.endsWith('xx') ? from + 99 : from]
}
