import {usageError} from '../errors.ts'
import {choiceFlag, textFlag, zoneText} from './flags.ts'

export const organizationFlags = {
  name: textFlag({description: 'name it is shown by; that of a webhook is unique', char: 'n'}),
  zone: textFlag({...zoneText, empty: true}),
}

/** As the operation takes it: an empty text takes it away. */
export const zoneFrom = (zone: string | undefined): string | null | undefined => (zone === '' ? null : zone)

export const contextFlags = {
  name: organizationFlags.name,
  kind: textFlag({description: "the platform's word for such a part, like context or domain", helpValue: 'WORD'}),
}

export const memberFlags = {
  role: choiceFlag({description: 'role of the member', choices: ['owner', 'admin', 'member']}),
  email: textFlag({description: 'email address of the member', helpValue: 'ADDRESS', empty: true}),
}

/** What was given of these flags, under the names of the operation. @throws usage `nothing_to_change` where it is nothing */
export function givenChanges<T extends object>(changes: T, command: string): T {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as T
  if (Object.keys(given).length > 0) return given
  throw usageError('nothing_to_change', 'nothing to change was given', {
    hint: `hookctl ${command} --help lists what can be`,
  })
}
