import {restyle} from '../../domain/json-style.ts'
import {TemplateFault} from './fault.ts'
import {isNumber, numberText} from './numbers.ts'

/** A value as Python prints it: `True`, `None`, `['a', 1.0]`; nothing for what is not there. */
export function printed(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : represented(value)
}

function represented(value: unknown): string {
  if (value === undefined) return 'Undefined'
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string') return quotedText(value)
  if (Array.isArray(value)) return `[${value.map(represented).join(', ')}]`
  if (!(value instanceof Map)) return numberText(value)
  return `{${[...value].map(([name, each]) => `${represented(name)}: ${represented(each)}`).join(', ')}}`
}

const short: Readonly<Record<string, string>> = {'\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t'}

/** Python's repr: in single quotes unless only those stand in it; what cannot be seen is escaped. */
function quotedText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const inside = text.replace(/\\|[^\P{C}]|[^\P{Z} ]/gu, char => short[char] ?? codeEscape(char))
  return `${quote}${quote === "'" ? inside.replaceAll("'", "\\'") : inside}${quote}`
}

function codeEscape(char: string): string {
  const code = char.codePointAt(0) as number
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`
}

/**
 * JSON as Python's `json.dumps` writes it, ASCII only; members in their own order.
 *
 * @param indent what a level is set in by; null for one line
 * @throws TemplateFault for what is not there: it is no JSON
 */
export function toJson(value: unknown, indent: string | null, before = ''): string {
  if (value === undefined) throw new TemplateFault('tojson is asked of what is not there')
  if (typeof value === 'string') return restyle(JSON.stringify(value), 'python-ascii')
  if (value === null || typeof value === 'boolean') return String(value)
  if (isNumber(value)) return jsonNumber(numberText(value))
  const inner = indent === null ? '' : before + indent
  const parts =
    value instanceof Map
      ? [...value].map(([name, each]) => `${toJson(name, indent)}: ${toJson(each, indent, inner)}`)
      : (value as unknown[]).map(each => toJson(each, indent, inner))
  const [open, close] = value instanceof Map ? '{}' : '[]'
  if (parts.length === 0) return `${open}${close}`
  if (indent === null) return `${open}${parts.join(', ')}${close}`
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${before}${close}`
}

const endless: Readonly<Record<string, string>> = {inf: 'Infinity', '-inf': '-Infinity', nan: 'NaN'}

const jsonNumber = (text: string): string => endless[text] ?? text
