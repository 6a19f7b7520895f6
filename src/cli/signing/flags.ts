import {SENDER_NAMES} from '../../signature/schemes/senders.ts'
import {choiceFlag, durationFlag, instantFlag, repeatFlag, switchFlag, textFlag} from '../flags.ts'

const SCHEMES = [
  'netbox',
  'standard-v1',
  'standard-v1a',
  'standard',
  'github',
  'stripe',
  'slack',
  ...SENDER_NAMES,
  'hmac',
] as const

/**
 * How the signature is computed and carried. All but `scheme` are for netbox, whose header many senders borrow, and hmac:
 * a recipe of a sender's own.
 */
export const schemeFlags = {
  // More than help has room for: `help signatures` lists them.
  scheme: choiceFlag({description: 'how the signature is made and carried', choices: SCHEMES, helpValue: 'SCHEME'}),
  algorithm: choiceFlag({description: 'hash of the HMAC', choices: ['sha1', 'sha256', 'sha512']}),
  encoding: choiceFlag({description: 'how the digest is written', choices: ['hex', 'base64']}),
  prefix: textFlag({description: 'text before the digest, like sha512=', helpValue: 'TEXT', empty: true}),
  'signature-header': textFlag({description: 'header that carries the signature', helpValue: 'NAME'}),
  signed: textFlag({description: 'what is hashed, like {timestamp}.{body}', helpValue: 'TEXT'}),
  'timestamp-header': textFlag({description: 'header that carries the time that is signed', helpValue: 'NAME'}),
  'id-header': textFlag({description: 'header that carries the id that is signed', helpValue: 'NAME'}),
}

export const bodyFlag = textFlag({description: 'file with the exact body, - for stdin', helpValue: 'FILE'})

export const storedWebhookFlag = textFlag({
  description: 'id or name of the webhook',
  helpValue: 'ID|NAME',
  exclusive: ['secret-file', 'secret-env', ...Object.keys(schemeFlags)],
})

/** The message as it came. */
export const messageFlags = {
  body: bodyFlag,
  header: repeatFlag({description: 'a header, like "Name: value"; may be repeated', helpValue: 'HEADER'}),
  request: textFlag({
    description: 'file with a raw HTTP request: headers and body',
    helpValue: 'FILE',
    exclusive: ['body'],
  }),
  signature: textFlag({description: 'value of the signature header', helpValue: 'VALUE', empty: true}),
}

/** What is taken as the current time, and how far a timestamp may be off. */
export const ageFlags = {
  at: instantFlag({description: 'the time to take instead of now', unix: true}),
  tolerance: durationFlag({description: 'how far a timestamp may be off, 300s unless said'}),
  'no-tolerance': switchFlag({description: 'accept a timestamp of any age', exclusive: ['tolerance']}),
}
