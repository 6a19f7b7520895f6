import {opened, type SecretKey, sealed} from './secrecy.ts'
import {type AnyRow, fromWebhook, toWebhook} from './sqlite/rows.ts'

/** What a row of webhooks holds under a key. */
interface Resealed {
  readonly id: string
  readonly secrets: string
  readonly headers: string
  readonly settings: string
}

/** A row of webhooks, sealed anew. @param isSealed whether it is under `from` now */
export function resealed(row: AnyRow, isSealed: boolean, from: SecretKey | null, to: SecretKey | null): Resealed {
  const plain = isSealed ? opened(toWebhook(row), from) : toWebhook(row)
  const {secrets, headers, settings} = fromWebhook(sealed(plain, to))
  return {id: plain.id, secrets: secrets as string, headers: headers as string, settings: settings as string}
}
