/** The header lines of a request, by names in lower case. */
export interface HeaderLines {
  /** Every value of a name, in the order of the lines. */
  all(name: string): readonly string[]
  /** As `Headers` answers: the values of repeated lines joined by commas; null where there is none. */
  get(name: string): string | null
  has(name: string): boolean
}

/** A request before anything of it is believed. */
export interface RequestHead {
  /** As on the request line: a path, or a whole URL. */
  readonly target: string
  readonly headers: HeaderLines
  /** The port it came in on. */
  readonly port: number
}

/** What is read of a request once it was let in. `Request` itself is one; making its `Headers` costs more than all that is asked of them. */
export interface AskedRequest extends Pick<Request, 'url' | 'body' | 'arrayBuffer'> {
  readonly headers: Pick<HeaderLines, 'get' | 'has'>
}

const none: readonly string[] = []

/** @param raw names and values in turn, repeated ones repeated, as node:http has them */
export function headerLines(raw: readonly string[]): HeaderLines {
  const lines = new Map<string, string[]>()
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at]!.toLowerCase()
    const known = lines.get(name)
    if (known === undefined) lines.set(name, [raw[at + 1]!])
    else known.push(raw[at + 1]!)
  }
  return {
    all: name => lines.get(name) ?? none,
    get: name => lines.get(name)?.join(', ') ?? null,
    has: name => lines.has(name),
  }
}
