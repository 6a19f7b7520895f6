import {pythonClass, withoutLeadingSpace, withoutTrailingSpace} from '../../domain/python-text.ts'
import {TemplateFault} from './fault.ts'
import {printed} from './print.ts'
import {listOf} from './values.ts'

/** More than a template may print: refused before it is made. */
const LONGEST = 1024 * 1024

/** @throws TemplateFault before a text is made that is longer than any output */
export function joined(parts: readonly string[], between: string): string {
  const length = parts.reduce((sum, part) => sum + part.length, between.length * (parts.length - 1))
  if (length > LONGEST) throw new TemplateFault('it makes a text of more than 1 MiB')
  return parts.join(between)
}

/** Python's str.capitalize. */
export function capitalized(text: string): string {
  const [first = '', ...rest] = text
  // A letter that becomes two in upper case has the first of them only as a capital: ß, Ss.
  const [capital = '', ...more] = first.toUpperCase()
  return capital + (more.join('') + rest.join('')).toLowerCase()
}

const wordBeginning = new RegExp(`([-({\\[<${pythonClass.s}]+)`, 'u')

/** Jinja2's title: a word begins after white space and after `-({[<`, not after every sign that is no letter. */
export const titled = (text: string): string =>
  text
    .split(wordBeginning)
    .map(part => {
      const [first = '', ...rest] = part
      return first.toUpperCase() + rest.join('').toLowerCase()
    })
    .join('')

const word = new RegExp(`[${pythonClass.w}]+`, 'gu')

export const countWords = (text: string): number => text.match(word)?.length ?? 0

/** Python's str.strip: of white space, or of any of some characters. */
export function stripped(text: string, chars: string | null): string {
  if (chars === null) return withoutLeadingSpace(withoutTrailingSpace(text))
  const all = [...text]
  const start = all.findIndex(char => !chars.includes(char))
  return start === -1 ? '' : all.slice(start, all.findLastIndex(char => !chars.includes(char)) + 1).join('')
}

/** Python's str.replace: an empty text stands before and after every character. */
export function replaced(text: string, from: string, to: string, count: number): string {
  const parts = from === '' ? ['', ...text, ''] : text.split(from)
  if (count < 0 || count >= parts.length - 1) return joined(parts, to)
  return joined(parts.slice(0, count + 1), to) + from + parts.slice(count + 1).join(from)
}

/** The first characters of a text, to the end of a word where there is one. */
export function shortened(text: string, length: number, killwords: boolean): string {
  const start = [...text].slice(0, length).join('')
  const lastSpace = killwords ? -1 : start.lastIndexOf(' ')
  return lastSpace === -1 ? start : start.slice(0, lastSpace)
}

/** Jinja2's urlencode: a text for a path, an object or a list of pairs as a query. */
export function urlencoded(value: unknown): string {
  if (value instanceof Map) return queryOf([...value])
  return Array.isArray(value) ? queryOf(value) : quoted(printed(value)).replaceAll('%2F', '/')
}

const queryOf = (pairs: readonly unknown[]): string =>
  pairs
    .map(pair => {
      const [name, value, ...others] = listOf(pair).map(each => quoted(printed(each)).replaceAll('%20', '+'))
      if (name !== undefined && value !== undefined && others.length === 0) return `${name}=${value}`
      throw new TemplateFault('urlencode takes a text, an object or a list of pairs')
    })
    .join('&')

/** Python's quote. */
function quoted(text: string): string {
  if (!text.isWellFormed()) throw new TemplateFault('a text with half a character cannot be put into a URL')
  return encodeURIComponent(text).replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
