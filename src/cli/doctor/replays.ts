import type {Output} from '../../api/operations.ts'
import {type Finding, warning} from './finding.ts'

/** Replays that stand still because the process that sent them is gone: a server would go on by itself. */
export function examineReplays(
  {worker: {state}}: Pick<Output<'status.show'>, 'worker'>,
  replays: Output<'replay.list'>['items'],
): readonly Finding[] {
  if (state !== 'activating') return []
  return replays
    .filter(replay => replay.state === 'running')
    .map(({id, waiting}) =>
      warning('replays', `${id} is running and no process sends it, ${waiting} to go`, `hookctl replay resume ${id}`),
    )
}
