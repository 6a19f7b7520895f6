import {SignatureError} from './fault.ts'
import {type Recipe, schemeOfRecipe} from './recipe.ts'
import {github} from './schemes/github.ts'
import {type HmacOptions, hmac} from './schemes/hmac.ts'
import {netbox} from './schemes/netbox.ts'
import {SENDER_NAMES, SENDERS, type SenderName} from './schemes/senders.ts'
import {slack} from './schemes/slack.ts'
import {type StandardOptions, standard, standardV1, standardV1a} from './schemes/standard.ts'
import {stripe} from './schemes/stripe.ts'
import type {Scheme, SchemeName} from './types.ts'

export interface SchemeOptions extends HmacOptions, StandardOptions {}

interface Entry {
  make(options: SchemeOptions): Scheme
  readonly options: readonly string[]
}

function ofSender(name: SenderName): Entry {
  const recipe: Recipe = SENDERS[name]
  return {
    make: ({url}) => schemeOfRecipe(name, url === undefined ? recipe : {...recipe, url}),
    options: recipe.signed.includes('{url}') ? ['url'] : [],
  }
}

const senders = Object.fromEntries(SENDER_NAMES.map(name => [name, ofSender(name)])) as Record<SenderName, Entry>

/** Every scheme by its name, most telling headers first: the order in which they are tried when none is named. */
const TABLE: {readonly [name in SchemeName]: Entry} = {
  standard: {make: standard, options: ['headerPrefix']},
  'standard-v1': {make: standardV1, options: ['headerPrefix']},
  'standard-v1a': {make: standardV1a, options: ['headerPrefix']},
  stripe: {make: () => stripe, options: []},
  slack: {make: () => slack, options: []},
  ...senders,
  github: {make: () => github, options: []},
  hmac: {
    make: hmac,
    options: [
      'header',
      'algorithm',
      'encoding',
      'prefix',
      'signed',
      'timestampHeader',
      'timestampFormat',
      'idHeader',
      'url',
    ],
  },
  netbox: {make: netbox, options: ['header', 'algorithm', 'encoding', 'prefix']},
}

export const SCHEME_NAMES = Object.keys(TABLE) as readonly SchemeName[]

export const isSchemeName = (name: string): name is SchemeName => Object.hasOwn(TABLE, name)

/**
 * The scheme of that name. Throws SignatureError: `unknown_scheme`, or `bad_option` for an option the scheme does not
 * have (an option that does nothing would be believed).
 */
export function schemeOf(name: SchemeName, options: SchemeOptions = {}): Scheme {
  if (!isSchemeName(name)) {
    throw new SignatureError('unknown_scheme', `there is no scheme ${JSON.stringify(name)}: ${SCHEME_NAMES.join(', ')}`)
  }
  const entry = TABLE[name]
  const foreign = Object.keys(options).find(option => !entry.options.includes(option))
  if (foreign !== undefined) throw new SignatureError('bad_option', `the scheme ${name} has no option ${foreign}`)
  return entry.make(options)
}
