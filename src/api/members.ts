import type {z} from 'zod'

/** What the insides of a schema may hold that lead to its members. */
interface Inside {
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly element?: z.ZodType
  readonly innerType?: z.ZodType
  readonly out?: z.ZodType
  readonly options?: readonly z.ZodType[]
}

/** The names a schema knows at `path`, over all branches where there are several; empty where it takes any. */
export const membersAt = (schema: z.ZodType, path: readonly PropertyKey[]): string[] => [
  ...new Set(schemasAt(schema, path).flatMap(found => Object.keys(inside(found).shape ?? {}))),
]

const inside = (schema: z.ZodType): Inside => schema.def as Inside

function schemasAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType[] {
  const {shape, element, innerType, out, options} = inside(schema)
  if (options !== undefined) return options.flatMap(option => schemasAt(option, path))
  const wrapped = innerType ?? out
  if (wrapped !== undefined) return schemasAt(wrapped, path)
  const [first, ...rest] = path
  if (first === undefined) return [schema]
  const next = shape?.[String(first)] ?? element
  return next === undefined ? [] : schemasAt(next, rest)
}
