/** What can be completed from a store. */
export type NameKind =
  | 'organization'
  | 'webhook'
  | 'webhookId'
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

/**
 * The names that begin with `prefix`, at most 100 of them: names in order, ids newest first. For completion, so it reads
 * only, makes nothing, waits for nobody, and has no names for stores that are not a file here.
 *
 * @throws whatever the file does: it may be none of ours, or older than this program
 */
export async function storedNames(
  location: string,
  question: {readonly kind: NameKind; readonly prefix: string; readonly organization: string},
): Promise<readonly StoredName[]> {
  const file = /^sqlite:(?!:memory:)(.+)$/.exec(location)?.[1]
  if (file === undefined) return []
  const {namesInFile} = await import('./sqlite/names.ts')
  return namesInFile(file, question.kind, question.prefix, question.organization)
}
