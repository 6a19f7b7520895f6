const URL_PARTS = /^(https?:\/\/[^/?]*?)(:[0-9]+)?([/?].*)?$/is

/**
 * How a sender may have the URL that a receiver knows otherwise: a proxy takes TLS off or another port, a slash was added,
 * a query left out.
 */
export function otherUrls(told: string): readonly string[] {
  const [, host, port, rest = ''] = URL_PARTS.exec(told) ?? []
  if (host === undefined) return []
  const isTls = /^https:/i.test(told)
  const [path = ''] = rest.split('?')
  const query = rest.slice(path.length)
  const otherSlash = path.endsWith('/') ? path.slice(0, -1) : `${path}/`
  const origin = `${host}${port ?? ''}`
  const others = [
    `${origin}${path}`,
    `${origin}${otherSlash}${query}`,
    `${origin}${otherSlash}`,
    told.replace(/^https?/i, isTls ? 'http' : 'https'),
    `${host}${port === undefined ? (isTls ? ':443' : ':80') : ''}${rest}`,
  ]
  return [...new Set(others)].filter(other => other !== told)
}
