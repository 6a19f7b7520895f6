import {usageError} from '../errors.ts'
import {type Located, locate} from './open.ts'

/**
 * What is done with a store as a whole, beside the questions that the product asks of an open one: looking whether it is
 * sound, copying it, putting a copy in its place, changing its key. Works on the machine of its file, with a server running
 * or not; in a database it does what the database cannot do itself, and says for the rest (`no_store_file`) what does.
 */
export interface StoreCare {
  /** What to do about a store that is damaged. */
  readonly cure: string
  /** Reads all of it; changes nothing but, in a database, an old schema. Rejects with `store_not_found`, `store_foreign`, `store_newer`. */
  check(options: {readonly quick: boolean}): Promise<CheckReport>
  /** Sets the kept counts to what is really there, in one transaction. Answers how many were wrong. */
  recount(): Promise<number>
  /**
   * A copy that holds all that was accepted before it began, made while others write: private, whole and looked through
   * before it has its name. Rejects with conflict `backup_exists`.
   */
  backUp(options: BackupOptions): Promise<Copied>
  /**
   * Puts a copy in the place of the store, which stays beside it under another name. Nothing changes unless all of it
   * works. Rejects with `backup_damaged`; conflict `store_in_use` while another process has the store open.
   */
  restore(from: string, options: {readonly now: number}): Promise<Restored>
  /**
   * Encrypts secrets with another key (as `secretKeyOf` takes it; null: with none), and overwrites what stood there.
   * Rejects as `openStore` where `from` does not fit, and with conflict `store_in_use`.
   */
  rekey(from: string | null, to: string | null): Promise<Rekeyed>
  /** Copies what can still be read into a new store. Rejects with conflict `file_exists`, `store_unreadable`. */
  salvage(to: string): Promise<Salvaged>
}

export interface Problem {
  /**
   * `pages`: the file is damaged; `text`: it is not the text of a store. `counts`: kept counts are wrong. `references`,
   * `bodies`: rows miss what they refer to. `rows`: they are not as they must be.
   */
  readonly kind: 'pages' | 'text' | 'counts' | 'references' | 'bodies' | 'rows'
  readonly detail: string
}

export interface CheckReport {
  readonly file: string
  readonly schema: number
  readonly bytes: number
  readonly deliveries: number
  readonly problems: readonly Problem[]
}

export interface BackupOptions {
  /** Null: beside the store, with the time in its name. */
  readonly to: string | null
  readonly force: boolean
  readonly now: number
}

export interface Copied {
  readonly file: string
  readonly bytes: number
  readonly schema: number
}

export interface Restored {
  readonly file: string
  /** What was there before; null where nothing was. */
  readonly kept: string | null
  readonly schema: number
}

export interface Rekeyed {
  /** Those that were deleted are sealed anew too, and not counted: nobody sees them. */
  readonly webhooks: number
  readonly sources: number
  /** Of before. Null: it was not encrypted. */
  readonly oldKeyId: string | null
  /** Null: not encrypted. */
  readonly keyId: string | null
}

export interface Salvaged {
  readonly file: string
  readonly rows: number
  /** Rows that were there by the numbers and could not be read, where that can be known; at least. */
  readonly lost: number
  readonly tables: readonly {readonly table: string; readonly rows: number; readonly damaged: boolean}[]
}

const backends: Readonly<Record<string, (located: Located) => Promise<StoreCare>>> = {
  json: async ({file}) => (await import('./json/care.ts')).jsonCare(file),
  postgres: async ({url = ''}) => (await import('./postgres/care/care.ts')).postgresCare(url),
  sqlite: async ({file}) => (await import('./sqlite/care/care.ts')).sqliteCare(file),
}

/** @throws HookctlError usage `no_store_file` for a store without a file of its own; else as `openStore` */
export async function careFor(location: string): Promise<StoreCare> {
  const located = locate(location)
  const care = backends[located.backend]
  if (care !== undefined) return care(located)
  throw usageError('no_store_file', `a ${located.backend}: store has no file that could be looked after`, {
    hint: 'name a store with --store',
  })
}
