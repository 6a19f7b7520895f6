import type {z} from 'zod'
import {isRawNumber, type RawNumber} from '../domain/json.ts'

/** What the insides of a schema may hold that leads to its members. */
interface Inside {
  readonly type: string
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly element?: z.ZodType
  readonly innerType?: z.ZodType
  readonly out?: z.ZodType
  readonly valueType?: z.ZodType
}

/**
 * A parsed body with ordinary numbers wherever `schema` reads them.
 *
 * `parseJson` keeps `2.0` as raw JSON, which is right for data that is handed on and wrong for a factor that is
 * calculated with. Numbers stay raw under members that may hold anything, and where a double would be another number.
 */
export function plainNumbers(value: unknown, schema: z.ZodType): unknown {
  const inside = unwrap(schema)
  if (inside.type === 'unknown' || inside.type === 'any') return value
  if (isRawNumber(value)) return inside.type === 'string' ? value : plain(value)
  if (Array.isArray(value)) return value.map(item => plainNumbers(item, inside.element ?? schema))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const known = Object.hasOwn(inside.shape ?? {}, key) ? inside.shape?.[key] : inside.valueType
      return [key, plainNumbers(member, known ?? schema)]
    }),
  )
}

/** The members of a query as `schema` reads them: in a URL everything is text, and a list of one looks like one. */
export function queryValues(query: Readonly<Record<string, unknown>>, schema: z.ZodType): Record<string, unknown> {
  const {shape = {}} = unwrap(schema)
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      const type = Object.hasOwn(shape, name) ? unwrap(shape[name] as z.ZodType).type : 'unknown'
      if (type === 'array' && !Array.isArray(value)) return [name, [value]]
      return [name, type === 'number' && decimal.test(String(value)) ? Number(value) : value]
    }),
  )
}

const decimal = /^-?\d{1,15}(?:\.\d{1,15})?$/

/** What is inside optional, nullable, default and preprocess. */
function unwrap(schema: z.ZodType): Inside {
  const inside = schema.def as Inside
  const wrapped = inside.innerType ?? inside.out
  return wrapped === undefined ? inside : unwrap(wrapped)
}

function plain(raw: RawNumber): RawNumber | number {
  const number = Number(raw.rawJSON)
  const isExact = /^-?\d+$/.test(raw.rawJSON) ? Number.isSafeInteger(number) : Number.isFinite(number)
  return isExact ? number : raw
}
