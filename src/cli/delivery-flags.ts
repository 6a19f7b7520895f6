import {type DeliveryFilterInput, deliveryFilterKeys, type FilterKey} from '../domain/filter-grammar.ts'
import {checkedFlag, choicesFlag, type FlagText, rangeFlags, switchFlag, textFlag} from './flags.ts'

const {state, undelivered, webhook, type, event, status, errorClass, trigger, replay, context, object, host, where} =
  deliveryFilterKeys

const textOf = ({description, value}: FilterKey): FlagText => ({
  description,
  ...(value === undefined ? {} : {helpValue: value}),
})

/** Which deliveries: the same flags, from the one grammar, wherever deliveries are chosen. */
export const deliveryFilterFlags = {
  state: choicesFlag({...textOf(state), choices: state.choices}),
  undelivered: switchFlag(textOf(undelivered)),
  webhook: textFlag(textOf(webhook)),
  event: checkedFlag({...textOf(type), check: type.check, many: type.many}),
  'event-id': textFlag(textOf(event)),
  status: checkedFlag({...textOf(status), check: status.check, many: status.many}),
  class: choicesFlag({...textOf(errorClass), choices: errorClass.choices}),
  trigger: choicesFlag({...textOf(trigger), choices: trigger.choices}),
  replay: textFlag(textOf(replay)),
  context: textFlag(textOf(context)),
  object: checkedFlag({...textOf(object), check: object.check}),
  host: checkedFlag({...textOf(host), check: host.check}),
  where: checkedFlag({...textOf(where), check: where.check, many: where.many}),
  ...rangeFlags,
}

export interface DeliveryFilterFlags {
  readonly state?: DeliveryFilterInput['state']
  readonly undelivered?: boolean | undefined
  readonly webhook?: string | undefined
  readonly event?: readonly string[] | undefined
  readonly 'event-id'?: string | undefined
  readonly status?: readonly string[] | undefined
  readonly class?: DeliveryFilterInput['errorClass']
  readonly trigger?: DeliveryFilterInput['trigger']
  readonly replay?: string | undefined
  readonly context?: string | undefined
  readonly object?: string | undefined
  readonly host?: string | undefined
  readonly where?: readonly string[] | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
}

/** The filter as the operations take it. */
export const deliveryFilterFrom = (flags: DeliveryFilterFlags) => ({
  ...copied(flags.state, 'state'),
  undelivered: flags.undelivered || undefined,
  webhook: flags.webhook,
  ...copied(flags.event, 'type'),
  event: flags['event-id'],
  ...copied(flags.status, 'status'),
  ...copied(flags.class, 'errorClass'),
  ...copied(flags.trigger, 'trigger'),
  replay: flags.replay,
  context: flags.context,
  object: flags.object,
  host: flags.host,
  ...copied(flags.where, 'where'),
  since: flags.since,
  until: flags.until,
})

const copied = <T, const N extends string>(list: readonly T[] | undefined, name: N): {[Name in N]?: T[]} =>
  (list === undefined ? {} : {[name]: [...list]}) as {[Name in N]?: T[]}
