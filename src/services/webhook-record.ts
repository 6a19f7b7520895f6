import type {Change} from '../domain/history.ts'
import type {Webhook} from '../domain/webhook.ts'
import type {Telling} from '../store/store.ts'
import type {Asking, Deps} from './deps.ts'
import {type OwnChange, tell} from './tell.ts'
import {webhookView} from './views.ts'

interface States {
  readonly before?: Webhook
  readonly after?: Webhook
}

/** The history row of a change of a webhook, and the events that tell of it. */
export const webhookRecord = (deps: Deps, caller: Asking, states: States): Promise<Telling> =>
  tell(deps, caller, webhookChange(caller, states))

/**
 * Before and after are what `webhook show` shows: secrets masked. A webhook that is gone or off, or that the system
 * paused, is not told about itself.
 */
export function webhookChange({actor}: Pick<Asking, 'actor'>, {before, after}: States): OwnChange {
  const webhook = (after ?? before) as Webhook
  const change: Change = before === undefined ? 'created' : after === undefined ? 'deleted' : 'changed'
  return {
    organizationId: webhook.organizationId,
    contextId: webhook.contextId,
    exceptWebhooks: after?.active !== true || actor.kind === 'system' ? [webhook.id] : [],
    change,
    object: {type: 'Webhook', id: webhook.id, name: webhook.name},
    ...(before === undefined ? {} : {before: masked(before)}),
    ...(after === undefined ? {} : {after: masked(after)}),
  }
}

function masked(webhook: Webhook): object {
  // How it is doing changes with every attempt, and is nothing that somebody changed.
  const {organization: _, health: __, ...shown} = webhookView(webhook, '')
  return shown
}
