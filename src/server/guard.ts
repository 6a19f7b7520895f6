import {memoized} from '../domain/memoized.ts'
import {notAllowedError, usageError} from '../errors.ts'
import type {RequestHead} from './head.ts'
import {Refused} from './refused.ts'

/** Turns a request down, or lets it in. */
type Guard = (head: RequestHead) => void

/**
 * Turns down what a web page could make a browser send to a server on this machine: a foreign Host (DNS rebinding), a
 * foreign Origin or a cross-site fetch (request forgery). Runs before routing; the token is asked for besides.
 *
 * @param names host names the server also answers to, with or without a port; 127.0.0.1, [::1] and localhost always count
 * @throws Refused 400 where it cannot be told who is asked, 421 for another host, 403 for a browser's foreign request
 */
export function createGuard(names: readonly string[]): Guard {
  const allowed = memoized(port => allowedHosts(Number(port), names), 64)
  return head => {
    const host = hostOf(head)
    if (!allowed(String(head.port)).includes(host)) throw wrongHost(host)
    const origins = head.headers.all('origin')
    if (origins.some(origin => origin !== `http://${host}` && origin !== `https://${host}`))
      throw foreign('another origin')
    const sites = head.headers.all('sec-fetch-site')
    if (sites.some(site => site !== 'same-origin' && site !== 'none')) throw foreign('another site')
  }
}

/** The one host that is asked. An absolute target carries it a second time: both must say the same. */
function hostOf(head: RequestHead): string {
  const hosts = head.headers.all('host')
  if (hosts.length !== 1) throw badHost(hosts.length === 0 ? 'no Host header' : 'more than one Host header')
  const host = hosts[0] as string
  if (head.target.startsWith('/')) return host
  const authority = /^https?:\/\/([^/?#]*)/.exec(head.target)?.[1]
  if (authority === undefined) throw badHost('a request target that is no path')
  if (authority !== host) throw badHost('a request target for another host than its Host header')
  return host
}

const loopback = ['127.0.0.1', '[::1]', 'localhost']

function allowedHosts(port: number, names: readonly string[]): string[] {
  const own = loopback.flatMap(name => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]))
  return [...own, ...names.flatMap(name => (/:\d+$/.test(name) ? [name] : [name, `${name}:${port}`]))]
}

const badHost = (what: string): Refused =>
  new Refused(400, usageError('bad_host', `the request has ${what}`, {hint: 'send one Host header with the address'}))

const wrongHost = (host: string): Refused =>
  new Refused(
    421,
    notAllowedError('wrong_host', `this server does not answer for the host ${JSON.stringify(host.slice(0, 100))}`, {
      hint: 'use 127.0.0.1 or localhost with the port it listens on',
    }),
  )

const foreign = (what: string): Refused =>
  new Refused(
    403,
    notAllowedError('foreign_origin', `a browser sent this request for a page of ${what}`, {
      hint: 'web pages cannot use this server; use the command line or an HTTP client',
    }),
  )
