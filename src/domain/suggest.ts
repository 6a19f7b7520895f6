import {closest, distance} from 'fastest-levenshtein'

/** The candidate a typing slip away from what was typed, or undefined when none is near enough to be meant. */
export function suggest(typed: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0 || typed === '' || typed.length > 100) return undefined
  const lower = typed.toLowerCase()
  const lowered = candidates.map(candidate => candidate.toLowerCase())
  const best = closest(lower, lowered)
  const near = Math.max(2, Math.floor(best.length / 3))
  if (distance(lower, best) <= near && distance(lower, best) < best.length) return candidates[lowered.indexOf(best)]
  return candidates.find((_, at) => lower.length >= 3 && lowered[at]?.startsWith(lower))
}
