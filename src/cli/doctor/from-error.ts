import {HookctlError} from '../../errors.ts'
import {type Finding, failed} from './finding.ts'

/** A failure that was met while looking, as what was found. Bugs stay bugs. */
export function fromError(check: string, error: unknown, fix = 'hookctl help environment'): Finding {
  if (!(error instanceof HookctlError)) throw error
  return failed(check, error.message, error.hint ?? fix)
}
