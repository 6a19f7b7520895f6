import {opened, openedSource, type SecretKey, sealed, sealedSource} from './secrecy.ts'
import {type AnyRow, fromSource, fromWebhook, toSource, toWebhook} from './sqlite/rows.ts'

/** What a row of webhooks holds under a key. */
interface Resealed {
  readonly id: string
  readonly secrets: string
  readonly headers: string
  readonly oauth: string | null
  readonly settings: string
}

/** A row of webhooks, sealed anew. @param isSealed whether it is under `from` now */
export function resealed(row: AnyRow, isSealed: boolean, from: SecretKey | null, to: SecretKey | null): Resealed {
  const plain = isSealed ? opened(toWebhook(row), from) : toWebhook(row)
  const {secrets, headers, oauth, settings} = fromWebhook(sealed(plain, to))
  return {
    id: plain.id,
    secrets: secrets as string,
    headers: headers as string,
    oauth: oauth as string | null,
    settings: settings as string,
  }
}

/** The same of a row of sources. */
export function resealedSource(
  row: AnyRow,
  isSealed: boolean,
  from: SecretKey | null,
  to: SecretKey | null,
): Pick<Resealed, 'id' | 'secrets'> {
  const plain = isSealed ? openedSource(toSource(row), from) : toSource(row)
  return {id: plain.id, secrets: fromSource(sealedSource(plain, to)).secrets as string}
}
