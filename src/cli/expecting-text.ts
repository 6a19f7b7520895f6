import {counted} from './counted.ts'
import {show} from './escape.ts'
import type {Arrival, Outcome} from './expecting.ts'

type Progress = Outcome['expectations'][number]

/** One line while it runs. */
export function arrivalLine({n, events, signature, reason, counts, status}: Arrival): string {
  const types = events.map(
    ({type, expectations}) => `${type ?? 'a body of no known platform'}${expectations.length > 0 ? ' (expected)' : ''}`,
  )
  const ignored = counts ? '' : status < 400 ? ', which came before' : `, answered ${status}`
  return `[${n}] ${types.join(', ') || 'no event'}, signature ${signature.replace('_', ' ')}${signature === 'invalid' ? ` (${reason})` : ''}${ignored}`
}

/** What came and what is missing, a line or two for each expectation; escaped. */
export const outcomeText = (outcome: Outcome): string =>
  [
    ...(outcome.by === 'invalid' ? [`a signature is not valid: ${outcome.reason ?? 'unknown'}`] : []),
    ...outcome.expectations.flatMap(each => progressLines(each, outcome)),
  ]
    .map(line => `${show(line)}\n`)
    .join('')

function progressLines(progress: Progress, {counts}: Outcome): readonly string[] {
  const {event, where, bodySchema, count, came, nearest} = progress
  const conditions = [...where, ...(bodySchema ? ['a body that fits the schema'] : [])]
  const what = [event ?? 'any event', ...(conditions.length > 0 ? [`with ${conditions.join(' and ')}`] : [])].join(' ')
  if (count === 0) return [came === 0 ? `none came, as expected: ${what}` : `${came} came where none may: ${what}`]
  if (came >= count) return [`came: ${came} of ${count} ${what}`]
  return [`missing: ${count - came} of ${count} ${what}`, `  ${sayNearest(nearest, counts.received)}`]
}

function sayNearest(nearest: Progress['nearest'], received: number): string {
  if (nearest === null)
    return received === 0 ? 'nothing came' : `nothing else came in ${counted(received, 'request', 'requests')}`
  return `nearest, in request ${nearest.request}: ${nearest.failed.join('; ')}`
}
