import {given} from '../domain/given.ts'
import type {Algorithm, Encoding, TimestampFormat} from '../signature/index.ts'
import {choiceFlag, textFlag} from './flags.ts'

export interface RecipeFlags {
  readonly algorithm?: Algorithm | undefined
  readonly encoding?: Encoding | undefined
  readonly prefix?: string | undefined
  readonly 'signature-header'?: string | undefined
  readonly signed?: string | undefined
  readonly 'timestamp-header'?: string | undefined
  readonly 'timestamp-format'?: TimestampFormat | undefined
  readonly 'id-header'?: string | undefined
}

/** More than help has room for: the topic lists them. */
export const schemeText = {
  description: 'how the signature is made and carried; "hookctl help signatures" lists them',
  helpValue: 'SCHEME',
}

/**
 * How a signature is computed and carried: what `netbox` lets be chosen, as many senders borrow its header, and behind it
 * what `hmac` has besides.
 */
export const recipeFlags = (group: {readonly helpGroup?: string} = {}) => ({
  algorithm: choiceFlag({description: 'hash of the HMAC', choices: ['sha1', 'sha256', 'sha512'], ...group}),
  encoding: choiceFlag({description: 'how the digest is written', choices: ['hex', 'base64'], ...group}),
  prefix: textFlag({description: 'text before the digest, like sha512=', helpValue: 'TEXT', empty: true, ...group}),
  'signature-header': textFlag({description: 'header that carries the signature', helpValue: 'NAME', ...group}),
  signed: textFlag({description: 'what is hashed, like {timestamp}.{body}', helpValue: 'TEXT', ...group}),
  'timestamp-header': textFlag({
    description: 'header that carries the time that is signed',
    helpValue: 'NAME',
    ...group,
  }),
  'timestamp-format': choiceFlag({
    description: 'how the time that is signed is written, seconds unless said',
    choices: ['seconds', 'milliseconds', 'rfc3339'],
    ...group,
  }),
  'id-header': textFlag({description: 'header that carries the id that is signed', helpValue: 'NAME', ...group}),
})

/** For who receives: a webhook signs the URL that it is sent to. */
export const signedUrlFlag = (group: {readonly helpGroup?: string} = {}) => ({
  'signed-url': textFlag({
    description: 'URL that the sender was given, where it signs that',
    helpValue: 'URL',
    ...group,
  }),
})

export const RECIPE_HINT =
  "--algorithm, --encoding, --prefix and --signature-header are for --scheme netbox and hmac; --signed '{timestamp}.{body}', --timestamp-header, --timestamp-format and --id-header for hmac"

/** What the flags say, apart for `netbox` and for `hmac` only, and the scheme that they imply: undefined where they say nothing. */
export function recipeIn(flags: RecipeFlags) {
  const {algorithm, encoding, prefix, 'signature-header': header} = flags
  const {signed, 'timestamp-header': timestampHeader, 'id-header': idHeader} = flags
  const {'timestamp-format': timestampFormat} = flags
  const ofNetbox = given({algorithm, encoding, prefix, header})
  const ofHmac = given({signed, timestampHeader, timestampFormat, idHeader})
  const isMore = Object.keys(ofHmac).length > 0
  const implied = isMore ? 'hmac' : Object.keys(ofNetbox).length > 0 ? 'netbox' : undefined
  return {ofHmac, options: {...ofNetbox, ...ofHmac}, implied} as const
}
