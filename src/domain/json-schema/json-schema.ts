import {Ajv, type ErrorObject, type Options, type SchemaObject, type ValidateFunction} from 'ajv'
import {Ajv2020} from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import {type HookctlError, usageError} from '../../errors.ts'
import {Patience} from '../conditions/patience.ts'
import type {JsonText} from '../json.ts'
import {memoized} from '../memoized.ts'
import {suggest} from '../suggest.ts'
import {withinTime} from '../within-time.ts'
import {schemaExtent} from './extent.ts'

/** A part of a value that a schema does not allow. */
export interface Misfit {
  /** Names and numbers from the value down, with slashes; empty: the value as a whole. */
  readonly path: string
  readonly message: string
}

/** Schemas are written by administrators, but run on what others send. State of the process, as what it bounds is its time. */
const patience = new Patience({onceMs: 100, togetherMs: 1000, everyMs: 60_000}, () => performance.now())

/**
 * Schemas times characters, up to which no time is kept: 10 ms at the worst. To keep it costs as much as to accept an
 * event does.
 */
const QUICK = 16 * 1024 * 1024

/** So many are told of one value. */
const MOST_MISFITS = 20

/** What OpenAPI and editors write into schemas, and nobody checks by. */
const NOTES = ['example', 'externalDocs', 'xml']

const OPTIONS: Options = {
  allErrors: true,
  // Somebody else's types are what they are; what is refused is what has no meaning at all, like a mistyped keyword.
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
  // A definition that is used often is one function, not as many copies.
  inlineRefs: false,
  logger: false,
}

interface Draft {
  /** How a schema names it. */
  readonly name: RegExp
  readonly make: (options: Options) => Ajv
}

/** A schema that names none is of the first. */
const DRAFTS: readonly Draft[] = [
  {name: /^https:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/, make: options => new Ajv2020(options)},
  {name: /^https?:\/\/json-schema\.org\/draft-07\/schema#?$/, make: options => new Ajv(options)},
]

/** What says whether a schema is one, of each draft: nothing of the schema stays in it. */
const judges = new Map<Draft, Ajv>()

function judgeOf(draft: Draft): Ajv {
  const found = judges.get(draft) ?? draft.make(OPTIONS)
  judges.set(draft, found)
  return found
}

interface Compiled {
  readonly validate: ValidateFunction
  readonly extent: number
}

/** Schemas are compiled once; so many are remembered. */
const compiled = memoized((text: string): Compiled => {
  const schema: unknown = JSON.parse(text)
  return {validate: compile(schema), extent: schemaExtent(schema)}
}, 200)

/**
 * Refuses what is no JSON Schema of draft 2020-12 or draft-07, or refers to another document: none is ever fetched.
 *
 * @throws usage `bad_schema`
 */
export function checkSchema(text: JsonText): void {
  try {
    compiled(text)
  } catch (error) {
    if (error instanceof Error) throw badSchema(error)
    throw error
  }
}

/**
 * Where a value is not as a schema that was checked says; none where it is.
 *
 * @returns null where finding out took too long: 100 ms for one value, and a second of this minute for all such
 */
export function misfitsOf(schema: JsonText, value: JsonText): readonly Misfit[] | null {
  const {validate, extent} = compiled(schema)
  const look = () => misfits(validate, JSON.parse(value))
  if (extent * value.length <= QUICK) return look()
  const limit = patience.limitMs(schema)
  if (limit === 0) return null
  const found = withinTime(limit, look)
  if (found === null) patience.tookTooLong(schema, limit)
  return found
}

function misfits(validate: ValidateFunction, value: unknown): readonly Misfit[] {
  try {
    if (validate(value)) return []
  } catch (error) {
    // Definitions that lead back to themselves.
    if (error instanceof RangeError) return [{path: '', message: 'its schema never comes to an end'}]
    throw error
  }
  return (validate.errors ?? []).slice(0, MOST_MISFITS).map(toMisfit)
}

/** The same as texts, one for each. */
export const problemsOf = (schema: JsonText, value: JsonText): readonly string[] =>
  misfitsOf(schema, value)?.map(misfitText) ?? [TOO_SLOW]

/** Of what takes too long to find out nothing is known. */
export const TOO_SLOW = 'its schema takes too long to check'

/** A misfit in one line. */
export const misfitText = ({path, message}: Misfit): string => (path === '' ? message : `${path}: ${message}`)

const toMisfit = ({instancePath, keyword, params, message = 'it is not allowed'}: ErrorObject): Misfit => ({
  path: instancePath.slice(1).replaceAll('~1', '/').replaceAll('~0', '~'),
  message: `${message}${more(keyword, params)}`,
})

/** What the message leaves out. */
function more(keyword: string, params: ErrorObject['params']): string {
  if (keyword === 'additionalProperties') return `: ${JSON.stringify(params.additionalProperty)}`
  if (keyword === 'unevaluatedProperties') return `: ${JSON.stringify(params.unevaluatedProperty)}`
  if (keyword === 'enum') return `: ${params.allowedValues.map((value: unknown) => JSON.stringify(value)).join(', ')}`
  if (keyword === 'const') return `: ${JSON.stringify(params.allowedValue)}`
  return ''
}

function compile(schema: unknown): ValidateFunction {
  if (typeof schema !== 'boolean' && !isObject(schema)) throw new Error('it must be an object, true or false')
  const draft = draftOf(schema)
  const judge = judgeOf(draft)
  if (judge.validateSchema(schema) !== true)
    throw new Error(
      (judge.errors ?? [])
        .slice(0, 1)
        .map(error => misfitText(toMisfit(error)))
        .join(''),
    )
  // An own one for each schema: names that one gives itself or its keywords mean nothing to others.
  const ajv = draft.make({...OPTIONS, meta: false, validateSchema: false})
  addFormats.default(ajv)
  ajv.addVocabulary(NOTES)
  allowExtensions(ajv, schema)
  const validate = ajv.compile(schema)
  if ('$async' in validate) throw new Error('$async is not JSON Schema')
  return validate
}

const isObject = (value: unknown): value is SchemaObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function draftOf(schema: boolean | SchemaObject): Draft {
  const name: unknown = typeof schema === 'boolean' ? undefined : schema.$schema
  const found = name === undefined ? DRAFTS[0] : DRAFTS.find(draft => draft.name.test(String(name)))
  if (found !== undefined) return found
  throw new Error(`its $schema is ${JSON.stringify(name)}, which is neither draft 2020-12 nor draft-07`)
}

/** Members called `x-…` belong to whoever wrote them. */
function allowExtensions(ajv: Ajv, schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return
  for (const [name, member] of Object.entries(schema)) {
    if (/^x-[\w-]{1,100}$/.test(name) && !ajv.getKeyword(name)) ajv.addKeyword(name)
    allowExtensions(ajv, member)
  }
}

function badSchema({message}: Error): HookctlError {
  const [, unknown] = /unknown keyword: "(.*)"$/.exec(message) ?? []
  const near = unknown === undefined ? undefined : suggest(unknown, Object.keys(judgeOf(DRAFTS[0]!).RULES.keywords))
  const said = unknown === undefined ? message : `there is no keyword ${JSON.stringify(unknown)}`
  return usageError('bad_schema', `not a JSON Schema: ${said}`, {
    path: 'schema',
    hint: near === undefined ? 'JSON Schema, draft 2020-12 or draft-07, in one document' : `did you mean "${near}"?`,
  })
}
