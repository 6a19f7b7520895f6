import type {Output} from '../../api/operations.ts'
import {type Finding, failed, ok, warning} from './finding.ts'

type Status = Output<'status.show'>

const waiting = (count: number): string => (count === 1 ? '1 delivery waits' : `${count} deliveries wait`)

/** Whether what is due is being sent. Nobody who sends is no fault while nothing waits: `event send` does it itself. */
export function examineWorker({worker: {state, owner}, deliveries: {pending, delivering}}: Status): Finding {
  const backlog = pending + delivering
  if (state === 'active') return ok('worker', `active: process ${owner?.pid} on ${owner?.host} sends`)
  if (state === 'inactive') {
    const detail = `inactive: sending is switched off${backlog > 0 ? `, ${waiting(backlog)}` : ''}`
    return warning('worker', detail, 'hookctl worker enable')
  }
  if (backlog === 0) return ok('worker', 'activating: no process sends, and nothing waits')
  return failed('worker', `activating: no process sends, ${waiting(backlog)}`, 'hookctl serve, or hookctl worker run')
}
