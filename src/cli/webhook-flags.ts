import type {Input} from '../api/operations.ts'
import {methods} from '../domain/webhook.ts'
import {usageError} from '../errors.ts'
import {choiceFlag, durationFlag, listFlag, repeatFlag, switchFlag, textFlag} from './flags.ts'
import {oauthFlags} from './oauth-flags.ts'
import {policiesFrom, policyFlags} from './policy-flags.ts'
import {readSecrets, type SecretFlags, type SecretReader, secretFlags, trimmedSecret} from './secrets.ts'
import {settingFlags} from './setting-flags.ts'

export const eventFlag = listFlag({description: 'event type or pattern, like node.added or node.*', helpValue: 'TYPE'})

export const platformFlag = textFlag({
  description: 'platform it speaks like, with a version or without: netbox, netbox@2.6',
  helpValue: 'PLATFORM',
})

export const searchFlag = textFlag({description: 'part of a name, an id, a description or a URL', helpValue: 'TEXT'})

/** What `webhook create` and `webhook edit` have in common. */
export const webhookFlags = {
  url: textFlag({description: 'URL that deliveries are sent to', helpValue: 'URL'}),
  event: eventFlag,
  description: textFlag({description: 'note for people', empty: true}),
  header: repeatFlag({description: 'a header, like "Name: value"; may be repeated', helpValue: 'HEADER'}),
  context: textFlag({
    description: 'context it belongs to; for a webhook, the only one it hears of',
    helpValue: 'ID',
    exclusive: ['every-context'],
  }),
  'every-context': switchFlag({
    description: 'belong to no single context, as a new one does; a webhook hears of the whole organization',
  }),
  method: choiceFlag({description: 'HTTP method', choices: methods}),
  'content-type': textFlag({description: 'Content-Type of the body', helpValue: 'TYPE'}),
  mode: choiceFlag({description: 'one request per event, or batches', choices: ['instant', 'batch']}),
  ...oauthFlags,
  ...policyFlags,
  ...settingFlags,
}

export const webhookSecretFlags = {
  ...secretFlags,
  'generate-secret': switchFlag({description: 'make a secret and show it this once'}),
}

export const graceFlag = durationFlag({description: 'how long the secrets of before stay live', default: 86_400_000})

type Flags = Parameters<typeof policiesFrom>[0] & {
  readonly url?: string | undefined
  readonly event?: readonly string[] | undefined
  readonly description?: string | undefined
  readonly header?: readonly string[] | undefined
  readonly context?: string | undefined
  readonly 'every-context'?: boolean | undefined
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | undefined
  readonly 'content-type'?: string | undefined
  readonly mode?: 'instant' | 'batch' | undefined
}

type Given = Omit<Input<'webhook.edit'>, 'organization' | 'webhook'>

/** What the flags say about a webhook; members they do not name are absent. */
export function webhookFrom(flags: Flags): Given {
  const policies = policiesFrom(flags)
  return {
    ...(flags.url === undefined ? {} : {url: flags.url}),
    ...(flags.event === undefined ? {} : {eventTypes: [...flags.event]}),
    ...(flags.description === undefined ? {} : {description: flags.description}),
    ...(flags.header === undefined ? {} : {headers: flags.header.map(parseHeader)}),
    ...(flags.context === undefined ? {} : {contextId: flags.context}),
    ...(flags['every-context'] ? {contextId: null} : {}),
    ...(flags.method === undefined ? {} : {method: flags.method}),
    ...(flags['content-type'] === undefined ? {} : {contentType: flags['content-type']}),
    ...(flags.mode === undefined ? {} : {mode: flags.mode}),
    ...(policies === undefined ? {} : {policies}),
  }
}

/** Split at the first colon only: values may hold more of them (PRO-07). @throws usage `invalid_header`, without what may be a credential */
export function parseHeader(line: string): {name: string; value: string} {
  const colon = line.indexOf(':')
  if (colon < 1) {
    const [, name] = /^([\w-]{1,40})[\s=]/.exec(line) ?? []
    throw usageError('invalid_header', `--header${name === undefined ? '' : ` "${name} …"`} has no name and colon`, {
      hint: "write --header 'Name: value'",
    })
  }
  return {name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim()}
}

/** The secret the flags give or ask to make; undefined where they say nothing. */
export async function secretFrom(
  flags: SecretFlags & {readonly 'generate-secret'?: boolean},
  reader: SecretReader,
): Promise<{value: string} | {generate: true} | undefined> {
  const [secret, ...more] = await readSecrets(flags, reader)
  if (more.length > 0 || (secret !== undefined && flags['generate-secret'])) {
    throw usageError('too_many_secrets', 'one secret is wanted, not several', {hint: 'keep one of the secret flags'})
  }
  if (flags['generate-secret']) return {generate: true}
  return secret === undefined ? undefined : {value: trimmedSecret(secret, reader)}
}
