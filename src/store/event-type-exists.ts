import {conflictError, type HookctlError} from '../errors.ts'

export const eventTypeExists = (name: string): HookctlError =>
  conflictError('event_type_exists', `there is an event type "${name}" already`, {
    path: 'name',
    hint: `change it: hookctl event-type edit ${name}`,
  })
