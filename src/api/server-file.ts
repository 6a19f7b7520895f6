/**
 * What a running server writes beside its store (`<store>.server.json`, 0600), so that commands of the same user find
 * it without being told.
 */
export interface ServerFile {
  /** Where it listens: `http://127.0.0.1:8700`. */
  readonly url: string
  readonly token: string
  readonly pid: number
  /** RFC 3339. */
  readonly startedAt: string
  readonly version: string
}

export const serverFilePath = (storePath: string): string => `${storePath}.server.json`

/** The file's content, or null where the text is not one: a file half written or of another program is no server. */
export function parseServerFile(text: string): ServerFile | null {
  try {
    const value = JSON.parse(text) as Record<keyof ServerFile, unknown> | null
    return value !== null && isServerFile(value) ? value : null
  } catch {
    return null
  }
}

const isServerFile = (value: Record<keyof ServerFile, unknown>): value is Record<keyof ServerFile, never> =>
  [value.url, value.token, value.startedAt, value.version].every(text => typeof text === 'string') &&
  URL.canParse(value.url as string) &&
  Number.isSafeInteger(value.pid) &&
  (value.pid as number) > 0
