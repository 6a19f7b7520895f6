import type {Member, Organization} from '../domain/organization.ts'
import type {Acceptance} from '../store/store.ts'
import {type EventToSend, prepareEvents} from './accept.ts'
import type {Asking, Deps} from './deps.ts'

/**
 * The event that tells of a change of a member, ready to be stored in one transaction with it; it brings the history
 * row. Catalyst raises `member.*` when memberships change (its signals), and so do we, from the source `hookctl`.
 */
export async function memberEvent(
  deps: Deps,
  {actor, requestId}: Asking,
  organization: Organization,
  {before, after}: {readonly before?: Member; readonly after?: Member},
): Promise<Acceptance> {
  const {user} = (after ?? before) as Member
  const verb = before === undefined ? 'created' : after === undefined ? 'deleted' : 'updated'
  const event: EventToSend = {
    type: `member.${verb}`,
    object: {type: 'Membership', id: user, name: user},
    data: shown((after ?? before) as Member),
    ...(before === undefined ? {} : {before: shown(before)}),
    ...(after === undefined ? {} : {after: shown(after)}),
  }
  const [prepared] = await prepareEvents(deps, {actor, requestId, via: 'hookctl'}, organization, [event])
  return prepared as Acceptance
}

const shown = ({user, email, role}: Member) => ({user, email, role})
