import {type HookctlError, unreachableError} from '../../errors.ts'
import {offsetsIn, type Path, placeOf, scan} from './scan.ts'

export interface Content {
  readonly schema: number
  /** How a value is called to whoever has to mend it: `tables/members/0 (line 12)`. */
  readonly nameOf: (path: Path) => string
  readonly tables: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>
}

/**
 * What stands in the file of a store.
 *
 * @throws HookctlError `store_foreign` for what is no store, `store_corrupt` with line and column for what is not JSON,
 * `store_newer`
 */
export function parse(text: string, file: string, newest: number): Content {
  if (text.trim() === '') throw foreign(file, 'empty')
  const found = parseJson(text, file)
  if (!isObject(found) || found.hookctl !== 'store') throw foreign(file, 'JSON of something else')
  const {schema, tables} = found
  const nameOf = naming(text)
  if (!Number.isSafeInteger(schema) || (schema as number) < 1) {
    throw broken(file, schema === undefined ? 'it has no "schema"' : `${nameOf(['schema'])} is not a number from 1 on`)
  }
  if ((schema as number) > newest) {
    throw unreachableError('store_newer', `${file} has schema ${schema}; this hookctl knows up to ${newest}`, {
      hint: 'it was left as it is; update hookctl',
    })
  }
  if (!isObject(tables)) throw broken(file, 'it has no "tables" that is an object')
  for (const [name, rows] of Object.entries(tables)) {
    if (!Array.isArray(rows)) throw broken(file, `${nameOf(['tables', name])} is not a list`)
    const strange = rows.findIndex(row => !isObject(row))
    if (strange !== -1) throw broken(file, `${nameOf(['tables', name, strange])} is not an object`)
  }
  return {schema: schema as number, tables: tables as Content['tables'], nameOf}
}

/** `tables`, a table, a row, a column. */
const DEPTH = 4

function naming(text: string): Content['nameOf'] {
  let offsets: ReadonlyMap<string, number> | undefined
  return path => {
    offsets ??= offsetsIn(text, DEPTH)
    const name = path.join('/')
    // What is missing is missing in something.
    const at = offsets.get(name) ?? offsets.get(path.slice(0, -1).join('/')) ?? 0
    return `${name} (line ${placeOf(text, at).line})`
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const fault = scan(text)
    if (fault === null) throw error
    const {line, column} = placeOf(text, fault.at)
    throw broken(file, `it is not JSON at line ${line}, column ${column}: ${fault.what}`)
  }
}

export const broken = (file: string, what: string): HookctlError =>
  unreachableError('store_corrupt', `the store ${file} cannot be read: ${what}`, {
    hint: 'it was left as it is; mend it, take it back from version control, or restore a backup',
  })

const foreign = (file: string, what: string): HookctlError =>
  unreachableError('store_foreign', `${file} is not a hookctl store: it is ${what}`, {
    hint: 'it was left as it is; name another file with --store',
  })
