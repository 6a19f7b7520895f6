import {unreachableError} from '../../errors.ts'

/** What a failed call to the file system means to whoever named the store; anything else comes back as it is. */
export function fileFailure(error: unknown, file: string): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return unreachableError('store_full', `the store ${file} cannot be made: the disk is full`, {cause: error})
  }
  if (code === undefined || !/^E[A-Z]+$/.test(code)) return error
  return unreachableError('store_denied', `the store ${file} cannot be opened (${code})`, {
    hint: 'check that the folder exists and who may write there',
    cause: error,
  })
}
