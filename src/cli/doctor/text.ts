import type {Paint} from '../color.ts'
import {paintState} from '../color.ts'
import {show} from '../escape.ts'
import type {Finding} from './finding.ts'

/** For reading: a line for each finding, and below it what to do. */
export function findingsText(findings: readonly Finding[], paint: Paint): string {
  const width = Math.max(...findings.map(({check}) => check.length))
  const lines = findings.map(({check, state, detail, fix}) => {
    const head = `${paintState(paint, state)}${' '.repeat('warning'.length - state.length)}  ${check.padEnd(width)}`
    return `${head}  ${show(detail)}\n${fix === null ? '' : `${' '.repeat(9 + width)}  → ${show(fix)}\n`}`
  })
  return lines.join('')
}

/** NebularStack's three questions, for deliveries that do not arrive (NEB-15). */
export const WHERE_TO_LOOK = [
  'Deliveries that do not arrive: is the worker active? hookctl worker status',
  'Are URL and TLS settings of the webhook valid? hookctl webhook show NAME --resolved, hookctl webhook test NAME',
  'Then refresh the status: hookctl worker status, hookctl status',
]
