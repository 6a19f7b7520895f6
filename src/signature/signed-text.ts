import type {Envelope, Frame, TimestampFormat} from './types.ts'

/** The body as it is, or the fields of the form that it is. */
const BODY = /\{(?:body|form)\}/

/** What is hashed of a message, by what its headers say. */
export function frameOf(signed: string): (envelope: Envelope) => Frame {
  const form = signed.includes('{form}')
  const [before = '', after = ''] = signed.split(BODY)
  return envelope => ({before: filled(before, envelope), after: filled(after, envelope), form})
}

const filled = (template: string, envelope: Envelope): string =>
  template.replace(/\{(id|timestamp|url)\}/g, (_, part: keyof Envelope) => envelope[part] ?? '')

/** What stands behind an id, so that no id may have it; undefined where no id is signed. */
export function characterAfterId(signed: string): string | undefined {
  const behind = /\{id\}(.)/.exec(signed)?.[1]
  // The first of a time like 2026-03-01T10:00:00Z stands as far behind its beginning as in any other.
  return behind === '{' ? ':' : behind
}

/** Why nobody can follow the text, or why two messages would share a signature; undefined where neither is so. */
export function problemOfSigned(signed: string, format: TimestampFormat): string | undefined {
  const rest = ['{timestamp}', '{id}', '{url}'].reduce((text, part) => text.replace(part, ''), signed)
  if (!/^[ -z|~]*\{(?:body|form)\}[ -z|~]*$/.test(rest)) {
    return 'it has {body} or {form} once, and may have {timestamp}, {id} and {url} once'
  }
  if (/\{(?:body|form)\}.*\{id\}/.test(signed)) return 'the {id} stands before the body'
  const isTimeFixed = format === 'rfc3339'
  if (isTimeFixed ? /\{id\}(?!\{timestamp\}|[^A-Za-z0-9{_-])/.test(signed) : /\{id\}(?![^A-Za-z0-9{_-])/.test(signed)) {
    return 'after {id} comes a separator that no id has, like a full stop'
  }
  if (format === 'seconds' && /\{(?:body|form)\}[0-9]*\{timestamp\}/.test(signed)) {
    return 'between the body and {timestamp} comes a separator that is no digit'
  }
  return undefined
}
