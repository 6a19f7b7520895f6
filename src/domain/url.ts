const LONGEST_URL = 2048

// Ports browsers refuse, because what listens there could take an HTTP request for its own protocol
// (Fetch standard, "bad port").
const badPorts: ReadonlySet<number> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
])

export type UrlFault = 'bad_scheme' | 'bad_url' | 'userinfo' | 'fragment' | 'bad_port'

/** A URL that may be stored, or why it may not. `canonical` is what will be dialled: show that one. */
export type UrlVerdict =
  | {readonly ok: true; readonly canonical: string; readonly url: URL}
  | {readonly ok: false; readonly code: UrlFault; readonly message: string; readonly hint: string}

/**
 * The shape rules for every URL that is ever sent to: literally `http://` or `https://`, at most 2048 characters, a
 * host, no credentials, fragment, backslash, control character or space, and none of the ports browsers refuse.
 *
 * Says nothing about where the host leads: that is the target policy, and looked at when dialling.
 */
export function checkUrl(text: string): UrlVerdict {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase()
  const spelling = faultInText(text, scheme)
  if (spelling !== null) return spelling
  const url = URL.parse(text)
  if (url === null || !isHost(url.hostname) || url.href.length > LONGEST_URL) {
    return fault('bad_url', `not a URL: ${quoted(text)}`, 'check the host and the port')
  }
  const port = url.port === '' ? null : Number(url.port)
  if (port !== null && badPorts.has(port)) {
    return fault('bad_port', `port ${port} belongs to another protocol`, 'serve the receiver on another port')
  }
  return {ok: true, canonical: url.href, url}
}

// Looked at before parsing, because URL drops tabs and line ends and takes `\` for `/` without a word.
function faultInText(text: string, scheme: string | undefined): UrlVerdict | null {
  if (text.length > LONGEST_URL) {
    return fault('bad_url', `a URL has at most ${LONGEST_URL} characters, this one ${text.length}`, 'shorten it')
  }
  if (/[\p{Cc} ]/u.test(text) || !text.isWellFormed()) {
    return fault('bad_url', `a URL holds no space or control character: ${quoted(text)}`, 'write a space as %20')
  }
  if (text.includes('\\')) return fault('bad_url', `a URL holds no backslash: ${quoted(text)}`, 'write / instead')
  if (scheme !== 'http' && scheme !== 'https') {
    return fault('bad_scheme', `a URL begins with https:// or http://: ${quoted(text)}`, schemeHint(text, scheme))
  }
  const authority = /^https?:\/\/([^/?#]+)/i.exec(text)?.[1]
  if (authority === undefined)
    return fault('bad_url', `the URL has no host: ${quoted(text)}`, `write ${scheme}://host/…`)
  if (authority.includes('@')) {
    return fault('userinfo', 'a URL holds no user name or password', 'send an Authorization header instead: --header')
  }
  if (text.includes('#')) {
    return fault('fragment', `a URL to send to has no fragment: ${quoted(text)}`, 'leave out the # and what follows')
  }
  return null
}

/**
 * Whether a host, as `URL.hostname` gives it, is an address: `URL` has turned every spelling of one (`0x7f.1`,
 * `2130706433`, full-width digits) into dotted decimals by then.
 */
export const isIpHost = (hostname: string): boolean => hostname.startsWith('[') || /^\d+(?:\.\d+){3}$/.test(hostname)

/** Names as resolvers take them; a final dot, one label and underscores are fine. */
function isHost(hostname: string): boolean {
  if (isIpHost(hostname)) return true
  const name = hostname.replace(/\.$/, '')
  return name.length <= 253 && name.split('.').every(label => /^[a-z0-9_-]{1,63}$/.test(label))
}

const fault = (code: UrlFault, message: string, hint: string): UrlVerdict => ({ok: false, code, message, hint})

const schemeHint = (text: string, scheme: string | undefined): string =>
  scheme === undefined && /^[\w-]+(?:\.[\w-]+)+(?:\/[\w./-]*)?$/.test(text) && text.length < 200
    ? `did you mean https://${text}?`
    : 'write it like https://hooks.example.com/in'

/** Long enough to recognise. What stands before an @ may be a password, and a query may hold a key: both are cut out. */
function quoted(text: string): string {
  const shown = text.replace(/\?.*$/s, '?…').replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1…@')
  return JSON.stringify(shown.length > 100 ? `${shown.slice(0, 100)}…` : shown)
}
