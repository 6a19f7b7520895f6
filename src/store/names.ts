/** What can be completed from a store. */
export type NameKind =
  | 'organization'
  | 'webhook'
  | 'webhookId'
  | 'source'
  | 'ownEventType'
  | 'context'
  | 'member'
  | 'token'
  | 'event'
  | 'delivery'
  | 'history'

export interface StoredName {
  /** How commands name it: a name, a slug or an id. */
  readonly value: string
  readonly description: string
}

export interface NameQuestion {
  readonly kind: NameKind
  readonly prefix: string
  /** Slug of the organization they are of. */
  readonly organization: string
}

/** By the word before the colon. Who is not here has no names: a database elsewhere may keep one waiting. */
const BACKENDS: Readonly<Record<string, (file: string, question: NameQuestion) => Promise<StoredName[]>>> = {
  sqlite: async (file, question) => (await import('./sqlite/names.ts')).namesInFile(file, question),
  json: async (file, question) => (await import('./json/names.ts')).namesInText(file, question),
}

/**
 * The names that begin with `prefix`, at most 100 of them: names in order, ids newest first. For completion, so it reads
 * only, makes nothing, waits for nobody, and has no names for stores that are not a file here.
 *
 * @throws whatever the file does: it may be none of ours, or older than this program
 */
export async function storedNames(location: string, question: NameQuestion): Promise<readonly StoredName[]> {
  const [, backend = '', file = ''] = /^([a-z]+):(?!:memory:)(.+)$/.exec(location) ?? []
  return (await BACKENDS[backend]?.(file, question)) ?? []
}
