import {numberFlag, textFlag, writtenFlag} from '../flags.ts'
import {secretFlags} from '../secrets.ts'
import {ageFlags, schemeFlags} from '../signing/flags.ts'

/** How signatures are checked by whoever receives. */
export const checkingFlags = {
  ...secretFlags,
  ...schemeFlags,
  tolerance: ageFlags.tolerance,
  'no-tolerance': ageFlags['no-tolerance'],
}

/** What `listen` and `expect` have in common beside that. */
export const receiverFlags = {
  host: textFlag({description: 'address to listen on', default: '127.0.0.1', helpValue: 'ADDRESS'}),
  'fail-first': numberFlag({description: 'let this many first requests fail', helpValue: 'N'}),
  'fail-status': numberFlag({
    description: 'status for --fail-first',
    min: 200,
    max: 599,
    default: 500,
    helpValue: 'CODE',
  }),
  save: writtenFlag({description: 'save every request into this folder, for verify --request', helpValue: 'DIR'}),
  'ready-file': writtenFlag({description: 'write URL, port and pid here once it listens', helpValue: 'FILE'}),
}

export const portFlag = (usual: number) =>
  numberFlag({
    description: 'port to listen on, 0 for any free one',
    max: 65_535,
    default: usual,
    helpValue: 'PORT',
  })
