import {headerValueIn} from '../../domain/blanks.ts'
import {usageError} from '../../errors.ts'
import {canonicalName, parseRequest} from '../../receiver/raw-http.ts'
import type {Header, SchemeName} from '../../signature/index.ts'
import {readBytes, readChunks} from '../bytes.ts'
import type {Surroundings} from '../surroundings.ts'

export interface MessageFlags {
  readonly body?: string | undefined
  readonly header?: readonly string[] | undefined
  readonly request?: string | undefined
}

/** A body that is read once, whole or in pieces. */
export interface Body {
  chunks(): AsyncIterable<Uint8Array>
  whole(): Promise<Uint8Array>
}

export interface ReceivedMessage {
  readonly headers: readonly Header[]
  readonly body: Body
  /** Sentences about what was left out. */
  readonly notes: readonly string[]
}

const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:([\s\S]*)$/

/**
 * `Name: value`, split at the first colon. Names that a gateway or a framework wrote with underscores are read as the
 * header they stand for.
 *
 * @throws usage `invalid_header` naming the place and never the text: it may be a credential
 */
function readHeaders(lines: readonly string[]): Header[] {
  return lines.map((line, at) => {
    const [, name, value] = HEADER.exec(line) ?? []
    if (name !== undefined && value !== undefined) return [canonicalName(name), headerValueIn(value)]
    throw usageError('invalid_header', `--header number ${at + 1} has no name and colon`, {
      hint: "write it like --header 'X-Hook-Signature: 6a72…'",
    })
  })
}

/** Which scheme a bare signature value belongs to by its looks; netbox where nothing tells. */
const LOOKS: readonly (readonly [RegExp, SchemeName])[] = [
  [/^v1a?,/, 'standard'],
  [/(?:^|,)t=\d+,/, 'stripe'],
  [/^v0=/, 'slack'],
  [/^sha256=/, 'github'],
]

export const schemeByLooks = (signature: string): SchemeName =>
  LOOKS.find(([pattern]) => pattern.test(signature))?.[1] ?? 'netbox'

/** Where the body comes from: a flag, or stdin when something is piped in. @throws usage `missing_value`, `stdin_twice` */
export function bodySource(
  flags: MessageFlags & {readonly 'secret-file'?: readonly string[] | undefined},
  surroundings: Pick<Surroundings, 'stdin'>,
): string {
  const fromStdin = flags['secret-file']?.includes('-') === true
  if (flags.body === undefined && (fromStdin || surroundings.stdin.isTTY)) {
    throw usageError('missing_value', 'missing --body: the exact bytes that were signed', {
      hint: '--body FILE, or --body - and pipe them in',
    })
  }
  const source = flags.body ?? '-'
  if (source === '-' && fromStdin) {
    throw usageError('stdin_twice', 'stdin cannot be both the body and the secret', {
      hint: 'give one of them as a file, or the secret with --secret-env',
    })
  }
  return source
}

export const openBody = (source: string, surroundings: Surroundings): Body => ({
  chunks: () => readChunks(source, surroundings),
  whole: () => readBytes(source, surroundings),
})

export const bodyOf = (bytes: Uint8Array): Body => ({
  async *chunks() {
    yield bytes
  },
  whole: async () => bytes,
})

/** The message the flags give: a saved request, or a body and its headers. */
export async function readMessage(flags: MessageFlags, surroundings: Surroundings): Promise<ReceivedMessage> {
  const headers = readHeaders(flags.header ?? [])
  if (flags.request === undefined)
    return {headers, body: openBody(bodySource(flags, surroundings), surroundings), notes: []}
  const request = parseRequest(await readBytes(flags.request, surroundings))
  const {ignoredBytes} = request
  return {
    headers: [...request.headers, ...headers],
    body: bodyOf(request.body),
    notes:
      ignoredBytes === 0 ? [] : [`${ignoredBytes} bytes after the end of the body in ${flags.request} were left out`],
  }
}
