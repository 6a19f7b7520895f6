import {z} from 'zod'
import {deliveryStates} from '../domain/delivery.ts'
import {numberText} from '../domain/json.ts'
import {isZone, zoneNames} from '../domain/zone.ts'

/** The shapes several resources share. Instants on the wire are RFC 3339 in UTC with milliseconds. */

export const organizationSlug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'a slug is 1 to 63 of a-z, 0-9 and -')

export const inOrganization = z.strictObject({organization: organizationSlug})

/** A name for people: stands in tables and in paths. Controls, line ends and `.` alone would break either. */
export const visibleText = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .regex(/^(?!\.{1,2}$)[^\p{Cc}\p{Cf}\u2028\u2029\ud800-\udfff]+$/u, 'visible characters and spaces only')

export const paging = {
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  cursor: z.string().max(500).optional(),
}

export const page = <T extends z.ZodType>(item: T) =>
  z.strictObject({items: z.array(item), next: z.string().nullable()})

/** Microseconds are kept where the text has them. */
export const instant = z.iso.datetime({offset: true})

/** A range of time on lists: `since` inclusive, `until` exclusive. */
export const timeRange = {since: instant.optional(), until: instant.optional()}

/** Query strings have no booleans: `true` and `false` as text count too. */
export const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform(text => text === 'true')])

/** Query strings have no lists of one: a lone text counts as one. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.preprocess(value => (value === undefined || Array.isArray(value) ? value : [value]), z.array(item))

/** A JSON value as `parseJson` reads it: numbers that JavaScript cannot hold travel as raw JSON. */
export const json = z.unknown()

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * An object with members of any names, as it was given: a record is copied by zod, which leaves out `__proto__` and has
 * names of digits come first.
 */
export const anyMembers = z.unknown().check(({value, issues}) => {
  if (!isObject(value)) issues.push({code: 'invalid_type', expected: 'record', input: value})
}) as unknown as z.ZodType<Record<string, unknown>, Record<string, unknown>>

export const deliveryState = z.enum(deliveryStates)

export const header = z.strictObject({name: z.string(), value: z.string()})

export const actor = z.strictObject({
  kind: z.enum(['user', 'token', 'system']),
  name: z.string().max(255).nullable(),
  email: z.string().max(255).nullish(),
  id: z.string().max(255).nullish(),
})

/** A platform's ids may be numbers, also ones that only raw JSON holds. */
const numberAsText = (value: unknown): unknown => numberText(value) ?? value

export const objectRef = z.strictObject({
  type: z.string().min(1).max(100),
  id: z.preprocess(numberAsText, z.string().max(255)),
  name: z.string().max(255).default(''),
})

/** @throws what it adds: `params.near` are texts of which one may be meant */
function knownZone({value, issues}: z.core.ParsePayload<string>): void {
  if (isZone(value)) return
  const message = 'a zone is an offset such as -05:30, or a name such as Europe/Berlin'
  issues.push({code: 'custom', input: value, message, params: {near: zoneNames()}})
}

/** As src/domain/zone.ts has them. */
export const zone = z.string().max(60).check(knownZone)
