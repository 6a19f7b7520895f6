import type {Input} from '../api/operations.ts'
import {given} from '../domain/given.ts'
import {tokenAuthMethods} from '../domain/oauth.ts'
import {usageError} from '../errors.ts'
import {show} from './escape.ts'
import {choiceFlag, switchFlag, textFlag} from './flags.ts'
import {type Asker, askSecret, askText, mayAsk} from './prompts.ts'
import {type SecretReader, secretFromEnv, secretFromFile, trimmedSecret} from './secrets.ts'

type OAuth = NonNullable<Input<'webhook.edit'>['oauth']>

const GROUP = {helpGroup: 'OAUTH'} as const

/** A token that deliveries carry, asked for by client credentials. */
export const oauthFlags = {
  'oauth-token-url': textFlag({
    description: 'token endpoint: deliveries carry the token it gives for the client credentials',
    helpValue: 'URL',
    ...GROUP,
  }),
  'oauth-client-id': textFlag({description: 'client id that the token is asked for with', helpValue: 'ID', ...GROUP}),
  'oauth-client-secret-env': textFlag({
    description: 'environment variable that holds the client secret',
    helpValue: 'NAME',
    exclusive: ['oauth-client-secret-file'],
    ...GROUP,
  }),
  'oauth-client-secret-file': textFlag({
    description: 'file that holds the client secret, - for stdin',
    helpValue: 'FILE',
    ...GROUP,
  }),
  'oauth-scope': textFlag({
    description: 'scopes of the token, with spaces; empty: what the server gives',
    helpValue: 'SCOPE',
    empty: true,
    ...GROUP,
  }),
  'oauth-audience': textFlag({
    description: 'audience of the token, where the server wants to be told; empty: none',
    helpValue: 'AUDIENCE',
    empty: true,
    ...GROUP,
  }),
  'oauth-auth-method': choiceFlag({
    description: 'how client id and secret are sent: by HTTP Basic, as usual, or in the body',
    choices: tokenAuthMethods,
    ...GROUP,
  }),
}

export const noOAuthFlag = switchFlag({
  description: 'deliveries carry no OAuth token any more',
  exclusive: Object.keys(oauthFlags),
  ...GROUP,
})

export interface OAuthFlags {
  readonly 'oauth-token-url'?: string | undefined
  readonly 'oauth-client-id'?: string | undefined
  readonly 'oauth-client-secret-env'?: string | undefined
  readonly 'oauth-client-secret-file'?: string | undefined
  readonly 'oauth-scope'?: string | undefined
  readonly 'oauth-audience'?: string | undefined
  readonly 'oauth-auth-method'?: OAuth['authMethod']
  readonly 'no-oauth'?: boolean | undefined
  readonly 'secret-file'?: readonly string[] | undefined
}

/** What the flags say of it; nothing where they do not name it. @throws usage `stdin_twice`, and what a secret is refused for */
export async function oauthFrom(flags: OAuthFlags, reader: SecretReader): Promise<{oauth?: OAuth | null}> {
  if (flags['no-oauth']) return {oauth: null}
  const oauth = given({
    tokenUrl: flags['oauth-token-url'],
    clientId: flags['oauth-client-id'],
    clientSecret: await clientSecretFrom(flags, reader),
    scope: orNull(flags['oauth-scope']),
    audience: orNull(flags['oauth-audience']),
    authMethod: flags['oauth-auth-method'],
  })
  return Object.keys(oauth).length === 0 ? {} : {oauth}
}

const orNull = (text: string | undefined): string | null | undefined => (text === '' ? null : text)

async function clientSecretFrom(flags: OAuthFlags, reader: SecretReader): Promise<string | undefined> {
  const {'oauth-client-secret-env': name, 'oauth-client-secret-file': file} = flags
  if (name !== undefined) return trimmedSecret(secretFromEnv(name, reader, '--oauth-client-secret-env'), reader)
  if (file === '-' && flags['secret-file']?.includes('-')) {
    throw usageError('stdin_twice', 'stdin cannot be both the secret and the client secret', {
      hint: 'give one of them as a file or by the environment',
    })
  }
  if (file === undefined) return undefined
  return trimmedSecret(await secretFromFile(file, reader, '--oauth-client-secret-file'), reader)
}

/** What a new webhook cannot ask for a token without is asked for on a terminal. */
export async function completeOAuth(
  asker: Asker,
  {oauth, policies}: Pick<Input<'webhook.edit'>, 'oauth' | 'policies'>,
): Promise<{oauth?: OAuth | null}> {
  if (!oauth || !mayAsk(asker)) return {}
  const {checkTokenUrl} = await import('../domain/token-url.ts')
  const check = (typed: string) => {
    const fault = checkTokenUrl(typed, policies?.allowHttp ?? false)
    return fault && show(fault.message)
  }
  const ask = {
    tokenUrl: {flag: 'oauth-token-url', question: 'URL that tokens are asked for at', check},
    clientId: {flag: 'oauth-client-id', question: 'Client id'},
  }
  return {
    oauth: {
      ...oauth,
      tokenUrl: oauth.tokenUrl ?? (await askText(asker, ask.tokenUrl)),
      clientId: oauth.clientId ?? (await askText(asker, ask.clientId)),
      clientSecret:
        oauth.clientSecret ?? (await askSecret(asker, {flag: 'oauth-client-secret-file', question: 'Client secret'})),
    },
  }
}
