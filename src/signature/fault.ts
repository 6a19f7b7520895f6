import type {Fault} from './types.ts'

export const fault = (reason: Fault['fault'], note?: string): Fault =>
  note === undefined ? {fault: reason} : {fault: reason, note}

export const isFault = (value: object | string | number | undefined): value is Fault =>
  typeof value === 'object' && 'fault' in value

/**
 * The caller gave something that cannot sign or name a scheme. `code` is a {@link Reason} or
 * `unknown_scheme`, `bad_option`, `bad_body`, `missing_id`, `missing_timestamp`, `cannot_sign`; stable. The message never
 * holds a secret.
 */
export class SignatureError extends Error {
  override readonly name = 'SignatureError'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}
