/** Where a URL points, as the URL parser understands it: never its text. */
export interface Target {
  /** Canonical: lower case, punycode, IPv4 in dotted form, IPv6 without brackets. */
  readonly hostname: string
  readonly port: number
  readonly secure: boolean
}

export type UrlFault = 'bad_url' | 'bad_scheme' | 'bad_port' | 'userinfo' | 'fragment'

const MAX_URL = 2048

// The ports that the WHATWG fetch standard blocks: on them something else than HTTP listens, which a POST could speak to.
const badPorts = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
])

/**
 * The target of a webhook's URL, or what is wrong with the URL.
 *
 * What the URL parser would silently drop or turn round (tabs, newlines, backslashes) is refused, so that the text a
 * person reads and the host that is dialled cannot differ. Limit: 2,048 characters.
 */
export function parseTarget(text: string): Target | UrlFault {
  if (/[\t\r\n]/.test(text)) return 'bad_url'
  if (!/^https?:/i.test(text)) return 'bad_scheme'
  if (text.length > MAX_URL || !/^https?:\/\//i.test(text) || /[\u0000-\u0020\u007f\\]/.test(text)) return 'bad_url'
  const url = URL.parse(text)
  if (url === null || !isHostname(url.hostname)) return 'bad_url'
  if (url.username !== '' || url.password !== '') return 'userinfo'
  if (text.includes('#')) return 'fragment'
  const secure = url.protocol === 'https:'
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  return badPorts.has(port) ? 'bad_port' : {hostname: url.hostname.replace(/^\[|\]$/g, ''), port, secure}
}

/** Names that a resolver can be asked for; the URL parser lets more pass (`*`, `a..b`). */
const isHostname = (hostname: string): boolean =>
  hostname.startsWith('[') || (hostname.length <= 253 && /^([\w-]{1,63}\.)*[\w-]{1,63}\.?$/.test(hostname))
