import {given} from '../domain/given.ts'
import type {OAuth} from '../domain/oauth.ts'
import type {Problem} from '../domain/platform.ts'
import {checkTokenUrl} from '../domain/token-url.ts'
import {checkUrl} from '../domain/url.ts'
import type {Webhook} from '../domain/webhook.ts'
import {usageError} from '../errors.ts'

/** Members that are not given stay. */
type OAuthInput = {readonly [Member in keyof OAuth]?: OAuth[Member] | undefined}

const wanted = {tokenUrl: 'the token URL', clientId: 'the client id', clientSecret: 'the client secret'} as const

/**
 * What a token is asked for with, with what was given in place.
 *
 * @throws usage `oauth_incomplete` naming all that is missing
 */
export function withOAuth(was: OAuth | null, input: OAuthInput): OAuth {
  const merged: OAuthInput = {...was, ...given(input)}
  const {tokenUrl, clientId, clientSecret} = merged
  const {scope = null, audience = null, authMethod = 'client_secret_basic'} = merged
  if (tokenUrl !== undefined && clientId !== undefined && clientSecret !== undefined) {
    const verdict = checkUrl(tokenUrl)
    const canonical = verdict.ok ? verdict.canonical : tokenUrl
    return {tokenUrl: canonical, clientId, clientSecret, scope, audience, authMethod}
  }
  const members = (Object.keys(wanted) as (keyof typeof wanted)[]).filter(member => merged[member] === undefined)
  throw usageError('oauth_incomplete', `a token cannot be asked for without ${inWords(members)}`, {
    path: `oauth/${members[0]}`,
    hint: 'give --oauth-token-url, --oauth-client-id, and the secret by --oauth-client-secret-env or -file',
  })
}

const inWords = (members: readonly (keyof typeof wanted)[]): string =>
  members
    .map(member => wanted[member])
    .join(', ')
    .replace(/, (the [^,]+)$/, ' and $1')

const RESERVED = {code: 'reserved_header', message: 'the token goes in "Authorization"', hint: 'leave the header out'}

export function checkOAuth({oauth, headers, settings: {headerLines}, policies}: Webhook): Problem[] {
  if (oauth === null) return []
  const beside = [
    ...headers.flatMap(([name], at) => (name.toLowerCase() === 'authorization' ? [`headers/${at}/name`] : [])),
    ...(typeof headerLines === 'string' && /^\s*authorization\s*:/im.test(headerLines) ? ['settings/headerLines'] : []),
  ]
  const fault = checkTokenUrl(oauth.tokenUrl, policies.allowHttp)
  return [...(fault === null ? [] : [{path: 'oauth/tokenUrl', ...fault}]), ...beside.map(path => ({path, ...RESERVED}))]
}
