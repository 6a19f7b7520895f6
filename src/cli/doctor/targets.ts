import type {Output} from '../../api/operations.ts'
import {type Finding, ok, warning} from './finding.ts'

/** Webhooks that the target policy of the instance keeps from being delivered to: they fail until one of both changes. */
export function examineTargets({targets: {policy, refusedCount, refused}}: Output<'status.show'>): readonly Finding[] {
  if (refusedCount === 0) return [ok('targets', `the policy is ${policy}, and no webhook is outside it`)]
  const more = refusedCount - refused.length
  return [
    ...refused.map(({webhook, explanation, hint}) => warning('targets', `${webhook}: ${explanation}`, hint)),
    ...(more > 0
      ? [warning('targets', `${more} more webhooks are outside the policy ${policy}`, 'hookctl status')]
      : []),
  ]
}
