import {type HookctlError, unreachableError} from '../../errors.ts'

export interface Content {
  readonly schema: number
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
  if (!Number.isSafeInteger(schema) || (schema as number) < 1) throw broken(file, '"schema" is not a number from 1 on')
  if ((schema as number) > newest) {
    throw unreachableError('store_newer', `${file} has schema ${schema}; this hookctl knows up to ${newest}`, {
      hint: 'it was left as it is; update hookctl',
    })
  }
  if (!isObject(tables)) throw broken(file, '"tables" is not an object')
  for (const [name, rows] of Object.entries(tables)) {
    if (!Array.isArray(rows) || !rows.every(isObject)) throw broken(file, `"tables"."${name}" is not a list of objects`)
  }
  return {schema: schema as number, tables: tables as Content['tables']}
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw broken(file, `it is not JSON at ${placeOf(text, (error as Error).message)}`)
  }
}

/** V8 mostly says where; what it quotes from around there may be a secret, and stays out. */
function placeOf(text: string, message: string): string {
  const named = /line (\d+) column (\d+)/.exec(message)
  if (named !== null) return `line ${named[1]}, column ${named[2]}`
  const position = /position (\d+)/.exec(message)?.[1]
  const before = text.slice(0, position === undefined ? text.length : Number(position)).split('\n')
  return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`
}

export const broken = (file: string, what: string): HookctlError =>
  unreachableError('store_corrupt', `the store ${file} cannot be read: ${what}`, {
    hint: 'it was left as it is; mend it, take it back from version control, or restore a backup',
  })

const foreign = (file: string, what: string): HookctlError =>
  unreachableError('store_foreign', `${file} is not a hookctl store: it is ${what}`, {
    hint: 'it was left as it is; name another file with --store',
  })
