import type {Change, HistoryEntry} from '../domain/history.ts'
import type {Webhook} from '../domain/webhook.ts'
import type {Asking, Deps} from './deps.ts'
import {recordOf} from './record.ts'
import {webhookView} from './views.ts'

/** The history row of a change of a webhook. Before and after are what `webhook show` shows: secrets masked. */
export function webhookRecord(
  deps: Deps,
  caller: Asking,
  {before, after}: {readonly before?: Webhook; readonly after?: Webhook},
): HistoryEntry {
  const webhook = (after ?? before) as Webhook
  const change: Change = before === undefined ? 'created' : after === undefined ? 'deleted' : 'changed'
  return recordOf(deps, caller, {
    organizationId: webhook.organizationId,
    change,
    object: {type: 'Webhook', id: webhook.id, name: webhook.name},
    ...(before === undefined ? {} : {before: masked(before)}),
    ...(after === undefined ? {} : {after: masked(after)}),
  })
}

function masked(webhook: Webhook): object {
  const {organization: _, ...shown} = webhookView(webhook, '')
  return shown
}
