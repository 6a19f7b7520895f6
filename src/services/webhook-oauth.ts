import {given} from '../domain/given.ts'
import type {OAuth} from '../domain/oauth.ts'
import type {Problem} from '../domain/platform.ts'
import {knownAddresses, tierOf} from '../domain/target-policy.ts'
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

/** A client secret goes along: unencrypted only to this machine, or where a webhook may use http:// for tests. */
export function checkOAuth({oauth, headers, settings: {headerLines}, policies}: Webhook): Problem[] {
  if (oauth === null) return []
  const beside = [
    ...headers.flatMap(([name], at) => (name.toLowerCase() === 'authorization' ? [`headers/${at}/name`] : [])),
    ...(typeof headerLines === 'string' && /^\s*authorization\s*:/im.test(headerLines) ? ['settings/headerLines'] : []),
  ].map(path => problem(path, 'reserved_header', 'the token goes in "Authorization"', 'leave the header out'))
  return [...checkTokenUrl(oauth.tokenUrl, policies.allowHttp), ...beside]
}

function checkTokenUrl(text: string, allowHttp: boolean): Problem[] {
  const verdict = checkUrl(text)
  const path = 'oauth/tokenUrl'
  if (!verdict.ok) return [problem(path, verdict.code, `token URL: ${verdict.message}`, verdict.hint)]
  if (verdict.url.protocol === 'https:' || allowHttp || isThisMachine(verdict.url)) return []
  const message = `a client secret goes to https:// only, not to ${verdict.url.origin}`
  return [problem(path, 'https_only', message, 'use https://; --allow-http allows http:// for tests')]
}

const isThisMachine = ({hostname}: URL): boolean =>
  knownAddresses(hostname.replace(/^\[|\]$/g, ''))?.every(address => tierOf(address) === 'loopback') === true

const problem = (path: string, code: string, message: string, hint: string): Problem => ({path, code, message, hint})
