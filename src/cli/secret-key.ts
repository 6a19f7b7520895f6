import {usageError} from '../errors.ts'
import type {Settings} from './settings.ts'
import {MOST_SECRET_BYTES, readSmallFile} from './small-file.ts'

/** The secret key of this instance as text, from the environment or its file; null where none is set. */
export function instanceSecretKey(settings: Settings): string | null {
  const text = settings.text('secretKey')
  if (text !== undefined) return text
  const file = settings.text('secretKeyFile')
  return file === undefined ? null : readKeyFile(file)
}

/** @throws usage `secret_key_unreadable` */
export function readKeyFile(file: string): string {
  try {
    return readSmallFile(file, MOST_SECRET_BYTES).trim()
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    throw usageError('secret_key_unreadable', `cannot read the secret key in ${file}: ${code ?? 'unknown error'}`, {
      hint: 'make it readable for you alone, or name another file: hookctl config set secretKeyFile FILE',
      cause: error,
    })
  }
}
