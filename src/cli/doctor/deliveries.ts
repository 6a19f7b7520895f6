import type {Output} from '../../api/operations.ts'
import {formatAge} from '../shown-time.ts'
import {type Finding, ok, warning} from './finding.ts'

type Status = {
  readonly deliveries: Pick<Output<'status.show'>['deliveries'], 'undelivered' | 'unfinished' | 'oldestUnfinishedAt'>
}

/** What waits longer is worth a look. */
const LONG_MS = 3_600_000

/** What failed for good, and what has been waiting for long. */
export function examineDeliveries({deliveries}: Status, now: number): readonly Finding[] {
  const {undelivered, unfinished, oldestUnfinishedAt} = deliveries
  const ageMs = oldestUnfinishedAt === null ? 0 : now - Date.parse(oldestUnfinishedAt)
  const oldest = ageMs > 0 ? `, the oldest for ${formatAge(ageMs)}` : ''
  const waits = `${unfinished} unfinished${oldest}`
  return [
    ageMs > LONG_MS
      ? warning('deliveries', waits, 'hookctl delivery list --state pending,held; hookctl delivery show ID says why')
      : ok('deliveries', waits),
    ...(undelivered > 0
      ? [
          warning(
            'deliveries',
            `${undelivered} failed for good`,
            'hookctl delivery list --undelivered; hookctl delivery replay --failed --dry-run',
          ),
        ]
      : []),
  ]
}
