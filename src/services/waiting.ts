import type {DeliveryView} from '../api/deliveries.ts'
import {argumentWord} from '../domain/shell-word.ts'
import type {Deps} from './deps.ts'
import {toInstant} from './instants.ts'
import {restsUntil} from './queues.ts'

/** A delivery that is due and does not go, because its webhook rests, says so: its record alone cannot. */
export function whyWaiting(deps: Pick<Deps, 'breakers' | 'now'>, view: DeliveryView): DeliveryView {
  if (view.state !== 'pending' || view.trigger !== 'event') return view
  const until = restsUntil(deps, view.webhookId)
  if (until === null || view.dueAt === null || Date.parse(view.dueAt) > until) return view
  const hint = `its webhook failed again and again and rests until ${toInstant(until)}: hookctl webhook test ${argumentWord(view.webhook)} tries it now`
  return {...view, hint}
}
