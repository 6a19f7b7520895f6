import {isDeepStrictEqual} from 'node:util'
import {conflictError, type HookctlError} from '../errors.ts'

/**
 * Refuses a change of what is not what it was made from: written all the same it would undo what somebody else has done.
 *
 * @param is null where it is gone
 * @throws conflict `changed_meanwhile`
 */
export function refuseChanged(what: string, is: object | null, was: object): void {
  if (!isDeepStrictEqual(is, was)) throw changedMeanwhile(what)
}

/** Nothing was written: who reads again and makes the change from that undoes nothing. */
export const changedMeanwhile = (what: string): HookctlError =>
  conflictError('changed_meanwhile', `${what} was changed by somebody else meanwhile`, {
    hint: 'nothing was changed; look again and repeat',
  })
