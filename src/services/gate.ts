import type {Delivery} from '../domain/delivery.ts'
import type {Webhook} from '../domain/webhook.ts'
import type {Moved} from '../store/store.ts'

/**
 * What becomes of a due delivery that is not sent after all, or null when it is to be sent. Looked at in the moment of
 * sending: what an administrator switched off a second ago stays off (CAT-10, PRO-05).
 *
 * A test and a replay to another URL are sent in any case: a person wants to see what happens.
 *
 * @param webhook null when it was deleted
 */
export function whyNotSent(delivery: Delivery, webhook: Webhook | null, now: number): Moved | null {
  const move = (state: Moved['state'], reason: Moved['reason']): Moved => ({
    deliveryId: delivery.id,
    from: ['pending'],
    state,
    reason,
    dueAt: null,
    finishedAt: state === 'held' ? null : now,
  })
  if (webhook === null) return move('cancelled', 'webhook_deleted')
  if (delivery.toUrl !== null) return null
  if (webhook.url === null) return move('skipped', 'unconfigured')
  if (delivery.trigger === 'test') return null
  if (webhook.paused !== null) return move('held', null)
  if (webhook.active) return null
  switch (webhook.policies.offSwitch) {
    case 'delivery':
      return move('skipped', 'inactive')
    case 'hold':
      return move('held', null)
    case 'accept':
      // Accepted while it was on, so it is sent: NetBox looks at the switch when it queues, not when it sends (NBX-17).
      return null
  }
}
