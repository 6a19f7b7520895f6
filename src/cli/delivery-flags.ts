import {type DeliveryState, deliveryStates, type ErrorClass, errorClasses} from '../domain/delivery.ts'
import {choiceFlag, choicesFlag, rangeFlags, textFlag} from './flags.ts'
import {eventFlag} from './webhook-flags.ts'

/** Which deliveries: the same flags wherever deliveries are chosen. */
export const deliveryFilterFlags = {
  state: choicesFlag({description: 'states, with commas', choices: deliveryStates}),
  webhook: textFlag({description: 'id or name of the webhook', helpValue: 'WEBHOOK'}),
  event: eventFlag,
  'event-id': textFlag({description: 'id of the event', helpValue: 'ID'}),
  status: textFlag({description: 'HTTP status of the last answer: 404, or a class like 4xx', helpValue: 'CODE'}),
  class: choiceFlag({description: 'class of the last error', choices: errorClasses}),
  trigger: choiceFlag({description: 'what made the delivery', choices: ['event', 'replay', 'test']}),
  ...rangeFlags,
}

interface Flags {
  readonly state?: DeliveryState[] | undefined
  readonly webhook?: string | undefined
  readonly event?: string[] | undefined
  readonly 'event-id'?: string | undefined
  readonly status?: string | undefined
  readonly class?: ErrorClass | undefined
  readonly trigger?: 'event' | 'replay' | 'test' | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
}

export const deliveryFilterFrom = (flags: Flags) => ({
  state: flags.state,
  webhook: flags.webhook,
  type: flags.event,
  event: flags['event-id'],
  status: flags.status,
  errorClass: flags.class,
  trigger: flags.trigger,
  since: flags.since,
  until: flags.until,
})
