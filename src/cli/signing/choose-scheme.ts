import {type HookctlError, usageError} from '../../errors.ts'
import {
  type Detected,
  detect,
  type Header,
  type Scheme,
  type SchemeName,
  type SchemeOptions,
  SignatureError,
  schemeOf,
} from '../../signature/index.ts'
import {RECIPE_HINT, type RecipeFlags, recipeIn} from '../recipe-flags.ts'

export interface SchemeFlags extends RecipeFlags {
  readonly scheme?: SchemeName | undefined
}

export interface ChosenScheme {
  readonly scheme: Scheme
  /** True where the headers told and not the user. */
  readonly detected: boolean
  /** Sentences about what was seen. */
  readonly notes: readonly string[]
}

/** A SignatureError as what it is here: something typed that cannot be used. */
export function asUsage(error: unknown, hint = 'hookctl help signatures'): HookctlError | unknown {
  if (!(error instanceof SignatureError)) return error
  return usageError(error.code, error.message, {hint, cause: error})
}

/**
 * The scheme the flags name; undefined where they name none. The options of netbox and hmac imply them.
 *
 * @throws usage `bad_option`
 */
export function namedScheme(flags: SchemeFlags): Scheme | undefined {
  const {options, implied} = recipeIn(flags)
  const name = flags.scheme ?? implied
  if (name === undefined) return undefined
  try {
    return schemeOf(name, options)
  } catch (error) {
    throw asUsage(error, RECIPE_HINT)
  }
}

/** Only another name of the headers: as safe as the scheme itself. */
const isAlias = ({options}: Detected): boolean => options === undefined || 'headerPrefix' in options

/**
 * What the headers speak, each at its own recipe: they come from whoever sent the message, so they may not choose a
 * weaker algorithm. What they seem to say beyond that is told in `notes`.
 */
export const detectSchemes = (headers: readonly Header[]): readonly ChosenScheme[] =>
  detect(headers).candidates.map(candidate => ({
    scheme: isAlias(candidate) ? candidate.scheme : schemeOf(candidate.name),
    detected: true,
    notes: isAlias(candidate) ? foreignIn(candidate) : [`${candidate.why} ${adviceFor(candidate.options ?? {})}`],
  }))

const foreignIn = ({why, foreign}: Detected): string[] => (foreign === undefined ? [] : [why])

const adviceFor = (options: SchemeOptions): string => ['If the sender really signs so, add', flagsOf(options)].join(' ')

/** The flags that say so, for a shell. */
const flagsOf = ({header, algorithm, encoding, prefix, signed}: SchemeOptions): string =>
  [
    ...(header === undefined ? [] : [`--signature-header ${header}`]),
    ...(algorithm === undefined ? [] : [`--algorithm ${algorithm}`]),
    ...(encoding === undefined || encoding === 'hex' ? [] : [`--encoding ${encoding}`]),
    ...(prefix === undefined ? [] : [`--prefix ${/[{;]/.test(prefix) ? `'${prefix}'` : prefix}`]),
    ...(signed === undefined ? [] : [`--signed '${signed}'`]),
  ].join(' ')

/**
 * The scheme the flags name, else the one the headers speak.
 *
 * @throws usage `scheme_unknown` where they speak none, `scheme_ambiguous` where they speak several, `bad_option`
 */
export function chooseScheme(flags: SchemeFlags, headers: readonly Header[]): ChosenScheme {
  const scheme = namedScheme(flags)
  if (scheme !== undefined) return {scheme, detected: false, notes: detect(headers).candidates.flatMap(foreignIn)}
  const [first, ...others] = detectSchemes(headers)
  if (first !== undefined && others.length === 0) return first
  if (first === undefined) throw unknownScheme(headers)
  const {candidates} = detect(headers)
  throw usageError(
    'scheme_ambiguous',
    `the headers speak several schemes: ${candidates.map(each => each.why).join(' ')}`,
    {
      hint: `name the one you trust: --scheme ${candidates.map(each => each.name).join(' or --scheme ')}`,
    },
  )
}

function unknownScheme(headers: readonly Header[]): HookctlError {
  const {nearMisses, recipes} = detect(headers)
  const names = [...new Set(headers.map(([name]) => name))].slice(0, 20).join(', ')
  const seen = nearMisses.length > 0 ? nearMisses.join(' ') : `seen: ${names === '' ? 'no header at all' : names}.`
  const [recipe] = recipes
  return usageError('scheme_unknown', `no header here is a signature of a known scheme. ${seen}`, {
    hint:
      recipe === undefined
        ? "name it with --scheme, and give its header: --header 'X-Hook-Signature: …' or --signature …"
        : `it looks like ${flagsOf(recipe)}: add that if the sender says so`,
  })
}
