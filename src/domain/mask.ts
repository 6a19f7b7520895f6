import {memoized} from './memoized.ts'
import type {Header} from './webhook.ts'

/** Stands where a credential was. */
export const MASK = '***'

const CREDENTIAL_NAME =
  /auth(?!ors?$)|cookie|token|secret|passw|passphrase|pwd|credential|session|vault|bearer|api-?key|(?:^|[-_])(?:key|pass|pat|pin|otp|jwt)$/i
/** A scheme of HTTP authentication; a JSON Web Token; tokens that say by how they begin whose they are. */
const CREDENTIAL_VALUE =
  /^(?:(?:bearer|basic|token|apikey|digest)\s|eyJ[\w-]+\.|(?:gh[opsur]|github_pat|glpat|xox[a-z]|[rs]k)[-_])/i

/** Whether a header's value lets its holder in somewhere, judged by its name and by how the value begins. */
export const isCredential = ([name, value]: Header): boolean => namesCredential(name) || CREDENTIAL_VALUE.test(value)

/** Every request has the same few names. */
const namesCredential = memoized(name => CREDENTIAL_NAME.test(name), 1000)

/** Headers as they may be shown and recorded: what came, with credentials masked. */
export const maskHeaders = (headers: readonly Header[]): Header[] =>
  headers.map(header => (isCredential(header) ? [header[0], MASK] : header))

/** Lines of headers as they may be shown; a name may come out of a template, or stand behind one. */
export const maskHeaderLines = (lines: string): string =>
  lines
    .split('\n')
    .map(line => {
      const [name, value] = split(line, ':')
      const bare = withoutTemplates(name).trim()
      return value !== undefined && isCredential([bare, value.trim()]) ? `${name}: ${MASK}` : line
    })
    .join('\n')

/** Not by one expression: it would look for the end of each of many that have none. */
function withoutTemplates(text: string): string {
  const [begins, ends] = [/\{[{%]/g, /[}%]\}/g]
  let rest = 0
  let out = ''
  for (;;) {
    begins.lastIndex = rest
    const begin = begins.exec(text)
    ends.lastIndex = begins.lastIndex
    const end = begin && ends.exec(text)
    if (end === null) return out + text.slice(rest)
    out += text.slice(rest, begin?.index)
    rest = ends.lastIndex
  }
}

/**
 * A URL as it may be shown and recorded: user, password and every value of the query masked, the rest as it was.
 *
 * Works on the text, so that also a URL that does not parse is safe in the message that refuses it.
 */
export function maskUrl(url: string): string {
  const [beforeFragment = '', fragment] = split(url, '#')
  const [base = '', query] = split(beforeFragment, '?')
  const shown = base.replace(/^([a-z][a-z0-9+.-]*:)?([\\/]{2,})[^\\/]*@/i, `$1$2${MASK}@`)
  return `${shown}${query === undefined ? '' : `?${maskQuery(query)}`}${fragment === undefined ? '' : `#${MASK}`}`
}

const maskQuery = (query: string): string =>
  query
    .split('&')
    .map(pair => {
      const [name = '', value] = split(pair, '=')
      return value === undefined ? maskBare(name) : `${name}=${value === '' ? '' : MASK}`
    })
    .join('&')

/** A query without names is often the credential itself: `?Zm9vYmFyYmF6…`. */
const maskBare = (text: string): string => (text.length > 12 ? MASK : text)

function split(text: string, at: string): [string, string | undefined] {
  const index = text.indexOf(at)
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)]
}
