import type {DatabaseSync} from 'node:sqlite'

/**
 * A store as text that people read and compare: tables and rows in a fixed order, one value a line, JSON as JSON, and
 * nothing that follows from the rest. The same store is always the same text.
 */

type Value = string | number | null | Uint8Array
type Row = Readonly<Record<string, Value>>

/** Rows without anything for people in them: a line each. */
const SHORT = new Set(['feed', 'batch_events', 'open_batches', 'attempt_counts'])
/** `owner` changes every second and stands in a file of its own; counts follow from the rows. */
const LEFT_OUT = new Set(['owner', 'delivery_counts'])

/** What a text leaves out of a table: what is in it needs no check sum, a hand may change it. */
export const followsFromTheRest = (table: string, column: string): boolean => LEFT_OUT.has(table) || column === 'crc'

export interface Table {
  readonly name: string
  readonly columns: readonly string[]
  readonly order: string
}

/** The tables that stand in the file, in the order of the schema: later ones refer to earlier ones. */
export function tablesOf(database: DatabaseSync): readonly Table[] {
  const names = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rootpage")
    .all()
    .map(({name}) => name as string)
  return names.filter(name => !LEFT_OUT.has(name)).map(name => describe(database, name))
}

function describe(database: DatabaseSync, name: string): Table {
  const found = database.prepare(`PRAGMA table_info(${name})`).all()
  const keys = found.filter(({pk}) => (pk as number) > 0).sort((a, b) => (a.pk as number) - (b.pk as number))
  return {
    name,
    columns: found.map(column => column.name as string).filter(column => !followsFromTheRest(name, column)),
    order: keys.map(key => key.name as string).join(', '),
  }
}

export function toText(database: DatabaseSync, schema: number): string {
  const tables = tablesOf(database).flatMap(({name, columns, order}) => {
    const rows = database
      .prepare(`SELECT ${columns.join(', ')} FROM ${name} ORDER BY ${order}`)
      .all() as unknown as Row[]
    if (rows.length === 0) return []
    const lines = rows.map(row => rowText(row, SHORT.has(name)))
    return [`    ${JSON.stringify(name)}: [\n${lines.join(',\n')}\n    ]`]
  })
  return `{\n  "hookctl": "store",\n  "schema": ${schema},\n  "tables": {\n${tables.join(',\n')}\n  }\n}\n`
}

function rowText(row: Row, isShort: boolean): string {
  const shown = Object.fromEntries(
    Object.entries(row).flatMap(([column, value]) => (value === null ? [] : [[column, fromValue(value)]])),
  )
  const text = JSON.stringify(shown, null, isShort ? 0 : 2)
  return text
    .split('\n')
    .map(line => `      ${line}`)
    .join('\n')
}

/** Bytes as text where they are; JSON text as JSON where it is spelled as we would spell it; else as it is. */
function fromValue(value: string | number | Uint8Array): unknown {
  if (typeof value === 'number') return value
  if (typeof value === 'string') return jsonIn(value) ?? value
  const buffer = Buffer.from(value.buffer, value.byteOffset, value.length)
  const text = buffer.toString('utf8')
  return Buffer.from(text, 'utf8').equals(buffer) ? {$text: text} : {$base64: buffer.toString('base64')}
}

/** An object or array that comes back as the same text; null for any other text. */
function jsonIn(text: string): object | null {
  if (!/^[[{]/.test(text)) return null
  try {
    const value = JSON.parse(text) as object
    return JSON.stringify(value) === text && !isBytes(value) ? value : null
  } catch {
    return null
  }
}

export const isBytes = (value: object): value is {$text?: unknown; $base64?: unknown} =>
  !Array.isArray(value) && Object.keys(value).length === 1 && /^\$(?:text|base64)$/.test(Object.keys(value)[0] ?? '')

/** @throws Error for what no column holds */
export function toValue(found: unknown): Value {
  if (found === undefined || found === null) return null
  if (typeof found === 'string' || typeof found === 'number') return found
  if (typeof found !== 'object') throw new Error(`${JSON.stringify(found)} is not a value of a store`)
  if (!isBytes(found)) return JSON.stringify(found)
  return typeof found.$text === 'string'
    ? Buffer.from(found.$text, 'utf8')
    : Buffer.from(String(found.$base64), 'base64')
}
