import {closest, distance} from 'fastest-levenshtein'

/** The candidate a typing slip away from what was typed, or undefined when none is near enough to be meant. */
export function suggest(typed: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0 || typed === '') return undefined
  const lower = typed.toLowerCase()
  const best = closest(lower, candidates)
  const near = Math.max(2, Math.floor(best.length / 3))
  if (distance(lower, best) <= near && distance(lower, best) < best.length) return best
  return candidates.find(candidate => lower.length >= 3 && candidate.startsWith(lower))
}
