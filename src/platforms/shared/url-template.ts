/** What Jinja2 brings along that makes sense in a URL, and NetBox's own. */
const filters: ReadonlySet<string> = new Set(
  `abs capitalize default d first float format header_safe int join last length list lower map max min pprint random
  reject rejectattr replace reverse round select selectattr slice sort string sum title tojson trim truncate unique
  upper urlencode wordcount`.split(/\s+/),
)

export const isTemplate = (text: string): boolean => /\{\{|\{%|\{#/.test(text)

/**
 * What is wrong with a URL that is a template, or null. Only what stands there before rendering can be looked at: that
 * every tag is closed, that filters exist, and that a scheme written out is http or https. What comes out is checked
 * again when it is sent to. Source: NetBox extras/models, Webhook.clean.
 */
export function checkUrlTemplate(text: string): string | null {
  const tags = [...text.matchAll(/\{\{(.*?)\}\}|\{%(.*?)%\}|\{#.*?#\}/gs)]
  const literal = tags.reduce((rest, [tag]) => rest.replace(tag, ''), text)
  if (/\{\{|\{%|\{#|\}\}|%\}|#\}/.test(literal)) return 'a template tag in the URL is not closed'
  const scheme = /^([^{/?#]*?):\/\//.exec(text)?.[1] ?? /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]
  if (scheme !== undefined && !/^https?$/i.test(scheme)) return `a URL begins with https:// or http://, not ${scheme}:`
  if (/[\p{Cc}\\]/u.test(text)) return 'a URL holds no backslash or control character'
  const expressions = tags.map(([, printed, statement]) => printed ?? statement ?? '')
  if (tags.some(([tag, printed]) => tag.startsWith('{{') && printed?.trim() === '')) return 'a template tag is empty'
  const unknown = expressions.flatMap(filtersOf).find(name => !filters.has(name))
  return unknown === undefined ? null : `there is no template filter "${unknown}"`
}

/** The names after `|`, text in quotes left aside. */
function filtersOf(expression: string): string[] {
  const bare = expression.replace(/'[^']*'|"[^"]*"/g, '""')
  return [...bare.matchAll(/\|\s*(\w*)/g)].map(([, name]) => name ?? '')
}
