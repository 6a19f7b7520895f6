import {signatureSchemes} from '../../domain/policy.ts'
import {choiceFlag, durationFlag, instantFlag, repeatFlag, switchFlag, textFlag} from '../flags.ts'
import {recipeFlags, schemeText, signedUrlFlag} from '../recipe-flags.ts'

/** `standard` is whichever of the two a message has. */
const SCHEMES = [...signatureSchemes, 'standard'] as const

export const schemeFlags = {
  scheme: choiceFlag({...schemeText, choices: SCHEMES}),
  ...recipeFlags(),
  ...signedUrlFlag(),
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
