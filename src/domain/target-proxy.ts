import {usageError} from '../errors.ts'
import {maskUrl} from './mask.ts'
import {knownAddresses, namesTarget, type Target, type TargetRule, tierOf} from './target-policy.ts'

/** A forward proxy that deliveries go through, with the targets that are dialled past it. */
export interface TargetProxy {
  /** `http://proxy.example:3128`, without credentials. */
  readonly origin: string
  /** `proxy.example:3128`, for sentences. */
  readonly host: string
  /** Value of `Proxy-Authorization`, or null. */
  readonly authorization: string | null
  /** Networks among them name addresses that stand in a URL, as `NO_PROXY` has it. */
  readonly direct: readonly TargetRule[]
}

/**
 * A proxy from its URL, of http or https: its user name and password are what the proxy is told (RFC 7617).
 *
 * @throws HookctlError `bad_proxy`, which shows no password
 */
export function parseTargetProxy(text: string, direct: readonly TargetRule[] = []): TargetProxy {
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null
  if (url === null || url.hostname === '' || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw usageError('bad_proxy', `${maskUrl(text)} is not the URL of a proxy`, {
      hint: 'write it like http://proxy.example:3128, or http://USER:PASSWORD@proxy.example:3128',
    })
  }
  return {origin: url.origin, host: url.host, authorization: authorizationOf(url), direct}
}

function authorizationOf({username, password}: URL): string | null {
  if (username === '' && password === '') return null
  const pair = [username, password].map(decoded).join(':')
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

/** As it was typed where it is not percent-encoded: a password may hold a bare %. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * Whether a target is reached through the proxy. Judged by what its URL says, so that the same URL always goes the same
 * way. What is on this machine never is: there the proxy would reach itself.
 */
export function goesThrough({direct}: TargetProxy, target: Target): boolean {
  const isHere = knownAddresses(target.hostname)?.every(address => tierOf(address) === 'loopback') ?? false
  return !isHere && !namesTarget(direct, target)
}
