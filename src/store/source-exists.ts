import {conflictError, type HookctlError} from '../errors.ts'

export const sourceExists = (name: string): HookctlError =>
  conflictError('source_exists', `there is a source named ${name} already`, {
    path: 'name',
    hint: 'choose another name, or edit that one',
  })
