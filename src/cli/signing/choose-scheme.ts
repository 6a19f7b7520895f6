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
  /** As the sender has it. */
  readonly 'signed-url'?: string | undefined
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
 * @param sentTo the URL that it signs, where it signs one and none is told
 * @throws usage `bad_option`; `missing_value` without the URL that it signs
 */
export function namedScheme(flags: SchemeFlags, sentTo?: string): Scheme | undefined {
  const {options, implied} = recipeIn(flags)
  const name = flags.scheme ?? implied
  if (name === undefined) return undefined
  const scheme = schemeNamed(name, options)
  return withUrl(scheme, options, flags['signed-url'] ?? (scheme.signs.url ? sentTo : undefined))
}

function schemeNamed(name: SchemeName, options: SchemeOptions): Scheme {
  try {
    return schemeOf(name, options)
  } catch (error) {
    throw asUsage(error, RECIPE_HINT)
  }
}

/** The scheme with the URL that it signs. @throws usage `missing_value` where none was told, `bad_option` where it signs none */
function withUrl(scheme: Scheme, options: SchemeOptions, url: string | undefined): Scheme {
  const {name, signs} = scheme
  if (url !== undefined && !signs.url) {
    throw usageError('bad_option', `--signed-url says nothing here: the scheme ${name} signs no URL`, {
      hint: "leave it out; hmac signs one where --signed has {url}, like --signed '{url}{body}'",
    })
  }
  if (url === undefined && signs.url) {
    throw usageError('missing_value', `missing --signed-url: the scheme ${name} signs the URL that it sends to`, {
      hint: 'give it as the sender has it, like --signed-url https://hooks.example.com/in',
    })
  }
  return url === undefined ? scheme : schemeNamed(name, {...options, url})
}

/** Only another name of the headers: as safe as the scheme itself. */
const isAlias = ({options}: Detected): boolean => options === undefined || 'headerPrefix' in options

/**
 * What the headers speak, each at its own recipe: they come from whoever sent the message, so they may not choose a
 * weaker algorithm. What they seem to say beyond that is told in `notes`.
 */
export const detectSchemes = (headers: readonly Header[], url?: string): readonly ChosenScheme[] =>
  detect(headers).candidates.map(candidate => ({
    scheme: schemeSeen(candidate, url),
    detected: true,
    notes: isAlias(candidate) ? foreignIn(candidate) : [`${candidate.why} ${adviceFor(candidate.options ?? {})}`],
  }))

function schemeSeen(candidate: Detected, url: string | undefined): Scheme {
  if (isAlias(candidate) && !candidate.scheme.signs.url) return candidate.scheme
  return schemeOf(candidate.name, candidate.scheme.signs.url && url !== undefined ? {url} : {})
}

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
 * @throws usage `scheme_unknown` where they speak none, `scheme_ambiguous` where they speak several, and as `namedScheme`
 */
export function chooseScheme(flags: SchemeFlags, headers: readonly Header[]): ChosenScheme {
  const scheme = namedScheme(flags)
  if (scheme !== undefined) return {scheme, detected: false, notes: detect(headers).candidates.flatMap(foreignIn)}
  const url = flags['signed-url']
  const [first, ...others] = detectSchemes(headers, url)
  if (first !== undefined && others.length === 0) return {...first, scheme: withUrl(first.scheme, {}, url)}
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
